/* Progress for forms with <input type=file data-upload>: the same post, by XMLHttpRequest, with a sentence that says how
   far it is. The answer takes the place of #page, whatever its status. Without script it is a plain form. */

const STEP = 0.1;

function size(bytes) {
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))}KB` : `${(bytes / 1_048_576).toFixed(1)}MB`;
}

function panel(form) {
  const box = document.createElement("div");
  box.className = "pt-progress";
  const sentence = document.createElement("label");
  sentence.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.id = `upload-${Math.random().toString(36).slice(2)}`;
  sentence.htmlFor = bar.id;
  bar.max = 1;
  bar.value = 0;
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "pt-link";
  stop.textContent = "停止上传";
  box.append(sentence, bar, stop);
  form.append(box);
  return { box, sentence, bar, stop };
}

function show(html, address) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const next = page.getElementById("page");
  const here = document.getElementById("page");
  if (!next || !here) return false;
  here.replaceWith(next);
  document.title = page.title;
  if (address && new URL(address).origin === location.origin) history.replaceState(null, "", address);
  window.scrollTo(0, 0);
  window.htmx?.process(next);
  next.querySelector("main")?.focus();
  next.dispatchEvent(new CustomEvent("pt:page", { bubbles: true }));
  return true;
}

function send(form, submitter) {
  const { box, sentence, bar, stop } = panel(form);
  const buttons = [...form.elements].filter((control) => control.type === "submit");
  const request = new XMLHttpRequest();
  let told = 0;

  const finish = (text) => {
    sentence.textContent = text;
    bar.remove();
    stop.remove();
    delete form.dataset.uploading;
    for (const button of buttons) button.removeAttribute("aria-disabled");
  };
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  form.dataset.uploading = "true";
  sentence.textContent = "开始上传…";
  stop.addEventListener("click", () => request.abort());

  request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
    if (!lengthComputable) return;
    bar.value = loaded / total;
    if (loaded < total && bar.value - told < STEP) return;
    told = bar.value;
    sentence.textContent = loaded < total ? `已上传${size(loaded)}，共${size(total)}` : "已传完，正在检查文件…";
  });
  request.addEventListener("error", () => finish("网络中断，文件没有传完。请再按一次上传。"));
  request.addEventListener("abort", () => finish("已停止上传，文件没有存下来。"));
  request.addEventListener("load", () => {
    if (request.status === 413) finish("文件太大，没有上传。请压缩或拆分后再试。");
    else if (!show(request.responseText, request.responseURL)) finish("上传没有完成，请过几分钟再试。");
    else box.remove();
  });
  request.open("POST", form.getAttribute("action") || location.href);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.send(new FormData(form, submitter));
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const inputs = [...form.querySelectorAll("input[type=file][data-upload]")];
    if (!inputs.some((input) => input.files.length)) return;
    event.preventDefault();
    if (form.dataset.uploading) return;
    form.querySelectorAll(".pt-progress").forEach((old) => old.remove());
    send(form, event.submitter);
  },
  true,
);
