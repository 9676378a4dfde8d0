// A link with data-dialog opens the page it points to in a dialog; without scripts it is that page.
const dialog = document.getElementById("dialog");
const HTMX = { "HX-Request": "true" };
let opener = null;

const show = (html) => {
  dialog.innerHTML = html;
  window.htmx?.process(dialog);
  const form = dialog.querySelector("form");
  if (form && opener?.hasAttribute("data-stay") && !form.elements.next) {
    const next = Object.assign(document.createElement("input"), { type: "hidden", name: "next" });
    next.value = location.pathname + location.search;
    form.append(next);
  }
  if (!dialog.open) dialog.showModal();
  const wrong = dialog.querySelector("[aria-invalid='true']");
  (wrong ?? dialog.querySelector(".fields :is(input, select, textarea)") ?? dialog.querySelector("form button"))?.focus();
};

// Only the part of a page is of use here: whatever else comes back is opened as a page.
const isPart = (html) => html.includes("data-verb") && !html.includes("<html");

const open = async (link) => {
  try {
    const response = await fetch(link.href, { headers: HTMX });
    const html = await response.text();
    if (response.ok && !response.redirected && isPart(html)) {
      opener = link;
      show(html);
      return;
    }
  } catch {
    // The network failed: the browser itself says so best.
  }
  location.href = link.href;
};

const send = async (form, button) => {
  button?.setAttribute("aria-busy", "true");
  let response;
  try {
    response = await fetch(form.action, { method: "post", body: new FormData(form, button), headers: HTMX });
  } catch {
    button?.removeAttribute("aria-busy");
    form.submit();
    return;
  }
  const target = response.headers.get("HX-Redirect") ?? (response.redirected ? response.url : "");
  if (target) {
    location.href = target;
    return;
  }
  const html = await response.text();
  if (isPart(html)) show(html);
  else location.reload();
};

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const close = event.target.closest("[data-close]");
  if (close && dialog.contains(close)) {
    event.preventDefault();
    dialog.close();
    return;
  }
  const link = event.target.closest("a[data-dialog]");
  if (!link || !dialog) return;
  event.preventDefault();
  link.closest("[popover]")?.hidePopover();
  open(link);
});

dialog?.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-verb]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
// A click beside the sheet leaves it.
dialog?.addEventListener("pointerdown", (event) => {
  if (event.target === dialog) {
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  }
});
dialog?.addEventListener("close", () => {
  dialog.replaceChildren();
  opener?.focus();
});
