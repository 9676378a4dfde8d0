"""The verb pages: one verb on one row, on the list, or on the rows that were ticked."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import models
from django.forms import BooleanField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from workmate import services
from workmate.events import together
from workmate.forms import show_errors, verb_form
from workmate.models import address_of
from workmate.permissions import perm_of
from workmate.verbs import Verb, verbs_of
from workmate.views.base import ModelPages, Page, wanted_address
from workmate.views.forms import errors_of
from workmate.views.told import as_it_is, tell_done, tell_many


class VerbPage(Page):
    """One verb: carried out by POST; asks for its input where it takes some."""

    kind = "verb"
    verb: Verb = cast(Verb, None)
    # What the service refused, on the page that says so.
    refusal: ValidationError | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """As every page; a dialog is told where to go on.

        Did it follow by itself, the message would be shown to nobody: the page that it fetched
        to no end would have taken it.
        """
        response = super().dispatch(request, *args, **kwargs)
        if request.method == "POST" and self.wants_partial() and response.status_code == 302:
            return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
        return response

    def perm(self) -> str:
        """To view the row: whether the verb is held is asked after the row was found."""
        if self.verb.on == "list":
            return self.verb.permission
        return perm_of(self.pages.model, "view")

    def target(self) -> Any:
        """The row. 404 where it is invisible, 403 where the verb is not held."""
        obj = self.object() if self.verb.on == "object" else None
        if not self.request.user.has_perm(self.verb.permission):
            raise PermissionDenied
        return obj

    def get(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """The form, or the question."""
        obj = self.target()
        return self.ask(obj, verb_form(self.verb, None, request.user, request.GET.dict()))

    def post(self, request: HttpRequest, pk: Any = None) -> HttpResponse:
        """Carry it out, then go where its result is."""
        obj = self.target()
        form = verb_form(self.verb, request.POST, request.user)
        if not form.is_valid():
            return self.ask(obj, form, status=422)
        data = {
            name: value
            for name, value in form.cleaned_data.items()
            # A box that is not ticked says no; what else was not given keeps its default.
            if name in form.data
            or value not in (None, "")
            or isinstance(form.fields[name], BooleanField)
        }
        try:
            result = services.run(self.verb, obj, by=cast(services.Actor, request.user), **data)
        except ValidationError as error:
            if not self.verb.takes and not self.verb.confirm:
                messages.error(request, " ".join(error.messages))
                return self.onwards(obj)
            show_errors(form, error)
            self.refusal = error
            return self.ask(obj, form, status=422)
        made = result if isinstance(result, models.Model) else obj
        self.tell(made)
        return self.onwards(made)

    def tell(self, made: Any) -> None:
        """Say that it was carried out."""
        if made is not None:
            tell_done(self.request, self.pages, self.verb, made)
        else:
            messages.success(self.request, _("%(verb)s: done.") % {"verb": self.verb.label})

    def onwards(self, obj: Any) -> HttpResponse:
        """Back to where the button was, or to the object."""
        page = (obj and obj.get_absolute_url()) or self.pages.url("list")
        return HttpResponseRedirect(wanted_address(self.request, page))

    def about(self, obj: Any) -> list[tuple[str, Any]]:
        """What the question shows of the row, each with its label: what it is about."""
        return []

    def errors(self, obj: Any, form: Any) -> list[dict[str, str]]:
        """What is wrong with the input, and what was refused with a way to mend it."""
        ways: dict[str, str] = {}
        for name, items in getattr(self.refusal, "error_dict", {}).items():
            for item in items:
                ways |= dict.fromkeys(item.messages, self.way_to_mend(obj, name, item))
        found = errors_of(form)
        return [
            item if item["id"] else {**item, "url": ways.get(item["message"], "")} for item in found
        ]

    def way_to_mend(self, obj: Any, name: str, error: ValidationError) -> str:
        """Where what was refused can be put right: in the form of this row, or of another one.

        Empty where there is no such form, or the person may not write there.
        """
        params = error.params or {}
        row = params.get("row", obj)
        field = params.get("field", "" if name == NON_FIELD_ERRORS else name)
        if row is None or not (field or "row" in params):
            return ""
        if not self.request.user.has_perm(perm_of(type(row), "change")):
            return ""
        meta = row._meta
        try:
            there = address_of(f"{meta.app_label}:{meta.model_name}-edit", row.pk)
        except NoReverseMatch:
            return str(row.get_absolute_url())
        return f"{there}#id_{field}" if field else there

    def ask(self, obj: Any, form: Any, status: int = 200) -> HttpResponse:
        """The verb's page, or its dialog for htmx."""
        title = f"{obj}: {self.verb.label}" if obj else str(self.verb.label)
        crumbs = self.crumbs(*([str(obj)] if obj else []), str(self.verb.label))
        return self.page(
            {
                "object": obj,
                "title": title,
                "crumbs": crumbs,
                "verb": self.verb,
                "about": self.about(obj) if obj else [],
                "action_url": self.request.path,
                "form": form,
                "error_list": self.errors(obj, form),
                "cancel_url": (obj and obj.get_absolute_url()) or self.pages.url("list"),
            },
            partial="generic/_verb.html",
            status=status,
        )


class BulkPage(Page):
    """One verb on the rows that were ticked in a list."""

    def perm(self) -> str:
        """The verb's own permission."""
        found = [
            verb
            for verb in verbs_of(self.pages.model, on="object")
            if verb.slug == self.kwargs["verb"] and verb.bulk and not verb.takes
        ]
        if not found:
            raise Http404
        self.found = found[0]
        return self.found.permission

    def post(self, request: HttpRequest, verb: str) -> HttpResponse:
        """Carry it out row by row; a refusal of one does not stop the others."""
        # Taken back by a button in a message, the ids stand in the address.
        ids = [*request.POST.getlist("ids"), *request.GET.getlist("ids")]
        rows = self.pages.rows(request.user).filter(pk__in=valid_ids(ids))
        done: list[Any] = []
        refused = []
        with together():
            for obj in rows[:500]:
                try:
                    made = services.run(self.found, obj, by=cast(services.Actor, request.user))
                except ValidationError as error:
                    refused.append(f"{obj}: {' '.join(error.messages)}")
                else:
                    done.append(as_it_is(obj, made))
        if done:
            self.told(done)
        for line in refused[:5]:
            messages.error(request, line)
        if not done and not refused:
            messages.warning(request, _("Nothing was selected."))
        return HttpResponseRedirect(wanted_address(request, self.pages.url("list")))

    def told(self, done: list[Any]) -> None:
        """Say on how many it was carried out."""
        tell_many(self.request, self.pages, self.found, done)


def valid_ids(texts: list[str]) -> list[str]:
    """Those of the texts that are UUIDs."""
    field = models.UUIDField()
    found = []
    for text in texts:
        try:
            field.to_python(text)
        except ValidationError:
            continue
        found.append(text)
    return found


ModelPages.verb_page = VerbPage
ModelPages.bulk_page = BulkPage
