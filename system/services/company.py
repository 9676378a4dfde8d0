"""Changing the own legal data, and what is there from the start."""

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from system.models import Company, TaxRate
from workmate import services
from workmate.services import Actor
from workmate.text import in_fours
from workmate.verbs import verb

# 19 and 7 % hold again since the six months at 16 and 5 % in 2020.
SEEDED_FROM = dt.date(2021, 1, 1)
SEEDED_RATES = [
    ("19", TaxRate.Category.STANDARD),
    ("7", TaxRate.Category.STANDARD),
    ("0", TaxRate.Category.ZERO),
    ("0", TaxRate.Category.EXEMPT),
    ("0", TaxRate.Category.REVERSE_CHARGE),
    ("0", TaxRate.Category.INTRA_COMMUNITY),
    ("0", TaxRate.Category.EXPORT),
    ("0", TaxRate.Category.OUTSIDE),
]


@verb(Company, "change", permission="change_company", label=_("Save"))
@services.acted
def change_company(company: Company, *, by: Actor | None, **data: Any) -> Company:
    """Change the own legal data. A logo that is replaced or taken away is deleted.

    Refuses a wrong VAT id, IBAN or BIC, and a logo that is no small PNG or JPEG. What invoices
    say stays as it was when they were finalized.
    """
    company = services.lock(company)
    old = company.logo.name
    for name, value in data.items():
        # A form tells a removed file by False.
        setattr(company, name, "" if name == "logo" and not value else value)
    saved = services.save(company, by=by)
    if old and saved.logo.name != old:
        transaction.on_commit(partial(saved.logo.storage.delete, old), robust=True)
    return saved


CHECKED = ("vat_id", "iban", "bic")


def checked_field(name: str, value: str) -> str:
    """A VAT id, an IBAN (in groups) or a BIC as it will be written; empty stays empty.

    Refuses what the company would refuse, and other fields.
    """
    if name not in CHECKED or len(value) > 100:
        raise ValidationError(_("This cannot be checked."))
    company = Company(**{name: value.strip()})
    company.clean()
    text = str(getattr(company, name))
    return in_fours(text) if name == "iban" else text


def seed_system(**kwargs: Any) -> None:
    """Make the empty company and, where there is no rate at all, those of German law."""
    Company.current()
    if TaxRate.objects.exists():
        return
    for number, (rate, category) in enumerate(SEEDED_RATES):
        TaxRate.objects.create(
            rate=Decimal(rate), category=category, valid_from=SEEDED_FROM, is_default=number == 0
        )
