"""What modules contribute to the beginning of a company: its number series, its first steps."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Series:
    """A series of numbers: its key in `NumberSequence`, and the pattern that it starts with."""

    key: str
    label: Text
    pattern: str
    order: int = 100


@dataclass(frozen=True)
class FirstStep:
    """What a new company does first: where, and whether it is done (asked until all are).

    Without `url` it is done on the page of the first steps itself.
    """

    key: str
    label: Text
    text: Text
    icon: str
    done: Callable[[], bool]
    url: str = ""
    permission: str = ""
    order: int = 100
