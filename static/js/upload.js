// Files dropped on the page, or chosen, are sent one after the other; each shows how far it is.
import { fill, rowFor } from "./upload-row.js";

const ready = new WeakSet();
const queues = new WeakMap();

const refusal = (form, file) => {
  if (file.size > Number(form.dataset.most)) return form.dataset.tooLarge;
  const name = file.name.toLowerCase();
  return form.dataset.accept.split(",").some((end) => name.endsWith(end)) ? "" : form.dataset.wrongType;
};

const send = (form, file, shown) => new Promise((resolve) => {
  const request = new XMLHttpRequest();
  const data = new FormData(form);
  data.delete("file");
  data.append("file", file);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => shown.moved(event.loaded, event.total));
  request.upload.addEventListener("load", (event) => shown.moved(event.loaded, event.loaded));
  request.addEventListener("error", () => resolve({ error: form.dataset.lost }));
  request.addEventListener("abort", () => resolve({ stopped: true }));
  request.addEventListener("load", () => {
    // A page instead of an answer: signed out meanwhile, or refused on the way.
    try { resolve(JSON.parse(request.responseText)); }
    catch { resolve({ error: request.status === 413 ? form.dataset.tooLarge : form.dataset.lost }); }
  });
  shown.row.addEventListener("stopped", () => request.abort());
  request.send(data);
});

const work = async (form, queue) => {
  queue.busy = true;
  const refused = [];
  let [done, all, last] = [0, 0, ""];
  while (queue.files.length) {
    const { file, shown } = queue.files.shift();
    if (!shown.row.isConnected) continue;
    all += 1;
    const wrong = refusal(form, file);
    const answer = wrong ? { error: wrong } : await send(form, file, shown);
    if (answer.stopped) continue;
    if (answer.url) { done += 1; last = answer.url; shown.done(answer.url); }
    else { refused.push(file.name); shown.failed(answer.error ?? form.dataset.lost, answer.there); }
  }
  queue.busy = false;
  const said = [fill(form.dataset.sum, { done, all })];
  if (refused.length) said.push(fill(form.dataset.refused, { names: refused.join(", ") }));
  form.querySelector("[data-said]").textContent = said.join(" ");
  if (done && form.dataset.list) htmx.ajax("GET", form.dataset.list, { target: "#table", swap: "outerHTML" });
  else if (done) location.assign(last);
};

const take = (form, files) => {
  const list = form.querySelector("[data-files]");
  const many = form.querySelector("[type='file']").multiple;
  const queue = queues.get(form);
  for (const file of many ? files : [...files].slice(0, 1)) {
    const shown = rowFor(form, file);
    list.append(shown.row);
    queue.files.push({ file, shown });
  }
  list.hidden = !list.children.length;
  if (!queue.busy && queue.files.length) work(form, queue);
};

const prepare = () => {
  for (const form of document.querySelectorAll("[data-upload]")) {
    if (ready.has(form)) continue;
    ready.add(form);
    queues.set(form, { files: [], busy: false });
    const input = form.querySelector("[type='file']");
    input.hidden = form.querySelector("[data-plain]").hidden = true;
    form.querySelector("[data-or]").hidden = false;
    form.querySelector("[data-choose]").addEventListener("click", () => input.click());
    input.addEventListener("change", () => { take(form, input.files); input.value = ""; });
  }
};

const here = () => [...document.querySelectorAll("[data-upload]")].find((form) => form.offsetParent);
const isFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
let depth = 0;
const light = (on) => here()?.classList.toggle("over", on);

document.addEventListener("dragenter", (event) => { if (isFiles(event)) { depth += 1; light(true); } });
document.addEventListener("dragleave", (event) => { if (isFiles(event)) { depth -= 1; if (depth <= 0) light(false); } });
document.addEventListener("dragover", (event) => { if (isFiles(event) && here()) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  depth = 0;
  light(false);
  const form = here();
  if (!form || !isFiles(event)) return;
  event.preventDefault();
  take(form, event.dataTransfer.files);
});
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const form = opener && here();
  if (!form) return;
  event.preventDefault();
  form.querySelector("[type='file']").click();
});
addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("[data-upload]")].some((form) => queues.get(form)?.busy)) event.preventDefault();
});
document.addEventListener("htmx:afterSettle", prepare);
prepare();
