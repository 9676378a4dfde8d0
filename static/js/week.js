// The week sheet: arrows and Enter lead from cell to cell, sums follow, N opens the note.
const sheet = document.querySelector("[data-sheet]");
const rows = () => [...sheet.querySelectorAll("tr[data-row]")];

// As the server reads it: 1:30, 1h30, 90m, 1,5. Null is no duration.
const inADay = (minutes) => (minutes <= 24 * 60 ? minutes : null);
const minutesOf = (text) => {
  const typed = text.trim().toLowerCase();
  if (!typed) return 0;
  const clock = typed.match(/^(\d{1,2})(?::([0-5]\d)|\s*h\s*([0-5]?\d)\s*(?:m|min)?)$/);
  if (clock) return inADay(Number(clock[1]) * 60 + Number(clock[2] ?? clock[3]));
  const minutes = typed.match(/^(\d{1,4})\s*(?:m|min|minuten|minutes)$/);
  if (minutes) return inADay(Number(minutes[1]));
  const hours = typed.replace(/\s*h$/, "").match(/^\d{0,2}([.,]\d+)?$/);
  return hours && /\d/.test(typed) ? inADay(Math.round(Number(hours[0].replace(",", ".")) * 60)) : null;
};
const asClock = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
const valueOf = (cell) => {
  const control = cell.querySelector("input.input");
  return minutesOf(control ? control.value : cell.querySelector("[data-shown]")?.dataset.shown ?? "") ?? 0;
};

const add = () => {
  const days = Array(7).fill(0);
  for (const row of rows()) {
    let sum = 0;
    for (const cell of row.querySelectorAll("td[data-day]")) {
      const minutes = valueOf(cell);
      sum += minutes;
      days[Number(cell.dataset.day)] += minutes;
    }
    row.querySelector("[data-row-sum]").textContent = sum || row.querySelector("a[data-row-sum]") ? asClock(sum) : "";
  }
  for (const place of sheet.querySelectorAll("[data-day-sum]")) {
    const sum = days[Number(place.dataset.daySum)];
    place.textContent = sum || place.href ? asClock(sum) : place.dataset.none ?? "";
  }
  const total = asClock(days.reduce((one, two) => one + two, 0));
  sheet.querySelector("[data-week-sum]").textContent = total;
  const head = document.querySelector("[data-week-total]");
  if (head) head.textContent = head.textContent.replace(/\d+:\d\d/, total);
};

const check = (input) => {
  input.classList.toggle("changed", input.value.trim() !== (input.dataset.saved ?? ""));
  // What the server refused stays wrong until something else stands there.
  const refused = input.hasAttribute("aria-describedby") && input.value === input.defaultValue;
  input.ariaInvalid = refused || minutesOf(input.value) === null ? "true" : null;
};

// The next cell that can be typed into; past the last line the next day begins.
const move = (input, down, right, wrap = false) => {
  const lines = rows();
  let line = lines.indexOf(input.closest("tr"));
  let day = Number(input.closest("td").dataset.day);
  for (let step = 0; step < lines.length * 7; step += 1) {
    [line, day] = [line + down, day + right];
    if (wrap && line >= lines.length) [line, day] = [0, day + 1];
    if (wrap && line < 0) [line, day] = [lines.length - 1, day - 1];
    const next = lines[line]?.querySelector(`td[data-day="${day}"]`);
    if (!next) return;
    const control = next.querySelector("input.input");
    if (control) {
      const radio = sheet.querySelector(`[name="day"][value="${day}"]`);
      if (radio) radio.checked = true;
      control.focus();
      control.select();
      return;
    }
  }
};

const editNote = (input) => {
  const dialog = document.getElementById("dialog");
  const template = document.querySelector("[data-note-dialog]");
  if (!dialog || !template) return;
  dialog.replaceChildren(template.content.cloneNode(true));
  dialog.querySelector("[data-note-of]").textContent = input.getAttribute("aria-label");
  const text = dialog.querySelector("textarea");
  const name = `n${input.name.slice(1)}`;
  let kept = sheet.querySelector(`[name="${name}"]`);
  text.value = kept ? kept.value : input.dataset.note;
  dialog.returnValue = "";
  dialog.showModal();
  text.focus();
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "keep" && text.value !== (kept ? kept.value : input.dataset.note)) {
      if (!kept) {
        kept = document.createElement("input");
        kept.type = "hidden";
        kept.name = name;
        input.after(kept);
      }
      kept.value = text.value;
      input.closest("td").classList.toggle("noted", Boolean(text.value.trim()));
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    // The browser has put the focus back already, and who types fast is a cell further by now.
    if (!sheet.contains(document.activeElement)) input.focus();
  }, { once: true });
};

const keys = {
  ArrowUp: (input) => move(input, -1, 0),
  ArrowDown: (input) => move(input, 1, 0),
  ArrowLeft: (input) => move(input, 0, -1),
  ArrowRight: (input) => move(input, 0, 1),
  Enter: (input, event) => move(input, event.shiftKey ? -1 : 1, 0, true),
  n: editNote, N: editNote,
  Escape: (input) => {
    input.value = input.dataset.saved ?? "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.select();
  },
};

sheet?.addEventListener("keydown", (event) => {
  const input = event.target.closest("td[data-day] input.input");
  if (!input || event.altKey || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    sheet.requestSubmit(document.querySelector("[form='week'][value='save']"));
    return;
  }
  // Within a text that is being typed the arrows move the cursor, until its end.
  const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  if (event.key === "ArrowLeft" && !whole && input.selectionEnd > 0) return;
  if (event.key === "ArrowRight" && !whole && input.selectionStart < input.value.length) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act(input, event);
});

sheet?.addEventListener("focusin", (event) => { if (event.target.matches("td input.input")) event.target.select(); });
sheet?.addEventListener("input", (event) => { if (event.target.matches("td input.input")) { check(event.target); add(); } });
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const paging = event.key.startsWith("Page") && !event.ctrlKey && !event.altKey;
  const link = paging && document.querySelector(`[data-week="${event.key}"]`);
  // The field that searches stands before the select that keeps its value.
  const another = event.altKey && event.code === "KeyP" && document.querySelector(".spare input[role=combobox], [data-another]");
  if (!link && !another) return;
  event.preventDefault();
  if (link) link.click();
  else another.focus();
});
if (sheet) { for (const input of sheet.querySelectorAll("td[data-day] input.input")) check(input); add(); }
