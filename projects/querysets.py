"""Which projects there are, for whom, and how much of them is used up."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db.models import (
    Count,
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
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workmate.querysets import BaseQuerySet

if TYPE_CHECKING:
    from workmate.services import Actor

FINISHED = ("completed", "cancelled")
WORTH: "DecimalField[Any, Any]" = DecimalField(max_digits=24, decimal_places=4)


def minutes_times_rate(project_rate: Any = "project__hourly_rate") -> CombinedExpression:
    """Minutes of time entries times EUR an hour: the entry's own rate, else the project's.

    Whoever knows the project's rate gives it, and so saves a join.
    """
    rate = Coalesce("hourly_rate", project_rate, Value(Decimal(0)), output_field=WORTH)
    return F("duration_minutes") * rate


class ProjectQuerySet(BaseQuerySet):
    """Projects."""

    sees = _("managed, or as a member")

    def visible_to(self, user: "Actor") -> Self:
        """Those that one manages or takes part in; all for holders of the permission."""
        rows = super().visible_to(user)
        if user.has_perm("projects.view_all_project"):
            return rows
        return rows.of(user)

    def of(self, person: "Actor") -> Self:
        """Those that a person manages or takes part in."""
        return self.filter(self._is_of(person))

    def _is_of(self, person: "Actor") -> Q:
        """A subquery, because a join would count a project once for each of its members."""
        # Without an order, and so without the joins that it asks for.
        joined = self.model._default_manager.filter(members__employee=person.pk).order_by()
        return Q(project_manager=person.pk) | Q(pk__in=joined.values("pk"))

    def active(self) -> Self:
        """Those that are being worked on."""
        return self.filter(status="active")

    def unfinished(self) -> Self:
        """Neither completed nor cancelled."""
        return self.exclude(status__in=FINISHED)

    def overdue(self, today: dt.date | None = None) -> Self:
        """Unfinished after their deadline, or their planned end where there is no deadline."""
        day = today or timezone.localdate()
        return self.unfinished().with_due().filter(due__lt=day)

    def with_due(self) -> Self:
        """With `due`, to filter and to order by: the deadline, else the planned end."""
        return self.alias(due=Coalesce("deadline", "end_date"))

    def figures(self, person: "Actor", today: dt.date | None = None) -> dict[str, int]:
        """How many are active, overdue, and one's own among these rows, in one query."""
        day = today or timezone.localdate()
        return (
            self.order_by()
            .with_due()
            .aggregate(
                active=Count("pk", filter=Q(status="active")),
                overdue=Count("pk", filter=Q(due__lt=day) & ~Q(status__in=FINISHED)),
                mine=Count("pk", filter=self._is_of(person)),
            )
        )

    def for_list(self) -> Self:
        """With the names of customer, department and manager."""
        return self.select_related("customer", "department", "project_manager")

    def with_figures(self) -> Self:
        """Annotate hours and what is used of the budget, so that the properties ask no more."""
        minutes = Sum("duration_minutes", output_field=IntegerField())
        return self.with_budget_used().annotate(
            figure_minutes=self._sum("time_entries", minutes),
            figure_billable_minutes=self._sum("time_entries", minutes, Q(billable=True)),
        )

    def with_budget_used(self) -> Self:
        """Annotate what is used of the budget, so that the properties ask no more.

        Subqueries, because two joins would multiply each other's rows.
        """
        worth = Sum(minutes_times_rate(OuterRef("hourly_rate")), output_field=WORTH)
        net = Sum("net_amount", output_field=WORTH)
        return self.annotate(
            figure_worth=self._sum("time_entries", worth, Q(billable=True)),
            figure_net_expenses=self._sum("expenses", net, ~Q(status="rejected")),
        )

    def _sum(self, relation: str, total: Sum, condition: Q | None = None) -> Coalesce:
        """One sum over each project's rows of a module above this one; 0 without any."""
        model: Any = self.model._meta.get_field(relation).related_model
        rows: QuerySet[Any] = model._base_manager.filter(condition or Q(), project=OuterRef("pk"))
        sums = rows.order_by().values("project").annotate(figure=total).values("figure")
        kind = total.output_field
        return Coalesce(
            Subquery(sums, output_field=kind), Value(Decimal(0), kind), output_field=kind
        )


class ProjectMemberQuerySet(BaseQuerySet):
    """Who takes part in which project."""

    sees = _("of the projects that one sees")

    def visible_to(self, user: "Actor") -> Self:
        """With the permission, those of the projects that one sees."""
        projects: Any = self.model._meta.get_field("project").related_model
        seen = projects._default_manager.visible_to(user)
        return super().visible_to(user).filter(project__in=seen.order_by().values("pk"))

    def for_list(self) -> Self:
        """With the names of project and person."""
        return self.select_related("project", "employee")
