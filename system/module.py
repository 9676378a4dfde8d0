"""What this module contributes to the others."""

from typing import Any, cast

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from system.models import ActivityEntry, Company, Import, InfraService, TaxRate
from system.probes import PROBES
from system.services import open_steps
from workmate.display import status_of
from workmate.permissions import perm_of
from workmate.registry import (
    FIGURES,
    Command,
    Entity,
    FirstStep,
    ListLink,
    MenuItem,
    NotificationKind,
    Panel,
    Probe,
    Widget,
    register,
    registry,
)
from workmate.services import Actor
from workmate.templatetags.workmate import format_ago

SHOWN = 8


def recent_activity(request: HttpRequest) -> dict[str, Any]:
    """The newest entries of the feed."""
    entries = ActivityEntry.objects.visible_to(cast(Actor, request.user)).for_list()
    return {
        "rows": [
            {
                "title": entry.what,
                "url": entry.get_absolute_url(),
                "sub": f"{entry.who} · {format_ago(entry.when)}",
            }
            for entry in entries[:SHOWN]
        ],
        "empty": _("Nothing has happened yet."),
        "all": {"label": _("All activity"), "url": reverse("system:activityentry-list")},
    }


def system_health(request: HttpRequest) -> dict[str, Any]:
    """The watched services, those in error first."""
    rows = InfraService.objects.visible_to(cast(Actor, request.user)).watched()
    # `error` stands behind `active` in the alphabet.
    return {
        "rows": [
            {
                "title": service.name,
                "url": service.get_absolute_url(),
                "sub": service.last_error
                or (format_ago(service.last_sync) if service.last_sync else ""),
                "tone": "danger" if service.last_error else "",
                "status": status_of(service),
            }
            for service in rows.order_by("-status", "name")[:SHOWN]
        ],
        "empty": _("No service is watched."),
        "all": {"label": _("All watched services"), "url": reverse("system:infraservice-list")},
    }


def open_first_steps(request: HttpRequest) -> dict[str, Any]:
    """The first steps while one is open; empty afterwards, and once they were put away."""
    steps = open_steps(cast(Actor, request.user))
    if not steps:
        return {}
    done = sum(step.is_done for step in steps)
    return {"steps": steps, "done": done, "next": next(s.step for s in steps if not s.is_done)}


def import_url(model: type[models.Model], user: Any) -> str:
    """Where rows of that model are imported, for who may create them."""
    found = registry.importer(str(model._meta.model_name))
    if found is None or found.model is not model:
        return ""
    if not (user.has_perm("system.add_import") and user.has_perm(perm_of(model, "add"))):
        return ""
    return f"{reverse('system:import-new')}?kind={found.key}"


register(
    Widget(
        "first_steps",
        _("First steps"),
        "system/_first_steps_box.html",
        open_first_steps,
        slot="home",
        permission="system.change_company",
    ),
    Command(
        "first_steps",
        _("First steps"),
        "system:first-steps",
        "list-checks",
        permission="system.change_company",
        order=200,
    ),
    FirstStep(
        "company",
        _("Enter the company's data"),
        _("Name, address, tax number and bank: what the law asks of an invoice."),
        "building",
        lambda: Company.current().is_complete_for_invoices,
        "system:company-edit",
        permission="system.change_company",
        order=10,
    ),
    FirstStep(
        "logo",
        _("Upload the logo"),
        _("It stands on quotes and invoices."),
        "image",
        lambda: bool(Company.current().logo),
        "system:company-edit",
        permission="system.change_company",
        order=20,
    ),
    FirstStep(
        "mail",
        _("Try the mail"),
        _("A mail to yourself shows whether invitations, reminders and invoices will arrive."),
        "mail",
        lambda: Company.current().mail_tested_at is not None,
        permission="system.change_company",
        order=50,
    ),
    FirstStep(
        "backup",
        _("Set up the backup"),
        _("Database and files, every night, to another place. The app does not see it: confirm."),
        "hard-drive-download",
        lambda: Company.current().backup_confirmed_at is not None,
        permission="system.change_company",
        order=60,
    ),
    MenuItem(
        "system-status",
        _("System status"),
        "system:overview",
        "heart-pulse",
        "tools",
        60,
        permission="system.view_infraservice",
    ),
    MenuItem(
        "infra-services",
        _("Watched services"),
        "system:infraservice-list",
        "server",
        "tools",
        70,
        permission="system.view_infraservice",
    ),
    NotificationKind("infra_service", _("A watched service fails or works again"), 60),
    Entity(InfraService, ("name",), "server", few=True),
    Panel(
        "checks",
        "system.infraservice",
        "system:infracheck-list",
        "service",
        _("Checks"),
        "activity",
        permission="system.view_infracheck",
    ),
    Widget(
        "system_health",
        _("System health"),
        "workmate/widgets/list.html",
        system_health,
        permission="system.view_infraservice",
        order=95,
        size=(6, 4),
    ),
    *[Probe(type_.value, type_.label, PROBES[type_.value]) for type_ in InfraService.Type],
    MenuItem(
        "activity",
        _("Activity feed"),
        "system:activityentry-list",
        "activity",
        "tools",
        10,
        permission="system.view_activityentry",
    ),
    MenuItem(
        "tax-rates",
        _("VAT rates"),
        "system:taxrate-list",
        "percent",
        "tools",
        80,
        permission="system.view_taxrate",
    ),
    MenuItem(
        "company",
        _("Company"),
        "system:company-detail",
        "building",
        "tools",
        90,
        permission="system.view_company",
    ),
    Entity(Company, ("name",), "building", numbers=("iban", "vat_id"), few=True),
    Entity(TaxRate, ("name",), "percent", few=True),
    Widget(
        "recent_activity",
        _("Recent activity"),
        "workmate/widgets/list.html",
        recent_activity,
        permission="system.view_activityentry",
        order=90,
        size=(7, 5),
        starts=[FIGURES],
    ),
    MenuItem(
        "imports",
        _("Imports"),
        "system:import-list",
        "upload",
        "tools",
        55,
        permission="system.view_import",
    ),
    Entity(Import, ("original_name",), "upload", linkable=False),
    NotificationKind("import_finished", _("An import, or its check, is finished"), 70),
    ListLink("import", _("Import"), "upload", import_url, command=_("Import %(names)s")),
    Command(
        "import",
        _("Import a file"),
        "system:import-new",
        "upload",
        permission="system.add_import",
        order=80,
    ),
)
