"""Which boards and settings there are, and for whom."""

from typing import TYPE_CHECKING, Self

from workmate.querysets import BaseQuerySet

if TYPE_CHECKING:
    from workmate.services import Actor


class DashboardQuerySet(BaseQuerySet):
    """Dashboards."""

    def visible_to(self, user: "Actor") -> Self:
        """One's own, for everybody: an administrator, too, sees only their own."""
        return super().visible_to(user).filter(owner_id=user.pk)

    def search(self, text: str) -> Self:
        """Those in whose name every word occurs."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(name__icontains=word)
        return found

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
