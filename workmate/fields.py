"""Field types of the house: money, prices, quantities, hours, drawn numbers."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from uuid_utils.compat import uuid7

CENT = Decimal("0.01")


def round_money(amount: Decimal) -> Decimal:
    """To the cent, half up (german-rules D: rounded once, where the rules say)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


class UUID7Field(models.UUIDField):  # type: ignore[type-arg]
    """A time-ordered UUID, which keeps the index local."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", uuid7)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class _Decimal(models.DecimalField):  # type: ignore[type-arg]
    digits = (14, 2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", self.digits[0])
        kwargs.setdefault("decimal_places", self.digits[1])
        super().__init__(*args, **kwargs)


class MoneyField(_Decimal):
    """An amount in EUR, to the cent (14,2)."""


class PriceField(_Decimal):
    """A price per unit, up to four decimals (14,4)."""

    digits = (14, 4)


class QuantityField(_Decimal):
    """A quantity, up to four decimals (12,4)."""

    digits = (12, 4)


class RateField(_Decimal):
    """A percentage, 19.00 = 19 % (5,2)."""

    digits = (5, 2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("validators", [MinValueValidator(0)])
        super().__init__(*args, **kwargs)


class HoursField(_Decimal):
    """Hours as a decimal (8,2)."""

    digits = (8, 2)


class NumberField(models.CharField):  # type: ignore[type-arg]
    """A running number such as `KIT-CUS-000001`, drawn under a lock when left empty.

    `pattern` is the default for the series' row in `NumberSequence`, where it can be changed; no
    migration names it. `{year}` in it starts the count anew each year.
    """

    def __init__(self, pattern: str = "{n}", *args: Any, **kwargs: Any) -> None:
        self.pattern = pattern
        kwargs.setdefault("max_length", 50)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if not value and add:
            value = self._draw(model_instance)
            setattr(model_instance, self.attname, value)
        return value

    def _draw(self, instance: models.Model) -> str:
        from workmate.models import draw_number  # a field is loaded before its models

        key = f"{instance._meta.app_label}.{instance._meta.model_name}"
        while True:
            number = draw_number(key, pattern=self.pattern)
            # Imported rows may have taken a number by hand: those are passed over.
            if not type(instance)._base_manager.filter(**{self.attname: number}).exists():
                return number
