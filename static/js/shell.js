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
