// Asks the server what it says to a field's value, and shows the answer below the field.
const WAIT = 400;

for (const input of document.querySelectorAll("[data-check]")) {
  const told = Object.assign(document.createElement("p"), { className: "hint" });
  told.setAttribute("role", "status");
  const place = input.dataset.told ? document.getElementById(input.dataset.told) : null;
  if (place) place.replaceChildren(told, ...place.childNodes);
  else input.after(told);
  let [timer, asked] = [0, null];

  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    if (!input.value.trim()) { told.textContent = ""; return; }
    const body = new FormData();
    body.set("name", input.name);
    body.set("value", input.value);
    body.set("csrfmiddlewaretoken", input.form.elements.csrfmiddlewaretoken.value);
    try {
      const response = await fetch(input.dataset.check, { method: "POST", body, signal: asked.signal });
      const answer = await response.json();
      told.className = answer.error ? "error" : "hint ok";
      told.textContent = answer.error ?? `✓ ${answer.text}`;
      place?.querySelector("[data-before]")?.remove();
    } catch { /* cut off by the next one, or without a network: the form itself will tell */ }
  };

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  input.addEventListener("change", () => { clearTimeout(timer); ask(); });
}
