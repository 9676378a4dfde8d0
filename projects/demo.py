"""The projects of the demo company: 60, in every state, with budgets and people."""

import datetime as dt
from decimal import Decimal

from projects.models import Project, ProjectMember
from workmate import services
from workmate.demo import Demo

TITLES = [
    "Umzug der Server", "Neue Webseite", "Einführung der Warenwirtschaft", "Support-Vertrag",
    "Netzwerk im Neubau", "Schulung Büroprogramme", "Datensicherung nach Konzept",
    "Schnittstelle zum Versand", "Betrieb der Telefonanlage", "Kassensystem", "Dokumentenablage",
    "Prüfung der IT-Sicherheit", "App für den Außendienst", "Umstellung auf E-Rechnung",
    "WLAN für Gäste",
]  # fmt: skip
COUNTS = {"active": 30, "completed": 16, "planning": 7, "on_hold": 4, "cancelled": 3}
STATES = [state for state, count in COUNTS.items() for _number in range(count)]
RATES = ["85.00", "92.50", "98.00", "105.00", "112.00"]


def build(demo: Demo) -> None:
    """Each with a manager and two to four members; some late, some over their budget."""
    people = {person.role.name: [] for person in demo.rows["people"]}
    for person in demo.rows["people"]:
        people[person.role.name].append(person)
    leads = people["Project lead"]
    workers = [*people["Employee"][:-1], *people["External"]]
    # Customers that are still leads have no project.
    customers = [customer for customer in demo.rows["customers"] if customer.status == "active"]
    for number, state in enumerate(STATES):
        start = demo.ago(demo.random.randint(60, 380))
        length = demo.random.randint(90, 420)
        end = start + dt.timedelta(days=length)
        if state == "completed":
            end = min(end, demo.ago(demo.random.randint(5, 40)))
        if state == "planning":
            start, end = demo.ago(-14), demo.ago(-14 - length)
        project = services.create(
            Project,
            by=None,
            customer=customers[number % len(customers)],
            title=TITLES[number % len(TITLES)],
            department=demo.rows["departments"][1 + number % 3],
            project_manager=leads[number % len(leads)],
            status="active" if state == "completed" else state,
            priority=demo.random.choice(["low", "medium", "medium", "high", "urgent"]),
            start_date=start,
            end_date=max(end, start),
            deadline=max(end, start) if number % 3 else None,
            budget=Decimal(demo.random.randint(6, 60) * 1000) if number % 5 else None,
            hourly_rate=Decimal(demo.random.choice(RATES)),
            description="Umfang und Termine wie im Angebot vereinbart.",
        )
        team = demo.random.sample(workers, demo.random.randint(2, 4))
        for person in team:
            services.create(ProjectMember, by=None, project=project, employee=person)
        demo.rows["projects"].append(project)
        # Time is booked on open projects: they are completed when the year has been written.
        demo.rows["states"].append(state)
        demo.rows["teams"].append([*team, project.project_manager])
