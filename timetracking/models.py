"""Time entries: what a person worked on, from when to when."""

import datetime as dt
from decimal import Decimal
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from projects.models import Project
from timetracking.querysets import LONGEST, TimeEntryQuerySet, hours_of
from workmate.fields import PriceField
from workmate.models import BaseModel

if TYPE_CHECKING:
    from workmate.services import Actor

LONGEST_MINUTES = int(LONGEST.total_seconds()) // 60
# What is entered ahead is planned time at most; earlier than this is a typing error.
FARTHEST_AHEAD = dt.timedelta(days=31)
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class TimeEntry(BaseModel):
    """Working time of one person on one project, or internal time when there is no project."""

    class TaskType(models.TextChoices):
        DEVELOPMENT = "development", _("development")
        MEETING = "meeting", _("meeting")
        SUPPORT = "support", _("support")
        DOCUMENTATION = "documentation", _("documentation")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")

    # Whoever makes themselves a supervisor needs the right to see everybody's.
    seen_by_supervisors = True
    status_looks = {
        "draft": ("", "draft"),
        "submitted": ("info", "half"),
        "approved": ("ok", "full"),
        "rejected": ("danger", "alert"),
    }

    employee = models.ForeignKey(
        Employee,
        verbose_name=_("employee"),
        on_delete=models.PROTECT,
        related_name="time_entries",
    )
    project = models.ForeignKey(
        Project,
        verbose_name=_("project"),
        on_delete=models.PROTECT,
        related_name="time_entries",
        null=True,
        blank=True,
        help_text=_("Empty for internal time."),
    )
    start_time = models.DateTimeField(_("start"))
    end_time = models.DateTimeField(
        _("end"), null=True, blank=True, help_text=_("Empty while the timer runs.")
    )
    duration_minutes = models.PositiveIntegerField(
        _("duration in minutes"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_MINUTES)],
        help_text=_("Follows from start and end; or the end follows from it."),
    )
    billable = models.BooleanField(
        _("billable"), default=True, help_text=_("Internal time is never billable.")
    )
    hourly_rate = PriceField(
        _("hourly rate"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: the project's rate."),
    )
    note = models.TextField(_("note"), blank=True)
    task_type = models.CharField(_("kind of work"), max_length=20, choices=TaskType, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False
    )
    # In step with the status by the database itself.
    is_approved = models.GeneratedField(
        verbose_name=_("approved"),
        expression=Q(status="approved"),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    is_invoiced = models.BooleanField(_("invoiced"), default=False, editable=False)
    approved_by = models.ForeignKey(
        Employee,
        verbose_name=_("approved by"),
        on_delete=models.PROTECT,
        related_name="approved_time_entries",
        null=True,
        blank=True,
        editable=False,
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True, editable=False)
    rejection_reason = models.CharField(
        _("reason for the rejection"), max_length=500, blank=True, editable=False
    )

    objects = TimeEntryQuerySet.as_manager()

    class Meta:
        db_table = "time_entries"
        ordering = ["-start_time", "-id"]
        verbose_name = _("time entry")
        verbose_name_plural = _("time entries")
        permissions = [
            ("view_all_timeentry", _("See everybody's time")),
            ("start_timeentry", _("Start the timer")),
            ("stop_timeentry", _("Stop the timer")),
            ("submit_timeentry", _("Submit time for approval")),
            ("approve_timeentry", _("Approve and reject time")),
        ]
        indexes = [
            models.Index(fields=["-start_time", "-id"], name="time_entries_by_start"),
            models.Index(fields=["employee", "-start_time"], name="time_entries_of_person"),
            models.Index(fields=["project", "-start_time"], name="time_entries_of_project"),
            models.Index(fields=["duration_minutes", "id"], name="time_entries_by_duration"),
            models.Index(
                fields=["start_time"],
                condition=Q(status="submitted"),
                name="time_entries_to_approve",
            ),
            models.Index(
                fields=["project", "start_time"],
                include=["duration_minutes", "hourly_rate"],
                condition=Q(is_approved=True, billable=True, is_invoiced=False),
                name="time_entries_to_bill",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["employee"],
                condition=Q(end_time=None),
                name="one_running_timer_a_person",
            ),
            models.CheckConstraint(
                condition=Q(end_time=None) | Q(end_time__gt=F("start_time")),
                name="time_entries_end_after_start",
            ),
            models.CheckConstraint(
                condition=Q(end_time=None) | Q(end_time__lte=F("start_time") + LONGEST),
                name="time_entries_one_day_at_most",
            ),
            models.CheckConstraint(
                condition=Q(end_time=None, duration_minutes=None)
                | Q(
                    end_time__isnull=False,
                    # A check lets the unknown pass: null must be named.
                    duration_minutes__isnull=False,
                    duration_minutes__lte=LONGEST_MINUTES,
                ),
                name="time_entries_duration_with_end",
            ),
            models.CheckConstraint(
                condition=Q(project__isnull=False) | Q(billable=False),
                name="time_entries_internal_not_billable",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(end_time__isnull=False),
                name="time_entries_running_is_draft",
            ),
            models.CheckConstraint(
                condition=Q(is_invoiced=False) | Q(status="approved", billable=True),
                name="time_entries_invoiced_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(hourly_rate=None) | Q(hourly_rate__gte=0),
                name="time_entries_rate_not_negative",
            ),
        ]

    def __str__(self) -> str:
        day = date_format(timezone.localtime(self.start_time), "SHORT_DATE_FORMAT")
        return f"{day}, {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; what the database generates is read again when it is asked for."""
        adding = self._state.adding
        super().save(*args, **kwargs)
        if not adding:  # Django 5.2 fetches generated columns after an insert only.
            self.__dict__.pop("is_approved", None)

    def clean(self) -> None:
        """Let the duration follow from start and end; refuse spans that cannot be."""
        self.note = self.note.strip()
        if self.project_id is None:
            self.billable = False
        self.duration_minutes = None
        if self.start_time is None:
            return
        # Before it is brought to UTC: the first moments of the calendar have no time there.
        refuse_unlikely(self.start_time)
        # In UTC: times of one zone are compared and subtracted as the clock on the wall shows them.
        self.start_time = start = self.start_time.astimezone(dt.UTC)
        if self.end_time is None:
            if start > timezone.now():
                message = _("A running timer cannot start in the future.")
                raise ValidationError({"start_time": message})
            return
        if self.end_time <= start:
            raise ValidationError({"end_time": _("The end must lie after the start.")})
        if self.end_time - start > LONGEST:
            raise ValidationError({"end_time": _("An entry lasts 24 hours at most.")})
        self.end_time = end = self.end_time.astimezone(dt.UTC)
        self.duration_minutes = minutes_between(start, end)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Nothing: `clean` and the services say the same at the field, without a query each."""

    @property
    def duration_hours(self) -> Decimal | None:
        """The duration in hours, with two decimals; None while the timer runs."""
        return None if self.duration_minutes is None else hours_of(self.duration_minutes)

    @property
    def is_running(self) -> bool:
        """Whether it is a timer that runs."""
        return self.end_time is None

    @property
    def is_frozen(self) -> bool:
        """Whether it can no longer be changed: approved, or on an invoice."""
        return self.status == self.Status.APPROVED or self.is_invoiced

    @property
    def effective_rate(self) -> Decimal | None:
        """What an hour is billed at: the entry's own rate, else the project's; None if internal."""
        if not self.billable or self.project is None:
            return None
        return self.project.hourly_rate if self.hourly_rate is None else self.hourly_rate

    @property
    def overlaps(self) -> bool:
        """Whether another entry of the person shares time with it. One query: annotate in lists."""
        if "has_overlap" not in self.__dict__:
            others = TimeEntry.objects.filter(employee=self.employee_id).exclude(pk=self.pk)
            return others.overlapping(self.start_time, self.end_time).exists()
        found: bool = self.__dict__["has_overlap"]
        return found

    @property
    def subject(self) -> str:
        """What was worked on, in words."""
        return str(self.project) if self.project_id else str(_("Internal time"))

    @property
    def short_note(self) -> str:
        """The note in one line, for lists."""
        return shorten(self.note, 80, placeholder=" …")

    def concealed_from(self, user: "Actor") -> frozenset[str]:
        """The rate, as the project's: from whoever neither approves time nor sees that money."""
        perms = (
            "timetracking.approve_timeentry",
            "projects.view_finances_project",
            "projects.change_project",
        )
        return frozenset() if any(map(user.has_perm, perms)) else frozenset({"hourly_rate"})

    def event_subjects(self) -> list[models.Model | None]:
        """Its project."""
        return [self.project]


def minutes_between(start: dt.datetime, end: dt.datetime) -> int:
    """Whole minutes from start to end, half up, as they really passed (also on DST days)."""
    passed = end.astimezone(dt.UTC) - start.astimezone(dt.UTC)
    return (passed + dt.timedelta(seconds=30)) // dt.timedelta(minutes=1)


def refuse_unlikely(start: dt.datetime) -> None:
    """Raise ValidationError for a start that can only be a typing error."""
    if not EARLIEST <= start <= timezone.now() + FARTHEST_AHEAD:
        message = _("From the year 2000 to one month ahead, not outside of it.")
        raise ValidationError({"start_time": message})
