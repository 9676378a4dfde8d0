// The pipeline: cards move by drag and drop, by Shift and the arrows, or by their menu, which also
// works without scripts. What came of it is said, and the moved card keeps the focus.
const status = document.querySelector("[data-lanes-status]");
const board = () => document.querySelector("[data-lanes]");
const lanes = () => [...board().querySelectorAll("[data-lane]")];
const linkOf = (card) => card?.querySelector("a");
let dragged = null;

const say = (text) => {
  // The same words twice are news, too.
  status.textContent = "";
  setTimeout(() => { status.textContent = text; }, 50);
};

const move = async (form, stage) => {
  const card = form.closest("[data-card]");
  const data = new FormData(form);
  data.set("stage", stage);
  board().setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "post", body: data, headers: { "HX-Request": "true" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-lanes]");
    if (!fresh || response.redirected) throw response;
    const [left, id] = [board().scrollLeft, card.id];
    board().replaceWith(document.adoptNode(fresh));
    window.htmx?.process(board());
    board().scrollLeft = left;
    // Where there are too many cards to show them all, the lane takes the focus.
    (linkOf(document.getElementById(id)) ?? document.getElementById(`lane-${stage}`)).focus();
    say(fresh.dataset.said);
  } catch {
    // Gone, signed out or no network: as without scripts, the page itself says what is wrong.
    const chosen = Object.assign(document.createElement("input"), { type: "hidden", name: "stage", value: stage });
    form.append(chosen);
    form.submit();
  }
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-move]")) return;
  event.preventDefault();
  move(event.target, event.submitter.value);
});

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.("[data-card]");
  if (!card || event.target !== linkOf(card) || event.ctrlKey || event.metaKey || event.altKey) return;
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
  const all = lanes();
  const at = all.indexOf(card.closest("[data-lane]"));
  if (by && event.shiftKey) {
    const [form, lane] = [card.querySelector("[data-move]"), all[at + by]];
    if (form && lane) move(form, lane.dataset.lane);
  } else if (by) {
    const row = [...card.parentElement.children].indexOf(card);
    for (let next = at + by; all[next]; next += by) {
      const cards = all[next].querySelectorAll("[data-card]");
      if (!cards.length) continue;
      linkOf(cards[Math.min(row, cards.length - 1)]).focus();
      break;
    }
  } else if (event.key === "ArrowDown") linkOf(card.nextElementSibling)?.focus();
  else if (event.key === "ArrowUp") linkOf(card.previousElementSibling)?.focus();
  else return;
  event.preventDefault();
});

const over = (lane) => {
  for (const each of lanes()) each.classList.toggle("over", each === lane);
};

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-card]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", linkOf(dragged).textContent);
  dragged.classList.add("dragged");
});
document.addEventListener("dragover", (event) => {
  const lane = dragged && event.target.closest?.("[data-lane]");
  if (!lane) return;
  event.preventDefault();
  over(lane);
});
document.addEventListener("drop", (event) => {
  const lane = dragged && event.target.closest?.("[data-lane]");
  if (!lane) return;
  event.preventDefault();
  if (!lane.contains(dragged)) move(dragged.querySelector("[data-move]"), lane.dataset.lane);
});
document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  dragged = null;
  over(null);
});
