/* The mark after a sentence of the law copies its address. Without script it is an ordinary link. */

document.addEventListener("click", (event) => {
  const link = event.target.closest(".pt-hash");
  if (!link || !navigator.clipboard) return;
  navigator.clipboard.writeText(link.href).then(
    () => {
      link.dataset.copied = "";
      setTimeout(() => delete link.dataset.copied, 2000);
    },
    () => {},
  );
});
