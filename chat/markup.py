"""Markdown as safe HTML: emphasis, lists, quotes, code, links; no images, no raw HTML."""

import re

import nh3
from django.utils.html import linebreaks
from markdown_it import MarkdownIt

# Headings would stand among those of the page; an image would tell a stranger who reads.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True})
_markdown.enable(["strikethrough", "linkify"])
# Only what says of itself that it is an address: `README.md` is a file, not a host in Moldova.
_markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
_markdown.linkify.add("ftp:", None)
_markdown.disable(["heading", "lheading", "image", "html_block", "html_inline", "hr"])
MARKS, MOST_MARKS = "*_[~`", 1000
TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
# Code, whose inside stays as it is; a link; what opens a line; emphasis beside a word.
_marks = re.compile(
    r"(?P<ticks>`+)(?P<code>[^`]+)(?P=ticks)|!?\[(?P<words>[^\[\]]*)\]\([^()\s]*\)"
    r"|^[ ]*(?:(?:>|[-*+])[ ]+)+|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|`+|~~|\*+(?=\S)|(?<=\S)\*+|(?<!\w)_++(?=\S)|(?<=[^\s_])_++(?!\w)",
    re.MULTILINE,
)


def render(text: str) -> str:
    """The text as HTML in which nothing but the tags above is left.

    Thousands of marks would take the parser a quarter of a second each time a room is shown: such
    a text is shown as it was typed.
    """
    is_laborious = sum(map(text.count, MARKS)) > MOST_MARKS
    return nh3.clean(
        linebreaks(text, autoescape=True) if is_laborious else _markdown.render(text),
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def plain(text: str) -> str:
    """The text, or any part of one, without the marks of Markdown."""

    def inside(found: re.Match[str]) -> str:
        return found["code"] or plain(found["words"] or "") or found["escaped"] or ""

    return _marks.sub(inside, text)
