// With the mouse a line is drawn by its grip; `moved` is called where it was let go.
export const drawable = (body, moved) => {
  let drawn = null;
  body.addEventListener("dragstart", (event) => {
    drawn = event.target.closest("[data-line-grip]")?.closest("[data-line]") ?? null;
    if (!drawn) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setDragImage(drawn, 12, 12);
    drawn.classList.add("drawn");
  });
  body.addEventListener("dragover", (event) => {
    const line = event.target.closest("[data-line]");
    if (!drawn || !line) return;
    event.preventDefault();
    if (line === drawn) return;
    const middle = line.getBoundingClientRect();
    if (event.clientY < middle.top + middle.height / 2) line.before(drawn);
    else line.after(drawn);
  });
  body.addEventListener("drop", (event) => { if (drawn) event.preventDefault(); });
  body.addEventListener("dragend", () => {
    if (!drawn) return;
    drawn.classList.remove("drawn");
    drawn = null;
    moved();
  });
};
