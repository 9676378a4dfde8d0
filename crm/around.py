"""What activities show on the pages of customers."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.models import Activity, Customer
from workmate.registry import open_items
from workmate.templatetags.workmate import format_date


def planned_of(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """What is arranged with a customer for later, the next first."""
    user: Any = request.user
    rows = Activity.objects.visible_to(user).of(customer).planned()
    return open_items(
        rows.order_by("occurred_at", "pk"),
        lambda activity: {
            "title": activity.summary,
            "url": activity.get_absolute_url(),
            "sub": f"{activity.get_type_display()} · {format_date(activity.occurred_at)}",
        },
        url=f"{reverse('crm:activity-list')}?customer_id={customer.pk}&planned=true",
        more=_("All planned activities"),
    )
