"""Which projects there are, for whom, and how much of them is used up."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db.models import (
    DecimalField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from workmate.querysets import BaseQuerySet

if TYPE_CHECKING:
    from workmate.services import Actor

FINISHED = ("completed", "cancelled")
WORTH: "DecimalField[Any, Any]" = DecimalField(max_digits=24, decimal_places=4)
# Minutes of time entries times EUR an hour: the entry's own rate, else the project's.
MINUTES_TIMES_RATE = Sum(
    F("duration_minutes")
    * Coalesce("hourly_rate", "project__hourly_rate", Value(Decimal(0)), output_field=WORTH),
    output_field=WORTH,
)


class ProjectQuerySet(BaseQuerySet):
    """Projects."""

    def visible_to(self, user: "Actor") -> Self:
        """Those that one manages or takes part in; all for holders of the permission."""
        rows = super().visible_to(user)
        if user.has_perm("projects.view_all_project"):
            return rows
        joined = self.model._default_manager.filter(members__employee=user.pk)
        return rows.filter(Q(project_manager=user.pk) | Q(pk__in=joined.values("pk")))

    def of(self, person: "Actor") -> Self:
        """Those that a person manages or takes part in."""
        joined = self.model._default_manager.filter(members__employee=person.pk)
        return self.filter(Q(project_manager=person.pk) | Q(pk__in=joined.values("pk")))

    def active(self) -> Self:
        """Those that are being worked on."""
        return self.filter(status="active")

    def unfinished(self) -> Self:
        """Neither completed nor cancelled."""
        return self.exclude(status__in=FINISHED)

    def overdue(self, today: dt.date | None = None) -> Self:
        """Unfinished after their deadline, or their planned end where there is no deadline."""
        day = today or timezone.localdate()
        return self.unfinished().alias(due=Coalesce("deadline", "end_date")).filter(due__lt=day)

    def for_list(self) -> Self:
        """With the names of customer, department and manager."""
        return self.select_related("customer", "department", "project_manager")

    def with_figures(self) -> Self:
        """Annotate `figure_minutes`, `figure_billable_minutes` and `figure_worth`.

        Subqueries, because two joins would multiply each other's rows.
        """
        zero = Value(0)
        minutes = Sum("duration_minutes")
        billable = Q(billable=True)
        return self.annotate(
            figure_minutes=Coalesce(self._entries(minutes, IntegerField()), zero),
            figure_billable_minutes=Coalesce(
                self._entries(minutes, IntegerField(), billable), zero
            ),
            figure_worth=Coalesce(
                self._entries(MINUTES_TIMES_RATE, WORTH, billable), Value(Decimal(0))
            ),
        )

    def _entries(self, total: Any, kind: Any, condition: Q | None = None) -> Subquery:
        """One sum over the time entries of each project; their model stands above this one."""
        model: Any = self.model._meta.get_field("time_entries").related_model
        entries: QuerySet[Any] = model._base_manager.filter(
            condition or Q(), project=OuterRef("pk")
        )
        sums = entries.order_by().values("project").annotate(figure=total).values("figure")
        return Subquery(sums, output_field=kind)


class ProjectMemberQuerySet(BaseQuerySet):
    """Who takes part in which project."""

    def visible_to(self, user: "Actor") -> Self:
        """Whoever sees the project sees who takes part in it."""
        projects: Any = self.model._meta.get_field("project").related_model
        seen = projects._default_manager.visible_to(user)
        return self.filter(project__in=seen.order_by().values("pk"))

    def for_list(self) -> Self:
        """With the names of project and person."""
        return self.select_related("project", "employee")
