// One message as an element, as templates/chat/_message.html has it.
export function built(root, message) {
  const item = root.querySelector("[data-template]").content.firstElementChild.cloneNode(true);
  const own = message.author_id === root.dataset.me;
  item.id = `m-${message.id}`;
  Object.assign(item.dataset, { sequence: message.sequence, version: message.version });
  item.className = message.is_system_message ? "sys" : own ? "own" : "";
  const time = item.querySelector("time");
  time.dateTime = message.created_at;
  const style = { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: root.dataset.zone };
  time.textContent = new Date(message.created_at).toLocaleString(document.documentElement.lang, style);
  item.querySelector("b").textContent = message.author_name;
  item.querySelector("[data-edited]").hidden = !message.edited_at || Boolean(message.deleted_at);
  const text = item.querySelector(".text");
  // `html` was made safe by the server.
  if (!message.deleted_at) text.innerHTML = message.html;
  else text.textContent = root.querySelector("[data-tombstone]").content.textContent;
  item.querySelector(".acts").hidden = !own || Boolean(message.deleted_at);
  for (const link of item.querySelectorAll("[data-act]")) {
    link.setAttribute("href", link.getAttribute("href").replace("-", message.id));
  }
  return item;
}
