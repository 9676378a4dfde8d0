"""Permission codes and the patterns that roles hold."""

import pytest

from crm.models import Customer
from workmate.permissions import catalogue, code_for, granted, is_pattern, perm_of


def test_a_code_is_derived_from_area_module_model_and_act() -> None:
    assert code_for("crm.view_customer") == "backoffice.crm.customer.view"
    assert code_for("employees.add_role") == "employees.role.add"
    assert (
        code_for("timetracking.view_all_timeentry") == "backoffice.timetracking.timeentry.view_all"
    )
    assert perm_of(Customer, "change") == "crm.change_customer"


@pytest.mark.parametrize(
    ("pattern", "code", "wanted"),
    [
        ("*", "backoffice.crm.customer.view", True),
        ("backoffice.*", "backoffice.crm.customer.view", True),
        ("backoffice.*", "employees.role.view", False),
        ("backoffice.*", "backoffice", False),
        ("backoffice.crm.customer.view", "backoffice.crm.customer.view", True),
        ("backoffice.crm.customer.view", "backoffice.crm.customer.view_all", False),
        ("system.*.view", "system.company.view", True),
        ("system.*.view", "system.company.change", False),
        ("system.*.view", "system.a.b.view", False),
        ("backoffice.*.*.view", "backoffice.crm.customer.view", True),
        ("back", "backoffice.crm.customer.view", False),
        ("backofficeXcrm.customer.view", "backoffice.crm.customer.view", False),
    ],
)
def test_a_pattern_is_exact_or_has_stars(pattern: str, code: str, wanted: bool) -> None:
    assert granted([pattern], code) is wanted


def test_no_pattern_grants_nothing() -> None:
    assert not granted([], "backoffice.crm.customer.view")


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a b", "A", "a.**", "a*", "(x)"])
def test_what_is_no_pattern(text: str) -> None:
    assert not is_pattern(text)


def test_the_catalogue_holds_every_code_once_and_none_of_libraries() -> None:
    codes = [right.code for right in catalogue()]
    assert len(codes) == len(set(codes))
    assert "backoffice.invoices.invoice.finalize" in codes
    assert not [code for code in codes if code.startswith(("auth.", "admin.", "sessions."))]
    assert all(granted(["*"], code) for code in codes)
