"""The Celery application; what runs when stands in the settings."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workmate.settings")

app = Celery("workmate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Being current holds for one thread only, and web requests run in other threads.
app.set_default()


@setup_logging.connect
def keep_logs(**_told: Any) -> None:
    """Leave the lines as the settings have them: Celery would else put its own in their place."""
