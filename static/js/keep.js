/* Keeps what is typed in <form data-keep="key"> on this computer until the server has it.

   Per person (data-keep-user on the form or the body). Never passwords, files, tokens or fields marked data-keep-skip.
   Kept text is dropped when the form carries data-saved, when the page says <meta name="kept-done" content="key"> or
   data-kept-done="key", when an autosave reports pt:saved, and after thirty days. If the server's version (hidden field
   "version") has moved on since, nothing is put back unasked. */

const PREFIX = "pt-keep";
const DAYS_KEPT = 30;
const NEVER = new Set(["password", "file", "hidden", "submit", "button", "reset", "image"]);

function address(form) {
  const user = form.dataset.keepUser ?? document.body.dataset.keepUser ?? "";
  return `${PREFIX}:${user}:${form.dataset.keep}`;
}

function storage(act) {
  try {
    return act(window.localStorage);
  } catch {
    return null;
  }
}

function controlsOf(form) {
  return [...form.elements].filter(
    (control) =>
      control.name && !NEVER.has(control.type) && control.name !== "csrfmiddlewaretoken" && !("keepSkip" in control.dataset),
  );
}

function read(form) {
  const values = {};
  for (const control of controlsOf(form)) {
    const list = (values[control.name] ??= []);
    if (control.type === "checkbox" || control.type === "radio") {
      if (control.checked) list.push(control.value);
    } else if (control instanceof HTMLSelectElement) {
      list.push(...[...control.selectedOptions].map((option) => option.value));
    } else {
      list.push(control.value);
    }
  }
  return values;
}

function write(form, values) {
  const taken = {};
  for (const control of controlsOf(form)) {
    const wanted = values[control.name];
    if (!wanted) continue;
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = wanted.includes(control.value);
    } else if (control instanceof HTMLSelectElement) {
      for (const option of control.options) option.selected = wanted.includes(option.value);
    } else {
      const place = (taken[control.name] ??= { next: 0 });
      control.value = wanted[place.next++] ?? "";
    }
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function differs(kept, shown) {
  return Object.keys(shown).some((name) => name in kept && JSON.stringify(kept[name]) !== JSON.stringify(shown[name]));
}

function version(form) {
  return form.elements.namedItem("version")?.value ?? "";
}

function drop(form) {
  storage((store) => store.removeItem(address(form)));
}

function say(form, sentence, actions) {
  const note = document.createElement("div");
  note.className = "pt-note pt-note--wait pt-kept";
  note.setAttribute("role", "status");
  const text = document.createElement("p");
  text.textContent = sentence;
  const row = document.createElement("div");
  row.className = "pt-actions";
  for (const [label, act] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "pt-btn pt-btn--second";
    button.textContent = label;
    button.addEventListener("click", () => {
      act();
      note.remove();
    });
    row.append(button);
  }
  note.append(text, row);
  form.before(note);
}

function restore(form) {
  const kept = storage((store) => JSON.parse(store.getItem(address(form))));
  if (!kept) return;
  const shown = read(form);
  const refused = form.querySelector("[aria-invalid='true']") || document.querySelector(".pt-errors");
  if (!differs(kept.values, shown)) {
    if (!refused) drop(form);
    return;
  }
  const discard = () => {
    write(form, shown);
    drop(form);
  };
  if (kept.version !== version(form)) {
    say(form, "这台电脑上留有你没有保存的内容，但之后这份内容已在别处更新。", [
      ["换成我留下的内容", () => write(form, kept.values)],
      ["丢弃留下的内容", () => drop(form)],
    ]);
    return;
  }
  write(form, kept.values);
  say(form, "已恢复你上次没有保存的内容，请核对后保存。", [["丢弃恢复的内容", discard]]);
}

function remember(form) {
  const entry = { at: Date.now(), version: version(form), values: read(form) };
  storage((store) => store.setItem(address(form), JSON.stringify(entry)));
}

function forgetDone() {
  const done = [...document.querySelectorAll("meta[name='kept-done'], [data-kept-done]")].map(
    (mark) => mark.dataset.keptDone ?? mark.content,
  );
  const user = document.body.dataset.keepUser ?? "";
  for (const key of done) storage((store) => store.removeItem(`${PREFIX}:${user}:${key}`));
}

function forgetOld() {
  const oldest = Date.now() - DAYS_KEPT * 86_400_000;
  for (const key of storage((store) => Object.keys(store)) ?? []) {
    if (!key.startsWith(`${PREFIX}:`)) continue;
    const at = storage((store) => JSON.parse(store.getItem(key)).at) ?? 0;
    if (at < oldest) storage((store) => store.removeItem(key));
  }
}

export function start(root) {
  forgetDone();
  for (const form of root.querySelectorAll("form[data-keep]")) {
    if (form.dataset.kept) continue;
    form.dataset.kept = "true";
    if (form.hasAttribute("data-saved")) drop(form);
    else restore(form);
    const note = (event) => {
      if (controlsOf(form).includes(event.target)) remember(form);
    };
    form.addEventListener("input", note);
    form.addEventListener("change", note);
    form.addEventListener("pt:saved", () => drop(form));
  }
}

forgetOld();
start(document);
document.addEventListener("pt:page", (event) => start(event.target));
document.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));
