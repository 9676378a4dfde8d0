"""What this module contributes to the others."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.around import planned_of
from crm.importers import ContactImporter, CustomerImporter
from crm.models import Activity, Contact, Customer
from workmate.registry import (
    Command,
    Entity,
    Figures,
    FirstStep,
    Importer,
    MenuItem,
    OpenItems,
    Panel,
    Series,
    register,
)


def active_customers(request: HttpRequest) -> list[dict[str, Any]]:
    """With how many customers business is done."""
    user: Any = request.user
    return [
        {
            "label": gettext("Active customers"),
            "value": Customer.objects.visible_to(user).active().count(),
            "url": f"{reverse('crm:customer-list')}?status=active",
        }
    ]


register(
    OpenItems(
        "planned_activities",
        "crm.customer",
        _("Planned"),
        "calendar-days",
        planned_of,
        permission="crm.view_activity",
        order=15,
    ),
    MenuItem(
        "customers",
        _("Customers"),
        "crm:customer-list",
        "building-2",
        "customers",
        10,
        permission="crm.view_customer",
    ),
    MenuItem(
        "pipeline",
        _("Pipeline"),
        "crm:customer-pipeline",
        "square-kanban",
        "customers",
        15,
        permission="crm.view_customer",
    ),
    Figures("customers", active_customers, permission="crm.view_customer", order=30),
    MenuItem(
        "contacts",
        _("Contacts"),
        "crm:contact-list",
        "contact",
        "customers",
        30,
        permission="crm.view_contact",
    ),
    MenuItem(
        "activities",
        _("Activities"),
        "crm:activity-list",
        "phone",
        "customers",
        40,
        permission="crm.view_activity",
    ),
    Entity(
        Customer,
        ("name", "email", "city"),
        "building-2",
        numbers=("customer_number", "vat_id", "phone"),
        reads=("name", "customer_number", "city"),
    ),
    Entity(
        Contact,
        ("firstname", "lastname", "email", "customer__name"),
        "contact",
        numbers=("phone", "mobile"),
        reads=("firstname", "lastname", "position", "customer__name"),
    ),
    Entity(
        Activity,
        ("customer__name",),
        "phone",
        texts=("description",),
        reads=("type", "occurred_at", "description", "customer__name"),
    ),
    Panel(
        "customer_contacts",
        on="crm.customer",
        list="crm:contact-list",
        by="customer",
        label=_("Contacts"),
        icon="contact",
        permission="crm.view_contact",
        order=10,
    ),
    Panel(
        "customer_activities",
        on="crm.customer",
        list="crm:activity-list",
        by="customer",
        label=_("Activities"),
        icon="phone",
        permission="crm.view_activity",
        order=50,
    ),
    Panel(
        "contact_activities",
        on="crm.contact",
        list="crm:activity-list",
        by="contact",
        label=_("Activities"),
        icon="phone",
        permission="crm.view_activity",
        order=10,
    ),
    Panel(
        "customer_documents",
        on="crm.customer",
        list="documents:document-list",
        by="linked_entity",
        label=_("Documents"),
        icon="folder",
        permission="documents.view_document",
        order=60,
    ),
    Panel(
        "customer_reminders",
        on="crm.customer",
        list="reminders:reminder-list",
        by="linked_entity",
        label=_("Reminders"),
        icon="alarm-clock",
        permission="reminders.view_reminder",
        order=90,
    ),
    Command(
        "new_customer",
        _("New customer"),
        "crm:customer-new",
        "building-2",
        permission="crm.add_customer",
        order=20,
    ),
    Command(
        "new_contact",
        _("New contact"),
        "crm:contact-new",
        "contact",
        permission="crm.add_contact",
        order=60,
    ),
    Importer(Customer, CustomerImporter(), "building-2"),
    Importer(Contact, ContactImporter(), "contact"),
    Command(
        "activity_with",
        _("Note an activity with %(title)s"),
        "crm:activity-new",
        "phone",
        permission="crm.add_activity",
        order=130,
        on="crm.customer",
        query="customer_id",
        short=_("Note an activity"),
    ),
    Command(
        "contact_at",
        _("New contact at %(title)s"),
        "crm:contact-new",
        "contact",
        permission="crm.add_contact",
        order=150,
        on="crm.customer",
        query="customer_id",
        short=_("New contact"),
    ),
    Series("crm.customer", _("Customers"), Customer._meta.get_field("customer_number").pattern, 60),
    FirstStep(
        "customer",
        _("Create the first customer"),
        _("Projects, quotes and invoices belong to a customer."),
        "building-2",
        Customer.objects.exists,
        "crm:customer-new",
        permission="crm.add_customer",
        order=40,
    ),
)
