"""How dashboards are filtered."""

from dashboards.models import Dashboard
from workmate.filters import BaseFilter, BooleanFilter, Ordering


class DashboardFilter(BaseFilter):
    """Dashboards."""

    is_default = BooleanFilter()
    ordering = Ordering("name", "created_at")

    class Meta:
        model = Dashboard
        fields: list[str] = []
