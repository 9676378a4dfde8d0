// The plan of a board: moved about by mouse and by keys. Each change is sent to the server, whose
// answer, the plan anew, is what counts: what it refuses goes back to its place.
import { placed, plan, start, tilesOf } from "./plan-grid.js";
import { fail, link, said, show, tell, where } from "./plan-show.js";

const MOVES = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", Delete: "remove" };
const SIZES = { ArrowLeft: "narrower", ArrowRight: "wider", ArrowUp: "lower", ArrowDown: "higher" };
const undo = document.getElementById("plan-undo");
const past = [];
let queue = Promise.resolve();

const send = async (body) => {
  if (!body.has("csrfmiddlewaretoken")) body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  try {
    const response = await fetch(plan().dataset.plan, { method: "post", body, headers: { "HX-Request": "true" } });
    if (!response.ok || response.redirected) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html").getElementById("plan");
  } catch {
    return null;
  }
};

// One after the other: `make` gives what to send, or null where it has lost its sense meanwhile.
const ask = (make, say = () => "") => {
  queue = queue.then(async () => {
    const body = make();
    if (!body) return;
    const before = plan().dataset.layout;
    const fresh = await send(body);
    if (!fresh) {
      fail(before);
      return;
    }
    const problem = fresh.querySelector("[data-plan-problem]").textContent.trim();
    const changed = fresh.dataset.layout !== before;
    if (problem) past.length = 0;
    else if (body.has("undo")) past.pop();
    else if (changed) past.push(before);
    show(fresh, leave);
    undo.disabled = !past.length;
    tell(problem || say(changed) || (changed ? "" : said.dataset.none));
  });
};

const data = (fields) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return body;
};

// As the mouse left it.
const leave = (event, tile) => ask(() => {
  const { layout } = plan().dataset;
  return data({ step: "place", before: layout, after: JSON.stringify({ widgets: placed(layout) }) });
}, () => where(tile));

// One step of one widget, by a key or by one of its buttons.
const step = (number, name, make) => {
  const tile = document.getElementById(`tile-${number}`);
  const at = tilesOf(plan()).indexOf(tile);
  ask(() => (tile.isConnected ? make() : null), (changed) => {
    if (!changed) return "";
    if (name !== "remove") return where(tile);
    const rest = tilesOf(plan());
    const next = link(rest[Math.min(at, rest.length - 1)]) ?? plan().querySelector(".chip-add");
    if (!plan().contains(document.activeElement)) next?.focus();
    return said.dataset.removed.replace("%(title)s", tile.dataset.title);
  });
};

document.addEventListener("keydown", (event) => {
  const tile = event.target.closest?.("#plan-grid .tile-head a")?.closest("[data-number]");
  const name = (event.shiftKey ? SIZES : MOVES)[event.key];
  if (!tile || !name || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const { number, key } = tile.dataset;
  step(number, name, () => data({ step: name, number, widget: key }));
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#plan form");
  if (!form) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  if (body.get("step") !== "add") {
    step(body.get("number"), body.get("step"), () => body);
    return;
  }
  ask(() => body, (changed) => {
    if (!changed) return "";
    const tile = document.getElementById(`tile-${tilesOf(plan()).length - 1}`);
    link(tile).focus();
    return where(tile);
  });
});

// Enter on a widget leads to its buttons; a click only puts the focus on it.
document.addEventListener("click", (event) => {
  const tile = event.target.closest("#plan-grid .tile-head a")?.closest("[data-number]");
  if (!tile) return;
  event.preventDefault();
  if (event.detail) return;
  document.getElementById("plan-steps").open = true;
  document.getElementById(`widget-${tile.dataset.number}-left`).focus();
});

undo.addEventListener("click", () => ask(
  () => (past.length ? data({ step: "place", undo: "1", before: plan().dataset.layout, after: past.at(-1) }) : null),
  () => said.dataset.undone,
));

undo.hidden = false;
document.getElementById("plan-keys").hidden = false;
if (!location.hash) document.getElementById("plan-steps")?.removeAttribute("open");
start(leave);
