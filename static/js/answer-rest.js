/* data-answer-rest="no" on a button: gives that answer to every question of the form that has none yet; each stays changeable. */
for (const tool of document.querySelectorAll("[data-answer-tools], [data-answer-rest]")) tool.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-answer-rest]");
  if (!button) return;
  for (const question of button.form.querySelectorAll(".question")) {
    if (question.querySelector("input:checked")) continue;
    const answer = question.querySelector(`input[value="${button.dataset.answerRest}"]`);
    answer.checked = true;
    answer.dispatchEvent(new Event("input", { bubbles: true }));
  }
  button.form.querySelector('button:not([type="button"])').focus();
});
