"""Changing the company, its logo, and writing the feed."""

import io
import threading
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from PIL import Image

from employees.models import Role
from employees.tests.factories import make_department, make_employee
from reminders.tests.factories import make_notification
from system.models import MAX_LOGO_BYTES, ActivityEntry, Company, TaxRate
from system.services import change_company, seed_system
from system.tests.factories import make_company
from workmate import services
from workmate.context_processors import COMPANY_KEY
from workmate.events import emit


def picture(kind: str = "PNG", name: str = "Unser Logo.png", size: int = 20) -> SimpleUploadedFile:
    """An uploaded picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (size, size), "teal").save(buffer, kind)
    return SimpleUploadedFile(name, buffer.getvalue())


def test_the_name_reaches_the_head_of_the_pages(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make_company(name="Neue Firma", legal_form="GmbH")
    assert cache.get(COMPANY_KEY) == "Neue Firma GmbH"


def test_a_logo_is_kept_under_a_name_of_its_own(django_capture_on_commit_callbacks):
    company = make_company(logo=picture())
    first = company.logo.name
    assert first.startswith("company/")
    assert "Logo" not in first
    with django_capture_on_commit_callbacks(execute=True):
        company = change_company(company, by=None, logo=picture("JPEG", "neu.jpg"))
    assert company.logo.name.endswith(".jpg")
    assert not company.logo.storage.exists(first)
    with django_capture_on_commit_callbacks(execute=True):
        assert not change_company(company, by=None, logo=False).logo_url


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>"),
        picture("GIF"),
        picture(size=4001),
        SimpleUploadedFile("logo.png", picture().read() + b"x" * MAX_LOGO_BYTES),
        SimpleUploadedFile("logo.png", picture().read()[:40]),
    ],
    ids=["svg", "gif", "too many pixels", "too many bytes", "broken"],
)
def test_anything_but_a_small_picture_is_refused(file):
    with pytest.raises(ValidationError) as refused:
        make_company(logo=file)
    assert "logo" in refused.value.error_dict


def test_seeding_again_changes_nothing():
    make_company(name="Muster")
    rates = list(TaxRate.objects.values_list("pk", flat=True))
    seed_system()
    assert Company.objects.get().name == "Muster"
    assert list(TaxRate.objects.values_list("pk", flat=True)) == rates


@pytest.mark.django_db(transaction=True)
def test_asked_for_at_once_there_is_still_one_company():
    Company.objects.all().delete()
    start, found = threading.Barrier(5), []

    def ask() -> None:
        start.wait()
        try:
            found.append(Company.current().pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 5
    assert len(set(found)) == 1


def test_plain_writes_are_written_down(admin):
    role = services.create(Role, by=admin, name="New", permissions_json=[])
    pk = role.pk
    services.change(role, by=admin, description="x")
    services.delete(role, by=admin)
    entries = ActivityEntry.objects.filter(target_id=pk).order_by("created_at", "id")
    assert [entry.verb for entry in entries] == ["created", "changed", "deleted"]
    assert {entry.actor_id for entry in entries} == {admin.pk}
    assert {entry.target_label for entry in entries} == {"New"}


def test_feed_and_fact_stand_or_fall_together():
    before = ActivityEntry.objects.count()
    with transaction.atomic():
        make_department()
        transaction.set_rollback(True)
    assert ActivityEntry.objects.count() == before


def test_an_entry_costs_one_insert(django_assert_num_queries):
    department, person = make_department(), make_employee()
    with django_assert_num_queries(1):
        emit("sent", department, by=person, about=[person])


def test_what_is_no_registered_entity_is_not_written_down(worker):
    note = make_notification(worker)
    assert not ActivityEntry.objects.filter(target_id=note.pk).exists()


def test_an_event_keeps_its_subjects_and_details(admin):
    department, other = make_department(), make_department()
    details = {"amount": Decimal("12.50"), "to": other, "odd": {1, 2}, "key": uuid4()}
    emit("paid", department, by=admin, about=[other, department], **details)
    entry = ActivityEntry.objects.get(target_id=department.pk, verb="paid")
    assert entry.targets == [str(department.pk), str(other.pk)]
    assert entry.data["amount"] == "12.50"
    assert entry.data["to"] == str(other.pk)


def test_a_verb_that_saves_is_one_entry(admin):
    person = make_employee()
    services.delete(person, by=admin)  # saves, then tells `deactivated`
    verbs = ActivityEntry.objects.filter(target_id=person.pk).values_list("verb", flat=True)
    assert sorted(verbs) == ["created", "deactivated"]


@pytest.mark.django_db(transaction=True)
def test_an_earlier_change_is_not_taken_for_the_verb():
    department = make_department()
    services.change(department, by=None, description="x")
    emit("sent", department, by=None)
    verbs = ActivityEntry.objects.filter(target_id=department.pk).values_list("verb", flat=True)
    assert sorted(verbs) == ["changed", "created", "sent"]


def test_a_change_that_was_rolled_back_is_not_lost_with_its_verb(admin):
    department = make_department()
    with transaction.atomic():
        services.change(department, by=admin, description="x")
        transaction.set_rollback(True)
    emit("sent", department, by=admin)
    verbs = ActivityEntry.objects.filter(target_id=department.pk).values_list("verb", flat=True)
    assert sorted(verbs) == ["created", "sent"]
