"""The guide inside the product: whole in both languages, and opened where one needs it."""

import re

import pytest
from django.urls import reverse

from conftest import ClientOf
from employees.models import Employee
from workmate import services
from workmate.help import GUIDE, chapters

LANGUAGES = ("de", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chapter_opens_with_its_parts_and_leads_on(
    language: str, worker: Employee, client_of: ClientOf
) -> None:
    services.change(worker, by=None, language=language)
    client = client_of(worker)
    found = chapters(language)
    assert len(found) >= 10
    for name, chapter in found.items():
        page = client.get(reverse("workmate:help-chapter", args=[name])).content.decode()
        assert f"<h1>{chapter.title}</h1>" in page
        assert chapter.parts
        for place, words in chapter.parts:
            assert f'href="#{place}"' in page, words
            assert f'id="{place}"' in page, words
        for address in re.findall(r'href="(/help/[^"#?]+)', page):
            assert client.get(address).status_code == 200, address
        assert ".md" not in chapter.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_was_taken_and_keeps_its_place(language: str) -> None:
    for chapter in chapters(language).values():
        for tag in re.findall(r"<img[^>]+>", chapter.html):
            assert re.search(r'width="\d+" height="\d+"', tag), tag
            assert re.search(r'alt="[^"]+"', tag), tag
    wanted = set()
    for path in (GUIDE / language).glob("*.md"):
        wanted |= set(re.findall(r"\]\(\.\./images/([^)]+)\)", path.read_text()))
    assert len(wanted) > 20
    assert not [name for name in wanted if not (GUIDE / "images" / name).exists()]


def test_help_opens_at_the_chapter_of_the_module_that_one_comes_from(
    worker: Employee, client_of: ClientOf
) -> None:
    client = client_of(worker)
    page = client.get("/time-entries/").content.decode()
    assert 'href="/help/?of=timetracking"' in page
    assert client.get("/help/?of=timetracking")["Location"] == "/help/timetracking/"
    first = client.get("/help/?of=nothing")["Location"]
    assert client.get("/help/")["Location"] == first == "/help/start/"
    assert client.get("/help/nothing/").status_code == 404
    assert client.get("/help/..%2fstart/").status_code == 404


def test_the_guide_is_searched_by_words_without_a_script(
    worker: Employee, client_of: ClientOf
) -> None:
    services.change(worker, by=None, language="de")
    client = client_of(worker)
    found = client.get("/help/start/", {"q": "timer stoppen"}).context["found"]
    assert "timetracking" in {line["chapter"].name for line in found}
    assert "timer" in found[0]["heading"].casefold()
    # In any spelling of umlauts, and as plain text.
    assert client.get("/help/start/", {"q": "UEBERFAELLIG"}).context["found"]
    page = client.get("/help/start/", {"q": "<b>nichts davon"})
    assert not page.context["found"]
    assert "<b>nichts" not in page.content.decode()
    assert not client.get("/help/start/").context["q"]
