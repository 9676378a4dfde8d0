"""What a text finds, in which order, and where it stands."""

from typing import Any

import pytest
from django.db import connection

from crm.models import Contact, Customer
from crm.tests.factories import make_contact, make_customer
from documents.models import Document
from documents.tests.factories import make_document
from employees.models import Employee
from invoices.models import Invoice, Payment
from invoices.tests.factories import make_buyer, make_finalized, make_payment
from workmate.links import label_of
from workmate.palette import found_rows
from workmate.registry import Entity, registry
from workmate.search import Known, excerpt_of, search_text_sql, search_words_sql, stems_of
from workmate.tests.rows import MAKERS
from workmate.text import ACCENTED, bare, fold, marked

pytestmark = pytest.mark.django_db


def in_sql(function: str, text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [text])
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "text",
    ["Häusler", "HAEUSLER", "Hausler", "Straße", "Ångström Œuvre", "Łódź", "neue Queue", ACCENTED,
     "ÄÖÜÀÉÑ", "", "Aeroplan", "Poesie", "zuerst"],
)  # fmt: skip
def test_texts_are_folded_alike_in_python_and_in_sql(text: str) -> None:
    assert in_sql("workmate_fold", text) == fold(text)


@pytest.mark.parametrize(
    "text",
    [
        "RE-2026-0012",
        "re 2026/12",
        "DE12 3456 7890 1234 00",
        "+49 (0)431 / 12 34-0",
        "000",
        "",
        "a0b",
    ],
)
def test_numbers_are_bared_alike_in_python_and_in_sql(text: str) -> None:
    assert in_sql("workmate_bare", text).rpartition(" ")[2] == bare(text)


@pytest.mark.parametrize("stored", ["Häusler & Söhne", "Haeusler & Soehne", "Hausler & Sohne"])
@pytest.mark.parametrize(
    "typed", ["häusler", "Haeusler", "HAUSLER", "söhne haus", "soehne", "usler"]
)
def test_umlauts_are_found_in_any_spelling(stored: str, typed: str) -> None:
    customer = make_customer(name=stored)
    make_customer(name="Muster")
    assert Customer.objects.search(typed).get() == customer


@pytest.mark.parametrize("typed", ["{0}", "re {1} {2}", "RE{1}{2}", "re-{1}-000{3}", "{1}-{2}"])
def test_a_number_is_found_however_it_is_written(typed: str) -> None:
    invoice = make_finalized()
    _prefix, year, count = invoice.invoice_number.split("-")
    text = typed.format(invoice.invoice_number, year, count, int(count))
    assert list(Invoice.objects.search(text)) == [invoice]


def test_a_payment_is_found_by_the_number_of_its_invoice_and_not_by_its_title() -> None:
    payment = make_payment(invoice=make_finalized(title="Wartung\nXY 4711"))
    _prefix, year, count = payment.invoice.invoice_number.split("-")
    assert list(Payment.objects.search(f"{year}-{int(count)}")) == [payment]
    assert list(Payment.objects.search("XY4711")) == list(Payment.objects.search("4711")) == []


@pytest.mark.parametrize("stored", ["+49 431 98765-0", "0431/987650", "0049 431 987650"])
@pytest.mark.parametrize(
    "typed", ["+49 431 98765", "0431 98765", "0431/98765", "004943198765", "98765"]
)
def test_a_telephone_number_is_found_however_it_is_written(stored: str, typed: str) -> None:
    contact = make_contact(phone=stored)
    make_contact(phone="0431 111")
    assert list(Contact.objects.search(typed)) == [contact]


def test_the_very_name_and_number_come_first(admin: Employee) -> None:
    for name in ("Nordhafen Logistik", "Am Hafen", "Hafen", "Hafenbau"):
        make_customer(name=name)
    found = Customer.objects.search("hafen").best_first("hafen")
    assert [row.name for row in found][:2] == ["Hafen", "Hafenbau"]


def test_words_of_a_document_are_found_by_their_stem_and_shown(admin: Employee) -> None:
    document = make_document(owner=admin)
    text = "Vorrede. " * 40 + "Die Kündigungsfristen der Häuser <b>enden</b> im Mai."
    Document.objects.filter(pk=document.pk).update(text=text)
    for typed in ("kündigungsfrist", "Kuendigungs", "haus", "häuser enden"):
        assert Document.objects.search(typed).get() == document, typed
    row = Document.objects.search("kündigungsfrist").with_excerpt(stems_of("kündigungsfrist")).get()
    assert "<mark>Kündigungsfristen</mark>" in excerpt_of(row)
    assert "<b>" not in excerpt_of(row)


