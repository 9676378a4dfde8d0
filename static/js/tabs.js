// Tabs of a detail page: htmx loads the list into #panel, this shows it and keeps it in the address.
const tabs = document.querySelector("[data-tabs]");
const overview = document.getElementById("overview");
const panel = document.getElementById("panel");

const mark = (tab) => {
  for (const link of tabs.querySelectorAll("a")) link.removeAttribute("aria-current");
  tab.setAttribute("aria-current", "page");
  const first = !tab.dataset.tab;
  overview.hidden = !first;
  panel.hidden = first;
};

const fromAddress = () => {
  const key = location.hash.slice(1);
  const tab = key && tabs.querySelector(`[data-tab="${CSS.escape(key)}"]`);
  if (tab) tab.click();
  else mark(tabs.querySelector("a"));
};

tabs?.addEventListener("click", (event) => {
  const tab = event.target.closest("a");
  if (!tab || event.ctrlKey || event.metaKey) return;
  if (!tab.dataset.tab) event.preventDefault();
  else panel.replaceChildren();
  mark(tab);
  history.replaceState(null, "", tab.dataset.tab ? `#${tab.dataset.tab}` : location.pathname + location.search);
});

if (tabs) {
  if (location.hash) addEventListener("load", fromAddress);
  addEventListener("hashchange", fromAddress);
}

// A list that needs a script of its own names it.
document.addEventListener("htmx:afterSettle", (event) => {
  const script = event.target.id === "panel" && event.target.querySelector("[data-script]")?.dataset.script;
  if (script) import(script);
});
