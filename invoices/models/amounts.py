"""The arithmetic of EN 16931: nets per line, tax once per category and rate."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from workmate.fields import round_money

HUNDRED = Decimal(100)


class HasAmounts(Protocol):
    """What the sums need of a line."""

    total: Decimal
    tax_category: str
    tax_rate: Decimal


@dataclass(frozen=True)
class TaxRow:
    """One VAT breakdown (BG-23)."""

    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal

    def as_json(self) -> dict[str, str]:
        """As kept with the document."""
        return {
            "category": self.category,
            "rate": str(self.rate),
            "base": str(self.base),
            "tax": str(self.tax),
        }


@dataclass(frozen=True)
class Sums:
    """What a document comes to."""

    subtotal: Decimal
    tax_amount: Decimal
    total: Decimal
    rows: tuple[TaxRow, ...]


def line_net(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> Decimal:
    """BT-131 in EUR: quantity x price, rounded, less the discount, rounded (german-rules D01)."""
    gross = round_money(quantity * unit_price)
    return gross - round_money(gross * discount_percent / HUNDRED)


def sums_of(lines: Iterable[HasAmounts]) -> Sums:
    """Totals in EUR; tax is rounded ONCE per category and rate, never per line (D02, BR-S-08)."""
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        key = (str(line.tax_category), Decimal(line.tax_rate).quantize(Decimal("0.01")))
        bases[key] = bases.get(key, Decimal("0.00")) + line.total
    rows = tuple(
        TaxRow(category, rate, base, round_money(base * rate / HUNDRED))
        for (category, rate), base in sorted(bases.items(), key=lambda item: (-item[0][1], item[0]))
    )
    subtotal = sum((row.base for row in rows), Decimal("0.00"))
    tax = sum((row.tax for row in rows), Decimal("0.00"))
    return Sums(subtotal, tax, subtotal + tax, rows)
