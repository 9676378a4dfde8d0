"""The company, rates and feed for tests."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from employees.models import Employee
from employees.tests.factories import make_department
from system.models import ActivityEntry, Company, InfraCheck, InfraService, TaxRate
from system.services import change_company
from workmate import services
from workmate.events import emit


def make_company(**fields: Any) -> Company:
    """The company, complete for invoices."""
    values = {
        "name": "Muster Dienste GmbH",
        "street": "Hauptstraße 1",
        "zip_code": "10115",
        "city": "Berlin",
        "vat_id": "DE136695976",
        "iban": "DE89370400440532013000",
        "bic": "COBADEFFXXX",
        "contact_name": "Erika Muster",
        "email": "rechnung@firma.example",
        "phone": "+49 30 1234567",
        **fields,
    }
    return change_company(Company.current(), by=None, **values)


def make_tax_rate(**fields: Any) -> TaxRate:
    """A rate of 16 % in the second half of 2020."""
    values = {
        "rate": Decimal("16.00"),
        "category": TaxRate.Category.STANDARD,
        "valid_from": dt.date(2020, 7, 1),
        "valid_until": dt.date(2020, 12, 31),
        **fields,
    }
    return services.create(TaxRate, by=None, **values)


def make_activity_entry(
    target: models.Model | None = None,
    *,
    verb: str = "sent",
    by: Employee | None = None,
    about: tuple[models.Model, ...] = (),
    **data: Any,
) -> ActivityEntry:
    """An entry, written by the event that it tells of."""
    target = target or make_department()
    emit(verb, target, by=by, about=about, **data)
    return ActivityEntry.objects.filter(target_id=target.pk, verb=verb).latest("created_at", "id")


def make_infra_service(**fields: Any) -> InfraService:
    """The disk of this machine, which needs no server to be checked."""
    number = InfraService.objects.count()
    values: dict[str, Any] = {
        "name": f"Disk {number}",
        "type": InfraService.Type.STORAGE,
        "connection_url": "file:///?min_free=0",
        **fields,
    }
    return services.create(InfraService, by=None, **values)


def make_infra_check(service: InfraService | None = None, **fields: Any) -> InfraCheck:
    """A check that went well."""
    values: dict[str, Any] = {"checked_at": timezone.now(), "ok": True, "response_ms": 12, **fields}
    return InfraCheck.objects.create(service=service or make_infra_service(), **values)
