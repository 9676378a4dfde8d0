"""Pages for watched services, the board that shows how all is, and figures for Prometheus."""

import hmac
from collections.abc import Sequence
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.http import require_safe

from system.diagnosis import diagnose
from system.filters import InfraCheckFilter, InfraServiceFilter
from system.forms import InfraServiceForm
from system.health import SPANS, USUAL_SPAN, health_of
from system.metrics import CONTENT_TYPE, exposition
from system.models import InfraCheck, InfraService
from workmate.display import status_html
from workmate.registry import GROUPS
from workmate.services import Actor
from workmate.views import Column, ModelPages, Section

ADD, CHECK = "system.add_infraservice", "system.check_infraservice"
ORDER = {"error": 0, "active": 1, "inactive": 2}


def board_context(request: HttpRequest, services: Sequence[InfraService]) -> dict[str, Any]:
    """The services with what their checks say, over the span that is asked for (`?span=7d`)."""
    person, span = cast(Actor, request.user), request.GET.get("span", USUAL_SPAN)
    span = span if span in SPANS else USUAL_SPAN
    sees_checks = person.has_perm("system.view_infracheck")
    return {
        "services": health_of(services, span, with_checks=sees_checks),
        "sees_checks": sees_checks,
        "may_check": person.has_perm(CHECK),
        "span_label": SPANS[span][0],
        "spans": [
            {"label": label, "url": f"?span={key}", "current": key == span}
            for key, (label, _length, _width) in SPANS.items()
        ],
    }


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
    def more_context(cls, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What its checks say."""
        return {**board_context(request, [obj]), "aside_always": True}

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
        title, by = gettext("System status"), cast(Actor, request.user)
        rows = InfraService.objects.visible_to(by).for_list()
        # In error, then working, then switched off.
        services = sorted(rows, key=lambda service: (ORDER[service.status], service.name.lower()))
        context = {
            "title": title,
            "crumbs": [(str(GROUPS["tools"]), None), (title, None)],
            "site": {
                "rows": [
                    {"title": finding.label, "sub": finding.detail, "status": finding.status}
                    for finding in diagnose()
                ]
            },
            **board_context(request, services),
            "new_url": InfraServicePages.url("new") if by.has_perm(ADD) else "",
        }
        return TemplateResponse(request, "system/overview.html", context)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus. 404 without METRICS_TOKEN, 401 without it in the request."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        refused = HttpResponse("unauthorized\n", status=401, content_type="text/plain")
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)
