"""CRM: customers, their contacts, and what was talked about."""

from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class CrmConfig(ModuleConfig):
    """Customers, contacts, activities."""

    name = "crm"
    verbose_name = _("CRM")
    area = "backoffice"
    icon = "building-2"
    order = 20
