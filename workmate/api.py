"""The REST API's base: viewset, permission, pagination, router."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, cast
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.http import Http404
from django.urls import URLPattern, URLResolver, path
from django.utils.text import camel_case_to_spaces
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, mixins, permissions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import Route, SimpleRouter
from rest_framework.throttling import UserRateThrottle

from workmate import services
from workmate.errors import to_api_error
from workmate.exports import ExportMixin
from workmate.filters import BaseFilter, FilterBackend
from workmate.permissions import perm_of
from workmate.querysets import COUNT_CAP, BaseQuerySet
from workmate.serializers import verb_serializer
from workmate.verbs import Verb, verbs_of

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
ACTION_PERMS = {
    "list": "view",
    "retrieve": "view",
    "create": "add",
    "update": "change",
    "partial_update": "change",
    "destroy": "delete",
}


class RolePermission(permissions.BasePermission):
    """Deny by default: an action without a permission of its own is for nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the person's role (and token) grants this action's permission."""
        if not request.user.is_authenticated:
            return False
        if view.action is None:  # a method that the path does not know: 405 follows
            return True
        perm = view.permission_for(view.action)
        return perm is not None and (perm == "" or request.user.has_perm(perm))


class WriteThrottle(UserRateThrottle):
    """Writes of one person per minute."""

    scope = "writes"

    def allow_request(self, request: Request, view: Any) -> bool:
        """Reading is never throttled."""
        if request.method in permissions.SAFE_METHODS:
            return True
        return super().allow_request(request, view)


class SkipLimitPagination(BasePagination):
    """`{"items": [...], "total": n, "skip": s, "limit": l}`."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        """One window of the rows. Refuses a skip or limit that is out of range."""
        self.skip = self._number(request, "skip", 0, 0, 10_000_000)
        self.limit = self._number(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
        self.total, self.capped = queryset.capped_count()
        if not self.capped and self.skip >= self.total:
            return []
        return cast(list[Any], queryset.window(self.skip, self.limit))

    def _number(self, request: Any, name: str, default: int, least: int, most: int) -> int:
        text = request.query_params.get(name)
        if text is None:
            return default
        if text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most:
            return int(text)
        message = _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise exceptions.ValidationError({name: [message]})

    def get_paginated_response(self, data: Any) -> Response:
        """The window, with how many there are in all."""
        body = {"items": data, "total": self.total, "skip": self.skip, "limit": self.limit}
        if self.capped:
            body["total_is_capped"] = True
        return Response(body)

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        """The window's schema."""
        return {
            "type": "object",
            "required": ["items", "total", "skip", "limit"],
            "properties": {
                "items": schema,
                "total": {"type": "integer", "maximum": COUNT_CAP},
                "skip": {"type": "integer"},
                "limit": {"type": "integer", "maximum": MAX_LIMIT},
                "total_is_capped": {"type": "boolean"},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """skip and limit."""
        return [
            {
                "name": "skip",
                "in": "query",
                "schema": {"type": "integer", "minimum": 0, "maximum": 10_000_000, "default": 0},
            },
            {
                "name": "limit",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 20},
            },
        ]


def asks_inline(request: Any) -> bool:
    """Whether a file is to be shown instead of saved. Refuses what is neither true nor false."""
    text = request.query_params.get("inline", "false")
    if text not in {"true", "false"}:
        raise exceptions.ValidationError({"inline": [_("Either true or false.")]})
    return bool(text == "true")


class BaseViewSet(ExportMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """List, show, create, replace, change, delete, and one route for each verb.

    Writes go through `workmate.services`; rows through `visible_to`.
    """

    queryset: Any
    permission_classes = [RolePermission]
    pagination_class = SkipLimitPagination
    filter_backends = [FilterBackend]
    throttle_classes = [WriteThrottle]
    filterset_class: ClassVar[type[BaseFilter] | None] = None
    # Path segment of a parent -> the foreign key to it: GET /api/customers/{id}/invoices.
    nested_under: ClassVar[dict[str, str]] = {}
    # The last segment of these lists, where it is not the prefix: /api/projects/{id}/members.
    nested_as: ClassVar[str] = ""
    # Which of create, update, partial_update, destroy exist.
    writes: ClassVar[Sequence[str]] = ("create", "update", "partial_update", "destroy")
    # Own actions -> permission name ("" = everybody who is signed in).
    own_perms: ClassVar[dict[str, str]] = {}
    # The actions to which the filters apply.
    filtered_actions: ClassVar[frozenset[str]] = frozenset({"list"})
    # One object without an id in its address (`/api/company`): `get_object` says which.
    is_single: ClassVar[bool] = False
    lookup_value_converter = "uuid"

    def permission_for(self, name: str) -> str | None:
        """The permission that an action asks for; None where nobody may."""
        if name in self.own_perms:
            return self.own_perms[name]
        if name in ACTION_PERMS:
            return perm_of(self.queryset.model, ACTION_PERMS[name])
        verb = getattr(getattr(type(self), name, None), "verb", None)
        return verb.permission if verb else None

    def get_queryset(self) -> Any:
        """The rows that the person may see; below a parent, only that parent's."""
        queryset = cast(BaseQuerySet, self.queryset.all())
        if getattr(self, "swagger_fake_view", False):
            return queryset.none()
        queryset = queryset.visible_to(cast(services.Actor, self.request.user))
        if "parent_pk" in self.kwargs:
            queryset = queryset.filter(**{self.kwargs["parent_field"]: self.parent().pk})
        return queryset.for_list()

    def parent(self) -> models.Model:
        """The row below which this list stands. Raises 404 where the person cannot see it."""
        field = self.queryset.model._meta.get_field(self.kwargs["parent_field"])
        rows = cast(BaseQuerySet, field.related_model._default_manager.all())
        rows = rows.visible_to(cast(services.Actor, self.request.user))
        found = rows.filter(pk=self.kwargs["parent_pk"]).first()
        if found is None:
            raise Http404
        return cast(models.Model, found)

    def fresh(self, obj: Any) -> Any:
        """The object as a list would load it, for the answer."""
        return self.queryset.model._default_manager.all().for_list().get(pk=obj.pk)

    def answer(self, obj: Any, status: int = 200) -> Response:
        """The object's JSON."""
        return Response(self.get_serializer(self.fresh(obj)).data, status=status)

    def perform(self, service: Callable[[], Any]) -> Any:
        """Carry out a write; a rule's error names the API's field."""
        try:
            return service()
        except ValidationError as error:
            raise to_api_error(error, self.queryset.model) from error

    def as_sent(self, obj: Any) -> AbstractContextManager[None]:
        """Within it, a row is written as it was read, where the body says when that was."""
        return services.as_read(obj if "updated_at" in self.request.data else None)

    def run_verb(self, verb: Verb, request: Request, pk: UUID | None = None) -> Response:
        """Carry out a verb and answer with the object that it returns."""
        obj = self.get_object() if pk is not None else None
        serializer = verb_serializer(verb)(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        data = dict(serializer.validated_data)
        result = self.perform(
            lambda: services.run(verb, obj, by=cast(services.Actor, request.user), **data)
        )
        if isinstance(result, self.queryset.model):
            return self.answer(result, 201 if verb.creates else 200)
        return self.answer(obj) if obj is not None else Response(status=204)


class _Writes:
    """The plain writes; those that a viewset names in `writes` are attached to it."""

    as_sent: Callable[[Any], AbstractContextManager[None]]
    get_serializer: Any
    get_object: Any
    queryset: Any
    perform: Callable[[Callable[[], Any]], Any]
    answer: Callable[..., Response]

    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        model, data = self.queryset.model, serializer.validated_data
        made = self.perform(lambda: services.create(model, by=request.user, **data))
        return self.answer(made, 201)

    def update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        partial = kwargs.pop("partial", False)
        obj = self.get_object()
        serializer = self.get_serializer(obj, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        if not partial:  # PUT replaces: what is not given falls back to its default
            data = {**_defaults(serializer, obj), **data}
        with self.as_sent(obj):
            changed = self.perform(lambda: services.change(obj, by=request.user, **data))
        return self.answer(changed)

    def partial_update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return self.update(request, *args, partial=True, **kwargs)

    def destroy(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        obj = self.get_object()
        self.perform(lambda: services.delete(obj, by=request.user))
        return Response(status=204)


def _defaults(serializer: Any, obj: Any) -> dict[str, Any]:
    """What the writable fields fall back to when a PUT leaves them out."""
    found = {}
    hidden = serializer.concealed(obj)
    for name, field in serializer.fields.items():
        if field.read_only or isinstance(field, serializers.BaseSerializer) or name in hidden:
            continue
        try:
            model_field = type(obj)._meta.get_field(field.source)
        except FieldDoesNotExist:  # a computed field has no column to fall back to
            continue
        if getattr(model_field, "unique", False):
            continue
        found[field.source] = model_field.get_default()
    return found


class Router(SimpleRouter):
    """One router for all modules: plain routes, verbs, nested lists; no trailing slash."""

    def __init__(self) -> None:
        super().__init__(trailing_slash=False, use_regex_path=False)

    def get_routes(self, viewset: Any) -> list[Route]:
        """The routes of one viewset; a single object has only its own address."""
        if not viewset.is_single:
            return super().get_routes(viewset)
        mapping = {"get": "retrieve", "put": "update", "patch": "partial_update"}
        return [Route("{prefix}", mapping, "{basename}-detail", True, {"suffix": "Instance"})]

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The routes. Verbs are collected here, when every module has declared its own."""
        nested = []
        registered = cast(list[tuple[str, type[BaseViewSet], str]], self.registry)
        for prefix, viewset, _basename in registered:
            attach_writes(viewset)
            attach_verbs(viewset)
            below = viewset.nested_as or prefix
            for parent, field in viewset.nested_under.items():
                nested.append(
                    path(
                        f"{parent}/<uuid:parent_pk>/{below}",
                        viewset.as_view({"get": "list"}, detail=False, basename=prefix),
                        {"parent_field": field},
                        name=f"{parent}-{below}",
                    )
                )
        # Own words such as /employees/me before /employees/<id> need no order: ids are UUIDs.
        return [*super().get_urls(), *nested]


def attach_writes(viewset: type[BaseViewSet]) -> None:
    """Give a viewset the plain writes that it names."""
    for name in viewset.writes:
        if name not in viewset.__dict__ and not hasattr(viewset, name):
            setattr(viewset, name, getattr(_Writes, name))
    if "partial_update" in viewset.writes and not hasattr(viewset, "update"):
        viewset.update = _Writes.update  # type: ignore[attr-defined]


def attach_verbs(viewset: type[BaseViewSet]) -> None:
    """Give a viewset one action for each verb of its model."""
    for verb in verbs_of(viewset.queryset.model):
        name = f"verb_{verb.name}"
        if hasattr(viewset, name):
            continue

        def act(self: Any, request: Any, pk: Any = None, verb: Verb = verb, **kw: Any) -> Response:
            return cast(Response, self.run_verb(verb, request, pk))

        act.__name__ = name
        act.verb = verb  # type: ignore[attr-defined]
        code = 201 if verb.creates else 200
        routed = action(
            detail=verb.on == "object",
            methods=[cast(Any, verb.method)],
            url_path=verb.slug,
            url_name=verb.slug,
            filter_backends=[],
            pagination_class=None,
        )(act)
        documented = extend_schema(
            summary=str(
                verb.summary
                or f"{verb.name.replace('_', ' ').capitalize()} "
                f"a {camel_case_to_spaces(verb.model.__name__)}"
            ),
            request=verb_serializer(verb) if verb.takes else None,
            responses={code: viewset.serializer_class},
        )(routed)
        setattr(viewset, name, documented)


router = Router()
