"""The people of the demo company: 15 in five departments, somebody of every role."""

from decimal import Decimal

from django.contrib.auth.hashers import make_password

from employees.models import Department, Employee, Role
from employees.services import create_employee
from workmate import services
from workmate.demo import Demo

DEPARTMENTS = [
    ("Geschäftsführung", "GF"), ("Beratung", "BER"), ("Entwicklung", "ENT"),
    ("Betrieb & Support", "SUP"), ("Verwaltung", "VER"),
]  # fmt: skip
# First and last name, department, role, cost an hour, whom they report to (an e-mail's name).
PEOPLE = [
    ("Anna", "Lorenzen", "GF", "Admin", "62.00", ""),
    ("Henrik", "Petersen", "GF", "Management", "68.00", "lorenzen"),
    ("Sabine", "Krüger", "VER", "Accounting", "41.50", "petersen"),
    ("Mehmet", "Yılmaz", "BER", "Project lead", "54.00", "petersen"),
    ("Julia", "Brandt", "ENT", "Project lead", "55.50", "petersen"),
    ("Jonas", "Weber", "ENT", "Employee", "46.00", "brandt"),
    ("Lea", "Schröder", "ENT", "Employee", "44.00", "brandt"),
    ("Piotr", "Nowak", "ENT", "Employee", "47.50", "brandt"),
    ("Clara", "Hoffmann", "BER", "Employee", "45.00", "yilmaz"),
    ("Tim", "Großmann", "BER", "Employee", "43.00", "yilmaz"),
    ("Fatima", "Aydın", "SUP", "Employee", "38.50", "yilmaz"),
    ("Ole", "Jansen", "SUP", "Employee", "37.00", "yilmaz"),
    ("Nele", "Vogt", "SUP", "Employee", "36.50", "yilmaz"),
    ("Max", "Böhm", "VER", "Employee", "34.00", "krueger"),
    ("Ingrid", "Sander", "ENT", "External", "72.00", "brandt"),
]  # fmt: skip
ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i"})


def build(demo: Demo) -> None:
    """Departments with their heads, and people; all have the demo's password."""
    departments = {
        code: services.create(Department, by=None, name=name, code=code)
        for name, code in DEPARTMENTS
    }
    roles = {role.name: role for role in Role.objects.all()}
    people: dict[str, Employee] = {}
    for number, (first, last, code, role, cost, boss) in enumerate(PEOPLE):
        name = last.lower().translate(ASCII)
        people[name] = create_employee(
            by=None,
            first_name=first,
            last_name=last,
            email=f"{name}@nordlicht.example",
            department=departments[code],
            role=roles[role],
            reports_to=people.get(boss),
            cost_rate=Decimal(cost),
            phone=f"0431 5551{number:02d}",
            hire_date=demo.ago(500 + 97 * number),
            employment_type="external" if role == "External" else "fulltime",
        )
        demo.sign_ins.setdefault(role, people[name].email)
    # Hashed once: a good hash takes a third of a second.
    Employee.objects.update(password=make_password(demo.password))
    for code, head in (("GF", "lorenzen"), ("BER", "yilmaz"), ("ENT", "brandt"),
                       ("SUP", "aydin"), ("VER", "krueger")):  # fmt: skip
        services.change(departments[code], by=None, manager=people[head])
    demo.rows["departments"] = list(departments.values())
    demo.rows["people"] = list(people.values())
