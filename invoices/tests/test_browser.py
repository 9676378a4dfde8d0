"""From the first minute worked to the cancelled invoice, as people do it in a browser."""

import datetime as dt
import re
import time
from decimal import Decimal
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.text import capfirst
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from crm.models import Customer
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from invoices.models import Invoice, InvoiceMail
from invoices.tasks import deliver_mail
from invoices.tests.factories import make_buyer, make_finalized, make_invoice
from invoices.views.documents import InvoicePages
from projects.models import Project
from projects.tests.factories import make_project, make_project_member
from system.tests.factories import make_company
from timetracking.models import TimeEntry
from workmate.tests.browser import OpenPage, choose
from workmate.tests.threads import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery"


def act(page: Page, verb: str) -> Locator:
    """Press the verb's button, wherever it stands; returns the dialog that it opens."""
    button = page.locator(f'.page-head :is(a[href$="/{verb}/"], form[action$="/{verb}/"] button)')
    if not button.locator("visible=true").count():
        page.locator("[popovertarget=more]").click()
    button.locator("visible=true").first.click()
    return page.locator("#dialog")


def confirm(dialog: Locator) -> None:
    """Press the button that repeats the verb, and wait for the page that follows."""
    with dialog.page.expect_navigation():
        dialog.locator(".dialog-foot button").click()


def german(text: Any) -> str:
    """What a German reads for it."""
    with translation.override("de"):
        return str(text)


def has_status(page: Page, status: Any) -> None:
    """The page says in words where the object stands."""
    expect(page.locator(".title .status")).to_have_text(capfirst(german(status.label)))
    # Words come before the scripts, without which a button opens a page in place of a dialog.
    page.wait_for_load_state()


@pytest.fixture
def lead() -> Employee:
    """Leads projects, and approves the hours on them."""
    return make_employee(first_name="Lea", last_name="Lead", role=make_role("Project lead"))


@pytest.fixture
def project(lead: Employee, worker: Employee) -> Project:
    """At 100 EUR an hour, with the worker as a member."""
    make_company()
    project = make_project(
        title="Relaunch",
        customer=make_buyer(),
        hourly_rate=Decimal(100),
        project_manager=lead,
    )
    make_project_member(project=project, employee=worker)
    return project


def test_hours_become_an_invoice_that_is_sent_paid_and_cancelled(
    worker: Employee,
    lead: Employee,
    clerk: Employee,
    project: Project,
    open_page: OpenPage,
    mailbox: list[EmailMessage],
    tmp_path: Path,
) -> None:
    page = open_page(worker, password=PASSWORD)
    runs_the_timer(page, project)
    entry = records_two_hours(page, project)
    approves(open_page(lead, path="/time-entries/?status=submitted"), entry)
    page = open_page(clerk, path=project.get_absolute_url())
    bills_the_hours(page)
    edits_the_draft(page)
    number = finalizes(page)
    document = downloads(page, number, tmp_path)
    sends(page, number, document, mailbox)
    takes_the_money(page)
    cancels(page, number)


def runs_the_timer(page: Page, project: Project) -> None:
    page.locator(".topbar .timer-idle").click()
    dialog = page.locator("#dialog")
    # Internal time is never billable; a project's is, unless one says otherwise.
    expect(dialog.locator("[name=billable]")).to_be_disabled()
    expect(dialog.locator("[name=billable]")).not_to_be_checked()
    choose(dialog, "project", project.title)
    expect(dialog.locator("[name=billable]")).to_be_checked()
    confirm(dialog)
    expect(page.locator(".topbar .timer .name")).to_have_text(project.title)
    running = re.compile(r"0:(?!00:00)\d\d:\d\d")
    expect(page.locator("main time[data-since=seconds]")).to_have_text(running)
    page.locator(".topbar .timer .stop").click()
    expect(page.locator(".topbar .timer-idle")).to_be_visible()
    assert TimeEntry.objects.get().project == project


def records_two_hours(page: Page, project: Project) -> TimeEntry:
    page.locator('.sidebar a[href="/time-entries/"]').click()
    page.locator(".page-head .btn-primary").click()
    day = timezone.localdate() - dt.timedelta(days=1)
    choose(page, "project", project.title)
    page.locator("[name=note]").fill("Abnahme des Warenkorbs")
    page.locator("[name=date]").fill("31.2.2026")
    page.locator("[name=start]").fill("9")
    page.locator("[name=end]").fill("11.00 Uhr")
    page.locator("[name=end]").press("Enter")
    # What is wrong is said at its field, and nothing that was typed is lost.
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").click()
    expect(page.locator("[name=date]")).to_be_focused()
    expect(page.locator("[name=note]")).to_have_value("Abnahme des Warenkorbs")
    page.locator("[name=date]").fill(f"{day:%d.%m.%Y}")
    page.locator("[name=date]").press("Enter")
    expect(page.locator(".page-head")).to_contain_text("2:00")
    act(page, "submit")
    has_status(page, TimeEntry.Status.SUBMITTED)
    return TimeEntry.objects.submitted().get()


