"""Template tags: icons, amounts, hours, dates, status, form fields, rights."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from zipfile import ZipFile

from django import forms, template
from django.forms import BoundField
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.html import conditional_escape as escaped
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from workmate import kept

register = template.Library()

NOTHING = "\u2013"
NBSP = "\u00a0"
MINUS = "\u2212"
# So many icons and status words are kept as they were drawn: a page has some sixty of few kinds.
MOST_DRAWN = 500

Number = Decimal | int | float | str


# --- Icons --------------------------------------------------------------------------------------
@cache
def _icons() -> ZipFile:
    return ZipFile((files("lucide") / "lucide.zip").open("rb"))


@cache
def _shape(name: str) -> str:
    """What stands between <svg> and </svg>. Raises KeyError for an unknown icon."""
    svg = _icons().read(f"{name}.svg").decode()
    inner = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    return re.sub(r"\s*\n\s*", "", inner).replace(" />", "/>")


@register.simple_tag
@lru_cache(MOST_DRAWN)
def icon(name: str, css: str = "") -> SafeString:
    """An inline icon of the Lucide set; it says nothing to a screen reader.

    An unknown name gives an empty icon of the same size, so that a page never fails on one.
    """
    try:
        shape = _shape(str(name))
    except KeyError:
        shape = ""
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        f"icon {css}".strip(),
        mark_safe(shape),  # noqa: S308 - from the installed package, not from people
    )


# --- Numbers ------------------------------------------------------------------------------------
def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def format_number(
    value: Number | None, places: int | None = None, language: str | None = None
) -> str:
    """`1.234,5` in German, `1,234.5` in English; with a true minus. None is a dash.

    Without `places` trailing zeros go.
    """
    if value is None or value == "":
        return NOTHING
    number = _decimal(value)
    if places is None:
        places = decimals_of(number)
    number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    # As `number_format` does, which takes ten times as long: lists write hundreds of amounts.
    text = f"{abs(number):,.{places}f}".translate(_marks(language or get_language() or "de"))
    return MINUS + text if number < 0 else text


@cache
def _marks(language: str) -> dict[int, str]:
    """What stands in that language for the comma and the point of `1,234.5`."""
    names = {",": "THOUSAND_SEPARATOR", ".": "DECIMAL_SEPARATOR"}
    return str.maketrans({mark: get_format(name, language) for mark, name in names.items()})


def decimals_of(number: Decimal) -> int:
    """How many decimals a number needs: none for 8.00, four for 8.8333."""
    return max(0, -int(number.normalize().as_tuple().exponent))


def format_money(value: Number | None, language: str | None = None, places: int = 2) -> str:
    """`1.234,50 €` in German, `€1,234.50` in English. None is a dash."""
    if value is None or value == "":
        return NOTHING
    language = language or get_language() or "de"
    text = format_number(value, places, language)
    if language.startswith("de"):
        return f"{text}{NBSP}€"
    return f"{MINUS}€{text[1:]}" if text.startswith(MINUS) else f"€{text}"


def format_hours(value: Number | dt.timedelta | None) -> str:
    """Hours as people read a clock: 7.5 is `7:30`, many are `1.234:30`. None is a dash."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, dt.timedelta):
        minutes = round(value.total_seconds() / 60)
    else:
        minutes = int((_decimal(value) * 60).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    sign = MINUS if minutes < 0 else ""
    hours = f"{abs(minutes) // 60:,}".translate(_marks(get_language() or "de"))
    return f"{sign}{hours}:{abs(minutes) % 60:02d}"


@register.simple_tag(name="money")
def money_tag(value: Number | None) -> str:
    """An amount in EUR."""
    return format_money(value)


@register.simple_tag(name="hours")
def hours_tag(value: Number | dt.timedelta | None) -> str:
    """Hours and minutes."""
    return format_hours(value)


@register.simple_tag(name="price")
def price_tag(value: Number | None) -> str:
    """A price in EUR with all its decimals, two at least: what it is multiplied by may be large."""
    return format_money(value, places=2 if value is None else max(2, decimals_of(_decimal(value))))


@register.simple_tag(name="num")
def num_tag(value: Number | None, places: int | None = None) -> str:
    """A number with its groups."""
    return format_number(value, places)


# For use inside other tags: {% blocktranslate with total=sum|money %}.
register.filter("money", format_money)
register.filter("hours", format_hours)
register.filter("num", format_number)


# --- Dates --------------------------------------------------------------------------------------
def format_date(value: dt.date | None) -> str:
    """A date, or a moment in the person's zone, as the language writes it. None is a dash."""
    if value is None:
        return NOTHING
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return date_format(local, "DATETIME_FORMAT")
    return date_format(value, "DATE_FORMAT")


@register.simple_tag(name="date")
def date_tag(value: dt.date | None) -> SafeString | str:
    """A <time> element."""
    if value is None or not isinstance(value, dt.date):
        return NOTHING
    return format_html(
        '<time class="tnum" datetime="{}">{}</time>', value.isoformat(), format_date(value)
    )


def format_ago(value: dt.date | None, now: dt.datetime | None = None) -> str:
    """How far away: `today`, `in 12 days`, `5 minutes ago`. None is empty."""
    if value is None:
        return ""
    now = now or timezone.now()
    if isinstance(value, dt.datetime):
        minutes = round((value - now).total_seconds() / 60)
        if abs(minutes) < 1:
            return _("just now")
        if abs(minutes) < 60:
            return _away(minutes, "minute")
        if abs(minutes) < 60 * 12:
            return _away(round(minutes / 60), "hour")
        value = timezone.localtime(value).date()
    days = (value - timezone.localtime(now).date()).days
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    return near.get(days) or _away(days, "day")


def format_due(day: dt.date | None) -> str:
    """How long it is overdue, or when it will be due; empty without a day."""
    if day is None:
        return ""
    if (late := (timezone.localdate() - day).days) > 0:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", late) % {"n": late}
    return _("due %(when)s") % {"when": format_ago(day)}


def _away(count: int, unit: str) -> str:
    number = abs(count)
    if unit == "minute":
        ahead = ngettext("in %(n)s minute", "in %(n)s minutes", number)
        past = ngettext("%(n)s minute ago", "%(n)s minutes ago", number)
    elif unit == "hour":
        ahead = ngettext("in %(n)s hour", "in %(n)s hours", number)
        past = ngettext("%(n)s hour ago", "%(n)s hours ago", number)
    else:
        ahead = ngettext("in %(n)s day", "in %(n)s days", number)
        past = ngettext("%(n)s day ago", "%(n)s days ago", number)
    return (ahead if count > 0 else past) % {"n": number}


@register.simple_tag
def today() -> str:
    """The day in full words."""
    return date_format(timezone.localdate(), _("l, j F Y"))


@register.simple_tag
def week() -> str:
    """The calendar week of today, by ISO 8601 as Germans count it."""
    return _("week %(number)s") % {"number": timezone.localdate().isocalendar().week}


@register.simple_tag(name="ago")
def ago_tag(value: dt.date | None) -> str:
    """How far away a date or moment is."""
    return format_ago(value)


@register.filter
def since(start: dt.datetime | None) -> str:
    """The time that runs since then, as hours and minutes."""
    return format_hours(timezone.now() - start) if start else ""


# --- Words --------------------------------------------------------------------------------------
@register.simple_tag
def status(state: Mapping[str, Any] | None) -> SafeString:
    """A status as shape, word and colour, from {label, tone, shape}; empty without a word.

    It stands by itself, and so begins as a sentence does.
    """
    if not state or not state["label"]:
        return SafeString()
    return _status(str(state["label"]), state.get("tone") or "", state.get("shape") or "")


@lru_cache(MOST_DRAWN)
def _status(label: str, tone: str, shape: str) -> SafeString:
    return format_html(
        '<span class="status" data-tone="{}" data-shape="{}">{}</span>',
        tone,
        shape,
        capfirst(label),
    )


@register.filter
def initials(name: object) -> str:
    """Two letters for a person: first and last word."""
    words = str(name).split()
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()


@register.simple_tag
def avatar(person: Any, css: str = "") -> SafeString:
    """A person's photo, else their two letters; beside the name, so it says nothing itself."""
    classes = f"avatar {css}".strip()
    if url := getattr(person, "photo_url", ""):
        return format_html('<img class="{}" src="{}" alt="" loading="lazy">', classes, url)
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials(person))


