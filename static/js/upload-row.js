// How a file that is sent shows on the page: its name, how far it is, what became of it.
const MB = 1024 * 1024;
const number = (bytes) => (bytes / MB).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
const link = (url, text) => Object.assign(document.createElement("a"), { href: url, textContent: text, className: "link" });

export const rowFor = (form, file) => {
  const row = form.querySelector("template").content.firstElementChild.cloneNode(true);
  const at = (name) => row.querySelector(`[data-${name}]`);
  const bar = row.querySelector("progress");
  const stop = at("stop");
  at("name").textContent = file.name;
  at("state").textContent = form.dataset.waiting;
  bar.setAttribute("aria-label", file.name);
  stop.setAttribute("aria-label", fill(stop.dataset.label, { name: file.name }));
  stop.addEventListener("click", () => {
    row.dispatchEvent(new CustomEvent("stopped"));
    row.remove();
    const list = form.querySelector("[data-files]");
    list.hidden = !list.children.length;
    (list.querySelector("[data-stop]") ?? form.querySelector("[data-choose]")).focus();
  });
  const close = (state) => {
    row.dataset.state = state;
    bar.remove();
    stop.setAttribute("aria-label", fill(stop.dataset.dismiss, { name: file.name }));
  };
  return {
    row,
    moved(loaded, all) {
      bar.value = all ? (100 * loaded) / all : 0;
      const text = loaded < all ? fill(form.dataset.of, { done: number(loaded), all: number(all) }) : form.dataset.checking;
      at("state").textContent = text;
    },
    done(url) {
      close("done");
      at("state").textContent = form.dataset.done;
      at("name").replaceChildren(link(url, file.name));
    },
    failed(text, there) {
      close("failed");
      at("state").textContent = "";
      at("error").hidden = false;
      const place = at("error").querySelector("span");
      place.textContent = `${text} `;
      if (there) place.append(link(there.url, there.title));
    },
  };
};
