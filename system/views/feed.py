"""Pages for activity: what people did, the latest first."""

from django.utils.translation import gettext_lazy as _

from system.filters import ActivityEntryFilter
from system.models import ActivityEntry
from workmate.views import Column, ModelPages, Section


class ActivityEntryPages(ModelPages):
    """The feed."""

    model = ActivityEntry
    filter_class = ActivityEntryFilter
    prefix, icon, group = "activity", "activity", "tools"
    writes = ()
    empty_text = _("What people create, change, send and finish stands here.")
    columns = [
        Column("what", _("What"), narrow="who"),
        Column("who", _("By"), css="wide-only"),
        Column("created_at", _("When"), order="created_at"),
    ]
    sections = [
        Section(
            _("Facts"),
            [Column("kind", _("Kind of object")), "target_label", "done", "who", "created_at"],
        )
    ]
