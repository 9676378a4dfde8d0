"""Numbers as people type them, and the controls in which they do."""

import datetime as dt
import re
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from html import unescape

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from crm.forms import CustomerForm
from documents.forms import DocumentForm
from employees.models import Employee
from finance.models import Expense
from system.forms import CompanyForm
from timetracking.forms import TimeEntryForm
from workmate.forms import (
    NOTHING_CHOSEN,
    NOTHING_YET,
    BaseForm,
    LocalDateField,
    LocalDecimalField,
    parse_decimal,
)
from workmate.renderers import ControlRenderer
from workmate.tests.test_pages import PAGES
from workmate.views import ModelPages

FORMS = [pages for pages in PAGES if hasattr(pages, "form_class")]


@pytest.mark.parametrize(
    ("language", "typed", "number"),
    [
        ("de", "1.234,50", "1234.50"),
        ("de", "1234,5", "1234.5"),
        ("de", "1234.5", "1234.5"),
        ("de", "1.234", "1234"),
        ("de", "1.234.567", "1234567"),
        ("de", "1,234.50", "1234.50"),
        ("de", "1 234,50 €", "1234.50"),
        ("de", "\u2212 19 %", "-19"),
        ("de", "1,234", "1.234"),
        ("de", ",5", "0.5"),
        ("en", "1,234.50", "1234.50"),
        ("en", "1.234,50", "1234.50"),
        ("en", "1,234", "1234"),
        ("en", "1,234,567", "1234567"),
        ("en", "1.234", "1.234"),
        ("en", "12,5", "12.5"),
    ],
)
def test_numbers_as_people_type_them(language: str, typed: str, number: str) -> None:
    with translation.override(language):
        assert parse_decimal(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-inf",
        "1e5",
        "1_000",
        "٣",
        "1,2,3",
        "--1",
        "-",
        ".",
        "12a",
        "9" * 41,
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(InvalidOperation):
        parse_decimal(typed)
    with pytest.raises(ValidationError):
        LocalDecimalField().clean(typed)


@given(st.text(max_size=20))
def test_any_text_is_a_finite_number_or_a_refusal(typed: str) -> None:
    with suppress(InvalidOperation):
        assert parse_decimal(typed).is_finite()


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    st.sampled_from(["de", "en"]),
)
def test_what_a_form_shows_it_reads_back(number: Decimal, language: str) -> None:
    field = LocalDecimalField(max_digits=14, decimal_places=2)
    with translation.override(language):
        assert field.clean(field.prepare_value(number)) == number


def test_a_day_without_a_year_is_this_years() -> None:
    with translation.override("de"):
        day = LocalDateField().clean("1.12.")
        assert (day.day, day.month) == (1, 12)


def test_a_select_says_in_words_that_nothing_is_chosen(admin: Employee) -> None:
    class ChoosingForm(BaseForm):
        class Meta(BaseForm.Meta):
            model = Expense
            fields = ["category", "project"]

    form = ChoosingForm(user=admin)
    words = {name: str(dict(field.choices)[""]) for name, field in form.fields.items()}
    assert words == {"category": str(NOTHING_YET), "project": str(NOTHING_CHOSEN)}
    # What a form decides later counts, too.
    form.fields["category"].required = False
    assert str(dict(form.fields["category"].choices)[""]) == str(NOTHING_CHOSEN)


def test_a_form_says_in_one_round_what_is_wrong(admin: Employee) -> None:
    typed = {"name": "", "website": "foo bar", "vat_id": "DE123456789", "payment_days": "-5"}
    form = CustomerForm({**typed, "country": "Deutschland"}, user=admin)
    assert {"name", "website", "vat_id", "payment_days"} <= set(form.errors)
    assert all(len(found) == 1 for found in form.errors.values())


@pytest.mark.parametrize("pages", FORMS, ids=lambda pages: pages.model._meta.model_name)
@pytest.mark.parametrize("typed", ["", "?", "0", "31.02.2025", "2026-03-29T02:30"])
def test_whatever_is_typed_into_a_form_is_answered_by_its_errors(
    admin: Employee, pages: type[ModelPages], typed: str
) -> None:
    names = list(pages.form_class(user=admin).fields)
    data = {**dict.fromkeys(names, typed), **{f"{name}-clear": "on" for name in names}}
    form = pages.form_class(data, user=admin)
    for name, found in form.errors.items():
        assert found, name
        assert len(found) == len(set(found)), name


def test_what_a_service_fills_in_is_no_fault_of_a_form_that_has_one(admin: Employee) -> None:
    form = DocumentForm({"title": "", "category": "?"}, user=admin)
    assert "title" not in form.errors
    assert form.errors


def test_an_hour_that_the_clock_leaves_out_is_an_error_at_its_field(admin: Employee) -> None:
    clock = {"date": "2027-03-28", "start": "02:30", "end": "", "task_type": "?"}
    form = TimeEntryForm(clock, user=admin)
    assert {"task_type"} <= set(form.errors) <= set(form.fields) | {"__all__"}


def test_a_logo_can_go_while_something_else_is_wrong(admin: Employee) -> None:
    form = CompanyForm({"email": "?", "logo-clear": "on", "iban": "DE1"}, user=admin)
    assert {"email", "iban"} <= set(form.errors)


@pytest.mark.parametrize(
    ("control", "value"),
    [
        (forms.TextInput({"required": True, "data-off": False, "class": "input"}), 'a"<&'),
        (forms.NumberInput({"step": "0.01"}), Decimal("1234.50")),
        (forms.Textarea({"rows": 3}), "<script>\nB"),
        (forms.Select(choices=[("", "-"), ("G", [("x", "Ä<"), (1, "One")])]), 1),
        (forms.SelectMultiple(choices=[("a", "A"), (2, "B")]), ["2"]),
        (forms.CheckboxSelectMultiple(choices=[("a", "A"), ("b", "B")]), ["b"]),
        (forms.CheckboxInput(), True),
        (forms.DateInput(format="%d.%m.%Y"), dt.date(2026, 1, 2)),
        (forms.HiddenInput(), 12345),
        (forms.FileInput({"accept": "image/*"}), None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, forms.Widget) else "",
)
def test_either_engine_draws_the_same_control(control: forms.Widget, value: object) -> None:
    def drawn(renderer: TemplatesSetting) -> str:
        html = control.render("n", value, {"id": "id_n"}, renderer)
        return re.sub(r"\s+<", "<", unescape(re.sub(r"\s+", " ", html))).strip()

    assert drawn(ControlRenderer()) == drawn(TemplatesSetting())
