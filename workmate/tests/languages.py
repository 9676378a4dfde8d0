"""Which words of a page are in another language than the page."""

import gettext
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from playwright.sync_api import Page

# Visible texts and what is read out, without what people wrote themselves and names of things.
TEXTS = """() => {
  const found = new Set();
  const own = "code, pre, samp, textarea, [lang], [translate=no]";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (["SCRIPT", "STYLE", "TEMPLATE"].includes(parent.tagName)) continue;
    if (parent.closest(own)) continue;
    found.add(walker.currentNode.data.replace(/\\s+/g, " ").trim());
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-label"])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (!element.closest(own)) found.add(element.getAttribute(name).replace(/\\s+/g, " ").trim());
  found.add(document.title);
  return [...found];
}"""
LEAST_LETTERS = 3
CATALOGUES = (settings.LOCALE_PATHS[0], Path(django.__file__).parent / "conf" / "locale")


@cache
def vocabulary() -> tuple[frozenset[str], frozenset[str]]:
    """What is said in English alone, and what in German alone."""
    pairs: list[tuple[str, str]] = []
    for folder in CATALOGUES:
        path = Path(folder) / "de" / "LC_MESSAGES" / "django.mo"
        with path.open("rb") as file:
            catalogue: dict[Any, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        for key, german in catalogue.items():
            english = key if isinstance(key, str) else key[0]
            pairs.append((english.rpartition("\x04")[2], german))
    english = {pair[0] for pair in pairs if len(pair[0]) >= LEAST_LETTERS}
    german = {pair[1] for pair in pairs if len(pair[1]) >= LEAST_LETTERS}
    return frozenset(english - german), frozenset(german - english)


def foreign_words(page: Page, language: str) -> list[str]:
    """Texts of the page that the catalogue knows in the other language alone."""
    english, german = vocabulary()
    other = english if language == "de" else german
    return sorted(other.intersection(page.evaluate(TEXTS)))
