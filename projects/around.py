"""What projects show on the page of their customer."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.models import Customer
from projects.models import Project
from workmate.display import status_of
from workmate.registry import open_items
from workmate.templatetags.workmate import format_due, format_number


def of(customer: Customer, user: Any) -> Any:
    """The customer's projects that the person sees."""
    return Project.objects.visible_to(user).filter(customer=customer)


def list_of(customer: Customer, **narrowed: str) -> str:
    """The address of their list."""
    query = urlencode({"customer_id": customer.pk, **narrowed})
    return f"{reverse('projects:project-list')}?{query}"


def projects_of(request: HttpRequest, customer: Customer) -> list[dict[str, Any]]:
    """How many of the customer's projects are being worked on."""
    return [
        {
            "label": _("Active projects"),
            "value": format_number(of(customer, request.user).active().count()),
            "url": list_of(customer, active="true"),
        }
    ]


def unfinished_of(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """The customer's unfinished projects, the most urgent first."""
    rows = of(customer, request.user).unfinished().with_due()
    return open_items(
        rows.order_by(F("due").asc(nulls_last=True), "title", "pk"),
        lambda project: {
            "title": project.title,
            "url": project.get_absolute_url(),
            "sub": due_in_words(project) or project.project_number,
            "tone": "danger" if project.is_overdue else "",
            "status": status_of(project),
        },
        url=list_of(customer, unfinished="true"),
        more=_("All unfinished projects"),
    )


def due_in_words(project: Project) -> str:
    """How far away the deadline is; empty where there is none."""
    return format_due(project.due_on)
