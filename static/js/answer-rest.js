/* data-answer-rest="no": answers every question of the form that has no answer yet; each stays changeable. */
for (const button of document.querySelectorAll("[data-answer-rest]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const form = button.closest("form");
    for (const question of form.querySelectorAll(".question")) {
      if (question.querySelector("input:checked")) continue;
      question.querySelector(`input[value="${button.dataset.answerRest}"]`).checked = true;
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
