"""Django admin: the same rights, the same rows, the same services as every other door."""

from typing import Any, ClassVar, cast

from auditlog.models import LogEntry
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from workmate import services
from workmate.forms import formfield_of, limit_choices, show_errors
from workmate.models import NumberSequence
from workmate.permissions import hidden_names, perm_of
from workmate.querysets import BaseQuerySet
from workmate.verbs import Verb, verbs_of
from workmate.views.told import as_it_is, done_text


class AdminForm(forms.ModelForm):  # type: ignore[type-arg]
    """A model form that tries the write before it is called valid.

    What only the services refuse is thus told at the field, with everything typed still there:
    the trial runs in a savepoint that is rolled back, the real write follows in `save_model`.
    """

    actor: Any = None

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or self.actor is None:
            return
        try:
            with transaction.atomic():
                self.write()
                transaction.set_rollback(True)
        except ValidationError as error:
            show_errors(self, error)

    def write(self) -> Any:
        """Create or change the row through the services."""
        names = {field.name for field in self._meta.model._meta.fields}
        data = {name: value for name, value in self.cleaned_data.items() if name in names}
        if self.instance._state.adding:
            return services.create(self._meta.model, by=self.actor, **data)
        data = {name: value for name, value in data.items() if name in self.changed_data}
        return services.change(self.instance, by=self.actor, **data)


class _Rights:
    """Rights of the house, for admins and inlines alike."""

    model: type[models.Model]

    def _may(self, request: HttpRequest, action: str) -> bool:
        return request.user.has_perm(perm_of(self.model, action))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may view it."""
        return self._may(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may view it."""
        return self._may(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may add it."""
        return self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change it, unless the row is frozen."""
        return self._may(request, "change") and not getattr(obj, "is_frozen", False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may delete it, unless the row is frozen."""
        return self._may(request, "delete") and not getattr(obj, "is_frozen", False)


class BaseAdmin(_Rights, admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin of the house: rows by `visible_to`, writes by services, verbs as actions."""

    form = AdminForm
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False
    date_hierarchy: ClassVar[str | None] = None

    def get_queryset(self, request: HttpRequest) -> Any:
        """What the person may see, with what the columns show of other tables."""
        rows = cast(BaseQuerySet, self.model._default_manager.all())
        return rows.visible_to(cast(services.Actor, request.user)).for_list()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        """The form, knowing who acts."""
        form = super().get_form(request, obj, change, **kw)
        return type(form.__name__, (form,), {"actor": request.user})

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Decimals as people type them; choices of rows: only what the person may see."""
        if isinstance(db_field, models.DecimalField) and not db_field.choices:
            return formfield_of(db_field)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        limit_choices(field, request.user)
        return field

    def hidden(self, request: HttpRequest, obj: Any = None) -> frozenset[str]:
        """What the person may not see: of `obj`, or of rows in general."""
        return hidden_names(obj or self.model(), request.user)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without what is concealed from the person."""
        hidden = self.hidden(request, obj)
        shown = []
        for title, options in super().get_fieldsets(request, obj):
            names = [name for name in options["fields"] if name not in hidden]
            if names:
                shown.append((title, {**options, "fields": names}))
        return shown

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """No filter in the address by what is concealed: it would tell what it hides."""
        if lookup.split("__")[0] in self.hidden(request):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ids and times are never typed."""
        return [*super().get_readonly_fields(request, obj), "id", "created_at", "updated_at"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the services."""
        written = form.write()
        obj.pk = written.pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, or what the model declares in its place."""
        services.delete(obj, by=cast(services.Actor, request.user))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Each by itself: the bulk delete has the same rules."""
        for obj in queryset:
            self.delete_model(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The rows themselves. What hangs on them may be hidden from the person, and is not named:
        whether it stands in the way is the services' answer, as at every other door.
        """
        kept = {
            str(self.opts.verbose_name)
            for obj in objs
            if not self.has_delete_permission(request, obj)
        }
        return [str(obj) for obj in objs], {}, kept, []

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """A refusal is a message on the page, not an error."""
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, extra_context)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return self.response_post_save_change(request, self.get_object(request, object_id))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A refusal in a bulk delete is a message on the list."""
        try:
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        except (DataError, OverflowError):  # a filter in the address that no column understands
            if "e" in request.GET:
                raise
            return redirect(f"{request.path}?e=1")  # as Django answers other wrong filters
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return super().changelist_view(_as_get(request), extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """What only the services refuse, such as a row frozen meanwhile, is a message."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return HttpResponseRedirect(request.path)

    def get_actions(self, request: HttpRequest) -> Any:
        """The plain actions and the verbs that need no input."""
        actions: dict[str, Any] = super().get_actions(request)
        if not self.has_delete_permission(request):
            actions.pop("delete_selected", None)
        for verb in verbs_of(self.model, on="object"):
            if verb.bulk and not verb.takes and request.user.has_perm(verb.permission):
                actions[verb.name] = (_action(verb), verb.name, verb.label)
        return actions

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The history keeps it: no second log."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The history keeps it: no second log."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The history keeps it: no second log."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """The history of one row, from the audit log."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        entries = list(LogEntry.objects.get_for_object(obj).select_related("actor")[:200])
        hidden = self.hidden(request, obj)
        for entry in entries:  # never saved: only what is shown goes without
            entry.changes = {
                name: change for name, change in entry.changes_dict.items() if name not in hidden
            }
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(name)s") % {"name": obj},
            "entries": entries,
            "object": obj,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/history.html", context)


class BaseInline(_Rights, admin.TabularInline):  # type: ignore[type-arg]
    """Rows of a child model below its parent."""

    extra = 0
    show_change_link = True

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Decimals as people type them."""
        if isinstance(db_field, models.DecimalField):
            return formfield_of(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def _action(verb: Verb) -> Any:
    def act(modeladmin: Any, request: HttpRequest, queryset: Any) -> None:
        done = []
        for obj in queryset:
            try:
                made = services.run(verb, obj, by=cast(services.Actor, request.user))
            except ValidationError as error:
                modeladmin.message_user(
                    request, f"{obj}: {' '.join(error.messages)}", messages.ERROR
                )
            else:
                done.append(as_it_is(obj, made))
        if done:
            modeladmin.message_user(request, done_text(verb, done))

    act.__name__ = verb.name
    return act


def _as_get(request: HttpRequest) -> HttpRequest:
    request.method = "GET"
    return request


@admin.register(NumberSequence)
class NumberSequenceAdmin(BaseAdmin):
    """Number series: only the pattern can be changed; the counters are drawn, not typed."""

    list_display = ["key", "pattern"]
    readonly_fields = ["key"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Series come about by use."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A series that was used stays."""
        return False


admin.site.site_header = "WorkmateOS"
admin.site.site_title = "WorkmateOS"
admin.site.index_title = str(_("Back office"))
