"""How expenses come from files."""

from decimal import Decimal

from employees.models import Employee
from finance.models import Expense
from finance.services import submit_expense
from system.models import Import
from system.services import undo_import, work_on_import
from system.tests.factories import make_done


def test_expenses_have_their_vat_by_rate_or_by_amount(admin: Employee) -> None:
    job = make_done(
        admin,
        "Datum;Kategorie;Beschreibung;Betrag;MwSt-Satz;USt",
        "31.03.2025;Reisekosten;Bahn;1.070,00;7;",
        "31.03.2025;travel;Hotel;119,00 €;;19,00",
        "31.03.2025;travel;Parken;4,50;;",
        "31.03.2025;travel;Falsch;4,50;16 %;",
        "31.03.2025;travel;Schief;100,00;;3,33",
        ";travel;Ohne Tag;4,50;;",
        "31.03.2025;travel;Ohne Betrag;;;",
        f"31.03.2025;travel;Zu groß;{'9' * 35};;1,00",
        f"31.03.2025;travel;Zu groß;1,00;;{'9' * 35}",
        f"31.03.2025;travel;Zu groß;1,00;{'9' * 35};",
        kind="expense",
    )
    found = {row.description: row for row in Expense.objects.all()}
    assert found["Hotel"].tax_amount == Decimal("19.00")
    assert found["Parken"].tax_amount == 0
    wrong = {row.number: [e["column"] for e in row.errors] for row in job.rows.faulty()}
    assert wrong[5] == ["MwSt-Satz"]
    assert wrong[6] == ["USt"]
    assert wrong[7] == ["Datum"]
    assert wrong[8] == ["Betrag"]
    assert (wrong[9], wrong[10], wrong[11]) == (["Betrag"], ["USt"], ["MwSt-Satz"])


def test_taken_back_expenses_go_with_their_parts_unless_they_were_handed_in(
    worker: Employee,
) -> None:
    lines = [
        "Datum;Kategorie;Beschreibung;Betrag;no_receipt_reason",
        "31.03.2025;travel;Bahn;10;Verloren",
        "31.03.2025;travel;Taxi;20;Verloren",
    ]
    job = make_done(worker, *lines, kind="expense")
    submit_expense(Expense.objects.get(description="Taxi"), by=worker)
    work_on_import(undo_import(job, by=worker).pk)
    job.refresh_from_db()
    assert (job.status, job.kept_count) == (Import.Status.UNDONE, 1)
    assert Expense.objects.get().description == "Taxi"
