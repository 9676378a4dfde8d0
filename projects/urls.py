"""Addresses of the pages."""

from projects.views import ProjectMemberPages, ProjectPages

app_name = "projects"
urlpatterns = [*ProjectPages.urls(), *ProjectMemberPages.urls()]
