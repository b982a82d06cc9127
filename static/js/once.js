/* One press, one act: <form data-once> is sent once; its buttons say so until the page is left or shown again. */

const sent = new WeakMap();

function buttonsOf(form) {
  return [...form.elements].filter((control) => control instanceof HTMLButtonElement && control.type === "submit");
}

function release(form) {
  for (const [button, label] of sent.get(form) ?? []) {
    button.textContent = label;
    button.removeAttribute("aria-disabled");
  }
  sent.delete(form);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-once") || event.defaultPrevented) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.set(form, buttonsOf(form).map((button) => [button, button.textContent]));
  for (const button of buttonsOf(form)) button.setAttribute("aria-disabled", "true");
  const pressed = event.submitter ?? buttonsOf(form)[0];
  if (pressed) pressed.textContent = "正在提交…";
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) if (sent.has(form)) release(form);
});
