"""One row of each kind, made for a person: the house-wide tests' way to the modules' factories."""

from collections.abc import Callable
from typing import Any

from chat.tests.factories import make_chat_message
from crm.tests.factories import make_activity, make_contact, make_customer
from dashboards.models import Dashboard
from dashboards.tests.factories import make_dashboard
from documents.tests.factories import make_document
from employees.models import Employee
from employees.services import create_token
from employees.tests.factories import make_department, make_employee, make_photo, make_role
from finance.tests.factories import make_expense
from invoices.models import InvoiceMail
from invoices.tests.factories import make_finalized, make_invoice, make_payment
from projects.tests.factories import make_project, make_project_member
from reminders.tests.factories import (
    make_notification,
    make_notification_preference,
    make_reminder,
)
from system.models import Company
from system.tests.factories import (
    make_activity_entry,
    make_company,
    make_import,
    make_infra_check,
    make_infra_service,
    make_tax_rate,
)
from timetracking.tests.factories import make_time_entry
from workmate.models import NumberSequence

_names = iter(f"Spare {number}" for number in range(1_000_000))


def _tax_rate(me: Employee) -> Any:
    rate = next(_rates)
    return make_tax_rate(rate=rate)


def _dashboard(me: Employee) -> Any:
    """Beside another one: the last does not go."""
    if not Dashboard.objects.of(me).exists():
        make_dashboard(me)
    return make_dashboard(me)


_rates = iter(f"{20 + number / 100:.2f}" for number in range(5000))


def _company(me: Employee) -> Any:
    return Company.objects.first() or make_company()


# By the model's name; `photographed` for a person with a photo, `finalized` for an invoice that
# is, `reportexpense` for one of a person who reports to me.
MAKERS: dict[str, Callable[[Employee], Any]] = {
    "department": lambda me: make_department(manager=make_employee()),
    "role": lambda me: make_role(next(_names), []),
    "employee": lambda me: make_employee(department=make_department(), reports_to=make_employee()),
    "photographed": lambda me: make_employee(photo=make_photo()),
    "apitoken": lambda me: create_token(me, by=None, name="Spare")[0],
    "reminder": make_reminder,
    "notification": make_notification,
    "notificationpreference": make_notification_preference,
    "dashboard": _dashboard,
    "company": _company,
    "taxrate": _tax_rate,
    "activityentry": lambda me: make_activity_entry(make_department()),
    "infraservice": lambda me: make_infra_service(name=next(_names), manager=make_employee()),
    "infracheck": lambda me: make_infra_check(make_infra_service(name=next(_names))),
    "numbersequence": lambda me: NumberSequence.objects.create(key=next(_names), pattern="{n}"),
    "customer": lambda me: make_customer(),
    "contact": lambda me: make_contact(),
    "activity": lambda me: make_activity(contact=None),
    "project": lambda me: make_project(project_manager=me, department=make_department()),
    "projectmember": lambda me: make_project_member(project=make_project(project_manager=me)),
    "room": lambda me: make_project(project_manager=me),
    "chatmessage": lambda me: make_chat_message(
        author=me, project=make_project(project_manager=me)
    ),
    "timeentry": lambda me: make_time_entry(employee=me),
    "expense": lambda me: make_expense(employee=me),
    # Nobody decides on their own.
    "reportexpense": lambda me: make_expense(employee=make_employee(reports_to=me)),
    "invoice": lambda me: make_invoice(project=make_project()),
    "finalized": lambda me: make_finalized(),
    "document": make_document,
    "import": make_import,
    "payment": lambda me: make_payment(),
    "invoicemail": lambda me: InvoiceMail.objects.create(
        invoice=make_finalized(), to="buyer@firma.example"
    ),
}
# Rows that only their owner sees, unless a right opens all of them.
OWNED = {
    "dashboard",
    "document",
    "expense",
    "import",
    "reminder",
    "notification",
    "notificationpreference",
    "chatmessage",
    "room",
    "project",
    "projectmember",
    "timeentry",
}
