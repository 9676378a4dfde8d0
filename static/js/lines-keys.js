// Lines by keyboard and by the menu of their grips: Enter leads on, Alt and the arrows move, with
// Shift they copy.
export const led = (box, menu, verbs, { add, next }) => {
  const verbOf = ({ key, shiftKey }) =>
    ({ ArrowUp: "up", ArrowDown: shiftKey ? "copy" : "down", Delete: shiftKey ? "remove" : "" })[key];

  let chosen = null;
  menu?.addEventListener("beforetoggle", (event) => {
    const grip = document.activeElement?.closest("[data-line-grip]");
    if (event.newState === "open" && grip) chosen = grip.closest("[data-line]");
  });
  menu?.addEventListener("click", (event) => {
    const verb = event.target.closest("[data-line-do]")?.dataset.lineDo;
    if (!verb || !chosen) return;
    menu.hidePopover();
    verbs[verb](chosen);
  });

  box.addEventListener("keydown", (event) => {
    const line = event.target.closest("[data-line]");
    if (event.isComposing) return;
    if (event.key === "Enter" && event.altKey) {
      event.preventDefault();
      add();
    } else if (line && event.altKey && menu) {
      const verb = verbOf(event);
      if (!verb) return;
      event.preventDefault();
      verbs[verb](line);
    } else if (line && menu && event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input:not([role=combobox])")) {
      if (next(line, event.target)) event.preventDefault();
    }
  });
};
