/* In a form marked data-answer-keys, Y and N (Д and Н) answer the question in focus and go to the next one. */
const KEYS = { y: "yes", n: "no", "д": "yes", "н": "no" };

document.addEventListener("keydown", (event) => {
  const answer = KEYS[event.key.toLowerCase()];
  const question = event.target.closest?.("form[data-answer-keys] .question");
  if (!answer || !question || event.ctrlKey || event.metaKey || event.altKey) return;
  const chosen = question.querySelector(`input[value="${answer}"]`);
  if (!chosen) return;
  event.preventDefault();
  chosen.click();
  const questions = [...question.closest("form").querySelectorAll(".question")];
  const next = questions[questions.indexOf(question) + 1];
  // A yes asks for more below it: stay there.
  if (answer === "yes") chosen.focus();
  else (next?.querySelector("input") ?? question.closest("form").querySelector('button:not([type="button"])')).focus();
});

const form = document.querySelector("form[data-answer-keys]");
(form?.querySelector(".question.is-invalid input") ?? form?.querySelector(".question input"))?.focus();
