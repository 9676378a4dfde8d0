"""Which messages there are, for whom, and which of them are unread."""

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Count, IntegerField, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from workmate.querysets import BaseQuerySet

if TYPE_CHECKING:
    from workmate.services import Actor

VIEW, VIEW_ALL = "chat.view_chatmessage", "chat.view_all_chatmessage"


class ChatMessageQuerySet(BaseQuerySet):
    """Messages."""

    sees = _("of the projects that one sees")

    def visible_to(self, user: "Actor") -> Self:
        """Those of the rooms that the person may enter."""
        rows = super().visible_to(user)
        if user.has_perm(VIEW_ALL):
            return rows
        return rows.filter(project__in=self.rooms_of(user).order_by().values("pk"))

    def rooms_of(self, user: "Actor") -> Any:
        """The projects whose room the person may enter: as member or manager, or all by right."""
        projects: Any = self.model._meta.get_field("project").related_model._default_manager.all()
        if not user.has_perm(VIEW):
            return projects.none()
        return projects if user.has_perm(VIEW_ALL) else projects.of(user)

    def for_list(self) -> Self:
        """With the names of project and author."""
        return self.select_related("project", "author")

    def before(self, message: Any) -> Self:
        """What was said earlier in the same room."""
        return self.filter(project=message.project_id, sequence__lt=message.sequence)

    def after(self, message: Any) -> Self:
        """What was said later in the same room."""
        return self.filter(project=message.project_id, sequence__gt=message.sequence)

    def since(self, version: int) -> Self:
        """What was written, edited or deleted since then, in that order."""
        return self.filter(version__gt=version).order_by("version")

    def unread_by(self, person: "Actor") -> Self:
        """What others said in one's own rooms beyond the point up to which one has read."""
        reads: Any = self.model._meta.get_field("project").related_model._meta.get_field("reads")
        mine = reads.related_model._base_manager.order_by().filter(
            employee=person.pk, project=OuterRef("project")
        )
        read = Coalesce(
            Subquery(mine.values("sequence")[:1], output_field=IntegerField()),
            0,
        )
        rows = self.filter(is_system_message=False, deleted_at=None, sequence__gt=read)
        own: Any = self.model._meta.get_field("project").related_model._default_manager
        rooms = own.of(person).order_by().values("pk")
        return rows.exclude(author=person.pk).filter(project__in=rooms)

    def count_by_room(self) -> dict[Any, int]:
        """How many of these messages stand in which room."""
        counts = self.order_by().values("project").annotate(found=Count("pk"))
        return {row["project"]: row["found"] for row in counts}

    def version(self) -> int:
        """The number of the last change to one of these messages; 0 without any."""
        return self.order_by().aggregate(last=Max("version"))["last"] or 0


class ChatReadQuerySet(BaseQuerySet):
    """How far people have read."""

    def visible_to(self, user: "Actor") -> Self:
        """One's own: how far somebody has read is nobody else's business."""
        return self.filter(employee=user.pk)