# --- Rights and addresses -----------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def can(context: Context, permission: str, obj: Any = None) -> bool:
    """Whether the person holds a permission: {% can "crm.add_customer" as ok %}."""
    user = getattr(context.get("request"), "user", None)
    return bool(user is not None and user.has_perm(permission, obj))


@register.simple_tag(takes_context=True)
def whose_form(context: Context) -> SafeString:
    """Marks a form as this person's: what is typed outlives the end of their session."""
    user = getattr(context.get("request"), "user", None)
    name, value = kept.WHOSE, kept.signature(user)
    return format_html('<input type="hidden" name="{}" value="{}">', name, value)


@register.simple_tag(takes_context=True)
def qs(context: Context, **changes: Any) -> str:
    """This page's query with some parameters replaced; None takes one away."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = value
    return f"?{query.urlencode()}" if query else "?"


# --- Forms --------------------------------------------------------------------------------------
_CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, _CHOICES):
        return "options"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "textarea" if isinstance(widget, forms.Textarea) else "input"


def widget_attrs(bound: BoundField, **attrs: str | bool) -> dict[str, str | bool]:
    """The attributes that tie a control to its error and its help."""
    name = bound.auto_id or bound.html_name
    described = [f"{name}-error"] if bound.errors else []
    described += [f"{name}-help"] if bound.help_text else []
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return attrs


def _is_lost(bound: BoundField) -> bool:
    """Whether a file was chosen that the browser, sent back to the form, no longer holds."""
    form = bound.form
    return bool(
        form.is_bound and form.errors and not bound.errors and form.files.get(bound.html_name)
    )


@register.inclusion_tag("generic/_field.html")
def field(
    bound: BoundField, css: str = "", label: str = "", mark_optional: bool = True
) -> dict[str, Any]:
    """A form field: label above, control, error, help."""
    widget = bound.field.widget
    kind = _kind(widget)
    attrs = widget_attrs(bound)
    if kind in ("input", "textarea"):
        given = widget.attrs.get("class", "")
        number = "tnum" if widget.attrs.get("data-kind") else ""
        attrs["class"] = " ".join(filter(None, ["input", number, given]))
    return {
        "field": bound,
        "id": bound.auto_id or bound.html_name,
        "kind": kind,
        "label": capfirst(label or bound.label),
        "control": bound.as_widget(attrs=attrs) if kind != "options" else "",
        "css": css or ("w3" if kind == "input" else ""),
        "again": _is_lost(bound),
        "optional": mark_optional and not bound.field.required and kind in ("input", "textarea"),
    }


@register.simple_tag
def cell(bound: BoundField | str, name: str, css: str = "") -> SafeString:
    """A control inside a table's cell; `name` is what a screen reader hears in place of a label.

    Empty where the form has no such field.
    """
    if not isinstance(bound, BoundField):
        return SafeString()
    kind = "num" if bound.field.widget.attrs.get("data-kind") == "decimal" else ""
    classes = " ".join(filter(None, ["input", kind, css]))
    return bound.as_widget(attrs=widget_attrs(bound, **{"class": classes, "aria-label": name}))


# --- Parts of the generic pages -----------------------------------------------------------------
@register.simple_tag
def verb_groups(
    verbs: Iterable[Mapping[str, Any]] | None, steps: Iterable[Mapping[str, Any]] | None = None
) -> dict[str, list[Mapping[str, Any]]]:
    """Which verbs stand as buttons (the primary one last) and which behind the menu.

    Steps are what can be begun from here: two of them stand as buttons where no verb is primary.
    """
    verbs, steps = list(verbs or []), list(steps or [])
    primary = [verb for verb in verbs if verb.get("primary")][:1]
    others = [verb for verb in verbs if verb not in primary]
    others.sort(key=lambda verb: not verb.get("primary"))  # what else might come next is first
    begun = [] if primary else steps
    room = 0 if begun else 1 if primary else 2
    harmless = [verb for verb in others if verb.get("tone") != "danger"][:room]
    return {
        "shown": harmless,
        "primary": primary,
        "rest": [verb for verb in others if verb not in harmless],
        "step": begun[:1],
        "beside": begun[1:2],
        "more": begun[2:] if begun else steps,
    }


@register.simple_tag
def row_cells(row: Mapping[str, Any]) -> SafeString:
    """The cells of a list's row; the first is its head and leads to the page of its object.

    Not a template: of its thousand small parts a page of rows would be drawn five times as long.
    """
    parts: list[str] = []
    for cell in row["cells"]:
        inner = escaped(cell["html"]) or NOTHING
        # A card of a phone leaves out what is not there.
        css = f"{cell['align']} {cell['css']}{' bare' if inner == NOTHING else ''}"
        if parts:
            tag, label = "td", f' data-label="{escaped(cell["label"])}"'
        else:
            tag, label = 'th scope="row"', ""
            if row["url"]:
                inner = f'<a class="open" href="{escaped(row["url"])}">{inner}</a>'
        if cell["sub"]:
            inner += f'<span class="sub">{escaped(cell["sub"])}</span>'
        if cell["narrow"]:
            inner += f'<span class="sub narrow-only">{escaped(cell["narrow"])}</span>'
        parts.append(f'<{tag} class="{escaped(css)}"{label}>{inner}</{tag[:2]}>')
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped


@register.simple_tag
def section_columns(
    sections: Iterable[Mapping[str, Any]] | None,
) -> dict[str, list[Mapping[str, Any]]]:
    """The first and the wide sections for the main column, the others for beside it."""
    sections = list(sections or [])
    beside = [section for section in sections[1:] if not section.get("wide")]
    return {"main": [section for section in sections if section not in beside], "aside": beside}
