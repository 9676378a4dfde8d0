"""Finance: what people spent for the company, and whether it was paid back."""

from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class FinanceConfig(ModuleConfig):
    """Expenses, their receipts, their approval and reimbursement."""

    name = "finance"
    verbose_name = _("Expenses")
    area = "backoffice"
    icon = "wallet"
    order = 65
