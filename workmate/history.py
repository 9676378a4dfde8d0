"""The history: which models' field changes are kept, with who changed them and when."""

from auditlog.registry import auditlog
from django.apps import apps
from django.conf import settings

# Written on every request or by machines: their history is noise.
EXCLUDED = {
    "ApiToken": ["last_used_at", "token_hash"],
    "Employee": ["last_login", "password", "session_salt"],
}
UNTRACKED = {"ActivityEntry", "Notification", "NumberCounter"}

for model in apps.get_models():
    if model._meta.app_label in [*settings.MODULES, "workmate"] and (
        model.__name__ not in UNTRACKED and not model._meta.auto_created
    ):
        auditlog.register(model, exclude_fields=EXCLUDED.get(model.__name__, []))
