// The shell: theme and sidebar change at once and are saved in the background.
const root = document.documentElement;

// Only what says that there is no network is kept; without a secure address the browser has no worker.
navigator.serviceWorker?.register("/service-worker.js").catch(() => {});

const save = (form, button) => {
  const data = new FormData(form, button);
  return fetch(form.action, { method: "post", body: data, headers: { "HX-Request": "true" }, keepalive: true });
};

document.querySelector("[data-theme-form]")?.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button) return;
  event.preventDefault();
  root.dataset.theme = button.dataset.look || button.value;
  for (const other of event.target.querySelectorAll("button")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  save(event.target, button);
});

// Which groups of the menu are folded is kept in a cookie: the server sends them folded, and nothing
// jumps. The group of the page itself is open on each page.
const FOLDED = "folded_groups";
const kept = document.cookie.split("; ").find((pair) => pair.startsWith(`${FOLDED}=`)) ?? "";
const folded = new Set(kept.slice(FOLDED.length + 1).split(".").filter(Boolean));
const here = document.querySelector(".nav [aria-current]");
// The menu alone is scrolled: `scrollIntoView` would move the page as well.
const below = here ? here.getBoundingClientRect().bottom - here.closest(".nav").getBoundingClientRect().bottom : 0;
if (below > 0) here.closest(".nav").scrollTop += below + 8;
document.querySelector(".nav")?.addEventListener("click", (event) => {
  const group = event.target.closest("summary")?.parentElement;
  if (!group) return;
  if (group.open) folded.add(group.dataset.group);
  else folded.delete(group.dataset.group);
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${FOLDED}=${[...folded].join(".")}; path=/; max-age=31536000; samesite=lax${secure}`;
});

document.querySelector("[data-sidebar-form]")?.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button) return;
  event.preventDefault();
  save(event.target, button);
  const collapsed = button.value === "collapsed";
  if (collapsed) root.dataset.sidebar = "collapsed";
  else delete root.dataset.sidebar;
  button.value = collapsed ? "open" : "collapsed";
  button.setAttribute("aria-expanded", String(!collapsed));
});
