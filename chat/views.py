"""Pages for messages: the rooms, one room, and all messages as a list that can be searched."""

from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db.models import F, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.filters import ChatMessageFilter
from chat.forms import ChatMessageForm, ComposerForm
from chat.markup import render
from chat.models import ChatMessage
from chat.querysets import VIEW
from chat.services import mark_read
from projects.models import Project
from workmate import services
from workmate.models import address_of
from workmate.views import (
    Column,
    DeletePage,
    DetailPage,
    FormPage,
    ListPage,
    ModelPages,
    Page,
    Section,
)
from workmate.views.verbs import valid_ids

SHOWN, SHOWN_ROOMS = 50, 100
ADD = "chat.add_chatmessage"


def room_context(request: HttpRequest, project: Project, **more: Any) -> dict[str, Any]:
    """The latest messages of a room, or those before the one that the address names."""
    user: Any = request.user
    rows = ChatMessage.objects.filter(project=project)
    # Read before the messages: what comes in between is told twice rather than never.
    version = rows.version()
    before = rows.filter(pk__in=valid_ids([request.GET.get("before", "")])).first()
    shown = rows.before(before) if before else rows
    found = list(shown.for_list().order_by("-sequence")[: SHOWN + 1])
    messages = found[:SHOWN][::-1]
    for message in messages:
        message.html = html_of(message.content)
    if messages and not before and request.method == "GET":
        mark_read(messages[-1], by=user)
    url = reverse("chat:room", args=[project.pk])
    return {
        "project": project,
        "room_url": url,
        "socket_url": f"/ws/projects/{project.pk}/chat",
        "version": version,
        "zone": timezone.get_current_timezone_name(),
        "is_latest": before is None,
        "messages_shown": messages,
        "earlier_url": f"{url}?before={messages[0].pk}" if len(found) > SHOWN else "",
        "may_write": user.has_perm(ADD),
        "may_edit": user.has_perm("chat.change_chatmessage"),
        "may_delete": user.has_perm("chat.delete_chatmessage"),
        "most": ChatMessage.MOST_CHARACTERS,
        "client_id": uuid4(),
        "text": "",
        "errors": [],
        **more,
    }


def words_of(message: ChatMessage) -> str:
    """The text of a message, or that there is none any more."""
    return _("This message was deleted.") if message.is_deleted else html_of(message.content)


def html_of(text: str) -> str:
    """Markdown as HTML, which `render` has made safe."""
    return mark_safe(render(text))  # noqa: S308


def room_link(project: Project) -> str:
    """The way to a room."""
    return format_html('<a href="{}">{}</a>', reverse("chat:room", args=[project.pk]), project)


class RoomsPage(Page):
    """All rooms that the person may enter: one's own first, the latest talk on top."""

    def perm(self) -> str:
        """To view messages."""
        return VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        user: Any = request.user
        rooms = ChatMessage.objects.all().rooms_of(user)
        talk = Q(chat_messages__is_system_message=False)
        rooms = rooms.annotate(
            last=Max("chat_messages__created_at", filter=talk), noted=Max("chat_messages__version")
        )
        own = set(Project.objects.of(user).order_by().values_list("pk", flat=True))
        latest = (F("last").desc(nulls_last=True), F("noted").desc(nulls_last=True))
        found = rooms.order_by(*latest, "title", "pk").values(
            "pk", "title", "project_number", "customer__name", "last"
        )
        unread = ChatMessage.objects.unread_by(user).count_by_room()
        rows = [
            {
                **room,
                "url": address_of("chat:room", room["pk"]),
                "unread": unread.get(room["pk"], 0),
                "is_own": room["pk"] in own,
            }
            for room in found[:SHOWN_ROOMS]
        ]
        rows.sort(key=lambda row: (not row["unread"], not row["is_own"]))
        context = {
            "title": _("Chat"),
            "crumbs": [(_("Team"), None), (_("Chat"), None)],
            "rooms": rows,
            "list_url": reverse("chat:chatmessage-list"),
        }
        return TemplateResponse(request, "chat/rooms.html", context)


