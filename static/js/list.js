// Lists: empty filters stay out of the address; a selection counts itself.
const isUsual = (boxes) => boxes.every((box) => box.checked === box.hasAttribute("data-usual"));

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  for (const sheet of document.querySelectorAll("#filters[popover], #columns")) sheet.hidePopover();
  for (const control of event.target.elements) if (control.name && !control.value) control.disabled = true;
  // The usual columns need no word in the address.
  const columns = [...event.target.querySelectorAll("[name='columns']")];
  if (isUsual(columns)) for (const box of columns) box.disabled = true;
  // Back in this page, the fields are to be usable again.
  setTimeout(() => { for (const control of event.target.elements) control.disabled = false; });
});

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  const data = event.detail.formData;
  for (const [name, value] of [...data.entries()]) if (!value) data.delete(name);
  const columns = [...event.target.querySelectorAll("[name='columns']")];
  if (isUsual(columns)) data.delete("columns");
});

const idsOf = (boxes) => [...new Set(boxes.flatMap((box) => box.value.split(",")))];
const boxesOf = (form) => [...form.querySelectorAll("[name='ids']")];

// A group's box stands for the boxes of its rows.
const tick = (form, changed) => {
  const boxes = boxesOf(form);
  for (const group of boxes.filter((box) => "group" in box.dataset)) {
    const own = boxes.filter((box) => !("group" in box.dataset) && idsOf([group]).includes(box.value));
    if (!own.length) continue; // Not opened yet: its own tick counts.
    if (!changed ? group.checked : changed === group) for (const box of own) box.checked = group.checked;
    const chosen = own.filter((box) => box.checked).length;
    group.checked = chosen === own.length;
    group.indeterminate = chosen > 0 && !group.checked;
  }
};

const count = (form) => {
  const boxes = boxesOf(form);
  const chosen = idsOf(boxes.filter((box) => box.checked)).length;
  const every = idsOf(boxes).length;
  const all = form.querySelector("[data-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === every;
    all.indeterminate = chosen > 0 && chosen < every;
  }
  const text = form.querySelector("[data-count]");
  text.textContent = chosen === 1 ? text.dataset.one : text.dataset.many.replace("#", chosen);
};

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-selection]");
  if (!form) return;
  if (event.target.matches("[data-all]")) {
    for (const box of boxesOf(form)) box.checked = event.target.checked;
  }
  tick(form, event.target);
  count(form);
});

document.addEventListener("reset", (event) => {
  if (event.target.matches("[data-selection]")) setTimeout(() => { tick(event.target); count(event.target); });
});

// What cannot be taken back asks first, and says for how many rows.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-selection] [data-ask]");
  const dialog = document.getElementById("dialog");
  if (!button || !dialog) return;
  event.preventDefault();
  const question = document.createElement("h2");
  question.id = "dialog-title";
  question.textContent = `${button.textContent.trim()}: ${button.form.querySelector("[data-count]").textContent}`;
  const yes = button.cloneNode(true);
  yes.className = "btn btn-danger";
  yes.removeAttribute("data-ask");
  yes.type = "button";
  yes.addEventListener("click", () => {
    button.removeAttribute("data-ask");
    button.form.requestSubmit(button);
  });
  const no = document.createElement("button");
  no.className = "btn";
  no.type = "button";
  no.textContent = button.dataset.ask;
  no.addEventListener("click", () => dialog.close());
  const foot = document.createElement("div");
  foot.className = "dialog-foot";
  foot.append(no, yes);
  dialog.replaceChildren(question, foot);
  dialog.showModal();
  no.focus();
});

// The decision is at the lower edge already: to step to it moves nothing.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-selection] a.skip");
  if (!link) return;
  event.preventDefault();
  document.querySelector(link.hash).focus({ preventScroll: true });
});

// After a decision one stands where one stood: at what came after the first of what was decided,
// with what came of it told first.
const DECIDED = "workmate.decided";
const groupsOf = (form) => [...form.querySelectorAll("input[data-group]")];
document.addEventListener("submit", (event) => {
  const at = groupsOf(event.target).findIndex((box) => box.checked || box.indeterminate);
  if (at >= 0) sessionStorage.setItem(DECIDED, at);
});

const goOn = () => {
  const at = sessionStorage.getItem(DECIDED);
  sessionStorage.removeItem(DECIDED);
  if (at === null || document.querySelector("[autofocus]")) return;
  const boxes = groupsOf(document);
  const told = document.querySelector("#main > .notice");
  const next = boxes[Math.min(at, boxes.length - 1)] ?? told;
  if (told && next !== told) {
    told.id = "told";
    next.setAttribute("aria-describedby", told.id);
  } else if (told) told.tabIndex = -1;
  next?.focus();
};

const reveal = () => { for (const all of document.querySelectorAll("[data-all], [data-all-label]")) all.hidden = false; };
reveal();
// What was ticked before the page came back, as after a refusal, counts as well.
for (const form of document.querySelectorAll("[data-selection]")) { tick(form); count(form); }
document.addEventListener("htmx:afterSettle", (event) => {
  reveal();
  const form = event.target.closest("[data-selection]");
  if (form) { tick(form); count(form); }
});
goOn();
