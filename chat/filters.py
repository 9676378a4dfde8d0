"""How messages are filtered."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from chat.models import ChatMessage
from employees.models import Employee
from projects.models import Project
from workmate.filters import BaseFilter, BooleanFilter, NumberFilter, Ordering, RelationFilter

# No room will ever have more changes.
MOST = 2**53


class ChatMessageFilter(BaseFilter):
    """Messages; `before`, `after` and `since` are cursors that nothing new can shift."""

    project_id = RelationFilter(Project, field_name="project")
    author_id = RelationFilter(Employee, field_name="author", label=_("author"))
    before = RelationFilter(ChatMessage, method="by_before", label=_("Before this message"))
    after = RelationFilter(ChatMessage, method="by_after", label=_("After this message"))
    since = NumberFilter(
        method="by_since",
        label=_("Changed after this version"),
        validators=[MinValueValidator(0), MaxValueValidator(MOST)],
    )
    is_system_message = BooleanFilter(label=_("system message"))
    ordering = Ordering("created_at", "sequence")

    class Meta:
        model = ChatMessage
        fields: list[str] = []

    def by_before(self, queryset: Any, name: str, value: ChatMessage) -> Any:
        """Earlier in the same room, the latest first."""
        return queryset.before(value).order_by("-sequence")

    def by_after(self, queryset: Any, name: str, value: ChatMessage) -> Any:
        """Later in the same room, the earliest first."""
        return queryset.after(value).order_by("sequence")

    def by_since(self, queryset: Any, name: str, value: Any) -> Any:
        """Written, edited or deleted since, in that order."""
        return queryset.since(int(value))
