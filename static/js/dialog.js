/* Dialogs: data-dialog-open="id" opens, data-dialog-close or a click on the backdrop closes. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    document.getElementById(opener.dataset.dialogOpen)?.showModal();
    return;
  }
  const backdrop = event.target instanceof HTMLDialogElement;
  if (backdrop || event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
});
