"""Pages for watched services, and the board that shows how everything is."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from system.diagnosis import diagnose
from system.filters import InfraCheckFilter, InfraServiceFilter
from system.forms import InfraServiceForm
from system.models import InfraCheck, InfraService
from system.module import system_health
from workmate.display import status_html
from workmate.registry import GROUPS
from workmate.views import Column, ModelPages, Section


class InfraServicePages(ModelPages):
    """Services that are watched."""

    model = InfraService
    form_class = InfraServiceForm
    filter_class = InfraServiceFilter
    prefix, icon, group, quick = "infra-services", "server", "tools", "status"
    empty_text = _("What the company depends on can be checked every minute.")
    columns = [
        Column("name", sub="last_error", narrow="type"),
        Column("type", css="wide-only"),
        Column("status"),
        Column("response_ms", css="wide-only"),
        Column("last_sync", css="wide-only"),
        Column("manager", css="wide-only"),
    ]
    sections = [
        Section(
            _("Facts"),
            ["type", "connection_url", "manager", "timeout_seconds", "expected_status"],
        ),
        Section(
            _("Last check"),
            [
                "checked_at",
                "response_ms",
                "last_sync",
                "failures",
                "last_error",
                "certificate_expires",
            ],
        ),
    ]

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """That the certificate ends soon."""
        if not obj.is_expiring:
            return ""
        label = gettext("The certificate expires soon.")
        return status_html({"tone": "warn", "shape": "alert", "label": label})


class InfraCheckPages(ModelPages):
    """What came of checking services."""

    model = InfraCheck
    filter_class = InfraCheckFilter
    prefix, icon, group = "infra-checks", "activity", "tools"
    writes = ()
    empty_text = _("Nothing has been checked yet.")
    columns = [
        Column("checked_at", narrow="error"),
        Column("service"),
        Column("ok"),
        Column("response_ms"),
        Column("error", css="wide-only"),
    ]
    sections = [Section(_("Facts"), ["service", "checked_at", "ok", "response_ms", "error"])]


class OverviewPage(LoginRequiredMixin, View):
    """How the site itself and the services that it depends on are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page, for whoever may view the services."""
        if not request.user.has_perm("system.view_infraservice"):
            raise PermissionDenied
        title = gettext("System status")
        context = {
            "title": title,
            "crumbs": [(str(GROUPS["tools"]), None), (title, None)],
            "site": {
                "rows": [
                    {"title": finding.label, "sub": finding.detail, "status": finding.status}
                    for finding in diagnose()
                ]
            },
            "services": system_health(request),
        }
        return TemplateResponse(request, "system/overview.html", context)
