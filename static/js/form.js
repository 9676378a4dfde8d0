// Forms: errors take the focus, unsaved entries are guarded, Esc leaves.
document.querySelector("[data-focus]")?.focus();

for (const form of document.querySelectorAll("[data-form]")) {
  let changed = Boolean(document.querySelector("[data-focus]"));
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) changed = false;
  });
  document.addEventListener("keydown", (event) => {
    const busy = document.querySelector("dialog[open], :popover-open");
    if (event.key === "Escape" && !event.defaultPrevented && !busy && form.dataset.cancel) {
      location.href = form.dataset.cancel;
    }
  });
}
