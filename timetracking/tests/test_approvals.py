"""The page of approvals: what waits for whom, and several decided at once."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import transaction

from conftest import ClientOf
from employees.models import Employee
from employees.tests.factories import make_employee, make_role
from finance.models import Expense
from finance.tests.factories import make_submitted_expense
from reminders.models import Notification
from timetracking.models import TimeEntry
from timetracking.services import submit_time_entry
from timetracking.tests.factories import at, make_time_entry
from workmate import services
from workmate.tests.test_pages import count_of, few_and_many
from workmate.tests.test_pages import pin as pin
from workmate.views.approvals import as_read

PAGE = "/approvals/"


def make_submitted(person: Employee, day: int = 10, **fields: Any) -> TimeEntry:
    start = at(f"2025-03-{day} 09:00")
    return submit_time_entry(make_time_entry(employee=person, start_time=start, **fields), by=None)


@pytest.fixture
def lead() -> Employee:
    """Decides on hours of those who report to them, and on nobody's expenses."""
    codes = [f"backoffice.timetracking.timeentry.{word}" for word in ("view", "approve")]
    role = make_role("Lead", codes)
    return make_employee(role=role, reports_to=make_employee(), language="en")


def test_each_sees_what_they_decide_on(
    lead: Employee, admin: Employee, worker: Employee, client_of: ClientOf
) -> None:
    report = make_employee(first_name="Rita", reports_to=lead)
    make_submitted(report), make_submitted(report, 11), make_submitted(report, 18)  # noqa: B018
    make_submitted(lead)
    make_submitted(make_employee(first_name="Fremd"))
    make_submitted_expense(employee=report)
    page = client_of(lead).get(PAGE).content.decode()
    assert "Rita" in page
    assert "4:00" in page
    assert "2 entries" in page
    assert f"week=2025-W11&amp;employee_id={report.pk}" in page
    assert "Fremd" not in page
    assert str(lead.pk) not in page.split("<main")[1]
    assert "/approvals/expenses/" not in page
    everything = client_of(admin).get(PAGE).content.decode()
    assert "Fremd" in everything
    assert "/approvals/expenses/" in everything
    assert "Fremd" not in client_of(worker).get(PAGE).content.decode()
    assert client_of(worker).get(f"{PAGE}?kind=time").status_code == 404
    assert client_of(admin).get(f"{PAGE}?kind=x").status_code == 404


def test_several_are_decided_at_once_and_foreign_ones_are_left_alone(
    lead: Employee, worker: Employee, client_of: ClientOf
) -> None:
    report = make_employee(reports_to=lead)
    mine = [make_submitted(report, day) for day in (10, 11, 12)]
    foreign, own = make_submitted(make_employee()), make_submitted(lead)
    client = client_of(lead)
    group = ",".join(str(entry.pk) for entry in mine[:2])
    ids = [group, str(mine[0].pk).upper(), str(foreign.pk), str(own.pk), "x"]
    client.post(f"{PAGE}time/", {"verb": "approve", "ids": ids})
    states = [TimeEntry.objects.get(pk=entry.pk).status for entry in [*mine, foreign, own]]
    assert states == ["approved", "approved", "submitted", "submitted", "submitted"]
    assert client_of(worker).post(f"{PAGE}time/", {"verb": "approve"}).status_code == 404
    assert client.post(f"{PAGE}expenses/", {"verb": "approve"}).status_code == 404


def test_rejecting_asks_for_a_reason_and_keeps_what_was_ticked(
    lead: Employee, client_of: ClientOf
) -> None:
    entry = make_submitted(make_employee(reports_to=lead))
    client, form = client_of(lead), {"verb": "reject", "ids": [as_read(entry)]}
    response = client.post(f"{PAGE}time/", {**form, "reason": " "})
    assert response.status_code == 422
    page = response.content.decode()
    assert f'value="{as_read(entry)}" checked' in page
    assert "<details open>" in page
    assert 'aria-invalid="true" autofocus' in page
    assert client.post(f"{PAGE}time/", {**form, "reason": "a\0b"}).status_code == 422
    assert client.post(f"{PAGE}time/", {**form, "verb": "delete"}).status_code == 422
    assert client.post(f"{PAGE}time/", {**form, "reason": "x" * 501}).status_code == 422
    client.post(f"{PAGE}time/", {**form, "reason": "Which project?"})
    entry.refresh_from_db()
    assert (entry.status, entry.rejection_reason) == ("rejected", "Which project?")


