"""A year of expenses of the demo company, each with a receipt, on every step of the way."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from finance.models import Expense
from finance.services import (
    approve_expense,
    create_expense,
    reimburse_expense,
    reject_expense,
    submit_expense,
)
from workmate.demo import Demo

COUNT, YOUNG = 54, 8
NINETEEN, SEVEN, NOTHING = Decimal(19), Decimal(7), Decimal(0)
# Category, supplier, description, least and most in EUR, VAT rate.
KINDS = [
    ("travel", "Deutsche Bahn", "Fahrkarte Kiel–Hamburg und zurück", 42, 118, SEVEN),
    ("travel", "Taxi Nord", "Taxi vom Bahnhof zum Kunden", 12, 34, SEVEN),
    ("material", "Elektro Petersen", "Patchkabel und Dosen", 18, 240, NINETEEN),
    ("material", "Baumarkt Förde", "Dübel, Schrauben, Kabelkanal", 9, 65, NINETEEN),
    ("software", "Softwarehandel Wik", "Lizenz Fernwartung, ein Jahr", 89, 390, NINETEEN),
    ("office", "Bürobedarf Holtenau", "Etiketten und Toner", 22, 140, NINETEEN),
    ("postage", "Paketdienst", "Rücksendung eines Tauschgeräts", 6, 19, NINETEEN),
    ("training", "Akademie Ostsee", "Seminar Netzwerktechnik", 290, 780, NINETEEN),
    ("telecommunication", "Mobilfunk Nord", "Datenkarte für die Baustelle", 15, 45, NINETEEN),
]
REASONS = ["Bitte das Projekt angeben.", "Der Beleg ist nicht lesbar."]


def build(demo: Demo) -> None:
    """What is older was paid back; what is younger waits, was handed back, or is a draft."""
    by = next(p for p in demo.rows["people"] if p.role.name == "Accounting")
    spenders = [
        person
        for person in demo.rows["people"]
        if person.reports_to_id and person.pk != by.pk and person.has_perm("finance.add_expense")
    ]
    for number in range(COUNT):
        # Some are young whatever day it is: they wait, one was handed back, one is a draft.
        ago = 3 + 2 * number if number < YOUNG else demo.random.randint(1, 340)
        person = demo.random.choice(spenders)
        expense = _spend(demo, person, ago, number)
        _decide(expense, ago, by, is_refused=number % YOUNG == 2, demo=demo)


def _spend(demo: Demo, person: Any, ago: int, number: int) -> Expense:
    day = demo.ago(ago)
    category, supplier, text, least, most, rate = demo.random.choice(KINDS)
    project = _project_of(demo, person, day) if demo.random.random() < 0.6 else None
    gross = Decimal(demo.random.randint(least * 100, most * 100)) / 100
    parts = [{"tax_rate": rate, "gross": gross}]
    values: dict[str, Any] = {"category": category, "supplier": supplier, "description": text}
    if number % 12 == 5:
        values = {
            "category": "entertainment",
            "supplier": "Restaurant Seegarten",
            "description": "Mittagessen nach der Abnahme",
            "guests": "Frau Lorenz (Kunde), Abnahme der Stufe 1, Kiel",
        }
        parts = [{"tax_rate": NINETEEN, "gross": gross}, {"tax_rate": SEVEN, "gross": gross + 20}]
    if number % 15 == 7:
        values["no_receipt_reason"] = "Der Parkautomat druckte keinen Beleg."
        parts = [{"tax_rate": NOTHING, "gross": Decimal("4.50")}]
    else:
        total = sum(part["gross"] for part in parts)
        values["receipt_file"] = _receipt(number, day, values["supplier"], total)
    return create_expense(
        by=person,
        expense_date=day,
        taxes=parts,
        project=project,
        billable=project is not None and demo.random.random() < 0.5,
        **values,
    )


def _project_of(demo: Demo, person: Any, day: dt.date) -> Any:
    """A project in which the person took part on that day; None without any."""
    teams = zip(demo.rows["projects"], demo.rows["teams"], strict=True)
    mine = [
        project
        for project, team in teams
        if person in team
        and project.status != "cancelled"
        and project.start_date <= day <= project.end_date
    ]
    return demo.random.choice(mine) if mine else None


def _receipt(number: int, day: dt.date, supplier: str, total: Decimal) -> SimpleUploadedFile:
    """A picture of a receipt."""
    image = Image.new("RGB", (300, 180), "white")
    lines = [supplier, f"Beleg {1000 + number}", f"{day:%d.%m.%Y}", "", f"Summe EUR {total}"]
    ImageDraw.Draw(image).multiline_text((24, 24), "\n".join(lines), fill="black", spacing=8)
    stream = BytesIO()
    image.save(stream, "PNG")
    return SimpleUploadedFile(f"Beleg {1000 + number}.png", stream.getvalue(), "image/png")


def _decide(expense: Expense, ago: int, by: Any, *, is_refused: bool, demo: Demo) -> None:
    if ago < 4:
        return
    person = expense.employee
    expense = submit_expense(expense, by=person)
    steps = {"submitted_at": 1}
    if ago > 20:
        expense = approve_expense(expense, by=by)
        steps["approved_at"] = 4
        if ago > 45:
            expense = reimburse_expense(expense, by=by)
            steps["reimbursed_at"] = 12
    elif is_refused:
        expense = reject_expense(expense, by=by, reason=demo.random.choice(REASONS))
        steps["rejected_at"] = 2
    start = timezone.make_aware(dt.datetime.combine(expense.expense_date, dt.time(10, 30)))
    moments = {name: start + dt.timedelta(days=days) for name, days in steps.items()}
    Expense.objects.filter(pk=expense.pk).update(**moments)
