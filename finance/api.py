"""REST endpoints for expenses."""

from typing import Any

from rest_framework.parsers import MultiPartParser

from finance.filters import ExpenseFilter
from finance.models import Expense
from finance.serializers import ExpenseSerializer
from workmate.api import BaseViewSet, router
from workmate.parsers import OrjsonParser


class ExpenseViewSet(BaseViewSet):
    """Expenses, their receipts and their approval."""

    queryset = Expense.objects.all()
    serializer_class = ExpenseSerializer
    filterset_class = ExpenseFilter
    parser_classes = [OrjsonParser, MultiPartParser]
    nested_under = {"employees": "employee", "projects": "project"}

    def get_queryset(self) -> Any:
        """Without the joins of the pages: JSON names related rows by id only."""
        return super().get_queryset().select_related(None)


router.register("expenses", ExpenseViewSet, basename="expense")