def test_what_has_changed_since_one_looked_is_not_decided(
    lead: Employee, client_of: ClientOf
) -> None:
    report = make_employee(reports_to=lead, language="en")
    seen, changed, again = (make_submitted(report, day) for day in (10, 11, 12))
    group = ",".join(as_read(entry) for entry in (seen, changed, again))
    for entry in (changed, again):
        services.change(entry, by=report, note="Twelve hours, really")
        submit_time_entry(entry, by=report)
        entry.refresh_from_db()
    # The one was looked at again: its group was opened after the change.
    ids = [group, as_read(again)]
    page = client_of(lead).post(f"{PAGE}time/", {"verb": "approve", "ids": ids}, follow=True)
    states = [TimeEntry.objects.get(pk=entry.pk).status for entry in (seen, changed, again)]
    assert states == ["approved", "submitted", "approved"]
    assert "Somebody has changed this since you read it." in page.content.decode()


def test_the_entries_of_a_group_come_when_it_is_opened(
    lead: Employee, worker: Employee, client_of: ClientOf
) -> None:
    report = make_employee(reports_to=lead)
    mine = [make_submitted(report, day, note=f"Work {day}") for day in (10, 11)]
    make_submitted(report, 18, note="Another week")
    client, htmx = client_of(lead), {"HX-Request": "true"}
    page = client.get(PAGE).content.decode()
    assert "Work 10" not in page
    address = unescape(re.findall(r'hx-get="([^"]*)"', page)[0])
    lines = client.get(address, headers=htmx).content.decode()
    assert "<html" not in lines
    assert all(f'value="{as_read(entry)}"' in lines for entry in mine)
    assert "Another week" not in lines
    # Without scripts a link opens the group in the page.
    assert f'href="{address}"' in unescape(page)
    opened = client.get(address).content.decode()
    assert opened.count("<details open>") == 1
    assert "Work 10" in opened
    assert "Another week" not in opened
    # Who decides on others sees nothing of this group; what was decided is gone.
    other = make_employee(role=lead.role, reports_to=make_employee())
    assert "Work" not in client_of(other).get(address, headers=htmx).content.decode()
    assert client_of(worker).get(address, headers=htmx).status_code == 404
    half = {"verb": "reject", "ids": [as_read(mine[0])]}
    refused = client.post(f"{PAGE}time/", half).content.decode()
    assert f'value="{as_read(mine[0])}" checked' in refused
    assert f'value="{as_read(mine[1])}">' in refused
    client.post(f"{PAGE}time/", {"verb": "approve", "ids": [str(entry.pk) for entry in mine]})
    assert "Work" not in client.get(address, headers=htmx).content.decode()


def test_each_person_hears_once_of_a_decision(
    lead: Employee, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (make_employee(reports_to=lead, language="en") for _ in range(2))
    entries = [make_submitted(one, day) for day in (10, 12, 13)] + [make_submitted(other)]
    rejected = make_submitted(one, 14)
    monkeypatch.setattr(transaction, "on_commit", lambda run, **_options: run())
    ids = [str(entry.pk) for entry in entries]
    client = client_of(lead)
    client.post(f"{PAGE}time/", {"verb": "approve", "ids": ids})
    notes = Notification.objects.filter(kind="hours_approved")
    assert sorted(note.recipient_id for note in notes) == sorted([one.pk, other.pk])
    note = notes.get(recipient=one)
    assert "(3 entries)" in note.title
    assert "start_date=2025-03-10&end_date=2025-03-13" in note.url
    reason = {"verb": "reject", "ids": [str(rejected.pk)], "reason": "Which customer?"}
    client.post(f"{PAGE}time/", reason)
    note = Notification.objects.get(kind="hours_rejected")
    assert (note.recipient, note.url) == (one, rejected.get_absolute_url())
    assert "Which customer?" in note.body


def test_expenses_wait_for_other_eyes(admin: Employee, client_of: ClientOf) -> None:
    other, own = make_submitted_expense(), make_submitted_expense(employee=admin)
    client = client_of(admin)
    page = client.get(f"{PAGE}?kind=expenses").content.decode()
    assert str(other.pk) in page
    assert str(own.pk) not in page
    ids = [str(other.pk), str(own.pk)]
    client.post(f"{PAGE}expenses/", {"verb": "approve", "ids": ids})
    states = {row.pk: row.status for row in Expense.objects.all()}
    assert states == {other.pk: "approved", own.pk: "submitted"}


def test_many_that_wait_ask_as_often_as_few(admin: Employee, client_of: ClientOf, pin: Any) -> None:
    def make(_person: Employee) -> None:
        make_submitted(make_employee())
        make_submitted_expense()

    few, many = few_and_many(make, admin, lambda: count_of(client_of(admin), PAGE))
    assert few == many
    pin("page /approvals/", many)
