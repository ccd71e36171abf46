/* data-print on a button opens the browser's print dialog; the button is hidden until this runs. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
