"""Template tags: amounts, hours, dates, icons, fields, status, rights."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.safestring import SafeString

from workmate.templatetags.workmate import (
    format_ago,
    format_date,
    format_hours,
    format_money,
    format_number,
    icon,
    initials,
    row_cells,
    section_columns,
    verb_groups,
)


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (Decimal("1234.5"), "1.234,50\u00a0€", "€1,234.50"),
        (Decimal("-1234567.891"), "\u22121.234.567,89\u00a0€", "\u2212€1,234,567.89"),
        (Decimal("0.005"), "0,01\u00a0€", "€0.01"),
        (Decimal("-0.001"), "0,00\u00a0€", "€0.00"),
        (0, "0,00\u00a0€", "€0.00"),
        (None, "\u2013", "\u2013"),
    ],
)
def test_money_reads_as_the_language_writes_it(value, german, english):
    assert format_money(value, "de") == german
    assert format_money(value, "en") == english


def test_money_follows_the_active_language():
    with translation.override("en"):
        assert render("{% money x %}", x=Decimal("9.9")) == "€9.90"
    with translation.override("de"):
        assert render("{% money x %}", x=Decimal("9.9")) == "9,90\u00a0€"
        assert render("{{ x|money }}", x=Decimal("9.9")) == "9,90\u00a0€"


def test_numbers_lose_trailing_zeros_unless_places_are_asked_for():
    assert format_number(Decimal("19.00"), language="de") == "19"
    assert format_number(Decimal("12500"), language="de") == "12.500"
    assert format_number(Decimal("7.5"), 2, "de") == "7,50"
    assert format_number(None) == "\u2013"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("7.5"), "7:30"),
        (Decimal("0.99"), "0:59"),
        (Decimal("-3.05"), "\u22123:03"),
        (dt.timedelta(hours=26, minutes=4, seconds=20), "26:04"),
        (0, "0:00"),
        (None, "\u2013"),
    ],
)
def test_hours_read_like_a_clock(value, text):
    assert format_hours(value) == text


def test_many_hours_are_grouped_as_the_language_does():
    with translation.override("de"):
        assert format_hours("999.5") == "999:30"
        assert format_hours("1234.5") == "1.234:30"
        assert format_hours(-6947) == "\u22126.947:00"
    with translation.override("en"):
        assert format_hours(dt.timedelta(hours=1234, minutes=5)) == "1,234:05"


def test_a_date_is_a_time_element_and_a_moment_stands_in_the_own_zone():
    with translation.override("de"), timezone.override("Europe/Berlin"):
        assert render("{% date d %}", d=dt.date(2026, 11, 2)) == (
            '<time class="tnum" datetime="2026-11-02">02.11.2026</time>'
        )
        assert format_date(dt.datetime(2026, 11, 2, 13, 5, tzinfo=dt.UTC)) == "02.11.2026, 14:05"
    assert render("{% date d %}", d=None) == "\u2013"


def test_how_far_away_a_day_is():
    now = dt.datetime(2026, 11, 19, 12, 0, tzinfo=dt.UTC)
    day = now.date()
    with translation.override("en"):
        assert format_ago(day, now) == "today"
        assert format_ago(day + dt.timedelta(days=1), now) == "tomorrow"
        assert format_ago(day + dt.timedelta(days=12), now) == "in 12 days"
        assert format_ago(day - dt.timedelta(days=6), now) == "6 days ago"
        assert format_ago(now - dt.timedelta(minutes=5), now) == "5 minutes ago"
        assert format_ago(now + dt.timedelta(hours=2), now) == "in 2 hours"
        assert format_ago(None, now) == ""


def test_an_icon_is_inline_and_silent():
    svg = icon("lock")
    assert svg.startswith('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><rect')
    assert "style" not in svg
    assert "\n" not in svg


def test_an_unknown_icon_does_not_break_the_page():
    assert icon("no-such-icon", "icon-s") == (
        '<svg class="icon icon-s" viewBox="0 0 24 24" aria-hidden="true"></svg>'
    )


def test_a_status_is_shape_word_and_colour():
    state = {"label": "<Paid>", "tone": "ok", "shape": "full"}
    assert render("{% status s %}", s=state) == (
        '<span class="status" data-tone="ok" data-shape="full">&lt;Paid&gt;</span>'
    )
    assert render("{% status s %}", s=None) == ""


def test_initials_are_first_and_last():
    assert initials("Anna Maria Lorenzen") == "AL"
    assert initials("Cher") == "C"
    assert initials("") == ""


class Sample(forms.Form):
    name = forms.CharField(help_text="As on the card.")
    note = forms.CharField(required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="I agree")
    amount = forms.DecimalField(widget=forms.TextInput(attrs={"data-kind": "decimal"}))


def test_a_field_ties_label_error_and_help_to_its_control():
    with translation.override("en"):
        html = render("{% field f.name %}", f=Sample({"name": ""}))
    assert '<label for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name-error id_name-help"' in html
    assert 'aria-invalid="true"' in html
    assert html.index('id="id_name-error"') < html.index('id="id_name-help"')


def test_only_what_is_optional_is_marked():
    with translation.override("en"):
        assert "(optional)" in render("{% field f.note %}", f=Sample())
        assert "(optional)" not in render("{% field f.name %}", f=Sample())
        assert "(optional)" not in render("{% field f.note mark_optional=False %}", f=Sample())


def test_choices_stand_in_a_group_and_a_box_inside_its_label():
    html = render("{% field f.kind %}", f=Sample())
    assert html.startswith("<fieldset")
    assert html.count('type="radio"') == 2
    box = render("{% field f.agreed %}", f=Sample())
    assert box.index("<label") < box.index('type="checkbox"') < box.index("I agree")


def test_what_people_typed_is_escaped():
    html = render("{% field f.name %}", f=Sample({"name": '"><script>'}))
    assert "<script>" not in html


def test_a_cell_says_its_name_and_a_missing_field_leaves_it_empty():
    html = render("{% cell f.amount 'Amount' %}", f=Sample())
    assert 'aria-label="Amount"' in html
    assert 'class="input num"' in html
    assert render("{% cell f.nothing 'Nothing' %}", f=Sample()) == ""


def test_the_query_changes_only_what_is_named(rf):
    request = rf.get("/", {"search": "a b", "page": "3"})
    assert render("{% qs page=4 %}", request=request) == "?search=a+b&amp;page=4"
    assert render("{% qs page=None %}", request=request) == "?search=a+b"


def test_can_asks_the_person():
    holder = SimpleNamespace(has_perm=lambda perm, obj=None: perm == "crm.add_customer")
    source = "{% can 'crm.add_customer' as ok %}{{ ok }}{% can 'crm.x' as no %} {{ no }}"
    assert render(source, request=SimpleNamespace(user=holder)) == "True False"


def test_the_primary_verb_stands_apart_and_danger_behind_the_menu():
    verbs = [
        {"name": "cancel", "tone": "danger"},
        {"name": "send", "primary": True},
        {"name": "copy"},
        {"name": "remind"},
    ]
    groups = verb_groups(verbs)
    assert [verb["name"] for verb in groups["primary"]] == ["send"]
    assert [verb["name"] for verb in groups["shown"]] == ["copy"]
    assert [verb["name"] for verb in groups["rest"]] == ["cancel", "remind"]


def test_the_first_and_the_wide_sections_stand_in_the_main_column():
    one, two, three = {"title": 1}, {"title": 2}, {"title": 3, "wide": True}
    assert section_columns([one, two, three]) == {"main": [one, three], "aside": [two]}
    assert section_columns(None) == {"main": [], "aside": []}


@pytest.mark.parametrize("part", ["html", "align", "css", "label", "sub", "narrow", "url"])
def test_every_part_of_a_rows_cells_is_escaped(part):
    markup = "<b>&\"'"
    usual = {"html": "x", "align": "", "css": "", "label": "", "sub": "", "narrow": ""}
    cell = {**usual, part: markup}
    row = {"url": markup if part == "url" else "/x/", "cells": [cell, cell]}
    html = row_cells(row)
    assert escape(markup) in html
    assert markup not in html
    assert "<b>" not in html
    # What is HTML already stays it.
    row["cells"] = [{**usual, "html": SafeString("<i>x</i>")}]
    assert "<i>x</i>" in row_cells(row)
