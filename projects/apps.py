"""Projects: what is done for whom, by when, for how much."""

from django.utils.translation import gettext_lazy as _

from workmate.apps import ModuleConfig


class ProjectsConfig(ModuleConfig):
    """Projects and their members."""

    name = "projects"
    verbose_name = _("Projects")
    area = "backoffice"
    icon = "folder-kanban"
    order = 30
