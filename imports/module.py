"""What this module contributes to the others."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from imports.models import Import
from workmate.permissions import perm_of
from workmate.registry import (
    Command,
    Entity,
    ListLink,
    MenuItem,
    NotificationKind,
    register,
    registry,
)


def import_url(model: type[models.Model], user: Any) -> str:
    """Where rows of that model are imported, for who may create them."""
    found = registry.importer(str(model._meta.model_name))
    if found is None or found.model is not model:
        return ""
    if not (user.has_perm("imports.add_import") and user.has_perm(perm_of(model, "add"))):
        return ""
    return f"{reverse('imports:import-new')}?kind={found.key}"


register(
    MenuItem(
        "imports",
        _("Imports"),
        "imports:import-list",
        "upload",
        "tools",
        55,
        permission="imports.view_import",
    ),
    Entity(Import, ("original_name",), "upload", linkable=False),
    NotificationKind("import_finished", _("An import, or its check, is finished"), 70),
    ListLink("import", _("Import"), "upload", import_url, command=_("Import %(names)s")),
    Command(
        "import",
        _("Import a file"),
        "imports:import-new",
        "upload",
        permission="imports.add_import",
        order=80,
    ),
)
