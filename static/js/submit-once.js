/* Forms marked data-submit-once are sent once: further submits are stopped and the button says that it is working. */
function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll(".is-busy")) {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
    if (button.dataset.label) (button.querySelector("span") || button).textContent = button.dataset.label;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-submit-once]");
  if (!form) return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (!button) return;
  // Not disabled: a disabled button's name and value would not be sent.
  button.classList.add("is-busy");
  button.setAttribute("aria-disabled", "true");
  if (button.dataset.busy) {
    const label = button.querySelector("span") || button;
    button.dataset.label = label.textContent;
    label.textContent = button.dataset.busy;
  }
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-submit-once]");
  if (form) release(form);
});

// The page may come back from the browser's cache with the form still marked as sent.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) release(form);
});
