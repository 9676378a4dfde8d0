"""Projects, and who takes part in them."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Customer
from employees.models import Department, Employee
from projects.querysets import (
    FINISHED,
    WORTH,
    ProjectMemberQuerySet,
    ProjectQuerySet,
    minutes_times_rate,
)
from workmate.fields import MoneyField, NumberField, PriceField, round_money
from workmate.models import BaseModel

if TYPE_CHECKING:
    from workmate.services import Actor

ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


class Project(BaseModel):
    """A piece of work for a customer, with its time, its budget and its people."""

    class Status(models.TextChoices):
        PLANNING = "planning", _("planning")
        ACTIVE = "active", _("active")
        ON_HOLD = "on_hold", _("on hold")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", pgettext_lazy("project", "cancelled")

    class Priority(models.TextChoices):
        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")
        URGENT = "urgent", _("urgent")

    # What a plain member does not need for the work: what the customer pays, and what the
    # company notes about it. Seen by whoever may change projects or see their finances.
    MONEY: ClassVar[frozenset[str]] = frozenset(
        {
            "budget",
            "hourly_rate",
            "notes",
            "billable_amount",
            "budget_used",
            "budget_utilization",
            "total_revenue",
            "total_expenses",
            "net_expenses",
        }
    )
    # For holders of `view_finances_project` only.
    FINANCES: ClassVar[frozenset[str]] = frozenset({"net_revenue"})
    # Over the hours of one person, either tells what an hour of them costs: seen by whoever may
    # see that, besides the finances.
    COSTS: ClassVar[frozenset[str]] = frozenset({"labour_cost", "profit_margin"})
    status_looks = {
        "planning": ("", "ring"),
        "active": ("info", "half"),
        "on_hold": ("warn", "draft"),
        "completed": ("ok", "full"),
        "cancelled": ("", "off"),
    }

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="projects"
    )
    project_number = NumberField(
        "PRJ-{year}-{n:03d}",
        verbose_name=_("project number"),
        help_text=_("Drawn when left empty."),
    )
    title = models.CharField(_("title"), max_length=200)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="projects",
        null=True,
        blank=True,
    )
    project_manager = models.ForeignKey(
        Employee,
        verbose_name=_("project manager"),
        on_delete=models.PROTECT,
        related_name="managed_projects",
        null=True,
        blank=True,
    )
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.PLANNING)
    priority = models.CharField(
        _("priority"), max_length=20, choices=Priority, default=Priority.MEDIUM
    )
    start_date = models.DateField(_("start"), null=True, blank=True)
    end_date = models.DateField(_("planned end"), null=True, blank=True)
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    budget = MoneyField(
        _("budget"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Net, in EUR."),
    )
    hourly_rate = PriceField(
        _("hourly rate"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("What an hour is billed at, net, in EUR."),
    )
    description = models.TextField(_("description"), blank=True)
    notes = models.TextField(_("internal notes"), blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        db_table = "projects"
        ordering = ["-created_at", "-id"]
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        permissions = [
            ("view_all_project", _("See all projects")),
            ("view_finances_project", _("See cost and margin of projects")),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="projects_newest"),
            models.Index(fields=["title", "id"], name="projects_by_title"),
            models.Index(fields=["status", "-created_at"], name="projects_by_status"),
            models.Index(fields=["deadline", "id"], name="projects_by_deadline"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=0),
                name="projects_budget_not_negative",
                violation_error_message=_("The budget is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(hourly_rate=None) | Q(hourly_rate__gte=0),
                name="projects_rate_not_negative",
                violation_error_message=_("The hourly rate is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(start_date=None) | Q(end_date=None) | Q(end_date__gte=F("start_date")),
                name="projects_end_after_start",
                violation_error_message=_("The end lies before the start."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_number} {self.title}".strip()

    def clean(self) -> None:
        """Refuse an end before the start, to lose the number, and to leave a billed customer."""
        self.title = self.title.strip()
        if not self.title:
            raise ValidationError({"title": _("A project needs a title.")})
        if not self._state.adding:
            if not self.project_number:
                raise ValidationError({"project_number": _("A project keeps its number.")})
            if self.invoices.exclude(customer=self.customer_id).exists():
                message = _("Invoices of this project name its present customer.")
                raise ValidationError({"customer": message})
        for name in ("end_date", "deadline"):
            day = getattr(self, name)
            if self.start_date and day and day < self.start_date:
                raise ValidationError({name: _("This lies before the start.")})

    @property
    def is_active(self) -> bool:
        """Whether it is being worked on."""
        return self.status == self.Status.ACTIVE

    @property
    def is_finished(self) -> bool:
        """Whether it is completed or cancelled."""
        return self.status in FINISHED

    @property
    def due_on(self) -> dt.date | None:
        """The deadline; the planned end where there is none."""
        return self.deadline or self.end_date

    @property
    def is_overdue(self) -> bool:
        """Whether it is unfinished after its deadline."""
        left = self.days_until_deadline
        return left is not None and left < 0 and not self.is_finished

    @property
    def days_until_deadline(self) -> int | None:
        """Days that are left, negative when the deadline has passed; None where none is set."""
        return None if self.due_on is None else (self.due_on - timezone.localdate()).days

    @property
    def total_hours_tracked(self) -> Decimal:
        """All hours. One query: take `with_figures()` in lists."""
        if (minutes := self.__dict__.get("figure_minutes")) is not None:
            return _hours(minutes)
        hours: Decimal = self.time_entries.sum_hours()
        return hours

    @property
    def billable_hours(self) -> Decimal:
        """Hours that the customer pays. One query: take `with_figures()` in lists."""
        if (minutes := self.__dict__.get("figure_billable_minutes")) is not None:
            return _hours(minutes)
        hours: Decimal = self.time_entries.billable().sum_hours()
        return hours

    @property
    def billable_amount(self) -> Decimal:
        """What the billable hours are worth, net. One query: take `with_figures()` in lists."""
        worth = self.__dict__.get("figure_worth")
        if worth is None:
            entries = self.time_entries.billable().order_by()
            worth = entries.aggregate(worth=Sum(minutes_times_rate(), output_field=WORTH))["worth"]
        return round_money((worth or ZERO) / 60)

    @property
    def total_revenue(self) -> Decimal:
        """What the paid invoices came to, gross. One query."""
        if (known := self.__dict__.get("figure_revenue")) is not None:
            return Decimal(known)
        total: Decimal = self.invoices.paid().sum_total()
        return total

    @property
    def net_revenue(self) -> Decimal:
        """What the paid invoices came to, without VAT. One query."""
        if (known := self.__dict__.get("figure_net_revenue")) is not None:
            return Decimal(known)
        total: Decimal = self.invoices.paid().sum_subtotal()
        return total

    @property
    def total_expenses(self) -> Decimal:
        """All expenses that were not rejected, gross. One query."""
        if (known := self.__dict__.get("figure_expenses")) is not None:
            return Decimal(known)
        total: Decimal = self.expenses.counted().sum_amount()
        return total

    @property
    def net_expenses(self) -> Decimal:
        """All expenses without VAT. One query."""
        if (known := self.__dict__.get("figure_net_expenses")) is not None:
            return Decimal(known)
        total: Decimal = self.expenses.counted().sum_net()
        return total

    @property
    def labour_cost(self) -> Decimal:
        """What the hours cost the company. One query."""
        if (known := self.__dict__.get("figure_labour_cost")) is not None:
            return Decimal(known)
        cost: Decimal = self.time_entries.sum_labour_cost()
        return cost

    @property
    def budget_used(self) -> Decimal:
        """The worth of the billable hours, and the expenses: net, as the budget is."""
        return self.billable_amount + self.net_expenses

    @property
    def budget_utilization(self) -> Decimal | None:
        """How much of the budget is used up, in percent; None without a budget."""
        if not self.budget:
            return None
        return round_money(self.budget_used * HUNDRED / self.budget)

    @property
    def profit_margin(self) -> Decimal:
        """Net revenue less labour cost and expenses: VAT is never the company's own."""
        return self.net_revenue - self.labour_cost - self.net_expenses

    @property
    def completion_percentage(self) -> Decimal:
        """How much of the planned time has passed, in percent; 100 when completed."""
        if self.status == self.Status.COMPLETED:
            return HUNDRED
        last = self.end_date or self.deadline
        if self.start_date is None or last is None:
            return ZERO
        # Both the first and the last day are worked on.
        passed = (timezone.localdate() - self.start_date).days + 1
        share = round_money(HUNDRED * passed / ((last - self.start_date).days + 1))
        return min(max(share, ZERO), HUNDRED)

    @property
    def hint(self) -> str:
        """The line below the title in search results."""
        return str(self.customer)

    def add_up(self) -> Self:
        """Read all figures at once, so that the properties ask no more: four queries."""
        is_billable, worth = Q(billable=True), minutes_times_rate(Value(self.hourly_rate or ZERO))
        found = self.time_entries.order_by().aggregate(
            minutes=Sum("duration_minutes", default=0),
            billable_minutes=Sum("duration_minutes", filter=is_billable, default=0),
            worth=Sum(worth, filter=is_billable, default=ZERO, output_field=WORTH),
        )
        invoiced = self.invoices.all().figures()
        found |= {
            "labour_cost": self.time_entries.sum_labour_cost(),
            "revenue": invoiced["settled"],
            "net_revenue": invoiced["settled_net"],
            **self.expenses.counted().figures(),
        }
        self.__dict__.update({f"figure_{name}": value for name, value in found.items()})
        return self

    def concealed_from(self, user: "Actor") -> frozenset[str]:
        """The fields and figures of this project that `user` may not see."""
        if user.has_perm("projects.view_finances_project"):
            may_see_rates = user.has_perm("employees.view_personal_employee")
            return frozenset() if may_see_rates else self.COSTS
        hidden = self.COSTS | self.FINANCES
        return hidden if user.has_perm("projects.change_project") else hidden | self.MONEY

    def event_subjects(self) -> list[models.Model | None]:
        """Its customer."""
        return [self.customer]


class ProjectMember(BaseModel):
    """A person who takes part in a project, and as what."""

    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="members"
    )
    employee = models.ForeignKey(
        Employee,
        verbose_name=_("employee"),
        on_delete=models.PROTECT,
        related_name="project_memberships",
    )
    role = models.CharField(_("part in the project"), max_length=100, blank=True)

    objects = ProjectMemberQuerySet.as_manager()

    class Meta:
        db_table = "project_members"
        ordering = ["employee__last_name", "employee__first_name", "id"]
        verbose_name = _("project member")
        verbose_name_plural = _("project members")
        indexes = [models.Index(fields=["created_at", "id"], name="project_members_by_age")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "employee"],
                name="one_membership_a_person",
                violation_error_message=_("This person takes part already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.employee} ({self.role})" if self.role else str(self.employee)

    @property
    def hint(self) -> str:
        """The line below the name in search results."""
        return str(self.project)

    def event_subjects(self) -> list[models.Model | None]:
        """Its project, and the person."""
        return [self.project, self.employee]


def _hours(minutes: Any) -> Decimal:
    return round_money(Decimal(minutes) / 60)
