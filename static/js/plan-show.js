// What the server answered to a change of a board's plan is shown and said.
import { arrange, plan, rowsOf, start, stop, tilesOf } from "./plan-grid.js";

export const said = document.getElementById("plan-said");

const kinds = (root) => rowsOf(root.dataset.layout).map((row) => row.type).join();
export const link = (tile) => tile?.querySelector(".tile-head a");
export const where = (tile) => `${tile.dataset.title}: ${tile.dataset.said}`;

export const tell = (text) => {
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = text; });
};

export const fail = (before) => {
  arrange(rowsOf(before));
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.dataset.tone = "danger";
  notice.textContent = said.dataset.failed;
  plan().querySelector("[data-plan-problem]").replaceChildren(notice);
  tell(said.dataset.failed);
};

// The same widgets go to their places, so that nothing blinks and the focus stays.
const move = (fresh) => {
  arrange(rowsOf(fresh.dataset.layout));
  for (const next of tilesOf(fresh)) {
    const tile = document.getElementById(next.id);
    Object.assign(tile.dataset, next.dataset);
    link(tile).replaceChildren(...link(next).childNodes);
    // In the order of reading.
    if (tile.parentNode.moveBefore) tile.parentNode.moveBefore(tile, null);
    else tile.parentNode.append(tile);
  }
};

export const show = (fresh, leave) => {
  const now = plan();
  const focused = document.activeElement?.id;
  const open = now.querySelector("#plan-steps")?.open;
  const isSame = kinds(now) === kinds(fresh);
  if (isSame) move(fresh);
  else {
    stop();
    now.querySelector("#plan-frame").replaceWith(fresh.querySelector("#plan-frame"));
  }
  for (const part of ["[data-plan-problem]", "[data-plan-rest]"]) now.querySelector(part).replaceWith(fresh.querySelector(part));
  Object.assign(now.dataset, fresh.dataset);
  const stamp = document.querySelector("[name=updated_at]");
  if (stamp) stamp.value = now.dataset.stamp;
  const steps = now.querySelector("#plan-steps");
  if (steps) steps.open = Boolean(open);
  if (!isSame) start(leave);
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
};