def test_what_is_marked_is_escaped_and_keeps_its_spelling() -> None:
    assert marked("Häusler <b> & Co", ["hausler"]) == "<mark>Häusler</mark> &lt;b&gt; &amp; Co"
    assert marked("Haeusler", ["hausl"]) == "<mark>Haeusl</mark>er"
    assert marked("Straße", ["strasse"]) == "<mark>Straße</mark>"
    assert marked("ohne", [""]) == "ohne"


@pytest.mark.parametrize(
    "typed", ["die", "'", "\\", "%", "_", ":*", "& |", "((", "\u0130", "a" * 200]
)
def test_whatever_is_typed_gives_no_error(typed: str, admin: Employee) -> None:
    make_customer()
    for entity in registry.entities():
        rows = entity.model._default_manager.all()
        assert list(rows.visible_to(admin).search(typed).best_first(typed)[:2]) is not None


@pytest.mark.parametrize("entity", registry.entities(), ids=lambda entity: entity.key)
def test_the_tables_keep_what_the_entities_name(entity: Entity) -> None:
    table, places = entity.model._meta.db_table, entity.places
    wanted = {}
    if places.own or places.numbers:
        wanted["search_text"] = ("text", search_text_sql(places))
    if places.texts:
        wanted["search_words"] = ("tsvector", search_words_sql(places))
    expressions = """
        SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attribute
        JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attrelid = %s::regclass AND attgenerated = 's' AND attname LIKE 'search_%%'
    """
    with connection.cursor() as cursor:
        cursor.execute(expressions, [table])
        kept = dict(cursor.fetchall())
        cursor.execute(f"CREATE TEMP TABLE probe (LIKE {table}) ON COMMIT DROP")
        for name, (kind, sql) in wanted.items():
            cursor.execute(f"ALTER TABLE probe DROP COLUMN {name}")
            cursor.execute(
                f"ALTER TABLE probe ADD COLUMN {name} {kind} GENERATED ALWAYS AS ({sql}) STORED"
            )
        cursor.execute(expressions, ["probe"])
        assert kept == dict(cursor.fetchall())
        cursor.execute("DROP TABLE probe")


@pytest.mark.parametrize(
    "text",
    ["Häusler", "häusler hafen", "0431 987", "0431 98 76 50", "nirgends", "wartung häusler", "'%_"],
)
def test_what_is_known_beforehand_spares_questions_and_no_rows(text: str, admin: Employee) -> None:
    """A question spared is one without an answer, for each entity and in each of its places."""
    customer = make_buyer(name="Häusler Hafen", phone="0431 / 98 76-50")
    make_contact(customer=customer)
    make_finalized(customer=customer)
    make_document(title="Vertrag der Wartungen")
    entities = registry.entities()
    known = Known.about(text, entities)
    skipped = 0
    for entity in entities:
        rows = entity.model._default_manager.all()
        found = list(rows.search(text).best_first(text).values_list("pk", "search_rank"))
        if known.may_find(entity, text):
            best = rows.search(text, known).best_first(text, known)
            assert list(best.values_list("pk", "search_rank")) == found
        else:
            assert not found
            skipped += 1
    assert skipped


@pytest.mark.parametrize("entity", registry.entities(), ids=lambda entity: entity.key)
def test_of_a_row_found_all_is_read_that_its_line_tells(
    entity: Entity, admin: Employee, django_assert_num_queries: Any
) -> None:
    model, made = entity.model, MAKERS[entity.key.lower()](admin)
    row = model._default_manager.for_search().get(pk=made.pk)
    verbs = [verb for verb in registry.commands() if verb.on == model._meta.label_lower]
    with django_assert_num_queries(0):
        told = [label_of(row), getattr(row, "hint", ""), row.get_absolute_url()]
        for verb in verbs:
            verb.fits(row)
    assert told == [label_of(made), getattr(made, "hint", ""), made.get_absolute_url()]


def test_a_search_asks_beforehand_then_for_the_best_of_all_kinds_and_then_for_each_kind_shown(
    admin: Employee, django_assert_num_queries: Any
) -> None:
    customer = make_buyer(name="Häusler")
    with django_assert_num_queries(1):
        assert found_rows(admin, "nirgends", 4) == []
    # One more for the keys of customers: invoices, projects and others are found by them.
    with django_assert_num_queries(4):
        assert found_rows(admin, "Häusler", 4) == [[customer]]
    invoice = make_finalized(customer=customer)
    with django_assert_num_queries(5):
        assert found_rows(admin, "Häusler", 4) == [[customer], [invoice]]
