"""Eleven alike modules: the same twelve rooms, and nine names for each model."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import models

from workmate.apps import ModuleConfig
from workmate.models import BaseModel
from workmate.querysets import BaseQuerySet

ROOMS = [
    "urls",
    "views",
    "api",
    "admin",
    "module",
    "serializers",
    "forms",
    "filters",
    "services",
    "models",
    "querysets",
    "apps",
]
TESTS = ["factories", "test_models", "test_services", "test_api", "test_views"]
NAMES = ["QuerySet", "Filter", "Form", "Serializer", "ViewSet", "Pages", "Admin"]
PLACES = {
    "QuerySet": "querysets",
    "Filter": "filters",
    "Form": "forms",
    "Serializer": "serializers",
    "ViewSet": "api",
    "Pages": "views",
    "Admin": "admin",
}
# (model, name) or model alone -> why it goes without.
WITHOUT: dict[str, str] = {
    "OSPreferences": "one's own row, read and written at one address",
    "RoleBoard": "chosen on the page of its board",
    "UserSettings": "one's own row, read and written at one address",
    "ApiToken": "made on the page of one's profile, never over the API: no token makes a token",
    "BilledExpense": "written by the services alone, shown on its invoice line",
    "BilledTime": "written by the services alone, shown on its invoice line",
    "DocumentAccess": "written by the services alone, shown on its document",
    "DocumentVersion": "written by the services alone, shown on its document",
    "ChatRead": "moved by the services as one reads; told as what is unread",
    "Company.QuerySet": "there is one row: nothing to choose among",
    "ExpenseTax": "written nested with its expense",
    "ImportRow": "written by the services alone, shown on its import",
    "InvoiceLineItem": "written nested with its invoice",
    "InvoiceMail": "written by sending; shown on its invoice and in admin",
    "ActivityEntry.Form": "written by events alone",
    "InfraCheck.Form": "written by checking alone",
    "Notification.Form": "written by the services alone",
    "Payment.Form": "asked for by the verb of the invoice",
}
MODELS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in settings.MODULES and issubclass(model, BaseModel)
]


@pytest.mark.parametrize("module", settings.MODULES)
def test_a_module_has_all_twelve_rooms(module: str) -> None:
    missing = [room for room in ROOMS if find_spec(f"{module}.{room}") is None]
    missing += [room for room in TESTS if find_spec(f"{module}.tests.{room}") is None]
    assert not missing, f"{module} lacks {', '.join(missing)}"


@pytest.mark.parametrize("module", settings.MODULES)
def test_a_module_presents_itself(module: str) -> None:
    config = apps.get_app_config(module)
    assert isinstance(config, ModuleConfig)
    assert config.icon
    assert str(config.verbose_name)
    assert import_module(f"{module}.urls").app_name == module


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_has_its_nine_names(model: type[models.Model]) -> None:
    label, name = model._meta.app_label, model.__name__
    if name in WITHOUT:
        return
    for suffix in NAMES:
        if f"{name}.{suffix}" in WITHOUT:
            continue
        room = import_module(f"{label}.{PLACES[suffix]}")
        assert hasattr(room, f"{name}{suffix}"), f"{label}.{PLACES[suffix]} lacks {name}{suffix}"
    factories = import_module(f"{label}.tests.factories")
    maker = "make_" + "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
    assert hasattr(factories, maker), f"{label}.tests.factories lacks {maker}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_speaks_for_itself(model: type[Any]) -> None:
    meta = model._meta
    assert meta.ordering, "Meta.ordering"
    assert model.__doc__, "a sentence that a book-keeper understands"
    assert not str(meta.verbose_name).startswith(name_of(model)), "Meta.verbose_name"
    assert isinstance(model._default_manager.all(), BaseQuerySet)
    for field in meta.local_fields:
        if field.editable and not field.is_relation:
            assert field.verbose_name != field.name.replace("_", " ") or field.verbose_name, field


def name_of(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}_"


def test_every_model_is_in_admin_or_says_why_not() -> None:
    absent = {
        model.__name__
        for model in MODELS
        if model not in admin.site._registry and model.__name__ not in WITHOUT
    }
    assert not absent
