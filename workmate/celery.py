"""The Celery application; what runs when stands in the settings."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
from structlog.contextvars import bind_contextvars, unbind_contextvars

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workmate.settings")

app = Celery("workmate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Being current holds for one thread only, and web requests run in other threads.
app.set_default()


@setup_logging.connect
def keep_logs(**_told: Any) -> None:
    """Leave the lines as the settings have them: Celery would else put its own in their place."""


@task_prerun.connect
def name_task(task_id: str, task: Any, **_told: Any) -> None:
    """Let every line of a task say which one it is."""
    bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def forget_task(**_told: Any) -> None:
    """What the process does next is no part of it."""
    unbind_contextvars("task", "task_id")
