// A select of rows becomes a field that searches while one types (ARIA combobox). The select keeps
// the value; without scripts it is used as it is.
const WAIT = 150;
const BOX = `<input type="text" class="input" role="combobox" autocomplete="off" autocapitalize="off" spellcheck="false" aria-autocomplete="list" aria-expanded="false">
  <div class="picker-list" hidden><ul role="listbox"></ul><p class="picker-note" hidden></p></div><p class="vh" role="status"></p>`;

const enhance = (select) => {
  const { form, id } = select;
  const box = Object.assign(document.createElement("div"), { className: "picker", innerHTML: BOX });
  const [input, sheet, list, note, status] = ["input", ".picker-list", "ul", ".picker-note", ".vh"].map((name) => box.querySelector(name));
  let [timer, asked, typed] = [0, null, false];

  const reset = () => {
    input.value = select.value ? select.selectedOptions[0].textContent : "";
    typed = false;
    close();
  };

  const active = () => list.querySelector("[aria-selected='true']");
  const isOpen = () => !sheet.hidden;
  const mark = (option) => {
    active()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option?.id ?? "");
  };

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    sheet.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(null);
  };

  const say = (text, shown) => {
    status.textContent = note.textContent = text;
    note.hidden = !shown;
  };

  const address = () => {
    const url = new URL(form.getAttribute("action") || location.href, location.href);
    url.searchParams.set("pick", select.name);
    url.searchParams.set("q", typed ? input.value.trim() : "");
    const by = form.elements[select.dataset.narrowedBy];
    // In a row of many the name is that of the row's field: `lines-3-customer`.
    if (by) url.searchParams.set(by.name.split("-").at(-1).replace(/(_id)?$/, "_id"), by.value);
    return url;
  };

  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    sheet.hidden = false;
    input.setAttribute("aria-expanded", "true");
    try {
      const response = await fetch(address(), { signal: asked.signal });
      if (!response.ok || response.redirected) throw response;
      list.innerHTML = await response.text();
      const all = [...list.children];
      all.forEach((option, number) => { option.id = `${id}-offer-${number}`; });
      const { some, none, empty = none } = select.dataset;
      say(all.length ? some.replace("{n}", all.length) : typed && input.value.trim() ? none : empty, !all.length);
      mark(typed && input.value.trim() ? all[0] : all.find((option) => option.dataset.value === select.value));
    } catch (error) {
      if (error.name === "AbortError") return;
      list.replaceChildren();
      say(select.dataset.failed, true);
    }
  };

  const keep = (value, label) => {
    const before = select.value;
    if (value && ![...select.options].some((option) => option.value === value)) {
      select.append(new Option(label, value));
    }
    select.value = value;
    reset();
    if (before === value) return;
    for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
  };

  const take = (option) => keep(option.dataset.value, option.dataset.label);
  const step = (by) => {
    const all = [...list.children];
    if (!isOpen()) ask();
    else mark(all.at((all.indexOf(active()) + by + Number(by < 0 && !active())) % all.length));
  };

  input.addEventListener("input", (event) => {
    // What is typed is no entry of the form yet.
    event.stopPropagation();
    typed = true;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter" && isOpen() && active()) take(active());
    else if (event.key === "Escape" && isOpen()) reset();
    else {
      if (event.key === "Tab" && isOpen() && typed && input.value.trim() && active()) take(active());
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("focus", input.select);
  input.addEventListener("click", () => { if (!isOpen()) ask(); });
  input.addEventListener("blur", () => {
    // Emptied means none; a text that was not chosen from means what was chosen before.
    if (typed && !input.value.trim() && [...select.options].some((option) => !option.value)) keep("");
    else reset();
  });
  // The field keeps the focus while one clicks into the list.
  sheet.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role='option']");
    if (option) take(option);
  });
  select.addEventListener("change", reset);
  form.elements[select.dataset.narrowedBy]?.addEventListener("change", () => { if (select.value) keep(""); });

  for (const name of ["aria-describedby", "aria-invalid", "aria-label", "aria-keyshortcuts"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  list.setAttribute("aria-label", select.labels[0]?.textContent.trim() || select.ariaLabel || "");
  list.id = `${id}-offers`;
  input.setAttribute("aria-controls", list.id);
  input.dataset.pick = select.name;
  input.placeholder = select.options[0]?.value ? "" : select.options[0]?.textContent.replace(/^[-–]+$/, "") ?? "";
  reset();
  const hadFocus = document.activeElement === select;
  select.id = `${id}-value`;
  input.id = id;
  select.hidden = true;
  select.removeAttribute("data-picker");
  select.before(box);
  if (hadFocus) input.focus();
};

const look = (root) => root.querySelectorAll?.("select[data-picker]").forEach(enhance);
look(document); // dialogs and parts of pages arrive later
new MutationObserver((changes) => {
  for (const change of changes) change.addedNodes.forEach(look);
}).observe(document.body, { childList: true, subtree: true });
