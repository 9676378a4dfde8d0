"""A page by the Tab key alone: what is never reached, or is reached unseen."""

from typing import Any

from playwright.sync_api import Page

# How a stop is known again after a part of the page was brought anew.
NAME = """(element) => element.type === "radio" ? `radio ${element.name} ${element.form?.action}` :
  [element.tagName, element.id, element.name, element.getAttribute("href"), element.value,
   element.getAttribute("aria-label"), element.textContent.trim().slice(0, 60)].join(" ")"""
# A frame that comes in the middle of the way takes the focus away from who stands in it.
AT_REST = """() => Promise.all([...document.querySelectorAll("iframe[loading=lazy]")].map(
  (frame) => performance.getEntriesByName(frame.src).length || new Promise((done) => {
    frame.addEventListener("load", done, { once: true });
    frame.loading = "eager";
    setTimeout(done, 5000);
  })))"""
# Everything that can be used now; of radio buttons with one name, one is a stop. What moves its
# own focus (a grid, a menu, a list of choices) is one stop as well.
STOPS = """() => {
  const inside = "[role=grid],[role=listbox],[role=menu],[role=tablist],[role=toolbar],[role=tree]";
  const usable = "a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex='0']";
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) &&
    element.getClientRects().length;
  const found = [...document.querySelectorAll(usable)].filter((element) => !element.disabled &&
    !element.closest("[inert],fieldset:disabled") && shown(element) &&
    !(element.tabIndex < 0 && element.closest(inside)));
  // The way begins at the top, wherever the page has put the focus.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  window.scrollTo(0, 0);
  // Where the focus stands is noted before it goes on: by then the page has come to rest.
  window.stops = [];
  window.addEventListener("keydown", () => window.stops.push((HERE)()), true);
  return found.map(NAME);
}"""
# Where the focus is, and whether it is to be seen there (WCAG 2.4.7, 2.4.11).
HERE = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect();
  const parts = [0.5, 0.1, 0.9];
  const label = [...(element.labels ?? [])];
  const seen = parts.some((across) => parts.some((down) => {
    const top = document.elementFromPoint(box.x + box.width * across, box.y + box.height * down);
    return top && (element.contains(top) || label.some((one) => one.contains(top)));
  }));
  const ringed = (one) => ["", "::after", "::before"].some((part) => {
    const style = getComputedStyle(one, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  });
  // Inside a frame the browser's own viewer shows where one is.
  let marked = element.tagName === "IFRAME" || label.some(ringed);
  for (let one = element; one && !marked; one = one.parentElement) marked = ringed(one);
  return { name: (NAME)(element), seen, marked };
}""".replace("NAME", NAME)
STOPS = STOPS.replace("HERE", HERE).replace("NAME", NAME)
# So often Tab is pressed before one looks where it led to.
AT_ONCE, MOST = 20, 400


def unreached(page: Page) -> list[str]:
    """What Tab never comes to, and stops that are hidden or show no focus; one line each."""
    page.evaluate(AT_REST)
    page.wait_for_function("() => !document.querySelector('iframe[inert]')")
    waiting = dict.fromkeys(page.evaluate(STOPS))
    wrong: list[str] = []
    stops = _stops(page)
    for here in stops:
        waiting.pop(here["name"], None)
        if not here["seen"]:
            wrong.append(f"the focus is out of sight: {here['name']}")
        if not here["marked"]:
            wrong.append(f"the focus is not shown: {here['name']}")
    if len(stops) >= MOST:
        wrong.append(f"Tab does not leave the page after {MOST} stops")
    return wrong + [f"never reached: {name}" for name in waiting]


def _stops(page: Page) -> list[dict[str, Any]]:
    """Where Tab leads, until it has left the page and begins anew at its first stop."""
    stops: list[dict[str, Any]] = []
    page.keyboard.press("Tab")  # from the top, which is no stop
    noted, before = 1, None
    for _batch in range(2 * MOST // AT_ONCE):  # a frame keeps its keys to itself
        for _number in range(AT_ONCE):
            page.keyboard.press("Tab")
        for here in page.evaluate(f"stops.slice({noted})"):
            noted += 1
            # Nowhere is not yet outside: a frame lives in a process of its own, and the focus
            # may be on its way there.
            if here and not before and stops and here["name"] == stops[0]["name"]:
                return stops
            if here:
                stops.append(here)
            before = here
    return stops
