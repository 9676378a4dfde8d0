"""What may be done with projects and with who takes part in them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import PROTECT
from django.utils.translation import gettext_lazy as _

from employees.models import Employee
from projects.models import Project, ProjectMember
from workmate import services
from workmate.errors import Conflict
from workmate.events import emit
from workmate.services import Actor
from workmate.verbs import verb


@verb(Project, "create", permission="add_project", label=_("Create"))
def create_project(*, by: Actor | None, **data: Any) -> Project:
    """Add a project. Refuses a manager who is inactive.

    Who would not see it otherwise becomes its manager, or takes part where another was named.
    """
    owner = by if isinstance(by, Employee) and not _sees_all(by) else None
    if data.get("project_manager") is None and owner is not None:
        data["project_manager"] = owner
    refuse_inactive("project_manager", data.get("project_manager"))
    with services.acting(by):
        project = services.save(Project(**data), by=by)
        if owner is not None and project.project_manager_id != owner.pk:
            services.save(ProjectMember(project=project, employee=owner), by=by)
    return project


@verb(Project, "change", permission="change_project", label=_("Save"))
def change_project(project: Project, *, by: Actor | None, **data: Any) -> Project:
    """Change a project. Refuses a new manager who is inactive."""
    with services.acting(by):
        project = services.lock(project)
        before = project.project_manager_id
        status = project.status
        for name, value in data.items():
            setattr(project, name, value)
        if project.project_manager_id != before:
            refuse_inactive("project_manager", project.project_manager)
        project = services.save(project, by=by)
        if project.status != status:
            about = services.subjects_of(project)
            emit("status_changed", project, by=by, about=about, was=status, now=project.status)
    return project


@verb(
    Project,
    "complete",
    permission="change_project",
    label=_("Complete"),
    icon="circle-check",
    when=lambda project: not project.is_finished,
    summary="Complete a project",
    done=_("%(name)s was completed."),
    done_many=_("%(name)s were completed."),
    undo="reopen",
)
def complete_project(project: Project, *, by: Actor | None) -> Project:
    """End a project: no more time is booked on it. Refuses one that is finished."""
    with services.acting(by):
        project = services.lock(project)
        if project.is_finished:
            raise Conflict(_("This project is finished already."), code="finished")
        project.status = Project.Status.COMPLETED
        project = services.save(project, by=by)
        emit("completed", project, by=by, about=services.subjects_of(project))
    return project


@verb(
    Project,
    "reopen",
    permission="change_project",
    label=_("Reopen"),
    icon="rotate-ccw",
    when=lambda project: project.is_finished,
    bulk=False,
    summary="Reopen a project",
    done=_("%(name)s is open again."),
)
def reopen_project(project: Project, *, by: Actor | None) -> Project:
    """Work on a completed or cancelled project again. Refuses one that is not finished."""
    with services.acting(by):
        project = services.lock(project)
        if not project.is_finished:
            raise Conflict(_("This project is not finished."), code="not_finished")
        project.status = Project.Status.ACTIVE
        project = services.save(project, by=by)
        emit("reopened", project, by=by, about=services.subjects_of(project))
    return project


@verb(
    Project,
    "delete",
    permission="delete_project",
    label=_("Delete"),
    confirm=_("Who takes part in it is forgotten, too."),
)
def delete_project(project: Project, *, by: Actor | None) -> None:
    """Delete a project with its members. Refuses one on which anything was booked."""
    with services.acting(by):
        # Under the lock nothing can be booked between the question and the deletion.
        project = services.lock(project)
        if found := _bookings(project):
            message = _("Still in use by: %(names)s.")
            params = {"names": ", ".join(found)}
            raise Conflict(message, code="in_use", params=params)
        emit("deleted", project, by=by, about=services.subjects_of(project))
        project.delete()


@verb(ProjectMember, "create", permission="add_projectmember", label=_("Add"))
def add_project_member(
    *, by: Actor | None, project: Project, employee: Employee, role: str = ""
) -> ProjectMember:
    """Let a person take part in a project.

    Refuses inactive people, those who take part already, and projects that `by` does not see.
    """
    if by is not None and not Project.objects.visible_to(by).filter(pk=project.pk).exists():
        raise ValidationError({"project": _("There is no such project.")})
    refuse_inactive("employee", employee)
    return services.save(ProjectMember(project=project, employee=employee, role=role), by=by)


@verb(ProjectMember, "change", permission="change_projectmember", label=_("Save"))
def change_project_member(member: ProjectMember, *, by: Actor | None, **data: Any) -> ProjectMember:
    """Change as what a person takes part. Refuses another person or project."""
    with services.acting(by):
        member = services.lock(member)
        for name in ("project", "employee"):
            given = data.pop(name, None)
            if given is not None and given.pk != getattr(member, f"{name}_id"):
                message = _("Remove this member and add another one instead.")
                raise ValidationError({name: message})
        for name, value in data.items():
            setattr(member, name, value)
        return services.save(member, by=by)


@verb(
    ProjectMember,
    "delete",
    permission="delete_projectmember",
    label=_("Remove"),
    confirm=_("The person no longer sees the project; their hours stay."),
    done=_("%(name)s no longer takes part."),
)
def remove_project_member(member: ProjectMember, *, by: Actor | None) -> None:
    """End that a person takes part in a project; what they booked stays."""
    with services.acting(by):
        member = services.lock(member)
        emit("deleted", member, by=by, about=services.subjects_of(member))
        member.delete()


def refuse_inactive(field: str, person: Employee | None) -> None:
    """Raise ValidationError at that field for a person who no longer works here."""
    if person is not None and not person.is_active:
        raise ValidationError({field: _("This person is inactive.")})


def _sees_all(by: Actor) -> bool:
    return by.has_perm("projects.view_all_project")


def _bookings(project: Project) -> list[str]:
    """What refers to a project and keeps it, whichever module above it belongs to."""
    return sorted(
        str(relation.related_model._meta.verbose_name_plural)
        for relation in Project._meta.related_objects
        if relation.on_delete is PROTECT
        and relation.related_model._base_manager.filter(**{relation.field.name: project}).exists()
    )
