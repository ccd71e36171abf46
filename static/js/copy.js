/* data-copy="text" or data-copy-from="#id" copies to the clipboard; data-copied is the word shown for a moment after. */
const SHOWN_MS = 2000;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  await navigator.clipboard.writeText(source ? source.value || source.textContent.trim() : button.dataset.copy);
  if (!button.dataset.copied) return;
  const label = button.querySelector("span") || button;
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => { label.textContent = before; }, SHOWN_MS);
});
