"""What waits for my decision, of every module that registers it: several decided at once."""

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from workmate import services
from workmate.events import together
from workmate.forms import verb_form
from workmate.registry import GROUPS, Approval, Waiting, registry
from workmate.verbs import verb_of
from workmate.views.base import wants_partial
from workmate.views.verbs import valid_ids

# More are shown once these are decided.
MOST_ROWS = 200
VERBS = ("approve", "reject")
# Asks for the rows of one group.
OPEN = "open"
REFUSALS = 5


class ApprovalsPage(LoginRequiredMixin, View):
    """What waits for me, by kind (`?kind=time`), person and week."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page, empty for who decides on nothing; for scripts the rows of one group alone."""
        return shown(request, request.GET.get("kind", ""))


class DecidePage(LoginRequiredMixin, View):
    """Approve or reject the rows of one kind that were ticked."""

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Row by row; a refusal of one does not stop the others. Rejecting asks for a reason."""
        found = {item.key: item for item in registry.approvals()}.get(key)
        if found is None or not request.user.has_perm(found.permission):
            raise Http404
        act, reason = request.POST.get("verb", ""), request.POST.get("reason", "").strip()
        verb = verb_of(found.model, act) if act in VERBS else None
        if verb is None:
            return shown(request, key, _("Approve or reject?"), 422)
        if act == "reject" and not reason:
            return shown(request, key, _("Say what is to be corrected."), 422)
        form = verb_form(verb, request.POST, request.user)
        if not form.is_valid():
            errors = [str(text) for texts in form.errors.values() for text in texts]
            return shown(request, key, " ".join(errors), 422)
        by = cast(services.Actor, request.user)
        read = read_of(request.POST.getlist("ids"))
        rows = found.rows(by).for_list().filter(pk__in=read)
        done, refused = 0, []
        with together():
            for row in rows[:MOST_ROWS]:
                try:
                    services.run_as_read(verb, row, read[row.pk], by=by, **form.cleaned_data)
                except ValidationError as error:
                    refused.append(f"{row}: {' '.join(error.messages)}")
                else:
                    done += 1
        if done:
            messages.success(request, told(act, done))
        for line in refused[:REFUSALS]:
            messages.error(request, line)
        if not done and not refused:
            messages.warning(request, _("Nothing was selected."))
        return HttpResponseRedirect(f"{reverse('workmate:approvals')}?kind={key}")


def as_read(row: Any) -> str:
    """A row as its box names it: its key, and when it was last changed."""
    return f"{row.pk}:{row.updated_at.isoformat()}"


def read_of(texts: list[str]) -> dict[UUID, set[str]]:
    """By key when the ticked rows had last been changed, as far as their boxes say."""
    read: dict[UUID, set[str]] = {}
    for text in texts:
        for name in text.split(","):
            key, _colon, moment = name.partition(":")
            if valid_ids([key]):
                read.setdefault(UUID(key), set()).update({moment} - {""})
    return read


def told(act: str, done: int) -> str:
    """What was decided, on how many."""
    if act == "approve":
        text = ngettext("One entry was approved.", "%(n)s entries were approved.", done)
    else:
        text = ngettext("One entry was rejected.", "%(n)s entries were rejected.", done)
    return text % {"n": done}


def shown(request: HttpRequest, key: str, error: str = "", status: int = 200) -> HttpResponse:
    """The page of all kinds, or the one of that key. 404 where the person decides on none such."""
    mine = [item for item in registry.approvals() if request.user.has_perm(item.permission)]
    wanted = [item for item in mine if key in {"", item.key}]
    if key and not wanted:
        raise Http404
    parts = [part_of(item, request) for item in wanted]
    if OPEN in request.GET and wants_partial(request):
        opened = [
            {"part": part, "lines": group["lines"]}
            for part in parts
            for group in part["groups"]
            if group["is_open"]
        ]
        alone = opened[0] if opened else {"part": {}, "lines": []}
        return TemplateResponse(request, "workmate/_approval_lines.html", alone)
    page = reverse("workmate:approvals")
    title = _("Approvals")
    context = {
        "title": title,
        "crumbs": [(str(GROUPS["team"]), None), (title, None)],
        "kinds": [
            {"label": item.label, "url": f"{page}?kind={item.key}", "current": item.key == key}
            for item in mine
        ],
        "all_url": page,
        "is_all": not key,
        "parts": parts,
        "error": error,
        "refused": key if error and request.POST.get("verb") in VERBS else "",
        "reason": request.POST.get("reason", ""),
        "chosen": request.POST.getlist("ids"),
    }
    return TemplateResponse(request, "workmate/approvals.html", context, status=status)


def part_of(item: Approval, request: HttpRequest) -> dict[str, Any]:
    """The rows of one kind, in groups of a person and span."""
    rows = item.rows(cast(services.Actor, request.user)).for_approval()
    found = list(rows[: MOST_ROWS + 1])
    groups: dict[tuple[str, Any, str], list[tuple[Any, Waiting]]] = {}
    for row in found[:MOST_ROWS]:
        line = item.shows(row)
        groups.setdefault((str(line.person), line.person.pk, line.span), []).append((row, line))
    return {
        "key": item.key,
        "label": item.label,
        "icon": item.icon,
        "url": reverse("workmate:decide", args=[item.key]),
        "has_more": len(found) > MOST_ROWS,
        "groups": [
            _group(item, request, lines) for _key, lines in sorted(groups.items(), key=_by_person)
        ],
    }


def _by_person(group: Any) -> tuple[str, Any]:
    (name, _pk, _span), lines = group
    return name, min(line.day for _row, line in lines)


def _group(
    item: Approval, request: HttpRequest, lines: list[tuple[Any, Waiting]]
) -> dict[str, Any]:
    """A person and span with their sum; its rows once it is opened, or where some are ticked.

    Drawn all at once, they were most of the page's work, and mostly decided on by the group.
    """
    row, first = lines[0]
    ids = [as_read(row) for row, _line in lines]
    name = f"{first.person.pk} {first.span}"
    # Opened again, too, where something is wrong with what was ticked in it.
    is_open = request.GET.get(OPEN) == name or not set(ids).isdisjoint(request.POST.getlist("ids"))
    query = urlencode({"kind": item.key, OPEN: name})
    return {
        "person": first.person,
        "span": first.span,
        "url": item.sheet(row),
        "ids": ",".join(ids),
        "count": len(lines),
        "sum": item.total(sum(line.amount for _row, line in lines)),
        "is_open": is_open,
        "open_url": "" if is_open else f"{reverse('workmate:approvals')}?{query}",
        "lines": _lines(item, lines) if is_open else [],
    }


def _lines(item: Approval, lines: list[tuple[Any, Waiting]]) -> list[dict[str, Any]]:
    return [
        {
            "id": as_read(row),
            "url": row.get_absolute_url(),
            "amount": item.total(line.amount),
            "line": line,
        }
        for row, line in sorted(lines, key=lambda pair: pair[1].day)
    ]
