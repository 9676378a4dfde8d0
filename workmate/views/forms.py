"""The form pages: new, edit, delete."""

from collections.abc import Sequence
from copy import copy
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from workmate import kept, services
from workmate.forms import BaseForm
from workmate.permissions import perm_of
from workmate.pickers import PICK
from workmate.querysets import BaseQuerySet
from workmate.verbs import verb_of
from workmate.views.base import ModelPages, Page, wanted_address
from workmate.views.told import named, tell_done, tell_saved


class FormPage(Page):
    """New and edit."""

    kind = "form"

    def perm(self) -> str:
        """To add or to change."""
        return perm_of(self.pages.model, "change" if "pk" in self.kwargs else "add")

    def form(self, obj: Any, data: Any = None, files: Any = None) -> BaseForm:
        """The model's form."""
        # What is chosen in a form of an existing row counts for what its fields offer next.
        fresh = obj is None or PICK in self.request.GET
        initial = self.pages.initial(self.request) if fresh else {}
        return self.pages.form_class(
            data, files, instance=obj, initial=initial, user=self.request.user
        )

    def typed(self) -> tuple[QueryDict | None, Any]:
        """What was typed here when the session ended, and no files; else nothing of either."""
        typed = kept.recall(self.request)
        if typed is None:
            return None, None
        text = _("You were signed out. What you typed is here: save it now.")
        messages.warning(self.request, text)
        return typed, MultiValueDict()

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The empty or filled form; with what was typed when the session ended."""
        obj = self.object() if pk else None
        return self.render(obj, self.form(obj, *self.typed()))

    def post(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """Write, or show what is wrong with everything that was typed."""
        obj = self.object() if pk else None
        form = self.form(obj, request.POST, request.FILES)
        made = self.save(form) if form.is_valid() else None
        if made is None:
            return self.render(obj, form, status=422)
        return self.onwards(made)

    def save(self, form: BaseForm) -> Any:
        """Write the row as the writer of the form read it; None where it is refused."""
        # Forms of another kind send no stamp.
        with services.as_read(getattr(form, "read", None)):
            return self.write(form)

    def onwards(self, made: Any) -> HttpResponse:
        """Back to where the address says, else to the written row, or the list without a page."""
        there = made.get_absolute_url() or self.pages.url("list")
        return redirect(wanted_address(self.request, there))

    def came_from(self) -> str:
        """Where one leaves to: as the address says, or to a row that it names (`customer_id`)."""
        if there := wanted_address(self.request):
            return there
        for field in self.pages.model._meta.concrete_fields:
            if field.is_relation and field.column and field.column in self.request.GET:
                row = seen(field, self.request.GET[field.column], self.request.user)
                if row is not None and (there := row.get_absolute_url()):
                    return str(there)
        return self.pages.url("list")

    def write(self, form: BaseForm) -> Any:
        """The written row, which is told; None where the services refuse."""
        made = form.write(by=self.request.user)
        if made is not None:
            tell_saved(self.request, made, is_new="pk" not in self.kwargs)
        return made

    def render(self, obj: Any, form: Any, status: int = 200, **more: Any) -> HttpResponse:
        """The form page."""
        one = self.pages.one()
        title = str(obj) if obj else _("New %(name)s") % {"name": one}
        cancel = obj.get_absolute_url() if obj else self.came_from()
        return self.page(
            {
                "object": obj,
                "title": title,
                "crumbs": self.crumbs(title),
                "form": form,
                "parts": parts_of(form),
                "error_list": errors_of(form),
                "submit_label": _("Save") if obj else _("Create %(name)s") % {"name": one},
                "cancel_url": cancel or self.pages.url("list"),
                **more,
            },
            status=status,
        )


class DeletePage(Page):
    """Ask, then delete (or what the model declares in its place)."""

    kind = "delete"

    def perm(self) -> str:
        """To delete."""
        return perm_of(self.pages.model, "delete")

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The question."""
        return self.ask(self.object())

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Delete, or say why not."""
        obj = self.object()
        name, gone = named(obj), copy(obj)
        try:
            services.delete(obj, by=cast(services.Actor, request.user))
        except ValidationError as error:
            return self.ask(obj, list(error.messages), status=409)
        declared = verb_of(self.pages.model, "delete")
        if declared is not None and (declared.done or declared.undo):
            tell_done(request, self.pages, declared, gone, name)
        else:
            messages.success(request, _("%(name)s was deleted.") % {"name": name})
        return self.onwards(obj)

    def onwards(self, gone: Any) -> HttpResponse:
        """To the list."""
        return redirect(self.pages.url("list"))

    def ask(self, obj: Any, errors: Sequence[str] = (), status: int = 200) -> HttpResponse:
        """The page that names what goes."""
        verb = verb_of(self.pages.model, "delete")
        label = verb.label if verb else _("Delete")
        title = f"{obj}: {label}"
        return self.page(
            {
                "object": obj,
                "title": title,
                "crumbs": self.crumbs(str(obj)),
                "label": label,
                "consequences": [verb.confirm] if verb and verb.confirm else [],
                "errors": errors,
                "cancel_url": obj.get_absolute_url() or self.pages.url("list"),
            },
            status=status,
        )


def seen(field: Any, key: str, user: Any) -> Any:
    """The row to which the foreign key leads, where the person may see it; else None."""
    rows = field.related_model._default_manager.all()
    try:
        key = field.target_field.to_python(key)
    except ValidationError:
        return None
    return rows.visible_to(user).filter(pk=key).first() if isinstance(rows, BaseQuerySet) else None


def parts_of(form: Any) -> list[dict[str, Any]]:
    """The form's fields in titled groups; what no group names comes last."""
    named: set[str] = set()
    parts = []
    for title, text, names in getattr(form, "parts", []):
        fields = [form[name] for name in names if name in form.fields]
        named |= set(names)
        if fields:
            parts.append({"title": title, "help": text, "fields": fields, "css": ""})
    rest = [form[name] for name in form.fields if name not in named and not form[name].is_hidden]
    if rest:
        title = _("More") if parts else ""
        parts.append({"title": title, "help": "", "fields": rest, "css": ""})
    return parts


def errors_of(form: Any) -> list[dict[str, str]]:
    """Every error with its field, for the summary that links to them."""
    found = [{"label": "", "id": "", "message": text} for text in form.non_field_errors()]
    for field in form:
        found += [
            {"label": str(field.label), "id": field.id_for_label, "message": text}
            for text in field.errors
        ]
    return found


ModelPages.form_page = FormPage
ModelPages.delete_page = DeletePage
