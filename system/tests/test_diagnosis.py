"""The status page, /readyz and /metrics."""

import pytest
from django.core.cache import cache
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from system import diagnosis
from system.diagnosis import BEAT_KEY, LAG_KEY, diagnose
from system.models import InfraService
from system.tasks import check_services
from system.tests.factories import make_infra_service
from workmate import shell


@pytest.fixture(autouse=True)
def _no_signs():
    cache.delete_many([BEAT_KEY, LAG_KEY])


def states():
    return {finding.key: finding.state for finding in diagnose()}


def test_a_site_without_beat_says_so_and_beat_is_seen():
    assert states()["beat"] == "bad"
    check_services()
    found = states()
    assert found["beat"] == "ok"
    assert found["queue"] == "ok"
    assert found["migrations"] == "ok"
    assert found["backup"] == ""


def test_a_beat_that_stopped_is_noticed(monkeypatch):
    check_services()
    monkeypatch.setattr(diagnosis, "beat_age", lambda: 500.0)
    assert states()["beat"] == "bad"


def test_what_breaks_is_a_finding(monkeypatch, settings, admin, client_of):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert states()["queue"] == "bad"
    page = client_of(admin).get("/system/")
    assert page.status_code == 200
    assert b"ConnectionError" in page.content


def test_a_missing_migration_is_told(monkeypatch):
    assert shell.pending_migrations() == []
    last = MigrationRecorder.Migration.objects.filter(app="system").order_by("-id")[0]
    last.delete()
    assert shell.pending_migrations() == [f"system.{last.name}"]
    monkeypatch.setattr(shell, "pending_migrations", lambda: ["system.0099_more"])
    monkeypatch.setattr(shell, "_migrated", set())
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    monkeypatch.setattr(diagnosis, "pending_migrations", lambda: ["system.0099_more"])
    assert states()["migrations"] == "bad"


def test_metrics_are_not_there_without_a_token_and_shut_without_the_right_one(settings):
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "s3cret"
    assert Client().get("/metrics").status_code == 401
    wrong = Client(headers={"Authorization": "Bearer s3creä"})
    assert wrong.get("/metrics").status_code == 401


def test_metrics_tell_of_services_in_the_format_of_prometheus(settings):
    settings.METRICS_TOKEN = "s3cret"
    check_services()
    make_infra_service(name='Odd "name"\\\n')
    broken = make_infra_service(name="Broken")
    InfraService.objects.filter(pk=broken.pk).update(status="error", response_ms=7)
    answer = Client(headers={"Authorization": "Bearer s3cret"}).get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert 'workmate_service_up{name="Broken",type="storage"} 0' in lines
    assert 'workmate_service_response_ms{name="Broken",type="storage"} 7' in lines
    assert 'workmate_service_up{name="Odd \\"name\\"\\\\\\n",type="storage"} 1' in lines
    assert "workmate_migrations_pending 0" in lines
    assert any(line.startswith("workmate_beat_age_seconds ") for line in lines)
    assert "file:" not in answer.content.decode()
