// The room of a project, live: what is said comes in, what is typed goes out, nothing is lost or
// doubled while the line is down. Without it the page posts plainly. The protocol: docs/chat.md.
import { built } from "./chat-message.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20000;
const FINAL = new Set([4401, 4403, 4404]);

class Room {
  constructor(root) {
    this.root = root;
    this.log = root.querySelector("[data-log]");
    this.list = root.querySelector("[data-messages]");
    this.state = root.querySelector("[data-state]");
    this.form = root.querySelector("[data-composer]");
    this.text = this.form?.elements.content;
    this.version = Number(root.dataset.version);
    this.pending = new Map();
    this.wait = FIRST_WAIT;
    this.form?.addEventListener("submit", (event) => this.submit(event));
    this.text?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
    this.toEnd();
    this.connect();
  }

  toEnd() { this.log.scrollTop = this.log.scrollHeight; }

  connect() {
    clearTimeout(this.again);
    if (this.socket || this.closed || !navigator.onLine || !this.root.isConnected) return;
    const host = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
    const socket = new WebSocket(`${host}${this.root.dataset.chat}?since=${this.version}`);
    this.socket = socket;
    socket.addEventListener("message", (event) => this.heard(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      if (this.socket === socket) this.lost(event.code);
    });
  }

  lost(code) {
    this.socket = null;
    this.ready = false;
    this.closed = FINAL.has(code);
    this.state.textContent = this.closed ? this.state.dataset.closed : this.state.dataset.waiting;
    if (this.closed) return;
    // Spread out, so that a restarted server is not asked by everybody at once.
    this.again = setTimeout(() => this.connect(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  // The browser knows that the line is down before the socket does.
  drop() {
    const old = this.socket;
    if (old) this.lost(0);
    old?.close();
  }

  heard(frame) {
    if (frame.type === "hello") this.version = frame.version;
    if (frame.type === "message") this.show(frame.message);
    if (frame.type === "stored") this.pending.delete(frame.client_id);
    if (frame.type === "error") this.refused(frame);
    if (frame.type !== "ready") return;
    this.ready = true;
    performance.mark("chat:ready");
    this.wait = FIRST_WAIT;
    this.state.textContent = "";
    for (const [client_id, content] of this.pending) this.send({ type: "post", client_id, content });
  }

  refused(frame) {
    this.state.textContent = frame.detail;
    const content = this.pending.get(frame.client_id);
    this.pending.delete(frame.client_id);
    // What was not taken goes back to where it was typed.
    if (content && this.text && !this.text.value) this.text.value = content;
  }

  send(frame) {
    if (this.ready && this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  submit(event) {
    if (this.closed) return;
    event.preventDefault();
    const content = this.text.value.trim();
    if (!content) return;
    // The id that the page came with is used first: a plain post of it before counts as the same.
    const client_id = this.form.elements.client_id.value || uuid();
    this.form.elements.client_id.value = this.text.value = "";
    this.pending.set(client_id, content);
    this.send({ type: "post", client_id, content });
  }

  show(message) {
    this.version = Math.max(this.version, message.version);
    const old = document.getElementById(`m-${message.id}`);
    if (old && Number(old.dataset.version) >= message.version) return;
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    const item = built(this.root, message);
    this.root.querySelector("[data-nothing]")?.remove();
    if (old) old.replaceWith(item);
    else this.insert(item, message.sequence);
    const own = message.author_id === this.root.dataset.me;
    if (!old && (atEnd || own)) this.toEnd();
    if (!old && !document.hidden && !own) this.send({ type: "read", id: message.id });
  }

  insert(item, sequence) {
    let before = this.list.lastElementChild;
    while (before && Number(before.dataset.sequence) > sequence) before = before.previousElementSibling;
    if (before) before.after(item);
    // What stands before the first one shown belongs to the earlier messages.
    else if (!this.list.firstElementChild || !this.log.querySelector("a[href*='before=']")) this.list.prepend(item);
  }
}

// crypto.randomUUID exists on https and localhost only.
const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
  (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(digit) / 4)))).toString(16));

let room = null;
const start = () => {
  const root = document.querySelector("[data-chat]");
  if (room?.root === root) return;
  if (room) room.closed = true;
  room?.socket?.close();
  room = root && new Room(root);
};

start();
document.addEventListener("htmx:load", start);
addEventListener("online", () => room?.connect());
addEventListener("offline", () => room?.drop());
addEventListener("beforeunload", (event) => { if (room?.pending.size) event.preventDefault(); });
addEventListener("pagehide", () => { room?.socket?.close(); });