def approves(page: Page, entry: TimeEntry) -> None:
    page.locator(f'[name=ids][value="{entry.pk}"]').check()
    page.locator('.selection button[formaction$="/approve/"]').click()
    expect(page.locator(".notice[data-tone=ok]")).to_be_visible()
    page.goto(entry.get_absolute_url())
    has_status(page, TimeEntry.Status.APPROVED)


def bills_the_hours(page: Page) -> None:
    page.locator("[data-tab=project_invoices]").click()
    page.locator('#panel a[href*="/from-project/"]').click()
    page.locator("main form[data-verb] .btn-primary").click()
    has_status(page, Invoice.Status.DRAFT)
    expect(page.locator("tfoot, .facts-end").first).to_contain_text("238,00")


def edits_the_draft(page: Page) -> None:
    with page.expect_navigation():
        page.locator('.page-head a[href$="/edit/"]').locator("visible=true").click()
    page.locator("[data-lines-add]").first.click()
    expect(page.locator("[data-line] [name$=-description]:focus")).to_have_count(1)
    page.keyboard.type("Pauschale für die Einrichtung")
    line = page.locator("[data-line]:has(:focus)")
    line.locator("[name$=-quantity]").fill("1")
    line.locator("[name$=-unit_price]").fill("1.234,50")
    # The server adds up while one types: 200.00 and 1,234.50, with 19 %.
    expect(page.locator("#totals")).to_contain_text("1.434,50")
    expect(page.locator("#totals")).to_contain_text("1.707,06")
    page.locator(".bar [data-save]").click()
    has_status(page, Invoice.Status.DRAFT)
    expect(page.locator("main table").first).to_contain_text("Pauschale für die Einrichtung")


def finalizes(page: Page) -> str:
    dialog = act(page, "finalize")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    has_status(page, Invoice.Status.DRAFT)
    confirm(act(page, "finalize"))
    has_status(page, Invoice.Status.FINALIZED)
    number = page.locator("h1").inner_text()
    assert re.fullmatch(r"RE-\d{4}-001", number)
    return number


