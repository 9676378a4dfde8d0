"""Invoices: documents to customers, and the money that comes in for them."""

from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class InvoicesConfig(ModuleConfig):
    """Invoices, quotes, cancellations, payments."""

    name = "invoices"
    verbose_name = _("Invoices")
    area = "backoffice"
    icon = "receipt"
    order = 70
