"""Files dropped on a page, as a browser sends them."""

import os
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from documents.models import Document
from documents.tests.factories import a_file, a_pdf, make_document
from employees.models import Employee
from projects.tests.factories import make_project
from workmate.tests.browser import OpenPage, violations

pytestmark = pytest.mark.django_db(transaction=True)

DROP = """([files, target]) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name));
  for (const type of ["dragenter", "dragover", "drop"])
    document.querySelector(target).dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""  # noqa: E501


def drop(page: Page, *files: tuple[str, bytes], on: str = ".drop-zone") -> None:
    """Drop files there."""
    page.evaluate(DROP, [[[name, content.decode("latin1")] for name, content in files], on])


def look(page: Page, name: str) -> None:
    """A picture for who asks for it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_dropped_files_go_up_one_by_one_and_refusals_are_named(
    worker: Employee, open_page: OpenPage
) -> None:
    there = a_pdf("The same")
    make_document(worker, title="Rahmenvertrag", file=a_file("Rahmenvertrag.pdf", there))
    page = open_page(worker, path="/documents/")
    drop(page, ("Plan.pdf", a_pdf("A plan")), ("Kopie.pdf", there), ("Lied.mp3", b"la"), on="h1")
    expect(page.locator("[data-said]")).to_contain_text("Kopie.pdf, Lied.mp3")
    rows = page.locator("[data-files] li")
    expect(rows.nth(0).get_by_role("link", name="Plan.pdf")).to_be_visible()
    expect(rows.nth(1).get_by_role("link", name="Rahmenvertrag")).to_be_visible()
    expect(page.locator("#table").get_by_role("link", name="Plan")).to_be_visible()
    assert not violations(page)
    look(page, "documents-drop")
    rows.nth(2).get_by_role("button").click()
    expect(rows).to_have_count(2)


def test_by_keyboard_the_button_opens_the_chooser(worker: Employee, open_page: OpenPage) -> None:
    page = open_page(worker, path="/documents/")
    # Who listens first when the key is pressed may be too late: the browser would open its own.
    page.on("filechooser", lambda _chooser: None)
    expect(page.locator("[data-choose]")).to_be_visible()
    page.locator("[data-choose]").focus()
    expect(page.locator("[data-choose]")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    assert chooser.value.is_multiple()
    chooser.value.set_files([{"name": "A.pdf", "mimeType": "", "buffer": a_pdf("A")},
                             {"name": "B.pdf", "mimeType": "", "buffer": a_pdf("B")}])  # fmt: skip
    expect(page.locator("[data-files] [data-state='done']")).to_have_count(2)
    assert Document.objects.count() == 2


def test_on_the_tab_of_a_project_and_on_a_document(worker: Employee, open_page: OpenPage) -> None:
    project: Any = make_project(project_manager=worker, title="Portal")
    page = open_page(worker, path=f"/projects/{project.pk}/#project_documents")
    expect(page.locator(".drop [data-choose]")).to_be_visible()
    drop(page, ("Skizze.pdf", a_pdf("Skizze")))
    page.locator("#table").get_by_role("link", name="Skizze").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Skizze")
    assert Document.objects.get().linked_object == project
    drop(page, ("Skizze 2.pdf", a_pdf("Skizze 2")))
    expect(page.locator(".list").get_by_text("2 · Skizze 2.pdf")).to_be_visible()
    look(page, "document")


def test_a_row_is_looked_at_beside_the_list(worker: Employee, open_page: OpenPage) -> None:
    first, second = make_document(worker, title="Plan"), make_document(worker, title="Skizze")
    page = open_page(worker, path="/documents/")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Plan").click()
    title = page.locator("#beside h2")
    expect(title).to_have_text("Plan")
    expect(title).to_be_focused()
    assert not violations(page)
    page.keyboard.press("Escape")
    expect(page.locator("#beside")).to_be_hidden()
    expect(page.locator(f"a.open[href='{first.get_absolute_url()}']")).to_be_focused()
    # Put away it stays so, until a button asks for it; then the keys lead on.
    page.keyboard.press("k")
    expect(page.locator(f"a.open[href='{second.get_absolute_url()}']")).to_be_focused()
    page.get_by_role("button", name="Skizze").click()
    expect(title).to_have_text("Skizze")
    page.locator(f"a.open[href='{second.get_absolute_url()}']").focus()
    page.keyboard.press("j")
    expect(title).to_have_text("Plan")
    look(page, "documents-beside")
