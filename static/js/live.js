// One socket a person: when something is pushed, the parts of the page that show it are read anew.
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60000;
// The clocks of two servers may differ.
const MARGIN = 2000;
const FINAL = new Set([4401, 4404]);
const NO_PLACE = 4430;
let socket = null;
let wait = FIRST_WAIT;
let again = 0;
let missed = false;

const show = async (part) => {
  let html = "";
  try {
    const response = await fetch(part.dataset.url, { headers: { "HX-Request": "true" } });
    // Signed out meanwhile: the sign-in page is no part of this one.
    if (!response.ok || response.redirected) return;
    html = await response.text();
  } catch {
    return;
  }
  const focused = part.contains(document.activeElement);
  part.innerHTML = html;
  // A form of the part leads back to this page, not to the part's own address.
  for (const next of part.querySelectorAll("input[name='next']")) {
    next.value = location.pathname + location.search;
  }
  window.htmx?.process(part);
  if (focused) part.querySelector("button, a")?.focus();
  document.dispatchEvent(new CustomEvent("live:shown"));
};

const parts = (kind) => document.querySelectorAll(kind ? `[data-live="${CSS.escape(kind)}"]` : "[data-live]");

const heard = (event) => {
  const { kind, told, known_since: knownSince } = JSON.parse(event.data);
  if (kind !== "ready") {
    for (const part of parts(kind)) show(part);
    return;
  }
  // What was told while nobody listened is made up for, also on a page that the browser had kept.
  const drawn = Number(document.body.dataset.drawn);
  if (missed || drawn < knownSince || told > drawn - MARGIN) for (const part of parts()) show(part);
  missed = false;
};

const connect = () => {
  clearTimeout(again);
  if (socket) return;
  const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/me`);
  socket = mine;
  mine.addEventListener("message", (event) => {
    wait = FIRST_WAIT;
    heard(event);
  });
  mine.addEventListener("close", (event) => {
    if (socket !== mine) return;
    socket = null;
    missed = true;
    if (FINAL.has(event.code)) return;
    // Nothing will be told here: it is asked for, each time a place was.
    if (event.code === NO_PLACE) for (const part of parts()) show(part);
    // Spread out, so that a restarted server is not asked by everybody at once.
    again = setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  });
};

if (parts().length) {
  connect();
  // Somebody looks again: do not wait for the next attempt.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !socket) connect();
  });
  addEventListener("online", connect);
  // A page with an open socket is not kept for the back button.
  addEventListener("pagehide", () => {
    clearTimeout(again);
    const old = socket;
    socket = null;
    missed = true;
    old?.close();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
}
