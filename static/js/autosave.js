/* <form data-autosave="url">: sends changed fields 800 ms after the last change and says so in [data-saved-state].

   Posts the changed fields, `fields` (their names, comma-separated: a name without a value was emptied) and `version`.
   The answer is JSON {version, saved_at, estimate_html?, missing_html?}; the two pieces replace the content of
   [data-estimate] and [data-missing]. 409: somebody saved newer content, stop. 401, 403 or a redirect to the sign-in
   page: stop, the text stays in keep.js. 400 or 422: say why, wait for the next change. Otherwise try again. */

const PAUSE = 800;
const RETRY = 15_000;
const OFFLINE = "保存失败，内容已留在本机，恢复网络后自动再试。";

class Autosave {
  constructor(form) {
    this.form = form;
    this.changed = new Set();
    this.timer = null;
    this.running = null;
    this.stopped = false;
    form.addEventListener("input", (event) => this.note(event));
    form.addEventListener("change", (event) => this.note(event));
    form.addEventListener("submit", (event) => this.letPass(event));
    window.addEventListener("online", () => this.changed.size && this.plan(0));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.changed.size && !this.running) this.plan(0);
    });
  }

  note(event) {
    const { name, type } = event.target;
    if (this.stopped || !name || type === "file" || type === "hidden" || type === "password") return;
    this.changed.add(name);
    this.plan(PAUSE);
  }

  plan(delay) {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), delay);
  }

  async letPass(event) {
    clearTimeout(this.timer);
    if (!this.running) {
      this.stopped = true;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    await this.running;
    clearTimeout(this.timer);
    this.stopped = true;
    this.form.requestSubmit(submitter);
  }

  send() {
    if (this.running || this.stopped || !this.changed.size) return;
    this.running = this.post([...this.changed]).finally(() => {
      this.running = null;
    });
  }

  async post(names) {
    this.changed.clear();
    this.say("正在保存…");
    let response;
    try {
      response = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body: this.body(names),
        headers: { Accept: "application/json", "X-CSRFToken": this.value("csrfmiddlewaretoken") },
        credentials: "same-origin",
        redirect: "manual",
        keepalive: document.visibilityState === "hidden",
      });
    } catch {
      this.again(names);
      return;
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok && "version" in answer) this.saved(answer);
    else this.refused(response, answer, names);
  }

  body(names) {
    const all = new FormData(this.form);
    const body = new URLSearchParams();
    for (const name of names) for (const value of all.getAll(name)) body.append(name, value);
    body.append("fields", names.join(","));
    body.append("version", this.value("version"));
    return body;
  }

  value(name) {
    return this.form.elements.namedItem(name)?.value ?? "";
  }

  saved(answer) {
    const version = this.form.elements.namedItem("version");
    if (version) version.value = answer.version;
    this.say(`${answer.saved_at}已自动保存`);
    this.swap("[data-estimate]", answer.estimate_html);
    this.swap("[data-missing]", answer.missing_html);
    if (this.changed.size) this.plan(PAUSE);
    else this.form.dispatchEvent(new CustomEvent("pt:saved", { bubbles: true }));
  }

  refused(response, answer, names) {
    const { status, type } = response;
    if (status === 409) {
      this.stopped = true;
      this.say(answer.message ?? "另一个窗口保存了更新的内容，这里不再自动保存。", "刷新这一页", location.href);
    } else if (type === "opaqueredirect" || status === 401 || (status === 403 && !answer.message)) {
      this.stopped = true;
      const here = encodeURIComponent(location.pathname + location.search);
      const signIn = document.body.dataset.signIn ?? "/accounts/login/";
      this.say("登录已过期，内容已留在本机，登录后自动恢复。", "重新登录", `${signIn}?next=${here}`);
    } else if (status === 403) {
      this.stopped = true;
      this.say(answer.message);
    } else if (status === 400 || status === 422) {
      names.forEach((name) => this.changed.add(name));
      this.say(answer.message ? `没有保存：${answer.message}` : "没有保存，请改正标出的内容。");
    } else {
      this.again(names);
    }
  }

  again(names) {
    names.forEach((name) => this.changed.add(name));
    this.say(OFFLINE);
    this.plan(RETRY);
  }

  say(sentence, label, href) {
    for (const place of document.querySelectorAll("[data-saved-state]")) {
      place.textContent = sentence;
      if (!label) continue;
      const link = document.createElement("a");
      link.href = href;
      link.textContent = label;
      place.append(link);
    }
  }

  swap(selector, html) {
    if (typeof html !== "string") return;
    for (const place of document.querySelectorAll(selector)) place.innerHTML = html;
  }
}

export function start(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    if (form.dataset.autosaving) continue;
    form.dataset.autosaving = "true";
    new Autosave(form);
  }
}

start(document);
document.addEventListener("pt:page", (event) => start(event.target));
