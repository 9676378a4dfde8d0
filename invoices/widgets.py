"""What invoices and unbilled hours show on dashboards."""

import datetime as dt
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import F, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from invoices.around import LIST, less_credits, open_line
from invoices.models import Invoice
from projects.models import Project
from timetracking.models import TimeEntry
from timetracking.querysets import hours_of
from workmate.charts import BarChart, Point
from workmate.fields import round_money
from workmate.templatetags.workmate import format_money, format_number

SHOWN, MONTHS = 6, 12


def money_figures(request: HttpRequest) -> list[dict[str, Any]]:
    """What is open, and what of it is overdue."""
    found = Invoice.objects.visible_to(request.user).outstanding().figures()
    return [
        {
            "label": _("Open invoices"),
            "value": format_money(found["outstanding"]),
            "url": f"{reverse(LIST)}?outstanding=true",
            "note": less_credits(found["credits"]),
        },
        {
            "label": _("Overdue"),
            "value": format_money(found["overdue"]),
            "url": f"{reverse(LIST)}?overdue=true",
            "tone": "danger" if found["overdue_count"] else "",
        },
    ]


def open_invoices(request: HttpRequest) -> dict[str, Any]:
    """What is to be paid next, the latest first; credit notes count against it."""
    rows = Invoice.objects.visible_to(request.user).outstanding()
    first = rows.select_related("customer").order_by(F("due_date").asc(nulls_last=True), "pk")
    found = rows.figures()
    overdue = format_money(found["overdue"]) if found["overdue_count"] else ""
    notes = [
        _("%(overdue)s overdue") % {"overdue": overdue} if overdue else "",
        less_credits(found["credits"]),
    ]
    return {
        "rows": [
            {"title": f"{invoice} · {invoice.customer}", **open_line(invoice)}
            for invoice in first[:SHOWN]
        ],
        "empty": _("Everything is paid."),
        "all": {
            "label": _("All open invoices"),
            "value": format_money(found["outstanding"]),
            "url": f"{reverse(LIST)}?outstanding=true",
            "note": " · ".join(filter(None, notes)),
        },
    }


def revenue(request: HttpRequest) -> dict[str, Any]:
    """What was issued in the last twelve months, net; each month links to its invoices."""
    this = timezone.localdate().replace(day=1)
    months = [this - relativedelta(months=back) for back in range(MONTHS - 1, -1, -1)]
    rows = Invoice.objects.visible_to(request.user).claims()
    found = rows.by_month(months[0], end_of(this))
    paid = {month: found[month]["paid"] if month in found else 0 for month in months}
    rest = {month: found[month]["rest"] if month in found else 0 for month in months}
    return {
        "figure": {
            "value": format_money(sum([*paid.values(), *rest.values()])),
            "url": issued_list(months[0], this),
            "note": _("in 12 months"),
            "tone": "muted",
        },
        "chart": BarChart(
            title=_("Invoiced revenue by month, net"),
            heads=[_("Month"), _("Paid"), _("Open")],
            legend=[_("paid"), _("open")],
            points=[
                Point(
                    label=date_format(month, "M"),
                    title=date_format(month, "F Y"),
                    values=[float(paid[month]), float(rest[month])],
                    texts=[format_money(paid[month]), format_money(rest[month])],
                    url=issued_list(month, month),
                )
                for month in months
            ],
            tick=format_number,
        ),
    }


def end_of(month: dt.date) -> dt.date:
    """Its last day."""
    return month + relativedelta(months=1, days=-1)


def issued_list(first: dt.date, last: dt.date) -> str:
    """The list of what was issued in these months."""
    return f"{reverse(LIST)}?issued=true&issued_from={first}&issued_to={end_of(last)}"


def unbilled_hours(request: HttpRequest) -> dict[str, Any]:
    """Approved hours that no invoice holds yet, by project; what they are worth to whom may see it.

    The worth is before rounding for billing.
    """
    user: Any = request.user
    rows = TimeEntry.objects.visible_to(user).unbilled().order_by()
    # Grouped by what the index of unbilled hours holds: no entry is fetched, no project joined.
    sums = rows.values("project_id").annotate(
        minutes=Sum("duration_minutes", default=0),
        at_own_rate=Sum(F("duration_minutes") * F("hourly_rate")),
        without_rate=Sum("duration_minutes", filter=Q(hourly_rate=None), default=0),
    )
    found = {row.pop("project_id"): row for row in sums}
    # What has a rate of its own does not ask for that of its project.
    rates = dict(Project.objects.order_by().values_list("pk", "hourly_rate"))
    for key, row in found.items():
        sixtieths = row["without_rate"] * (rates.get(key) or 0)
        row["sixtieths"] = (row["at_own_rate"] or 0) + sixtieths
    first = sorted(found, key=lambda key: (-found[key]["minutes"], key))[:SHOWN]
    projects = Project.objects.select_related("customer").in_bulk(first)
    url = reverse("timetracking:timeentry-list")
    url = f"{url}?billable=true&is_approved=true&is_invoiced=false"
    return {
        "rows": [
            {
                "title": projects[key].title,
                "sub": projects[key].customer.name,
                "url": f"{url}&project_id={key}",
                "hours": hours_of(found[key]["minutes"]),
                "worth": worth_of(found[key]["sixtieths"]),
            }
            for key in first
        ],
        "total": {
            "url": url,
            "hours": hours_of(sum(row["minutes"] for row in found.values())),
            "worth": worth_of(sum(row["sixtieths"] for row in found.values())),
        },
        "with_worth": user.has_perm("projects.view_finances_project"),
    }


def worth_of(minutes_times_rates: Decimal | int) -> Decimal:
    """EUR, of minutes times EUR an hour."""
    return round_money(Decimal(minutes_times_rates) / 60)
