// A box with data-needs is of use only where the field of that name is filled: until then it is
// unticked and cannot be ticked. Its help says why; the server does the same by itself.
const follow = (box) => {
  const field = box.form?.elements[box.dataset.needs];
  if (!field) return;
  let wanted = box.checked;
  const show = () => {
    if (!box.disabled) wanted = box.checked;
    box.disabled = !field.value;
    box.checked = wanted && !box.disabled;
  };
  field.addEventListener("change", show);
  box.removeAttribute("data-needs");
  show();
};

const look = (root) => root.querySelectorAll?.("input[data-needs]").forEach(follow);
look(document); // dialogs arrive later
new MutationObserver((changes) => {
  for (const change of changes) change.addedNodes.forEach(look);
}).observe(document.body, { childList: true, subtree: true });
