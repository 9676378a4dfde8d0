"""Watched services: secrets, states, notices, checks at the same moment, rights."""

import datetime as dt
import json
import logging
import threading
from io import StringIO

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from employees.tests.factories import make_employee, make_role
from reminders.models import Notification
from system.models import ActivityEntry, InfraCheck, InfraService
from system.probes import ProbeError, Reading
from system.services import check_service, deactivate_service, prune_checks, reseal_all
from system.services import infra as rooms
from system.tasks import check_one, check_services
from system.tests.factories import make_infra_check, make_infra_service
from system.tests.servers import HOST, web_server
from system.vault import SealedUrl, Unreadable
from workmate import services
from workmate.errors import Conflict
from workmate.tests.threads import at_once

SECRET = "Tr0ub4dor&3"
URL = "postgresql://watch:Tr0ub4dor%263@db.example:5432/main"
MASKED = "postgresql://watch:***@db.example:5432/main"
FORMS = (SECRET, "Tr0ub4dor%263")


class Answers:
    """A probe that answers as told: a text is a failure."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def check(self, target):
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise ProbeError(answer)
        return answer


@pytest.fixture
def answers(monkeypatch):
    """Let every probe answer as told, from here on."""

    def tell(*told):
        probe = Answers(*told)
        monkeypatch.setattr(rooms.registry, "probe", lambda key: probe)

    return tell


@pytest.fixture
def secret_service():
    return make_infra_service(name="Main", type="database", connection_url=URL)


def check(service, times=1):
    for _number in range(times):
        service = check_service(service, by=None)
    return service


# --- secrets --------------------------------------------------------------------------------------
def test_the_address_is_encrypted_in_the_database(secret_service):
    with connection.cursor() as cursor:
        cursor.execute("select connection_url from infra_services")
        stored = cursor.fetchone()[0]
    assert "db.example" not in stored
    assert not any(form in stored for form in FORMS)
    assert InfraService.objects.get().connection_url.reveal() == URL


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (URL, MASKED),
        ("https://token@api.example/x?key=abc&b=1#c", "https://***@api.example/x?key=***&b=***"),
        ("s3://id:key@s3.example/b?region=eu&tls=0", "s3://id:***@s3.example/b?region=eu&tls=0"),
        ("https://api.example/?bare", "https://api.example/?***"),
        ("http://[broken", "***"),
    ],
)
def test_secrets_are_masked(url, shown):
    sealed = SealedUrl(url)
    assert str(sealed) == f"{sealed}" == shown
    assert shown in repr(sealed)


def test_no_door_shows_the_secret(secret_service, admin, client_of, api_of, caplog):
    caplog.set_level(logging.DEBUG)
    service, page, api = secret_service, client_of(admin), api_of(admin)
    services.change(service, by=admin, connection_url=URL.replace("main", "other"))
    change = reverse("admin:system_infraservice_change", args=[service.pk])
    texts = [
        page.get(path).content.decode()
        for path in (
            service.get_absolute_url(),
            f"{service.get_absolute_url()}edit/",
            "/infra-services/",
            "/infra-services/?search=Tr0ub4dor",
            "/system/",
            "/activity/",
            "/search/?q=Main",
            change,
            reverse("admin:system_infraservice_history", args=[service.pk]),
        )
    ]
    texts += [
        api.get(path).content.decode()
        for path in (f"/api/infra-services/{service.pk}", "/api/infra-services", "/api/activity")
    ]
    texts += [str(entry.changes) for entry in LogEntry.objects.all()]
    texts += [json.dumps(entry.data) for entry in ActivityEntry.objects.all()]
    texts.append(caplog.text)
    assert MASKED.replace("main", "other") in "".join(texts)
    for text in texts:
        assert not any(form in text for form in (*FORMS, "Tr0ub4dor&amp;3"))


def test_an_error_is_written_down_without_the_secret(secret_service, answers):
    answers(f'no entry for "{SECRET}" (Tr0ub4dor%263)')
    service = check(secret_service)
    assert service.last_error == 'no entry for "***" (***)'
    assert InfraCheck.objects.get().error == service.last_error


def test_what_is_not_given_or_masked_keeps_its_secret(secret_service, admin, api_of, client_of):
    url, api = f"/api/infra-services/{secret_service.pk}", api_of(admin)
    assert api.patch(url, {"name": "Renamed"}).status_code == 200
    body = api.get(url).json()
    assert body["connection_url"] == MASKED
    assert api.put(url, body).status_code == 200
    form = client_of(admin).get(f"{secret_service.get_absolute_url()}edit/").context["form"]
    data = {name: "" if value is None else str(value) for name, value in form.initial.items()}
    page = f"{secret_service.get_absolute_url()}edit/"
    assert client_of(admin).post(page, data | {"name": "Again"}).status_code == 302
    secret_service.refresh_from_db()
    assert secret_service.name == "Again"
    assert secret_service.connection_url.reveal() == URL


def test_a_masked_secret_does_not_go_to_another_address(secret_service, admin, api_of):
    url = f"/api/infra-services/{secret_service.pk}"
    moved = MASKED.replace("db.example", "evil.example")
    answer = api_of(admin).patch(url, {"connection_url": moved})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "connection_url"


def test_keys_are_changed_by_putting_the_new_one_first(secret_service, settings):
    settings.ENCRYPTION_KEYS = ["new", *settings.ENCRYPTION_KEYS]
    out = StringIO()
    call_command("rotate_secrets", stdout=out)
    assert "1" in out.getvalue()
    settings.ENCRYPTION_KEYS = ["new"]
    assert InfraService.objects.get().connection_url.reveal() == URL


def test_with_a_lost_key_everything_but_the_address_still_works(
    secret_service, admin, client_of, settings
):
    settings.ENCRYPTION_KEYS = ["other"]
    service = InfraService.objects.get()
    with pytest.raises(Unreadable):
        reseal_all()
    with pytest.raises(CommandError):
        call_command("rotate_secrets")
    assert client_of(admin).get(service.get_absolute_url()).status_code == 200
    assert "decrypted" in check(service).last_error
    services.change(service, by=None, connection_url=URL)
    assert InfraService.objects.get().connection_url.reveal() == URL


@pytest.mark.parametrize(
    ("type_", "url"),
    [
        ("database", "https://db.example"),
        ("mail", "smtp://"),
        ("chat", "https://chat.example:99999"),
        ("external_api", "https://[x"),
        ("external_api", "https://api.example/a b"),
        ("storage", "file://relative/x"),
        ("auth", ""),
        ("auth", "javascript:alert(1)"),
        ("external_api", "https://api.example/" + "a" * 2000),
    ],
)
def test_an_address_must_suit_the_type(type_, url):
    with pytest.raises(ValidationError) as refused:
        make_infra_service(type=type_, connection_url=url)
    assert "connection_url" in refused.value.error_dict


# --- states and notices ---------------------------------------------------------------------------
def test_a_single_failure_is_none_and_three_tell_the_manager_once(answers, worker):
    answers(*["refused"] * 5)
    service = make_infra_service(manager=worker)
    assert check(service, 2).status == "active"
    assert not Notification.objects.exists()
    assert check(service, 3).status == "error"
    note = Notification.objects.get()
    assert note.recipient == worker
    assert service.name in note.title
    assert note.body == "refused"
    assert note.url == service.get_absolute_url()
    assert ActivityEntry.objects.filter(verb="failed", target_id=service.pk).count() == 1
    assert InfraCheck.objects.filter(ok=False).count() == 5


def test_two_good_answers_are_a_recovery_and_tell_once(answers, worker):
    answers("a", "a", "a", Reading(), "a", Reading(), Reading(), Reading())
    service = make_infra_service(manager=worker)
    assert check(service, 6).status == "error"
    assert check(service, 2).status == "active"
    service.refresh_from_db()
    assert service.last_sync == service.checked_at
    assert service.last_error == ""
    assert Notification.objects.count() == 2


def test_a_flapping_service_tells_nobody(answers, worker):
    answers(*["a", "a", Reading()] * 4)
    assert check(make_infra_service(manager=worker), 12).status == "active"
    assert not Notification.objects.exists()


def test_last_sync_stays_at_the_last_contact(answers):
    answers(Reading(), "a")
    service = check(make_infra_service())
    first = service.last_sync
    assert check(service).last_sync == first
    assert service.response_ms is not None


def test_a_certificate_that_ends_soon_is_told_once(answers, worker):
    soon = timezone.now() + dt.timedelta(days=5)
    later = timezone.now() + dt.timedelta(days=90)
    answers(Reading(later), Reading(soon), Reading(soon))
    person = services.change(worker, by=None, language="en")
    check(make_infra_service(manager=person), 3)
    assert "certificate" in Notification.objects.get().title


def test_checks_are_no_changes(answers):
    answers(Reading())
    service = make_infra_service()
    entries, updated = LogEntry.objects.count(), service.updated_at
    check(service)
    service.refresh_from_db()
    assert service.updated_at == updated
    assert LogEntry.objects.count() == entries


def test_whatever_a_probe_runs_into_is_the_failure_of_the_service(monkeypatch):
    class Broken:
        def check(self, target):
            raise ZeroDivisionError("odd\x00 " + "x" * 900)

    monkeypatch.setattr(rooms.registry, "probe", lambda key: Broken())
    service = check(make_infra_service())
    assert service.last_error.startswith("ZeroDivisionError: odd x")
    assert len(service.last_error) == 500


def test_one_that_is_switched_off_is_not_checked(admin, api_of):
    service = deactivate_service(make_infra_service(), by=admin)
    with pytest.raises(Conflict):
        check(service)
    url = f"/api/infra-services/{service.pk}"
    assert api_of(admin).post(f"{url}/check").status_code == 409
    check_services()
    check_one(str(service.pk))
    assert not InfraCheck.objects.exists()
    assert api_of(admin).post(f"{url}/activate").json()["status"] == "active"
    check_services()
    assert InfraCheck.objects.count() == 1


def test_beat_checks_each_service_that_is_due():
    first, second = make_infra_service(), make_infra_service()
    check_services()
    check_services()
    assert InfraCheck.objects.count() == 2
    InfraService.objects.filter(pk=second.pk).update(
        checked_at=timezone.now() - dt.timedelta(minutes=1)
    )
    check_services()
    assert (first.checks.count(), second.checks.count()) == (1, 2)


def test_old_checks_are_forgotten():
    make_infra_check(checked_at=timezone.now() - dt.timedelta(days=31))
    kept = make_infra_check()
    assert prune_checks() == 1
    assert list(InfraCheck.objects.all()) == [kept]


# --- at the same moment ---------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_checks_at_once_are_one_and_editing_does_not_wait(monkeypatch):
    inside, go = threading.Event(), threading.Event()

    class Slow:
        def check(self, target):
            inside.set()
            assert go.wait(20)
            return Reading()

    monkeypatch.setattr(rooms.registry, "probe", lambda key: Slow())
    service = make_infra_service()

    def second():
        assert inside.wait(20)
        try:
            with pytest.raises(Conflict):
                check(service)
            check_one(str(service.pk))
        finally:
            go.set()

    results = at_once(lambda: check(service), second)
    assert not [result for result in results if isinstance(result, BaseException)]
    assert InfraCheck.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_found_under_a_changed_address_is_dropped(monkeypatch):
    inside, go = threading.Event(), threading.Event()

    class Slow:
        def check(self, target):
            inside.set()
            assert go.wait(20)
            raise ProbeError("the old one")

    monkeypatch.setattr(rooms.registry, "probe", lambda key: Slow())
    service = make_infra_service()

    def edit():
        assert inside.wait(20)
        try:
            services.change(service, by=None, connection_url="file:///?min_free=1")
        finally:
            go.set()

    results = at_once(lambda: check(service), edit)
    assert not [result for result in results if isinstance(result, BaseException)]
    service.refresh_from_db()
    assert service.last_error == ""
    assert not InfraCheck.objects.exists()


# --- doors ----------------------------------------------------------------------------------------
def test_the_api_makes_checks_and_shows_history(admin, api_of, settings):
    settings.PROBE_ALLOW = [HOST]
    api, person = api_of(admin), make_employee()
    with web_server(lambda path: (200, {}, b"ok")) as (port, _asked):
        made = api.post(
            "/api/infra-services",
            {
                "name": "Shop",
                "type": "external_api",
                "connection_url": f"http://{HOST}:{port}/ping",
                "managed_by": str(person.pk),
            },
        )
        assert made.status_code == 201, made.content
        assert made.json()["managed_by"] == str(person.pk)
        url = f"/api/infra-services/{made.json()['id']}"
        body = api.post(f"{url}/check").json()
    assert body["last_error"] == ""
    assert body["last_sync"] == body["checked_at"]
    items = api.get(f"{url}/checks").json()["items"]
    assert [item["ok"] for item in items] == [True]
    found = api.get(f"/api/infra-services?managed_by={person.pk}&status=active").json()
    assert found["total"] == 1
    assert api.post("/api/infra-services", {"name": "x", "status": "error"}).status_code == 400
    assert api.delete(url).status_code == 204


def test_a_service_at_a_forbidden_address_is_not_asked(admin, api_of, settings):
    settings.PROBE_ALLOW = []
    with web_server(lambda path: (200, {}, b"ok")) as (port, asked):
        service = make_infra_service(type="external_api", connection_url=f"http://{HOST}:{port}")
        body = api_of(admin).post(f"/api/infra-services/{service.pk}/check").json()
    assert "PROBE_ALLOW" in body["last_error"]
    assert asked == []


def test_management_looks_and_does_not_touch(client_of, api_of):
    boss, service = make_employee(role=make_role("Management")), make_infra_service()
    page, api = client_of(boss), api_of(boss)
    for path in ("/system/", "/infra-services/", "/infra-checks/", service.get_absolute_url()):
        assert page.get(path).status_code == 200
    url = f"/api/infra-services/{service.pk}"
    assert api.get(url).status_code == 200
    assert api.post(f"{url}/check").status_code == 403
    assert api.post(f"{url}/deactivate").status_code == 403
    assert api.patch(url, {"name": "x"}).status_code == 403


def test_a_worker_sees_nothing_of_it(worker, client_of, api_of):
    service = make_infra_service(name="Unseen")
    make_infra_check(service)
    for path in ("/system/", "/infra-services/", "/infra-checks/", "/widgets/system_health/"):
        assert client_of(worker).get(path).status_code in {403, 404}
    assert api_of(worker).get(f"/api/infra-services/{service.pk}/checks").status_code == 403
    found = client_of(worker).get("/search/?q=Unseen").content.decode()
    assert str(service.pk) not in found
    assert not InfraService.objects.visible_to(worker)
    assert not InfraCheck.objects.visible_to(worker)


def test_admin_changes_a_service_and_keeps_its_secret(secret_service, admin, client_of):
    change = reverse("admin:system_infraservice_change", args=[secret_service.pk])
    form = client_of(admin).get(change).context["adminform"].form
    data = {name: "" if value is None else str(value) for name, value in form.initial.items()}
    answer = client_of(admin).post(change, data | {"name": "By admin"})
    assert answer.status_code == 302, answer.context["errors"]
    secret_service.refresh_from_db()
    assert secret_service.name == "By admin"
    assert secret_service.connection_url.reveal() == URL
