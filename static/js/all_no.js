/* A button marked data-all-no answers "no" to every question of its form that has no answer yet. */
for (const tools of document.querySelectorAll("[data-answer-tools]")) tools.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-all-no]");
  if (!button) return;
  for (const question of button.form.querySelectorAll(".question")) {
    if (question.querySelector("input:checked")) continue;
    const no = question.querySelector('input[value="no"]');
    no.checked = true;
    no.dispatchEvent(new Event("input", { bubbles: true }));
  }
  button.form.querySelector('button:not([type="button"])').focus();
});
