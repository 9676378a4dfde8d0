"""The editor by keyboard alone, and what it shows while one types."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from employees.models import Employee
from invoices.models import Invoice
from invoices.tests.factories import make_buyer, make_hours
from system.tests.factories import make_company
from workmate.tests.browser import OpenPage, choose, overflow, violations

pytestmark = pytest.mark.django_db(transaction=True)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the field of that name has the focus."""
    for _step in range(40):
        at = page.evaluate("document.activeElement.name || document.activeElement.dataset.pick")
        if at == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


def test_a_new_sheet_leaves_the_focus_with_who_stands_in_the_old_one(
    clerk: Employee, open_page: OpenPage
) -> None:
    make_company()
    page = open_page(clerk, path="/invoices/new/")
    sheet = page.locator(".sheet-view")
    expect(sheet.locator("visible=true")).to_have_count(1)
    page.locator("[name='introduction'], [name='notes']").first.fill("Wie besprochen.")
    sheet.first.focus()
    new = page.frame_locator(".sheet-view >> nth=1").locator("body")
    expect(new).to_contain_text("Wie besprochen.")
    expect(sheet.first).to_be_focused()
    page.keyboard.down("Tab")
    expect(page.locator("#missing summary")).to_be_focused()
    page.keyboard.up("Tab")
    expect(sheet).to_have_count(1)
    expect(page.frame_locator(".sheet-view").locator("body")).to_contain_text("Wie besprochen.")
    expect(page.locator("#missing summary")).to_be_focused()


def test_an_invoice_is_written_and_finalized_by_keyboard_alone(
    clerk: Employee, open_page: OpenPage
) -> None:
    make_company()
    make_buyer(name="Häusler GmbH")
    make_buyer(name="Möwe AG")
    page = open_page(clerk, path="/invoices/new/")
    keys = page.keyboard
    tab_to(page, "customer")
    choose(page, "customer", "haeusler")
    tab_to(page, "service_date")
    keys.type("14.3.2025")
    tab_to(page, "line_items-0-description")
    keys.type("Beratung")
    tab_to(page, "line_items-0-quantity")
    keys.press("Control+A")
    keys.type("7,5")
    tab_to(page, "line_items-0-unit_price")
    keys.type("1.234,50")
    totals = page.locator("#totals")
    expect(totals).to_contain_text("9.258,75")
    # Enter in the last line begins another one, in an empty one it would save.
    keys.press("Enter")
    expect(page.locator("[name='line_items-1-description']")).to_be_focused()
    keys.type("Handbuch")
    # In a description it makes a new row, as the hint says.
    keys.press("Enter")
    expect(page.locator("[name='line_items-1-description']")).to_have_value("Handbuch\n")
    keys.press("Backspace")
    tab_to(page, "line_items-1-unit_price")
    keys.type("100")
    tab_to(page, "line_items-1-tax")
    keys.press("ArrowDown")
    seven = page.locator("[name='line_items-1-tax']").input_value() == "S-7.00"
    expect(totals).to_contain_text("9.358,75")
    keys.press("Alt+ArrowUp")
    expect(page.locator("[data-line] textarea").first).to_have_value("Handbuch")
    sheet = page.frame_locator(".sheet-view:not([inert])")
    expect(sheet.locator(".lines tbody tr").first).to_contain_text("Handbuch")
    expect(sheet.locator(".address")).to_contain_text("Häusler GmbH")
    expect(sheet.locator(".draft")).to_have_count(1)
    expect(page.locator("#missing .icon")).to_have_count(1)
    assert violations(page) == []
    assert not Invoice.objects.exists()
    keys.press("Control+Enter")
    expect(page.locator(".title .status")).to_be_visible()
    draft = Invoice.objects.get()
    assert [line.description for line in draft.line_items.all()] == ["Handbuch", "Beratung"]
    assert seven is (len(draft.tax_rows) == 2)
    finalize = page.locator('.page-head a[href$="/finalize/"]').locator("visible=true")
    finalize.focus()
    keys.press("Enter")
    expect(page.locator("#dialog .dialog-foot button")).to_be_focused()
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator("h1")).to_have_text(re.compile(r"RE-\d{4}-001"))
    draft.refresh_from_db()
    assert draft.subtotal == Decimal("9358.75")


def test_lines_are_copied_moved_and_removed_and_errors_stand_at_them(
    clerk: Employee, open_page: OpenPage
) -> None:
    project = make_hours(count=2)
    page = open_page(
        clerk,
        path=f"/invoices/new/?customer_id={project.customer_id}&project_id={project.pk}",
        viewport={"width": 360, "height": 740},
    )
    keys = page.keyboard
    line = page.locator("[data-line]:not([hidden], [data-spare])")
    page.locator("[name='line_items-0-description']").fill("Beratung")
    price = page.locator("[name='line_items-0-unit_price']")
    price.fill("viel")
    page.locator("[name='line_items-0-quantity']").focus()
    expect(price).to_have_attribute("aria-invalid", "true")
    price.fill("100")
    expect(price).not_to_have_attribute("aria-invalid", "true")
    keys.press("Alt+Shift+ArrowDown")
    expect(line).to_have_count(2)
    expect(page.locator("#totals")).to_contain_text("200,00")
    page.locator("[data-line-grip]").first.click()
    page.locator("[data-line-do=remove]").click()
    expect(line).to_have_count(1)
    expect(page.locator("#totals")).to_contain_text("119,00")
    # What is ticked is added up by the server, and put on the saved draft.
    page.locator(".unbilled input").first.check()
    expect(page.locator("#unbilled-sum")).to_contain_text("200,00")
    assert violations(page) == []
    assert overflow(page) == 0
    page.locator("button[value=bill]").click()
    page.wait_for_url("**/edit/")
    expect(page.locator("#totals")).to_contain_text("357,00")
    expect(page.locator(".unbilled li")).to_have_count(1)
    assert Invoice.objects.get().line_items.count() == 2
