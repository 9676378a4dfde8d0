"""The load set: a company of 30 people with as many rows as asked for."""

import datetime as dt
import os
import secrets
from collections.abc import Callable
from decimal import Decimal
from random import Random
from time import monotonic

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.copying import Series, copy_rows
from benchmarks.documents import fill_invoices
from benchmarks.hours import fill_time_entries
from crm.models import Contact, Customer
from employees.models import Department, Employee, Role
from projects.models import Project, ProjectMember
from system.models import Company

PEOPLE = 30
DAYS = 730
COMPANY = {
    "name": "Lastprobe GmbH",
    "street": "Prüfweg 1",
    "zip_code": "24103",
    "city": "Kiel",
    "contact_name": "Empfang",
    "email": "post@lastprobe.example",
    "tax_number": "20/293/12345",
    "vat_id": "DE136695976",
    "iban": "DE89370400440532013000",
}
# Of 30 people: the role of each of the first, the rest are employees.
ROLES = ["Admin", "Management", "Accounting", "Accounting", "Project lead", "Project lead",
         "Project lead", "External"]  # fmt: skip
FIRST = ["Anna", "Jörg", "Maren", "Sönke", "Ayşe", "Dirk", "Petra", "Björn", "Heike", "Jürgen"]
LAST = ["Hansen", "Möller", "Clausen", "Jäger", "Petersen", "Özdemir", "Lange", "Rathje", "Weiß"]
KINDS = ["Logistik", "Metallbau", "Praxis", "Verlag", "Autohaus", "Brauerei", "Spedition", "Hotel"]
CITIES = [("24103", "Kiel"), ("23552", "Lübeck"), ("20095", "Hamburg"), ("24937", "Flensburg")]
WORK = ["Umzug der Server", "Neue Webseite", "Support", "Warenwirtschaft", "Netzwerk", "Schulung"]


def fill(
    *,
    customers: int,
    projects: int,
    invoices: int,
    time_entries: int,
    say: Callable[[str], None],
) -> None:
    """Build the load set in one transaction: sums add up, numbers go on, no history is kept.

    Rows that are there already stay. Where projects or invoices are asked for without customers,
    one customer is made.
    """
    began = monotonic()
    password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
    if projects or invoices:
        customers = max(customers, 1)
    random = Random(1949)  # noqa: S311  the same set each time, no secret
    today = timezone.localdate()
    with transaction.atomic():
        complete_company()
        people = make_people(today, password)
        buyers = make_customers(customers, random, today)
        works = make_projects(projects, buyers, people, random, today)
        fill_invoices(invoices, buyers, works, people[2], random, today, DAYS)
        say(f"{customers} customers, {projects} projects, {invoices} invoices")
        fill_time_entries(time_entries, people, works, random, today, DAYS)
        say(f"{time_entries} time entries")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    say(f"Sign in as {people[0].email} with {password}")
    say(f"Filled in {monotonic() - began:.1f} s")


def complete_company() -> None:
    """Give the company what invoices ask of it, where it lacks any of that."""
    company = Company.current()
    if company.is_complete_for_invoices:
        return
    for name, value in COMPANY.items():
        setattr(company, name, getattr(company, name) or value)
    company.full_clean()
    company.save()


def make_people(today: dt.date, password: str) -> list[Employee]:
    """Thirty people with roles, who share one password."""
    roles = {role.name: role for role in Role.objects.all()}
    plain = roles.get("Employee") or next(iter(roles.values()))
    department, _made = Department.objects.get_or_create(name="Lastprobe", defaults={"code": "LP"})
    hashed = make_password(password)
    series = Series("employees.employee", settings.EMPLOYEE_CODE_PATTERN)
    rows: list[Employee] = []
    for number in range(PEOPLE):
        code = series.draw(today)
        name = ROLES[number] if number < len(ROLES) else "Employee"
        rows.append(
            Employee(
                employee_code=code,
                first_name=FIRST[number % len(FIRST)],
                last_name=LAST[number % len(LAST)],
                email=f"{code.lower()}@lastprobe.example",
                password=hashed,
                department=department,
                role=roles.get(name, plain),
                reports_to=rows[min(number - 1, 4 + number % 3)] if number else None,
                cost_rate=Decimal(38 + number % 20),
                hire_date=today - dt.timedelta(days=DAYS + 100 * (number % 9)),
            )
        )
    copy_rows(Employee, rows)
    series.store()
    found = Employee.objects.select_related("role").in_bulk([row.pk for row in rows])
    return [found[row.pk] for row in rows]


def make_customers(count: int, random: Random, today: dt.date) -> list[Customer]:
    """Customers with an address and a primary contact each."""
    series = Series("crm.customer", Customer._meta.get_field("customer_number").pattern)
    rows, contacts = [], []
    for number in range(count):
        zip_code, city = random.choice(CITIES)
        customer = Customer(
            customer_number=series.draw(today),
            name=f"{random.choice(LAST)} {random.choice(KINDS)} {number + 1}",
            email=f"info@kunde{number}.example",
            phone=f"0431 {number:05d}",
            street=f"Hauptstraße {number % 200 + 1}",
            zip_code=zip_code,
            city=city,
            status=random.choice(["active"] * 8 + ["inactive", "lead"]),
            created_at=timezone.now() - dt.timedelta(days=random.randint(DAYS, 2 * DAYS)),
        )
        rows.append(customer)
        contacts.append(
            Contact(
                customer=customer,
                firstname=random.choice(FIRST),
                lastname=random.choice(LAST),
                email=f"kontakt@kunde{number}.example",
                is_primary=True,
            )
        )
    copy_rows(Customer, rows)
    copy_rows(Contact, contacts)
    series.store()
    found = Customer.objects.prefetch_related("contacts").in_bulk([row.pk for row in rows])
    return [found[row.pk] for row in rows]


def make_projects(
    count: int,
    customers: list[Customer],
    people: list[Employee],
    random: Random,
    today: dt.date,
) -> list[tuple[Project, list[Employee]]]:
    """Projects of the last two years, oldest first, each with a lead and three members."""
    series = Series("projects.project", Project._meta.get_field("project_number").pattern)
    made: list[tuple[Project, list[Employee]]] = []
    members = []
    days = sorted((random.randint(30, DAYS) for _number in range(count)), reverse=True)
    for number, days_ago in enumerate(days):
        start = today - dt.timedelta(days=days_ago)
        end = start + dt.timedelta(days=random.randint(60, 500))
        project = Project(
            customer=customers[number % len(customers)],
            project_number=series.draw(start),
            title=f"{random.choice(WORK)} {number + 1}",
            department=people[0].department,
            project_manager=people[4 + number % 3],
            status="completed" if end < today else random.choice(["active"] * 5 + ["on_hold"]),
            priority=random.choice(Project.Priority.values),
            start_date=start,
            end_date=end,
            deadline=end,
            budget=Decimal(random.randint(5, 90) * 1000),
            hourly_rate=Decimal(random.randint(80, 130)),
            created_at=timezone.now() - dt.timedelta(days=days_ago),
        )
        team = random.sample(people[7:], 3)
        members += [ProjectMember(project=project, employee=person) for person in team]
        made.append((project, team))
    copy_rows(Project, (project for project, _team in made))
    copy_rows(ProjectMember, members)
    series.store()
    return made
