"""The shell, the palette, single keys and Django admin in a browser."""

import pytest
from playwright.sync_api import expect

from employees.models import Employee
from invoices.tests.factories import a_line, make_buyer, make_invoice
from projects.tests.factories import make_project
from workmate import services
from workmate.tests.browser import OpenPage, overflow, violations

pytestmark = pytest.mark.django_db(transaction=True)


def test_guests_find_the_sign_in_sound_and_errors_are_said(open_page: OpenPage) -> None:
    page = open_page(path="/login/")
    assert not violations(page)
    page.locator("#id_username").fill("nobody@firma.example")
    page.locator("#id_password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#id_username")).to_have_value("nobody@firma.example")
    assert not violations(page)


def test_the_shell_is_used_by_the_keyboard(admin: Employee, open_page: OpenPage) -> None:
    page = open_page(admin)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    me = page.locator("[popovertarget=me]")
    me.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#me")).to_be_visible()
    assert not violations(page)
    with page.expect_response("**/profile/look/"):
        page.locator("#me [name=theme][value=latte]").press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "latte")
    page.keyboard.press("Escape")
    expect(page.locator("#me")).to_be_hidden()
    expect(me).to_be_focused()
    with page.expect_response("**/profile/look/"):
        page.locator("[data-sidebar-form] button").press("Enter")
    expect(page.locator("html")).to_have_attribute("data-sidebar", "collapsed")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-sidebar", "collapsed")
    expect(page.locator("html")).to_have_attribute("data-theme", "latte")
    assert not violations(page)


def test_the_palette_finds_and_opens_by_the_keyboard(admin: Employee, open_page: OpenPage) -> None:
    customer = make_buyer(name="Häusler & Söhne")
    page = open_page(admin)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    assert not violations(page)
    page.keyboard.type("haeusler")
    chosen = page.locator("#palette [aria-selected=true]")
    expect(page.locator("#palette mark").first).to_have_text("Häusler")
    expect(field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    assert not violations(page)
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("Control+k")
    row = page.locator(f"#palette [data-url='{customer.get_absolute_url()}']")
    expect(page.locator("#palette [aria-busy]")).to_have_count(0)
    for _step in range(page.locator("#palette [role=option]").count()):
        if row.get_attribute("aria-selected") != "true":
            page.keyboard.press("ArrowDown")
    expect(row).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{customer.get_absolute_url()}")


def test_django_admin_wears_the_theme_and_its_scripts_work(
    admin: Employee, open_page: OpenPage
) -> None:
    invoice = make_invoice([a_line()], customer=make_buyer())
    make_project(project_manager=admin)
    services.change(admin, by=None, theme="catppuccin-latte")
    page = open_page(path="/admin/")
    page.locator("#id_username").fill(admin.email)
    page.locator("#id_password").fill("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    expect(page.locator("html")).to_have_attribute("data-theme", "latte")
    expect(page.locator("body")).to_have_css("background-color", "rgb(239, 241, 245)")
    page.goto("/admin/timetracking/timeentry/add/")
    page.locator(".select2-selection").first.click()
    page.keyboard.type(admin.last_name)
    page.locator(".select2-results__option--highlighted").click()
    expect(page.locator("#id_employee option:checked")).to_have_text(str(admin))
    page.locator(".field-start_time .date-icon").first.click()
    page.locator(".calendarbox:visible td a").first.click()
    assert page.locator("#id_start_time_0").input_value()
    page.goto(f"/admin/invoices/invoice/{invoice.pk}/change/")
    page.goto(f"/admin/crm/customer/{invoice.customer_id}/history/")
    page.locator(".to-app").click()
    page.wait_for_url(lambda url: url.endswith("/") and "/admin" not in url)


def test_whoever_may_not_enter_django_admin_is_told_so(
    worker: Employee, open_page: OpenPage
) -> None:
    page = open_page(worker, path="/admin/")
    expect(page.locator("main")).to_contain_text("403")


def test_these_checks_see_what_is_wrong(open_page: OpenPage) -> None:
    page = open_page(path="/login/")
    page.evaluate(
        "() => { const wide = document.createElement('canvas'); wide.width = 2000;"
        " document.body.append(wide, new Image(), document.createElement('input')); }"
    )
    assert {text.partition(":")[0] for text in violations(page)} >= {"image-alt", "label"}
    assert overflow(page) > 0


def test_single_keys_lead_through_a_list_and_rest_while_somebody_types(
    admin: Employee, open_page: OpenPage
) -> None:
    first, second = make_buyer(name="Anker"), make_buyer(name="Boje")
    page = open_page(admin, path="/customers/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert not violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Anker")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{second.get_absolute_url()}")
    page.keyboard.press("e")
    page.wait_for_url(f"**{second.get_absolute_url()}edit/")
    page.locator("#id_name").fill("")
    page.keyboard.type("nejt")
    expect(page.locator("#id_name")).to_have_value("nejt")
    page.goto(first.get_absolute_url())
    page.keyboard.press("?")
    page.locator("[data-keys-on]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert page.url.endswith(first.get_absolute_url())


def test_a_long_name_has_room_beside_its_verbs(admin: Employee, open_page: OpenPage) -> None:
    project = make_project(title="App für den Außendienst", project_manager=admin)
    page = open_page(admin, path=project.get_absolute_url())
    head = page.locator("h1").bounding_box()
    assert head
    assert head["height"] < 40  # one line
    page.set_viewport_size({"width": 360, "height": 740})
    assert overflow(page) == 0
