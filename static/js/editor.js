// The invoice editor: after each change the server adds up, tells what is wrong, and draws the sheet.
const form = document.querySelector("[data-editor]");
const totals = document.getElementById("totals");
const SHEET_AFTER = 700;
const KEY_IS_UP_AFTER = 300;
let [drawing, touched] = [0, false];

const draw = () => {
  const box = form.querySelector("[data-sheet-box]");
  const button = form.querySelector("[data-preview]");
  if (!box || !button) return;
  // A new frame each time: it leaves no step in the history, and the old sheet stays until it came.
  const frame = box.querySelector("iframe:last-of-type").cloneNode();
  frame.name = `sheet-${Date.now()}`;
  frame.inert = true;
  box.append(frame);
  const shown = () => {
    if (!frame.isConnected) return;
    // Who stands in the old sheet keeps it until they leave, and a little longer: a frame that goes takes
    // the focus along, and the key that led out of it.
    if (box.contains(document.activeElement)) {
      document.addEventListener("focusin", () => setTimeout(shown, KEY_IS_UP_AFTER), { once: true });
      return;
    }
    frame.inert = false;
    while (frame.previousElementSibling) frame.previousElementSibling.remove();
  };
  const [action, target] = [form.getAttribute("action"), form.getAttribute("target")];
  form.setAttribute("action", button.formAction);
  form.target = frame.name;
  // Not `requestSubmit`: nothing is saved by it, so nobody is to take it for that.
  HTMLFormElement.prototype.submit.call(form);
  if (action === null) form.removeAttribute("action");
  else form.setAttribute("action", action);
  if (target === null) form.removeAttribute("target");
  else form.target = target;
  frame.addEventListener("load", shown, { once: true });
};

const changed = () => {
  form.dispatchEvent(new Event("editor-changed"));
  clearTimeout(drawing);
  drawing = setTimeout(draw, SHEET_AFTER);
};

// What is wrong is said at its field, but not while somebody still types there.
const tellErrors = () => {
  const found = new Map([...totals.querySelectorAll("[data-live-errors] li")].map((item) => [item.dataset.for, item.textContent]));
  for (const note of form.querySelectorAll("[data-live-error]")) {
    if (found.get(note.dataset.liveError) === note.textContent.trim()) continue;
    const field = document.getElementById(note.dataset.liveError);
    field?.removeAttribute("aria-invalid");
    field?.removeAttribute("aria-errormessage");
    note.remove();
  }
  for (const [id, text] of found) {
    const field = document.getElementById(id);
    if (!field || field === document.activeElement || field.getAttribute("aria-invalid") === "true") continue;
    const note = Object.assign(document.createElement("span"), { className: "error", id: `${id}-live`, textContent: text });
    note.dataset.liveError = id;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-errormessage", note.id);
    (field.closest("[data-line]")?.querySelector(".l-text") ?? field.parentElement).append(note);
  }
};

if (form && totals) {
  form.addEventListener("lines-changed", changed);
  form.addEventListener("input", (event) => { touched = true; if (!event.target.closest("[data-lines-body]")) changed(); });
  form.addEventListener("change", (event) => { if (!event.target.closest("[data-lines-body]")) changed(); });
  totals.addEventListener("htmx:afterSettle", tellErrors);
  // Looking at the PDF saves nothing: what was typed is still to be guarded.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget && touched) setTimeout(() => form.dispatchEvent(new Event("input")));
  });
  form.querySelector("[data-preview]").addEventListener("click", (event) => { event.preventDefault(); draw(); });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-save]"));
  });
  // One box ticks all hours and expenses.
  const all = () => form.querySelectorAll(".unbilled input[type=checkbox]");
  const offer = () => { const box = form.querySelector("[data-tick-all]"); if (box) box.hidden = all().length < 2; };
  form.addEventListener("change", (event) => {
    const box = form.querySelector("[data-tick-all] input");
    if (event.target === box) all().forEach((check) => { check.checked = box.checked; });
    else if (box && event.target.closest(".unbilled")) box.checked = [...all()].every((check) => check.checked);
  });
  document.addEventListener("htmx:oobAfterSwap", offer);
  offer();
  addEventListener("load", draw);
}