class RoomPage(Page):
    """The room of one project; works without scripts, and live with them."""

    def perm(self) -> str:
        """To view messages, or to write one."""
        return ADD if self.request.method == "POST" else VIEW

    def object(self) -> Any:
        """The project. Raises 404 where the person may not enter its room."""
        rooms = ChatMessage.objects.all().rooms_of(self.request.user)  # type: ignore[arg-type]
        found = rooms.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The messages."""
        return self.show(self.object())

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Say something; sent twice it is said once."""
        project, user = self.object(), request.user
        form = ComposerForm(request.POST)
        if not form.is_valid():
            # Only the hidden id can be wrong; without it the message is a new one.
            form.cleaned_data.setdefault("client_id", None)
        data = {name: form.cleaned_data.get(name) for name in ("content", "client_id")}
        data["content"] = data["content"] or ""
        try:
            services.create(ChatMessage, by=user, project=project, **data)  # type: ignore[arg-type]
        except ValidationError as error:
            return self.show(project, 422, errors=error.messages, text=data["content"])
        return redirect(f"{reverse('chat:room', args=[project.pk])}#end")

    def show(self, project: Project, status: int = 200, **more: Any) -> HttpResponse:
        """The room."""
        title = _("Chat: %(project)s") % {"project": project.title}
        rooms = (_("Chat"), reverse("chat:rooms"))
        context = {
            **room_context(self.request, project, **more),
            "title": title,
            "crumbs": [(_("Team"), None), rooms, (str(project), None)],
        }
        return TemplateResponse(self.request, "chat/room.html", context, status=status)


class ChatMessageListPage(ListPage):
    """All messages of one's rooms; on a project's page, its room."""

    def filtered(self, rows: Any) -> tuple[Any, Any]:
        """Without a choice of the cursors, which are for programs."""
        filterset, found = super().filtered(rows)
        for name in ("before", "after", "since"):
            field = filterset.form.fields[name]
            field.widget = field.hidden_widget()
        return filterset, found

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list, or the room as a panel."""
        if not self.is_panel():
            return super().get(request)
        rooms = ChatMessage.objects.all().rooms_of(request.user)  # type: ignore[arg-type]
        wanted = valid_ids([request.GET.get("project_id", "")])
        project = rooms.filter(pk__in=wanted).first()
        if project is None:
            raise Http404
        return TemplateResponse(request, "chat/_room.html", room_context(request, project))


class ChatMessageFormPage(FormPage):
    """Other words for a message; afterwards back to the room."""

    def onwards(self, made: ChatMessage) -> HttpResponse:
        """To the room."""
        return redirect("chat:room", made.project_id)


class ChatMessageDeletePage(DeletePage):
    """Take the text away; afterwards back to the room."""

    def onwards(self, gone: ChatMessage) -> HttpResponse:
        """To the room."""
        return redirect("chat:room", gone.project_id)


class ChatMessagePage(DetailPage):
    """One message, as search finds it."""

    def buttons(self, obj: Any) -> dict[str, Any]:
        """Only for whoever wrote it."""
        mine = obj.author_id == self.request.user.pk
        return super().buttons(obj) if mine else {"edit_url": None, "delete_url": None}


class ChatMessagePages(ModelPages):
    """Messages."""

    model = ChatMessage
    form_class = ChatMessageForm
    filter_class = ChatMessageFilter
    list_page = ChatMessageListPage
    detail_page = ChatMessagePage
    form_page = ChatMessageFormPage
    delete_page = ChatMessageDeletePage
    prefix, icon, group = "messages", "message-square", "team"
    writes = ("edit", "delete")
    empty_text = gettext_lazy("What is said in the rooms of your projects can be searched here.")
    columns = [
        Column("hint", gettext_lazy("Message"), sub="author_name", narrow="created_at"),
        Column("project", css="wide-only"),
        Column("created_at", gettext_lazy("When"), css="wide-only"),
    ]
    sections = [
        Section(
            gettext_lazy("Message"),
            [Column("content", gettext_lazy("Message"), render=words_of)],
            wide=True,
        ),
        Section(gettext_lazy("Facts"), ["project", "author", "created_at", "edited_at"]),
    ]

    @classmethod
    def may_change(cls, obj: Any) -> bool:
        """Not after it was deleted."""
        return not obj.is_deleted

    may_delete = may_change

    @classmethod
    def subtitle(cls, obj: Any) -> str:
        """Where it stands."""
        return room_link(obj.project)
