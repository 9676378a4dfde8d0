"""Which boards and settings there are, and for whom."""

from typing import TYPE_CHECKING, Self

from workmate.querysets import BaseQuerySet

if TYPE_CHECKING:
    from workmate.services import Actor


class DashboardQuerySet(BaseQuerySet):
    """Dashboards."""

    search_fields = ("name",)

    def visible_to(self, user: "Actor") -> Self:
        """One's own, for everybody: an administrator, too, sees only their own."""
        return super().visible_to(user).filter(owner_id=user.pk)

    def of(self, person: "Actor") -> Self:
        """One person's own, whatever their role lets them do with boards."""
        return self.filter(owner_id=person.pk)

    def default(self) -> Self:
        """Those that are their owner's default."""
        return self.filter(is_default=True)


class OwnSettingsQuerySet(BaseQuerySet):
    """Rows of which each person has one."""

    def visible_to(self, user: "Actor") -> Self:
        """One's own, for everybody who is signed in."""
        return self.filter(employee_id=user.pk)

    def for_list(self) -> Self:
        """With the person, whose own fields are the truth."""
        return self.select_related("employee")
