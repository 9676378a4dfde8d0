// Rows of a formset: add, remove, move and copy them, and tell the page that the sums have changed.
import { drawable } from "./lines-drawn.js";
import { led } from "./lines-keys.js";

for (const box of document.querySelectorAll("[data-lines]")) {
  const prefix = box.dataset.lines;
  const body = box.querySelector("[data-lines-body]");
  const template = box.querySelector("[data-lines-template]");
  const total = box.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const adds = box.querySelectorAll("[data-lines-add]");
  const menu = box.querySelector("[data-line-menu]");
  const status = box.querySelector("[data-lines-status]");
  const tell = () => box.dispatchEvent(new Event("lines-changed", { bubbles: true }));

  const lines = () => [...body.querySelectorAll("[data-line]:not([hidden], [data-spare])")];
  const fields = (line) => [...line.querySelectorAll("input:not([type=hidden], [type=checkbox]), textarea, select")].filter((field) => field.checkVisibility());
  const focus = (line) => fields(line)[0]?.focus();
  // The name of a field within its line: `quantity` of `line_items-3-quantity`.
  const part = (field) => field.name.slice(field.name.lastIndexOf("-") + 1);
  const find = (line, name) => line.querySelector(`[name$="-${name}"]`);

  // Which place each line has: the server would else take them as they were added.
  const number = () => lines().forEach((line, index) => {
    const place = find(line, "ORDER");
    if (place) place.value = index + 1;
  });

  const say = (line) => {
    const all = lines();
    if (status) status.textContent = status.dataset.moved.replace("{n}", all.indexOf(line) + 1).replace("{all}", all.length);
  };

  const fresh = () => {
    const spare = body.querySelector("[data-spare]");
    if (spare) {
      spare.removeAttribute("data-spare");
      return spare;
    }
    const index = Number(total.value);
    const copy = template.content.cloneNode(true);
    for (const element of copy.querySelectorAll("*")) {
      for (const attribute of [...element.attributes]) {
        if (attribute.value.includes("__prefix__")) {
          element.setAttribute(attribute.name, attribute.value.replaceAll("__prefix__", index));
        }
      }
    }
    body.append(copy);
    total.value = index + 1;
    wake(body.lastElementChild);
    return body.lastElementChild;
  };

  const add = () => {
    // What applied to the last line mostly applies to the next.
    const last = lines().at(-1);
    const line = fresh();
    for (const name of ["unit", "tax"]) {
      const [from, to] = [last && find(last, name), find(line, name)];
      if (from && to) to.value = from.value;
    }
    body.append(line);
    number();
    focus(line);
    tell();
  };

  const copy = (from) => {
    const line = fresh();
    for (const field of from.querySelectorAll("input:not([type=hidden], [type=checkbox]), textarea, select")) {
      const to = field.name && find(line, part(field));
      if (!to || part(field) === "ORDER") continue;
      // A field that searches holds only some of its choices.
      if (to.matches("select") && ![...to.options].some((option) => option.value === field.value)) {
        to.append(new Option(field.selectedOptions[0]?.textContent, field.value));
      }
      to.value = field.value;
    }
    from.after(line);
    number();
    focus(line);
    say(line);
    tell();
  };

  const move = (line, by) => {
    const all = lines();
    const other = all[all.indexOf(line) + by];
    if (!other) return;
    const held = document.activeElement;
    if (by < 0) other.before(line);
    else other.after(line);
    held?.focus();
    line.scrollIntoView({ block: "nearest" });
    number();
    say(line);
    tell();
  };

  const remove = (line) => {
    const check = line.querySelector("[data-line-delete] input");
    const at = lines().indexOf(line);
    check.checked = true;
    line.hidden = true;
    number();
    const next = lines()[Math.min(at, lines().length - 1)];
    if (next) focus(next);
    else adds[0]?.focus();
    tell();
  };

  const VERBS = { up: (line) => move(line, -1), down: (line) => move(line, 1), copy, remove };

  // Enter leads down the column, from the last line into a new one; in an empty one it saves.
  const next = (line, field) => {
    const all = lines();
    const below = all[all.indexOf(line) + 1];
    if (below) (find(below, part(field)) ?? fields(below)[0]).focus();
    else if (find(line, "description")?.value.trim() || find(line, "unit_price")?.value.trim()) add();
    else return false;
    return true;
  };

  const wake = (root) => root.querySelectorAll("[data-line-grip]").forEach((grip) => { grip.hidden = false; });

  for (const button of adds) {
    button.hidden = false;
    button.addEventListener("click", add);
  }
  for (const hint of box.querySelectorAll("[data-lines-hint]")) hint.hidden = false;
  wake(body);

  // Without scripts a box is ticked and the form saved; with them the row goes at once.
  body.addEventListener("change", (event) => {
    if (event.target.matches("[data-line-delete] input") && event.target.checked) remove(event.target.closest("[data-line]"));
    else tell();
  });
  body.addEventListener("input", (event) => {
    if (!event.target.matches("[type=checkbox]")) tell();
  });

  led(box, menu, VERBS, { add, next });
  drawable(body, () => {
    number();
    tell();
  });
}
