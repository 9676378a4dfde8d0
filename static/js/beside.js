// A row's preview beside the list, where there is room: by its button, or while J and K go through
// the rows. Esc puts it away; from then on the button alone shows one.
const WAIT = 150;
const box = document.querySelector("[data-beside]");
const aside = document.getElementById("beside");
const model = box.querySelector("template[data-label]");
const wide = matchMedia("(width >= 1280px)");
let [shown, timer, rests] = ["", 0, false];

const rows = () => [...box.querySelectorAll(".table-rows tbody tr")].filter((row) => row.querySelector("a.open"));
const linkOf = (row) => row.querySelector("a.open");

const mark = () => {
  for (const row of rows()) {
    const on = linkOf(row).pathname === shown;
    row.classList.toggle("on", on);
    row.querySelector(".beside-open").setAttribute("aria-pressed", on);
  }
};

// Rows come anew with each search, order and page.
const dress = () => {
  for (const row of rows()) {
    if (row.querySelector(".beside-open")) continue;
    const button = model.content.firstElementChild.cloneNode(true);
    button.setAttribute("aria-label", model.dataset.label.replace("{name}", linkOf(row).textContent.trim()));
    linkOf(row).after(button);
  }
  mark();
};

const show = async (link) => {
  shown = link.pathname;
  mark();
  await htmx.ajax("GET", `${shown}preview/`, { source: aside, target: aside, swap: "innerHTML" });
};

const close = () => {
  clearTimeout(timer);
  const row = rows().find((each) => linkOf(each).pathname === shown);
  const held = aside.contains(document.activeElement);
  aside.hidden = rests = true;
  aside.replaceChildren();
  shown = "";
  mark();
  if (held && row) linkOf(row).focus();
};

box.addEventListener("click", async (event) => {
  if (event.target.closest("[data-beside-close]")) close();
  const button = event.target.closest(".beside-open");
  if (!button) return;
  if (button.ariaPressed === "true") {
    close();
    return;
  }
  rests = false;
  await show(linkOf(button.closest("tr")));
  aside.querySelector("h2")?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !aside.hidden && !document.querySelector("dialog[open], :popover-open")) close();
  // J and K have moved the focus already, unless single keys are switched off.
  const link = ["j", "k"].includes(event.key) && event.defaultPrevented && document.activeElement.closest("[data-beside] a.open");
  if (!link || rests || !wide.matches) return;
  clearTimeout(timer);
  timer = setTimeout(() => show(link), WAIT);
});

aside.addEventListener("htmx:afterSwap", () => { aside.hidden = !shown; });
aside.addEventListener("htmx:responseError", close);
document.addEventListener("htmx:afterSettle", dress);
dress();
