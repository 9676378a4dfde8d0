// The palette: Ctrl/Cmd K opens it; arrows choose, Enter opens. Without scripts its link leads to the search page.
const palette = document.getElementById("palette");
const input = palette?.querySelector("input");
const list = palette?.querySelector("[role='listbox']");
const WAIT = 120;
let timer = 0;
let asked = null;

const options = () => [...list.querySelectorAll("[role='option']")];
const chosen = () => list.querySelector("[aria-selected='true']");

const choose = (option) => {
  chosen()?.setAttribute("aria-selected", "false");
  if (option) {
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  } else input.removeAttribute("aria-activedescendant");
};

const step = (by) => {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(chosen());
  choose(all[(at + by + all.length) % all.length]);
};

const ask = async () => {
  asked?.abort();
  asked = new AbortController();
  const text = input.value.trim();
  list.setAttribute("aria-busy", "true");
  try {
    const url = `${palette.dataset.url}?${new URLSearchParams({ q: text })}`;
    const response = await fetch(url, { headers: { "HX-Request": "true" }, signal: asked.signal });
    if (response.redirected) {
      location.reload();
      return;
    }
    if (!response.ok) throw new Error(response.statusText);
    list.innerHTML = await response.text();
    list.scrollTop = 0;
    choose(options()[0]);
  } catch (error) {
    // Typed on meanwhile: the next answer counts. Else the search page says what is wrong.
    if (error.name === "AbortError") return;
    location.href = `${palette.dataset.search}?${new URLSearchParams({ q: text })}`;
  }
  list.removeAttribute("aria-busy");
};

const go = (option, apart) => {
  if (!option) return;
  if (apart) open(option.dataset.url, "_blank", "noopener");
  else location.href = option.dataset.url;
};

const show = () => {
  if (document.querySelector("dialog[open]:not(#palette)")) return;
  if (!palette.open) palette.showModal();
  input.select();
  ask();
};

document.addEventListener("keydown", (event) => {
  if (!palette || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  if (palette.open) palette.close();
  else show();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-palette]");
  if (!link || !palette || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show();
});

input?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
});

input?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown") step(1);
  else if (event.key === "ArrowUp") step(-1);
  else if (event.key === "Enter") go(chosen(), event.ctrlKey || event.metaKey);
  else return;
  event.preventDefault();
});

list?.addEventListener("click", (event) => go(event.target.closest("[role='option']"), event.ctrlKey || event.metaKey));
list?.addEventListener("auxclick", (event) => { if (event.button === 1) go(event.target.closest("[role='option']"), true); });

palette?.addEventListener("click", (event) => {
  // Beside the sheet, or on its button: leave.
  if (event.target === palette || event.target.closest("[data-palette-close]")) palette.close();
});
