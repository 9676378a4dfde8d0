// The grid of a plan: GridStack, and in each tile a look at its widget.
const WIDE = 860;
const previews = new Map();
let grid = null;

export const plan = () => document.getElementById("plan");
export const tilesOf = (root) => [...root.querySelectorAll("[data-number]")];
export const rowsOf = (layout) => JSON.parse(layout).widgets;
const isWide = () => plan().clientWidth >= WIDE;
const measures = () => (isWide() ? { cellHeight: 80, margin: 8 } : { cellHeight: 34, margin: 3 });

const fill = () => {
  for (const tile of tilesOf(plan())) {
    const found = previews.get(tile.dataset.key);
    if (found) tile.querySelector("[data-preview]").replaceChildren(found.cloneNode(true));
  }
};

// The board itself shows how each widget looks; here that is only looked at.
const preview = async () => {
  if (!isWide() || tilesOf(plan()).every((tile) => previews.has(tile.dataset.key))) return;
  const response = await fetch(location.pathname.replace(/edit\/$/, ""));
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const card of page.querySelectorAll(".board > [data-key]")) {
    const parts = document.createDocumentFragment();
    card.querySelector(".card-head").remove();
    parts.append(...card.children);
    for (const part of parts.querySelectorAll("[id], [data-live]")) {
      part.removeAttribute("id");
      part.removeAttribute("data-live");
    }
    previews.set(card.dataset.key, parts);
  }
  fill();
};

const look = () => preview().catch(() => {}); // Without it the titles do.

export const start = (moved) => {
  const box = document.getElementById("plan-grid");
  grid = null;
  if (!box) return;
  box.setAttribute("role", "application");
  for (const tile of tilesOf(box)) tile.removeAttribute("role");
  grid = window.GridStack.init({
    ...measures(), column: 12, float: true, alwaysShowResizeHandle: true,
    animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    draggable: { handle: ".tile-head", appendTo: "parent", scroll: true },
    resizable: { handles: "e,s,se" },
  }, box);
  grid.on("dragstop resizestop", moved);
  fill();
  look();
};

export const stop = () => grid?.destroy(false);

// All tiles to these places; first far below, so that none pushes another away.
export const arrange = (rows) => {
  const moved = tilesOf(plan()).filter(({ gridstackNode: now, dataset }) => {
    const to = rows[dataset.number].position;
    return now.x !== to.x || now.y !== to.y || now.w !== to.w || now.h !== to.h;
  });
  if (!moved.length) return;
  grid.batchUpdate();
  moved.forEach((tile, number) => grid.update(tile, { y: 1000 * (number + 1) }));
  for (const tile of moved) grid.update(tile, rows[tile.dataset.number].position);
  grid.batchUpdate(false);
};

// The rows of a layout, each where its tile stands now.
export const placed = (layout) => {
  const rows = rowsOf(layout);
  for (const { el, x, y, w, h } of grid?.engine.nodes ?? []) rows[el.dataset.number].position = { x, y, w, h };
  return rows;
};

addEventListener("resize", () => {
  if (!grid) return;
  const { cellHeight, margin } = measures();
  grid.cellHeight(cellHeight).margin(margin);
  look();
});
