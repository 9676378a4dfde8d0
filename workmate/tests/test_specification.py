"""Every model of the specification is ours, field by field: name, type, choices, unique, default.

Typed off the specification: `name kind`, then what it says of it. Where ours holds more than the
specification asks for (longer numbers, further choices), that is allowed; less is not.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

SPECIFICATION: dict[str, tuple[str, str, str]] = {
    "employees.Department": (
        "departments",
        """
id UUID
name String
code String
description Text
manager_id FK employees.Employee
created_at Timestamp
""",
        "employees manager",
    ),
    "employees.Role": (
        "roles",
        """
id UUID
name String
description Text
keycloak_id String
permissions_json JSONB
""",
        "employees",
    ),
    "employees.Employee": (
        "employees",
        """
id UUID
employee_code String unique
uuid_keycloak String
first_name String
last_name String
gender String choices=male,female,diverse,other
birth_date Date
nationality String
photo_url String
bio Text
email String unique
phone String
address_street String
address_zip String
address_city String
address_country String
department_id FK employees.Department
role_id FK employees.Role
reports_to FK employees.Employee
employment_type String choices=fulltime,parttime,intern,external
hire_date Date
termination_date Date
status String choices=active,inactive,on_leave
timezone String default=Europe/Berlin
language String default=de
theme String default=catppuccin-frappe
notifications_enabled Boolean
matrix_username String
created_at Timestamp
updated_at Timestamp
last_login Timestamp
""",
        "department role supervisor documents reminders dashboards chat_messages os_preferences "
        "user_settings notifications activity_entries",
    ),
    "documents.Document": (
        "documents",
        """
id UUID
title String
file_path String
type String
category String
owner_id FK employees.Employee
linked_module String
uploaded_at Timestamp
checksum String
is_confidential Boolean
""",
        "owner",
    ),
    "reminders.Reminder": (
        "reminders",
        """
id UUID
title String
description Text
due_date Date
priority String choices=low,medium,high,critical
linked_entity_type String
linked_entity_id UUID
owner_id FK employees.Employee
status String choices=open,done,overdue
created_at Timestamp
notified Boolean
""",
        "owner",
    ),
    "dashboards.Dashboard": (
        "dashboards",
        """
id UUID
owner_id FK employees.Employee
name String
config_json JSONB
is_default Boolean
created_at Timestamp
""",
        "owner",
    ),
    "system.InfraService": (
        "infra_services",
        """
id UUID
name String
type String choices=database,auth,mail,chat,storage,external_api
connection_url String
status String choices=active,inactive,error
last_sync Timestamp
managed_by FK employees.Employee
""",
        "manager",
    ),
    "chat.ChatMessage": (
        "chat_messages",
        """
id UUID
project_id FK projects.Project
author_id FK employees.Employee
content Text
is_system_message Boolean
created_at Timestamp
updated_at Timestamp
""",
        "project author",
    ),
    "crm.Customer": (
        "customers",
        """
id UUID
customer_number String unique
name String
type String choices=creator,individual,business,government
email String
phone String
website String
tax_id String
street String
zip_code String
city String
country String default=Deutschland
notes Text
status String choices=active,inactive,lead,blocked
created_at Timestamp
updated_at Timestamp
""",
        "contacts projects invoices full_address primary_contact total_revenue outstanding_amount "
        "active_projects_count",
    ),
    "crm.Contact": (
        "contacts",
        """
id UUID
customer_id FK crm.Customer
firstname String
lastname String
email String
phone String
mobile String
position String
department String
is_primary Boolean
notes Text
created_at Timestamp
updated_at Timestamp
""",
        "customer full_name display_name",
    ),
    "crm.Activity": (
        "crm_activities",
        """
id UUID
customer_id FK crm.Customer
contact_id FK crm.Contact
type String choices=call,meeting,email,note
description Text
occurred_at Timestamp
created_at Timestamp
""",
        "customer contact",
    ),
    "projects.Project": (
        "projects",
        """
id UUID
customer_id FK crm.Customer
project_number String unique
title String
department_id FK employees.Department
project_manager_id FK employees.Employee
status String choices=planning,active,on_hold,completed,cancelled
priority String choices=low,medium,high,urgent
start_date Date
end_date Date
deadline Date
budget Decimal(10,2)
hourly_rate Decimal(10,2)
description Text
notes Text
created_at Timestamp
updated_at Timestamp
""",
        "customer department project_manager time_entries invoices expenses "
        "chat_messages is_active is_overdue "
        "days_until_deadline total_hours_tracked billable_hours total_revenue total_expenses "
        "budget_utilization profit_margin completion_percentage",
    ),
    "invoices.Invoice": (
        "invoices",
        """
