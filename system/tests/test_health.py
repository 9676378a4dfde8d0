"""The health board: what checks say over a span, who sees it, and the form by type."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from employees.tests.factories import make_employee, make_role
from system.health import HEIGHT, WIDTH, health_of
from system.models import InfraCheck, InfraService
from system.tests.factories import make_infra_check, make_infra_service

NOW = dt.datetime(2025, 3, 10, 12, 0, tzinfo=dt.UTC)


def checked(service, minutes_ago, ms=20, error=""):
    """A check so many minutes before."""
    at = NOW - dt.timedelta(minutes=minutes_ago)
    return make_infra_check(service, checked_at=at, response_ms=ms, ok=not error, error=error)


def health(service, span="24h"):
    (found,) = health_of([service], span, with_checks=True, now=NOW)
    return found


def test_uptime_and_usual_answer_are_those_of_all_checks_of_the_span():
    service = make_infra_service()
    for minutes, ms in ((1, 10), (2, 30), (600, 80)):
        checked(service, minutes, ms)
    checked(service, 601, error="refused")
    checked(service, 60 * 30, 9000)  # before the span
    found = health(service)
    assert found.usual_ms == 40  # of good answers alone
    assert found.uptime.replace(",", ".") == "75.0"
    assert health(service, "7d").usual_ms > 1000


def test_uptime_is_never_rounded_up_to_all():
    service = make_infra_service()
    rows = [InfraCheck(service=service, checked_at=NOW - dt.timedelta(seconds=60 * n + 60),
                       ok=n > 0, response_ms=5) for n in range(1400)]  # fmt: skip
    InfraCheck.objects.bulk_create(rows)
    assert health(service).uptime.replace(",", ".") == "99.9"


def test_the_line_breaks_where_nothing_was_checked():
    service = make_infra_service()
    for minutes in (10, 40, 300):
        checked(service, minutes)
    found = health(service)
    assert len(found.lines) == 2
    for line in found.lines:
        for point in line.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def test_the_same_failure_is_told_once_with_its_times():
    service = make_infra_service()
    for minutes in range(5, 45):
        checked(service, minutes, error="Connection refused")
    checked(service, 90, error="No answer in time.")
    found = health(service)
    assert [(f.error, f.count) for f in found.failures] == [
        ("Connection refused", 40),
        ("No answer in time.", 1),
    ]
    assert found.marks
    assert found.usual_ms is None


def test_what_fails_in_many_ways_hides_no_other_failure():
    noisy, quiet = make_infra_service(), make_infra_service()
    checked(quiet, 90, error="refused")
    for minutes in range(1, 50):
        checked(noisy, minutes, error=f"Answer {minutes}")
    found = health_of([noisy, quiet], "24h", with_checks=True, now=NOW)
    assert [failure.error for failure in found[0].failures] == [f"Answer {n}" for n in range(1, 5)]
    assert [failure.error for failure in found[1].failures] == ["refused"]


def test_the_board_asks_as_often_for_many_services_as_for_one(admin, client_of):
    client = client_of(admin)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/system/").status_code == 200
        return len(caught)

    make_infra_check()
    client.get("/system/")
    one = queries()
    for _number in range(4):
        service = make_infra_service()
        make_infra_check(service)
        make_infra_check(service, ok=False, error="refused")
    assert queries() == one


def test_the_board_shows_history_only_to_who_may_see_checks(admin, client_of):
    service = make_infra_service(name="Archive")
    make_infra_check(service, ok=False, error="<b>refused</b>", checked_at=timezone.now())
    page = client_of(admin).get("/system/?span=7d").content.decode()
    assert "&lt;b&gt;refused" in page
    assert "<polyline" in page or "<rect" in page
    assert f"/infra-services/{service.pk}/check/" in page
    role = make_role("Looks", ["system.infraservice.view"])
    shown = client_of(make_employee(role=role)).get("/system/").content.decode()
    assert "Archive" in shown
    assert "refused" not in shown
    assert "/check/" not in shown
    assert "polyline" not in shown
    assert client_of(admin).get("/system/?span=nonsense").status_code == 200


def test_check_now_leads_back_to_the_board(admin, client_of):
    service = make_infra_service()
    answer = client_of(admin).post(f"/infra-services/{service.pk}/check/", {"next": "/system/"})
    assert answer["Location"] == "/system/"
    assert service.checks.count() == 1


def test_the_detail_page_shows_the_history_and_no_secret(admin, client_of):
    service = make_infra_service(
        type=InfraService.Type.DATABASE, connection_url="postgresql://u:Tr0ub4dor@db.example/x"
    )
    make_infra_check(service)
    page = client_of(admin).get(f"/infra-services/{service.pk}/").content.decode()
    assert 'class="spark"' in page
    assert "Tr0ub4dor" not in page


@pytest.mark.parametrize("name", ["expected_status", "connection_url", "timeout_seconds"])
def test_without_scripts_every_field_of_the_form_is_there(name, admin, client_of):
    page = client_of(admin).get("/infra-services/new/").content.decode()
    assert f'name="{name}"' in page
