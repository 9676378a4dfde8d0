"""The guide says the same in both languages, and none of its links leads nowhere."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
LANGUAGES = ("en", "de")
CHAPTERS = sorted(path.name for path in (DOCS / "guide" / "en").glob("*.md"))
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)]*)\)")
CODE = re.compile(r"`+[^`]*`+")


def chapter(language: str, name: str) -> str:
    """A chapter without what it only quotes."""
    return CODE.sub("", (DOCS / "guide" / language / name).read_text(encoding="utf-8"))


def names_of_pictures(text: str, language: str) -> list[str]:
    """Its pictures in their order, all of which lie in the folder of its language."""
    start = f"../images/{language}/"
    found = [address for _alt, address in PICTURE.findall(text)]
    assert all(address.startswith(start) for address in found)
    return [address.removeprefix(start) for address in found]


def test_both_languages_have_the_same_chapters() -> None:
    assert sorted(path.name for path in (DOCS / "guide" / "de").glob("*.md")) == CHAPTERS


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_has_the_same_sections_and_pictures_in_both_languages(name: str) -> None:
    english, german = (chapter(language, name) for language in LANGUAGES)
    assert english.count("\n## ") == german.count("\n## ")
    assert names_of_pictures(english, "en") == names_of_pictures(german, "de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chapter_begins_with_its_title_and_what_it_is_for(language: str) -> None:
    for name in CHAPTERS:
        title, _blank, purpose = chapter(language, name).split("\n")[:3]
        assert title.startswith("# "), name
        assert re.match(r"[^#!|-]", purpose), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_picture_is_used_once_and_says_what_it_shows(language: str) -> None:
    found = [item for name in CHAPTERS for item in PICTURE.findall(chapter(language, name))]
    addresses = [address for _alt, address in found]
    assert len(addresses) == len(set(addresses))
    assert all(len(alt) > len("a picture") for alt, _address in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_link_leads_to_a_chapter_of_the_same_language(language: str) -> None:
    for name in CHAPTERS:
        links = LINK.findall(chapter(language, name))
        assert set(links) <= set(CHAPTERS), name


def test_the_way_in_leads_to_every_chapter() -> None:
    links = LINK.findall((DOCS / "guide.md").read_text(encoding="utf-8"))
    for language in LANGUAGES:
        assert {f"guide/{language}/{name}" for name in CHAPTERS} <= set(links)
