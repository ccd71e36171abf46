/* data-autosubmit on a form or a control sends the form on change; data-no-js marks what is only needed without it. */
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-autosubmit]")) event.target.form?.requestSubmit();
});

for (const element of document.querySelectorAll("[data-no-js]")) element.hidden = true;
