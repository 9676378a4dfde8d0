"""The user guide inside the product: the chapters under docs/guide in the reader's language."""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from markdown_it import MarkdownIt
from markdown_it.token import Token

from workmate.text import fold, typed

GUIDE = settings.BASE_DIR / "docs" / "guide"
# In this order; the others come behind, by name.
FIRST = ("start", "finding", *settings.MODULES)
PICTURE = re.compile(r"^\.\./images/(?P<name>[a-z]+/[a-z0-9-]+\.png)$")
LINK = re.compile(r"^(?P<chapter>[a-z0-9-]+)\.md(?P<place>#.*)?$")
MOST_FOUND = 20
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Chapter:
    """One file of the guide: its name in addresses, its title, its parts, its text as HTML.

    `texts` are what the parts say, folded, in the order of `parts`; what stands before the first
    one belongs to the chapter as a whole, and comes first.
    """

    name: str
    title: str
    parts: tuple[tuple[str, str], ...]
    html: str
    texts: tuple[str, ...]


def chapters(language: str) -> dict[str, Chapter]:
    """Every chapter by its name, in order; in English where there is none in that language."""
    folder = GUIDE / language
    return _read(folder if folder.is_dir() else GUIDE / "en")


def _read(folder: Path) -> dict[str, Chapter]:
    names = [path.stem for path in sorted(folder.glob("*.md"))]
    names.sort(key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    # Read anew where a file has changed: whoever writes the guide sees it at once.
    stamps = {name: (folder / f"{name}.md").stat().st_mtime_ns for name in names}
    return {name: _chapter(folder / f"{name}.md", stamp) for name, stamp in stamps.items()}


@cache
def _chapter(path: Path, stamp: int) -> Chapter:
    tokens = _markdown.parse(path.read_text(encoding="utf-8"))
    title, parts, texts = path.stem, [], [""]
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            words = "".join(part.content for part in tokens[number + 1].children or ())
            if token.tag == "h1":
                title = words
            elif token.tag == "h2":
                token.attrSet("id", slugify(words))
                parts.append((slugify(words), words))
                texts.append("")
        texts[-1] += f"{fold(token.content)} " if token.type == "inline" else ""
        token.children = [child for child in token.children or () if _leads_on(child)]
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    html = mark_safe(html)  # noqa: S308  our own files
    return Chapter(path.stem, title, tuple(parts), html, tuple(texts))


def found_in(chapters: Iterable[Chapter], text: str) -> list[dict[str, Any]]:
    """The parts in which every word occurs, those with a word in their heading first."""
    words = fold(text).split()
    found = []
    for chapter in chapters:
        for (place, heading), said in zip([("", ""), *chapter.parts], chapter.texts, strict=True):
            title = fold(f"{chapter.title} {heading}")
            if all(word in f"{title} {said}" for word in words):
                is_named = any(word in fold(heading or chapter.title) for word in words)
                line: dict[str, Any] = {"chapter": chapter, "place": place, "heading": heading}
                found.append((not is_named, line))
    return [line for _rank, line in sorted(found, key=itemgetter(0))[:MOST_FOUND]]


def _leads_on(token: Token) -> bool:
    """Give a link or a picture its address in the product. False for a picture not taken yet."""
    if token.type == "link_open" and (link := LINK.match(str(token.attrGet("href")))):
        address = reverse("workmate:help-chapter", args=[link["chapter"]])
        token.attrSet("href", address + (link["place"] or ""))
    if token.type == "image" and (picture := PICTURE.match(str(token.attrGet("src")))):
        if not (GUIDE / "images" / picture["name"]).exists():
            return False
        token.attrSet("src", static(f"guide/{picture['name']}"))
        token.attrSet("loading", "lazy")
        for name, pixels in zip(("width", "height"), size_of(picture["name"]), strict=True):
            token.attrSet(name, str(pixels))
    return True


def size_of(name: str) -> tuple[int, int]:
    """Width and height of a picture in pixels, so that the text below it does not jump."""
    with (GUIDE / "images" / name).open("rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])
    return width, height


class HelpPage(LoginRequiredMixin, View):
    """The guide, opened at the chapter of the module that one comes from."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """On to that chapter, else to the first. 404 where the guide is not installed."""
        found = chapters(get_language() or "en")
        if not found:
            raise Http404
        wanted = request.GET.get("of", "")
        return redirect("workmate:help-chapter", wanted if wanted in found else next(iter(found)))


class ChapterPage(LoginRequiredMixin, View):
    """One chapter, with the way to the others, and (`?q=`) to where the guide says something."""

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        """404 where there is no such chapter."""
        found = chapters(get_language() or "en")
        if name not in found:
            raise Http404
        names = list(found)
        following = names[names.index(name) + 1 :][:1]
        context: dict[str, Any] = {
            "title": found[name].title,
            "crumbs": [(_("Help"), reverse("workmate:help")), (found[name].title, None)],
            "chapter": found[name],
            "chapters": found.values(),
            "following": found[following[0]] if following else None,
            "q": (text := typed(request.GET.get("q", ""))),
            "found": found_in(found.values(), text) if text else [],
        }
        return TemplateResponse(request, "workmate/help.html", context)
