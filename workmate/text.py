"""Texts as the search compares them: without accents, umlauts in any spelling, bare numbers.

The same rules stand in SQL (`workmate_fold`, `workmate_bare`, in the migrations), where indexes
rest on them: what is changed here is changed there, by a migration that builds these anew.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.db import models
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

ACCENTED = "àáâãäåāăąæçćčďđèéêëēėęěğìíîïīįıłñńňòóôõöøōőœřśšşșťțùúûüūůűųýÿžźż"
PLAIN = "aaaaaaaaaacccddeeeeeeeegiiiiiiilnnnooooooooorssssttuuuuuuuuyyzzz"
_FOLDED = str.maketrans({**dict(zip(ACCENTED, PLAIN, strict=True)), "ß": "ss"})
# In this order, as in SQL.
_SPELLINGS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_PAIRS = frozenset(long for long, _short in _SPELLINGS)
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_OTHER = re.compile(r"[^a-z0-9]")
_TRUNK = "(0)"
LONGEST_TYPED = 200


def typed(text: str) -> str:
    """What somebody typed, without what no text holds; at most 200 characters."""
    return text.replace("\x00", "").strip()[:LONGEST_TYPED]


def fold(text: str) -> str:
    """Small letters without accents; `Häusler`, `Haeusler` and `Hausler` become one."""
    folded = unicodedata.normalize("NFC", text).lower().translate(_FOLDED)
    for long, short in _SPELLINGS:
        folded = folded.replace(long, short)
    return folded


def bare(text: str) -> str:
    """Letters and digits alone, leading zeros gone: `RE-2026-0012` becomes `re202612`."""
    return _OTHER.sub("", _ZEROS.sub("", fold(text).replace(_TRUNK, "")))


class Fold(models.Transform):
    """`fold` in the database: `name__folded__contains`."""

    lookup_name = "folded"
    function = "workmate_fold"
    output_field = models.TextField()


for field in (models.CharField, models.TextField):
    field.register_lookup(Fold)


def in_fours(iban: str, gap: str = " ") -> str:
    """An IBAN in groups of four, as people read it."""
    return gap.join(re.findall(r".{1,4}", re.sub(r"\s", "", iban)))


def marked(text: str, words: Iterable[str]) -> SafeString:
    """The text as HTML with the words (folded ones) marked where they stand in it."""
    places = list(_folded_places(text))
    folded = "".join(letter for letter, _place in places)
    spans = sorted(
        (places[found.start()][1], places[found.end() - 1][1] + 1)
        for word in words
        if word
        for found in re.finditer(re.escape(word), folded)
    )
    html, end = [], 0
    for first, last in spans:
        if first < end:
            continue
        html += [escape(text[end:first]), f"<mark>{escape(text[first:last])}</mark>"]
        end = last
    return mark_safe("".join(html) + escape(text[end:]))  # noqa: S308  each part is escaped


def _folded_places(text: str) -> Iterator[tuple[str, int]]:
    """Each letter of the folded text with the place that it comes from."""
    letters: list[tuple[str, int]] = []
    for place, letter in enumerate(text):
        letters += [(part, place) for part in letter.lower().translate(_FOLDED)]
    before = ""
    for part, place in letters:
        if before + part in _PAIRS:
            before = ""
        else:
            yield part, place
            before = part
