/* Focus for the error summary, links that open dialogs. Without script the link leads to the confirmation page. */

export function start(root) {
  (root.matches?.("[data-focus]") ? root : root.querySelector("[data-focus]"))?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
});

start(document);
document.addEventListener("pt:page", (event) => start(event.target));
document.addEventListener("htmx:load", (event) => event.target !== document.body && start(event.target));