def downloads(page: Page, number: str, folder: Path) -> bytes:
    with page.expect_download() as waiting:
        page.locator('.page-head a[href$="/pdf/"]').click()
    assert number in waiting.value.suggested_filename
    waiting.value.save_as(folder / "invoice.pdf")
    content = (folder / "invoice.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert number in text_of(content)
    assert "1.707,06" in text_of(content)
    return content


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def sends(page: Page, number: str, document: bytes, mailbox: list[EmailMessage]) -> None:
    dialog = act(page, "send")
    expect(dialog.locator("[name=to]")).to_have_value("info@foerde.example")
    confirm(dialog)
    has_status(page, Invoice.Status.SENT)
    sent = [message for message in mailbox if message["X-Rcpt-To"] == "info@foerde.example"]
    assert len(sent) == 1
    assert number in sent[0]["Subject"]
    files = [part for part in sent[0].iter_attachments() if part.get_filename().endswith(".pdf")]
    assert [part.get_content() for part in files] == [document]


def takes_the_money(page: Page) -> None:
    dialog = act(page, "pay")
    expect(dialog.locator("[name=amount]")).to_have_value(re.compile(r"1\.?707,06"))
    dialog.locator("[name=amount]").fill("700,06")
    confirm(dialog)
    has_status(page, Invoice.Status.PARTIAL)
    expect(page.locator("#figures")).to_contain_text("1.007,00")
    confirm(act(page, "pay"))
    has_status(page, Invoice.Status.PAID)
    address = page.url
    page.locator('main a[href$="/reverse/"]').first.click()
    dialog = page.locator("#dialog")
    dialog.locator("[name=reason]").fill("Falsches Konto")
    confirm(dialog)
    page.goto(address)
    has_status(page, Invoice.Status.PARTIAL)


def cancels(page: Page, number: str) -> None:
    address = page.url
    dialog = act(page, "cancel")
    # Without a reason it is refused where one stands, not on another page.
    dialog.locator(".dialog-foot button").click()
    expect(dialog.locator("[name=reason][aria-invalid=true]")).to_be_focused()
    dialog.locator("[name=reason]").fill("Falscher Empfänger")
    confirm(dialog)
    expect(page.locator("h1")).to_have_text(re.compile(r"ST-\d{4}-001"))
    expect(page.locator("main")).to_contain_text(number)
    page.goto(address)
    has_status(page, Invoice.Status.CANCELLED)
    # The hours are free for the right recipient.
    assert not TimeEntry.objects.filter(is_invoiced=True).exists()


def test_customers_timer_and_documents_need_no_script(
    admin: Employee, project: Project, open_page: OpenPage
) -> None:
    page = open_page(admin, password=PASSWORD, java_script_enabled=False)
    page.locator('.sidebar a[href="/customers/"]').click()
    page.locator(".page-head .btn-primary").click()
    page.locator("[name=name]").fill("Möwe Medien GmbH")
    page.locator("main form [name=name]").press("Enter")
    expect(page.locator("h1")).to_have_text("Möwe Medien GmbH")
    assert Customer.objects.filter(name="Möwe Medien GmbH").exists()

    page.locator(".topbar .timer-idle").click()
    page.locator("[name=project]").select_option(str(project.pk))
    page.locator("main form[data-verb] .btn-primary").click()
    page.locator(".topbar .timer .stop").click()
    expect(page.locator(".topbar .timer-idle")).to_be_visible()
    assert TimeEntry.objects.get().employee == admin

    draft = make_invoice(project=project)
    page.goto(draft.get_absolute_url())
    page.locator('.page-head a[href$="/finalize/"]').first.click()
    page.locator("main form[data-verb] .btn-primary").click()
    has_status(page, Invoice.Status.FINALIZED)


def test_a_dialog_and_unsaved_lines_are_left_by_the_keyboard_alone(
    clerk: Employee, project: Project, open_page: OpenPage
) -> None:
    draft = make_invoice(project=project)
    page = open_page(clerk, path=draft.get_absolute_url())
    finalize = page.locator('.page-head a[href$="/finalize/"]').locator("visible=true")
    finalize.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_visible()
    expect(page.locator("#dialog .dialog-foot button")).to_be_focused()
    page.keyboard.press("Escape")
    expect(finalize).to_be_focused()
    page.goto(f"{draft.get_absolute_url()}edit/")
    page.locator("[name=title]").fill("Noch nicht gespeichert")
    questions: list[str] = []
    page.on("dialog", lambda asked: (questions.append(asked.type), asked.dismiss()))
    page.keyboard.press("Escape")
    expect(page.locator("[name=title]")).to_have_value("Noch nicht gespeichert")
    assert questions == ["beforeunload"]


def test_a_page_shows_that_its_document_was_sent_without_a_reload(
    clerk: Employee, open_page: OpenPage, mailbox: list[EmailMessage]
) -> None:
    invoice = make_finalized()
    mail = InvoiceMail.objects.create(invoice=invoice, to="post@foerde.example", sent_by=clerk)
    page = open_page(clerk, path=invoice.get_absolute_url())
    dispatch = page.locator("[data-live=mails] .list .sub")
    waiting = dispatch.text_content() or ""
    has_status(page, Invoice.Status.FINALIZED)
    # What is read anew has no box of its own, and must not be what lays the page out.
    for part in (".page-head", ".card-body:has(> [data-live=mails])"):
        expect(page.locator(part)).not_to_have_css("display", "contents")
    page.evaluate("window.before = true")
    assert not failures(at_once(lambda: deliver_mail(str(mail.pk))))
    has_status(page, Invoice.Status.SENT)
    expect(dispatch).not_to_have_text(waiting)
    assert page.evaluate("window.before")
    assert len(mailbox) == 1
    # What comes next is another button now.
    expect(page.locator(".page-head .btn-primary")).to_have_attribute(
        "href", f"{invoice.get_absolute_url()}pay/"
    )


def test_a_dispatch_that_ends_while_its_page_is_read_is_shown_without_a_reload(
    clerk: Employee,
    open_page: OpenPage,
    mailbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    invoice = make_finalized()
    mail = InvoiceMail.objects.create(invoice=invoice, to="post@foerde.example", sent_by=clerk)
    read = InvoicePages.more_context

    def late(request: HttpRequest, document: Invoice) -> dict[str, Any]:
        # The invoice was read as not yet sent; its dispatches are read as done, some time later.
        if not mailbox:
            assert not failures(at_once(lambda: deliver_mail(str(mail.pk))))
            time.sleep(2.5)
        return read(request, document)

    monkeypatch.setattr(InvoicePages, "more_context", late)
    page = open_page(clerk, path=invoice.get_absolute_url())
    has_status(page, Invoice.Status.SENT)
