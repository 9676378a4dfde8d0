"""Which notifications there are, and for whom."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db.models import Q
from django.utils import timezone

from workmate.querysets import BaseQuerySet

if TYPE_CHECKING:
    from workmate.services import Actor


class NotificationQuerySet(BaseQuerySet):
    """Notifications."""

    def visible_to(self, user: "Actor") -> Self:
        """One's own, for everybody: an administrator, too, reads only their own."""
        return super().visible_to(user).filter(recipient_id=user.pk)

    def for_list(self) -> Self:
        """With the recipient's name."""
        return self.select_related("recipient")

    def search(self, text: str) -> Self:
        """Those in whose title or body every word occurs."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(Q(title__icontains=word) | Q(body__icontains=word))
        return found

    def unread(self) -> Self:
        """Those that nobody has opened."""
        return self.filter(read_at=None)

    def read(self) -> Self:
        """Those that were opened."""
        return self.exclude(read_at=None)

    def mail_due(self, now: dt.datetime | None = None) -> Self:
        """Those whose mail is to be sent, or tried again, by now."""
        return self.filter(mail_state="waiting", mail_retry_at__lte=now or timezone.now())
