"""OpenAPI: summaries, list parameters and error answers that follow from the base classes."""

from typing import Any

from django.utils.encoding import force_str
from django.utils.translation import override
from drf_spectacular.openapi import AutoSchema

from workmate.exports import TYPES
from workmate.permissions import NOBODY, hidden_names
from workmate.serializers import ErrorBody

SUMMARIES = {
    "list": "List {plural}",
    "retrieve": "Show one {one}",
    "create": "Create a {one}",
    "update": "Replace a {one}",
    "partial_update": "Change a {one}",
    "destroy": "Delete a {one}",
}
WRITES = {"post", "put", "patch", "delete"}


class Schema(AutoSchema):
    """drf-spectacular's schema, with what every endpoint of the house has in common."""

    def get_tags(self) -> list[str]:
        """The first part of the path."""
        return [self.path.removeprefix("/api/").split("/")[0]]

    def get_operation_id(self) -> str:
        """Path and method: unique, and readable in generated clients."""
        path = self.path.removeprefix("/api/").replace("-", "_")
        parts = [part for part in path.split("/") if part]
        words = [("by_" + part.strip("{}")) if part.startswith("{") else part for part in parts]
        return "_".join([self.method.lower(), *words])

    def get_summary(self) -> str | None:
        """What the operation does, in a few words."""
        if given := super().get_summary():
            return given
        action = getattr(self.view, "action", "")
        queryset = getattr(self.view, "queryset", None)
        if queryset is not None and action in SUMMARIES:
            with override("en"):
                meta = queryset.model._meta
                one, plural = force_str(meta.verbose_name), force_str(meta.verbose_name_plural)
            return SUMMARIES[action].format(one=one, plural=plural)
        return None

    def get_description(self) -> str:  # type: ignore[override]
        """None: the docstrings are for those who read the code."""
        return ""

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        model = getattr(getattr(serializer, "Meta", None), "model", None)
        # What may be concealed from somebody is promised to nobody.
        concealable = hidden_names(model(), NOBODY) if model else frozenset()
        if "required" in schema:
            schema["required"] = [name for name in schema["required"] if name not in concealable]
        return schema

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        if getattr(self.view, "action", "") == "list" and "200" in bodies:
            file = {"schema": {"type": "string", "format": "binary"}}
            for content_type in TYPES.values():
                bodies["200"].setdefault("content", {})[content_type.split(";")[0]] = file
        ref = self.resolve_serializer(ErrorBody, "response").ref
        answer = {"content": {"application/json": {"schema": ref}}}
        for code, text in self._errors().items():
            bodies.setdefault(code, {**answer, "description": text})
        return dict(sorted(bodies.items()))

    def _errors(self) -> dict[str, str]:
        method = self.method.lower()
        errors = {"401": "Not signed in.", "403": "Not permitted."}
        filtered = getattr(self.view, "action", "") in getattr(self.view, "filtered_actions", ())
        if method in WRITES or filtered:
            errors["400"] = "The input is wrong; `attr` names the field."
        if "{" in self.path:
            errors["404"] = "There is no such row for you."
        if method in WRITES:
            errors["409"] = "The state of things forbids it."
            errors["429"] = "Too many requests."
        if method in {"post", "put", "patch"}:
            errors["413"] = "The body is too large."
            errors["415"] = "The body is not of a type that is understood."
        errors["405"] = "The path does not know this method."
        errors["406"] = "Only JSON is served (and files, where the path says so)."
        return errors
