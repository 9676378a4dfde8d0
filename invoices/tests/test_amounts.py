"""Sums: what lines come to, for any lines."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.models.amounts import line_net, sums_of

CENT = Decimal("0.01")
quantities = st.decimals("-99999.9999", "99999.9999", places=4)
prices = st.decimals("-99999.9999", "99999.9999", places=4)
discounts = st.decimals("0", "100", places=2)
taxation = st.one_of(
    st.tuples(st.just("S"), st.sampled_from(["19.00", "7.00", "19", "5.5"]).map(Decimal)),
    st.tuples(st.sampled_from(["E", "AE", "K", "G", "Z"]), st.just(Decimal("0.00"))),
)


@dataclass
class Line:
    """As much of a line as sums need."""

    total: Decimal
    tax_category: str
    tax_rate: Decimal


lines = st.builds(
    lambda net, kind: Line(net, *kind),
    st.decimals("-1000000", "1000000", places=2),
    taxation,
)


def to_cent(exact: Fraction) -> Decimal:
    """Half up, away from zero, by whole numbers alone."""
    hundredfold = abs(exact) * 100
    cents = (2 * hundredfold.numerator + hundredfold.denominator) // (2 * hundredfold.denominator)
    return Decimal(cents if exact >= 0 else -cents) / 100


@given(quantities, prices, discounts)
def test_a_line_is_rounded_to_the_cent_before_and_after_the_discount(quantity, price, discount):
    gross = to_cent(Fraction(quantity) * Fraction(price))
    off = to_cent(Fraction(gross) * Fraction(discount) / 100)
    net = line_net(quantity, price, discount)
    assert net == gross - off
    assert net == net.quantize(CENT)


@given(st.lists(lines, max_size=40))
def test_total_is_subtotal_plus_tax_and_tax_is_rounded_once_a_rate(given_lines):
    sums = sums_of(given_lines)
    bases: dict[tuple[str, Fraction], Fraction] = defaultdict(Fraction)
    for line in given_lines:
        bases[line.tax_category, Fraction(line.tax_rate)] += Fraction(line.total)
    tax = sum((to_cent(base * rate / 100) for (_category, rate), base in bases.items()), Decimal(0))
    assert sums.subtotal == sum((line.total for line in given_lines), Decimal(0))
    assert sums.tax_amount == tax
    assert sums.total == sums.subtotal + sums.tax_amount
    assert len(sums.rows) == len(bases)


@given(st.lists(lines, max_size=20))
def test_no_sum_is_a_float_or_has_more_than_two_decimals(given_lines):
    sums = sums_of(given_lines)
    found = [sums.subtotal, sums.tax_amount, sums.total]
    found += [value for row in sums.rows for value in (row.base, row.tax)]
    for value in found:
        assert type(value) is Decimal
        assert value.as_tuple().exponent == -2


@given(st.lists(lines, max_size=20))
def test_a_mirror_comes_to_exactly_the_opposite(given_lines):
    mirror = [Line(-line.total, line.tax_category, line.tax_rate) for line in given_lines]
    there, back = sums_of(given_lines), sums_of(mirror)
    assert (back.subtotal, back.tax_amount, back.total) == (
        -there.subtotal, -there.tax_amount, -there.total,
    )  # fmt: skip


@given(st.lists(lines, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(given_lines, random):
    shuffled = list(given_lines)
    random.shuffle(shuffled)
    assert sums_of(shuffled) == sums_of(given_lines)


items = st.builds(
    lambda quantity, price, discount, kind: Line(line_net(quantity, price, discount), *kind),
    quantities,
    prices,
    discounts,
    taxation,
)


@given(st.lists(items, max_size=30))
def test_a_document_of_any_lines_keeps_the_rules_of_en_16931(given_lines):
    """BR-CO-10, 13, 14, 15, 17 and BR-S-08, from quantities and prices on."""
    sums = sums_of(given_lines)
    assert sums.subtotal == sum((line.total for line in given_lines), Decimal(0))
    assert sums.subtotal == sum((row.base for row in sums.rows), Decimal(0))
    assert sums.tax_amount == sum((row.tax for row in sums.rows), Decimal(0))
    assert sums.total == sums.subtotal + sums.tax_amount
    for row in sums.rows:
        same = [
            line.total
            for line in given_lines
            if (line.tax_category, line.tax_rate) == (row.category, row.rate)
        ]
        assert row.base == sum(same, Decimal(0))
        assert row.tax == to_cent(Fraction(row.base) * Fraction(row.rate) / 100)
        assert row.as_json()["tax"] == str(row.tax)
    keys = [(row.category, row.rate) for row in sums.rows]
    assert len(keys) == len(set(keys))


def test_tax_is_not_summed_over_lines():
    # 19 % of 0.02 is 0.00 on each line, 0.04 on the sum of ten.
    assert sums_of([Line(Decimal("0.02"), "S", Decimal(19))] * 10).tax_amount == Decimal("0.04")


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "net"),
    [
        ("3", "0.335", "0", "1.01"),  # 1.005 half up
        ("1", "-0.005", "0", "-0.01"),
        ("46.5", "98", "0", "4557.00"),
        ("1", "99.99", "33.33", "66.66"),  # 99.99 less 33.33 (33.326667)
        ("0", "100", "10", "0.00"),
        ("1", "100", "100", "0.00"),
    ],
)
def test_examples_reckoned_by_hand(quantity, price, discount, net):
    assert line_net(Decimal(quantity), Decimal(price), Decimal(discount)) == Decimal(net)


def test_nothing_comes_to_nothing():
    sums = sums_of([])
    assert (sums.subtotal, sums.tax_amount, sums.total, sums.rows) == (0, 0, 0, ())
