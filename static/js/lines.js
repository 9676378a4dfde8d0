// Rows of a formset: add, remove, and tell the page that the sums have changed.
for (const box of document.querySelectorAll("[data-lines]")) {
  const prefix = box.dataset.lines;
  const body = box.querySelector("[data-lines-body]");
  const template = box.querySelector("[data-lines-template]");
  const total = box.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const adds = box.querySelectorAll("[data-lines-add]");
  const tell = () => box.dispatchEvent(new Event("lines-changed", { bubbles: true }));

  const focus = (line) => line.querySelector("input:not([type=hidden]), textarea, select")?.focus();

  const add = () => {
    const spare = body.querySelector("[data-spare]");
    if (spare) {
      spare.removeAttribute("data-spare");
      focus(spare);
      return;
    }
    const number = Number(total.value);
    const copy = template.content.cloneNode(true);
    for (const element of copy.querySelectorAll("*")) {
      for (const attribute of [...element.attributes]) {
        if (attribute.value.includes("__prefix__")) {
          element.setAttribute(attribute.name, attribute.value.replaceAll("__prefix__", number));
        }
      }
    }
    // What applied to the last line mostly applies to the next.
    const last = [...body.querySelectorAll("[data-line]:not([hidden])")].at(-1);
    for (const field of ["unit", "tax"]) {
      const from = last?.querySelector(`[name$="-${field}"]`);
      const to = copy.querySelector(`[name$="-${field}"]`);
      if (from && to) to.value = from.value;
    }
    body.append(copy);
    total.value = number + 1;
    focus(body.lastElementChild);
    tell();
  };

  const remove = (check) => {
    const line = check.closest("[data-line]");
    line.hidden = true;
    const next = body.querySelector("[data-line]:not([hidden], [data-spare]) textarea") ?? adds[0];
    next?.focus();
    tell();
  };

  for (const button of adds) {
    button.hidden = false;
    button.addEventListener("click", add);
  }
  for (const hint of box.querySelectorAll("[data-lines-hint]")) hint.hidden = false;

  // Without scripts a box is ticked and the form saved; with them the row goes at once.
  body.addEventListener("change", (event) => {
    if (event.target.matches("[data-line-delete] input") && event.target.checked) remove(event.target);
    else tell();
  });
  body.addEventListener("input", (event) => {
    if (!event.target.matches("[type=checkbox]")) tell();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.altKey) {
      event.preventDefault();
      add();
    }
  });
}
