"""The Celery application; what runs when stands in the settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workmate.settings")

app = Celery("workmate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Being current holds for one thread only, and web requests run in other threads.
app.set_default()
