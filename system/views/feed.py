"""Pages for VAT rates and activity, and the figures for Prometheus."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from system.filters import ActivityEntryFilter, TaxRateFilter
from system.forms import TaxRateForm
from system.metrics import CONTENT_TYPE, exposition
from system.models import ActivityEntry, TaxRate
from workmate.views import Column, ModelPages, Section


class TaxRatePages(ModelPages):
    """VAT rates."""

    model = TaxRate
    form_class = TaxRateForm
    filter_class = TaxRateFilter
    prefix, icon, group = "tax-rates", "percent", "tools"
    columns = [
        Column("label", _("VAT rate"), narrow="valid_from"),
        Column("rate", css="wide-only"),
        Column("category", css="wide-only"),
        Column("valid_from", css="wide-only"),
        Column("valid_until", css="wide-only"),
        Column("is_default"),
    ]
    sections = [
        Section(_("Facts"), ["rate", "category", "name", "valid_from", "valid_until", "is_default"])
    ]


class ActivityEntryPages(ModelPages):
    """The feed."""

    model = ActivityEntry
    filter_class = ActivityEntryFilter
    prefix, icon, group = "activity", "activity", "tools"
    writes = ()
    empty_text = _("What people create, change, send and finish stands here.")
    columns = [
        Column("what", _("What"), narrow="who"),
        Column("who", _("By"), css="wide-only"),
        Column("created_at", _("When"), order="created_at"),
    ]
    sections = [
        Section(
            _("Facts"),
            [Column("kind", _("Kind of object")), "target_label", "done", "who", "created_at"],
        )
    ]


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
