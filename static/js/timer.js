// The running time: every <time data-since> counts on from its start, and from what was before it.
const tick = () => {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const passed = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000));
    const seconds = passed + Number(time.dataset.before ?? 0);
    const two = (number) => String(number).padStart(2, "0");
    const text = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}`;
    const full = time.dataset.since === "seconds" ? `${text}:${two(seconds % 60)}` : text;
    if (time.textContent !== full) time.textContent = full;
  }
};

tick();
// A timer may start while the page is open, in this tab or on another device.
setInterval(() => document.hidden || tick(), 1000);
document.addEventListener("visibilitychange", () => document.hidden || tick());
document.addEventListener("live:shown", tick);
