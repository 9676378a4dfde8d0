"""What is said in the rooms of projects, and how far everybody has read."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.markup import plain
from chat.querysets import ChatMessageQuerySet, ChatReadQuerySet
from employees.models import Employee
from projects.models import Project
from workmate.models import BaseModel


class ChatMessage(BaseModel):
    """A message in the room of a project, by a person or by the system.

    `sequence` is its place in the room and stays. `version` numbers every change of the room
    without a gap: whoever knows the last one asks for what came after it and misses nothing.
    """

    MOST_CHARACTERS: ClassVar[int] = 4000

    project = models.ForeignKey(
        Project,
        verbose_name=gettext_lazy("project"),
        on_delete=models.CASCADE,
        related_name="chat_messages",
    )
    author = models.ForeignKey(
        Employee,
        verbose_name=gettext_lazy("author"),
        on_delete=models.PROTECT,
        related_name="chat_messages",
        null=True,
        blank=True,
        editable=False,
    )
    content = models.TextField(
        gettext_lazy("message"),
        blank=True,
        help_text=gettext_lazy("Markdown, at most 4,000 characters."),
    )
    is_system_message = models.BooleanField(
        gettext_lazy("system message"), default=False, editable=False
    )
    client_id = models.UUIDField(
        gettext_lazy("client id"),
        null=True,
        blank=True,
        help_text=gettext_lazy(
            "Drawn by who sends it: the same message sent twice is stored once."
        ),
    )
    sequence = models.PositiveBigIntegerField(gettext_lazy("place in the room"), editable=False)
    version = models.PositiveBigIntegerField(gettext_lazy("last change"), editable=False)
    edited_at = models.DateTimeField(gettext_lazy("edited at"), null=True, editable=False)
    deleted_at = models.DateTimeField(gettext_lazy("deleted at"), null=True, editable=False)

    objects = ChatMessageQuerySet.as_manager()

    class Meta:
        db_table = "chat_messages"
        ordering = ["-created_at", "-id"]
        verbose_name = gettext_lazy("chat message")
        verbose_name_plural = gettext_lazy("chat messages")
        permissions = [("view_all_chatmessage", gettext_lazy("Enter the chat of all projects"))]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="chat_messages_newest"),
            models.Index(fields=["project", "-created_at"], name="chat_messages_of_project"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "sequence"], name="one_message_a_place"),
            models.UniqueConstraint(fields=["project", "version"], name="one_message_a_version"),
            models.UniqueConstraint(
                fields=["author", "client_id"],
                condition=Q(client_id__isnull=False),
                name="one_message_a_client_id",
                violation_error_message=gettext_lazy("This client id was used before."),
            ),
            models.CheckConstraint(
                condition=Q(is_system_message=True) | Q(author__isnull=False),
                name="chat_messages_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(content=""), name="chat_messages_deleted_are_empty"
            ),
        ]

    def __str__(self) -> str:
        who = self.author or _("System")
        return f"{who} ({self.project.project_number})"

    def clean(self) -> None:
        """Refuse an empty message, one that is too long, and what no text may hold."""
        if self.deleted_at is not None:
            return
        self.content = self.content.strip()
        if not self.content:
            raise ValidationError({"content": ValidationError(_("Write something."), "blank")})
        if len(self.content) > self.MOST_CHARACTERS:
            text = _("At most %(most)s characters.") % {"most": self.MOST_CHARACTERS}
            raise ValidationError({"content": ValidationError(text, "max_length")})
        if "\0" in self.content or any("\ud800" <= char <= "\udfff" for char in self.content):
            text = _("This holds characters that cannot be stored.")
            raise ValidationError({"content": ValidationError(text, "invalid")})

    @property
    def is_deleted(self) -> bool:
        """Whether only the tombstone is left."""
        return self.deleted_at is not None

    @property
    def author_name(self) -> str:
        """Who said it; empty for the system."""
        return str(self.author) if self.author_id else ""

    @property
    def hint(self) -> str:
        """The line below the name in search results."""
        return Truncator(plain(self.content)).chars(120)

    def event_subjects(self) -> list[models.Model | None]:
        """Its project."""
        return [self.project]


class ChatRead(BaseModel):
    """How far a person has read in a room."""

    project = models.ForeignKey(
        Project,
        verbose_name=gettext_lazy("project"),
        on_delete=models.CASCADE,
        related_name="reads",
    )
    employee = models.ForeignKey(
        Employee,
        verbose_name=gettext_lazy("employee"),
        on_delete=models.CASCADE,
        related_name="chat_reads",
    )
    sequence = models.PositiveBigIntegerField(gettext_lazy("read up to"), default=0)

    objects = ChatReadQuerySet.as_manager()

    class Meta:
        db_table = "chat_reads"
        ordering = ["project", "employee"]
        verbose_name = gettext_lazy("read position")
        verbose_name_plural = gettext_lazy("read positions")
        # The services move it; nobody types it.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "employee"], name="one_position_a_room")
        ]

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.sequence}"