id UUID
customer_id FK crm.Customer
project_id FK projects.Project
invoice_number String unique
document_type String choices=invoice,quote
status String choices=draft,sent,paid,partial,overdue,cancelled
total Decimal(10,2)
subtotal Decimal(10,2)
tax_amount Decimal(10,2)
issued_date Date
due_date Date
pdf_path String
notes Text
terms Text
created_at Timestamp
updated_at Timestamp
""",
        "customer project line_items payments outstanding_amount is_fully_paid days_overdue "
        "recalculate_totals add_line_item",
    ),
    "invoices.InvoiceLineItem": (
        "invoice_line_items",
        """
id UUID
invoice_id FK invoices.Invoice
position Integer
description String
quantity Decimal(10,2)
unit_price Decimal(10,2)
tax_rate Decimal(5,2)
total Decimal(10,2)
""",
        "subtotal tax_amount",
    ),
    "invoices.Payment": (
        "payments",
        """
id UUID
invoice_id FK invoices.Invoice
amount Decimal(10,2)
payment_date Date
payment_method String choices=cash,bank_transfer,credit_card
reference String
notes Text
created_at Timestamp
""",
        "invoice",
    ),
    "finance.Expense": (
        "expenses",
        """
id UUID
project_id FK projects.Project
employee_id FK employees.Employee
category String choices=travel,material,software
description Text
amount Decimal(10,2)
expense_date Date
receipt_url String
is_reimbursed Boolean
notes Text
created_at Timestamp
""",
        "project employee",
    ),
    "timetracking.TimeEntry": (
        "time_entries",
        """
id UUID
employee_id FK employees.Employee
project_id FK projects.Project
start_time Timestamp
end_time Timestamp
duration_minutes Integer
billable Boolean
hourly_rate Decimal(10,2)
note Text
task_type String choices=development,meeting,support,documentation
is_approved Boolean
is_invoiced Boolean
created_at Timestamp
updated_at Timestamp
""",
        "employee project duration_hours",
    ),
}
TYPES: dict[str, tuple[type[Any], ...]] = {
    "UUID": (models.UUIDField,),
    "String": (models.CharField, models.FileField, models.TextField),
    "Text": (models.TextField, models.CharField),
    "Date": (models.DateField,),
    "Timestamp": (models.DateTimeField,),
    "Boolean": (models.BooleanField,),
    "Integer": (models.IntegerField,),
    "JSONB": (models.JSONField,),
    "FK": (models.ForeignKey,),
}


def fields_of_the_specification() -> Iterator[Any]:
    for name, (_table, fields, _words) in SPECIFICATION.items():
        for line in fields.strip().splitlines():
            field, kind, *rest = line.split()
            yield pytest.param(name, field, kind, rest, id=f"{name}.{field}")


@pytest.mark.parametrize(("name", "column", "kind", "rest"), [*fields_of_the_specification()])
def test_a_field_is_what_the_specification_says(
    name: str, column: str, kind: str, rest: list[str]
) -> None:
    model = apps.get_model(name)
    by_column = {field.column: field for field in model._meta.concrete_fields}
    field: Any = by_column.get(column)
    if field is None:  # computed, and yet there under its name
        assert hasattr(model, column), f"{name} has no {column}"
        return
    if kind.startswith("Decimal"):
        digits, places = map(int, kind.removeprefix("Decimal(").removesuffix(")").split(","))
        assert isinstance(field, models.DecimalField)
        assert field.decimal_places >= places
        assert field.max_digits - field.decimal_places >= digits - places
    else:
        assert isinstance(getattr(field, "output_field", field), TYPES[kind])
    for item in rest:
        key, _equals, value = item.partition("=")
        if kind == "FK":
            assert field.related_model is apps.get_model(item)
        elif key == "unique":
            assert field.unique or is_unique_where_set(model, field.name)
        elif key == "choices":
            assert set(value.split(",")) <= {choice for choice, _label in field.flatchoices}
        else:
            assert str(field.get_default()) == value


@pytest.mark.parametrize("name", SPECIFICATION)
def test_a_model_has_its_table_and_its_words(name: str) -> None:
    model = apps.get_model(name)
    table, _fields, words = SPECIFICATION[name]
    assert model._meta.db_table == table
    relations = {relation.get_accessor_name() for relation in model._meta.related_objects}
    missing = [word for word in words.split() if word not in relations and not hasattr(model, word)]
    assert not missing


def is_unique_where_set(model: type[models.Model], name: str) -> bool:
    """Whether a constraint makes the column unique, be it only where there is a value."""
    return any(
        isinstance(item, models.UniqueConstraint) and name in (*item.fields, str(item.expressions))
        for item in model._meta.constraints
    )
