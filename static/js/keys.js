// Single keys: `?` shows them all. They rest while somebody types, and may be switched off for this device.
const OFF = "workmate.keys";
const sheet = document.getElementById("keys");
const box = sheet?.querySelector("[data-keys-on]");

const isOn = () => {
  try {
    return localStorage.getItem(OFF) !== "off";
  } catch {
    return true;
  }
};

const isTyping = (target) => target.isContentEditable || target.matches("input:not([type='checkbox']):not([type='radio']), textarea, select");

const shown = (selector) => [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());

// A row is stepped to by its link, or by its box where that is what one comes for.
const rows = () => [...document.querySelectorAll("#main .table-rows tbody a.open, #main input[data-row]")].filter((stop) => stop.checkVisibility());

// The row of an entry stands within that of its group.
const rowOf = (element) => element?.closest("tr, li:has(input[data-row])");

const step = (by) => {
  const all = rows();
  if (!all.length) return;
  const at = all.findLastIndex((stop) => rowOf(stop).contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next].focus();
  rowOf(all[next]).scrollIntoView({ block: "nearest" });
};

const tick = () => rowOf(document.activeElement)?.querySelector("[name='ids']")?.click();

const ACTIONS = {
  "?": () => sheet.showModal(),
  "/": () => (shown("#main input[type='search']") ?? shown("[data-palette]"))?.[shown("#main input[type='search']") ? "focus" : "click"](),
  n: () => shown("[aria-keyshortcuts='N']")?.click(),
  e: () => shown("[aria-keyshortcuts='E']")?.click(),
  t: () => shown(".topbar .timer :is(button, a[data-dialog])")?.click(),
  h: () => document.querySelector(".sidebar .brand")?.click(),
  j: () => step(1),
  k: () => step(-1),
  x: tick,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const action = ACTIONS[event.key];
  if (!action || (event.key !== "?" && !isOn())) return;
  event.preventDefault();
  action();
});

if (box) {
  box.checked = isOn();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(OFF, box.checked ? "on" : "off");
    } catch {
      // Without storage the keys stay on.
    }
  });
}
document.querySelector("[data-show-keys]")?.addEventListener("click", (event) => {
  event.target.closest("[popover]")?.hidePopover();
  sheet.showModal();
});
sheet?.addEventListener("click", (event) => {
  if (event.target === sheet || event.target.closest("[data-keys-close]")) sheet.close();
});
