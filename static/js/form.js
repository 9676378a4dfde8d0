// Forms: errors take the focus, unsaved entries are guarded, Esc leaves, too large files stay here.
document.querySelector("[data-focus]")?.focus();

// Before a file travels: what the server would refuse after minutes is said at once.
for (const input of document.querySelectorAll("input[data-most]")) {
  const told = document.createElement("p");
  told.className = "error";
  told.setAttribute("role", "alert");
  told.hidden = true;
  input.after(told);
  input.addEventListener("change", () => {
    const large = [...input.files].some((file) => file.size > Number(input.dataset.most));
    told.hidden = !large;
    told.textContent = large ? input.dataset.tooLarge : "";
    if (large) input.value = "";
  });
}

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
