"""Which documents there are, and for whom."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self, cast

from django.db.models import PROTECT, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from employees.models import Employee
from workmate.querysets import BaseQuerySet
from workmate.registry import Entity, registry

if TYPE_CHECKING:
    from workmate.services import Actor


class DocumentQuerySet(BaseQuerySet):
    """Documents."""

    sees = _("own, and those of what one sees")

    moment = "uploaded_at"

    def visible_to(self, user: "Actor") -> Self:
        """One's own; all for holders of the permission; else those of objects that one sees.

        Those of a person: that person, and whoever may see personal data.
        Confidential ones: only one's own, and all for holders of the permission for these. Those
        that are part of an object (the PDF of an invoice): whoever sees that object, nobody else.
        """
        rows = super().visible_to(user)
        if rows.query.is_empty():
            return rows
        if user.has_perm("documents.view_all_document"):
            rows = rows.filter(Q(is_bound=False) | _of_visible_objects(user, self._holders()))
        else:
            entities = [entity for entity in registry.linkable() if entity.key != "Document"]
            rows = rows.filter(Q(owner_id=user.pk) | _of_visible_objects(user, entities))
        if not user.has_perm("documents.view_confidential_document"):
            rows = rows.filter(Q(is_confidential=False) | Q(owner_id=user.pk))
        return rows

    def seen_by(self, user: "Actor") -> Any:
        """All, all but the confidential ones, or those that `visible_to` names."""
        if not user.has_perm("documents.view_all_document"):
            return super().seen_by(user)
        if not user.has_perm("documents.view_document"):
            return ""
        if user.has_perm("documents.view_confidential_document"):
            return pgettext_lazy("rows", "all")
        return _("all but other people's confidential ones")

    def _holders(self) -> list[Entity]:
        """What documents can be part of: whatever holds them by a key that protects them."""
        found = (
            registry.entity_of(relation.related_model)
            for relation in self.model._meta.related_objects
            if relation.on_delete is PROTECT
        )
        return [entity for entity in found if entity is not None]

    def for_list(self) -> Self:
        """With the owner; without the text, which only the search reads."""
        return self.select_related("owner").defer("text")

    def live(self) -> Self:
        """Those that are not in the trash."""
        return self.filter(deleted_at=None)

    def trashed(self) -> Self:
        """Those in the trash."""
        return self.exclude(deleted_at=None)

    def kept(self) -> Self:
        """Those that a retention period still protects from deletion."""
        return self.filter(retention_until__gte=timezone.localdate())


def _of_visible_objects(user: "Actor", entities: list[Entity]) -> Q:
    conditions = []
    for entity in entities:  # never documents: one of another would ask without an end
        visible = cast(BaseQuerySet, entity.model._default_manager.all()).visible_to(user)
        if entity.model is Employee and not user.has_perm("employees.view_personal_employee"):
            # The directory shows everybody; what is filed about a person is personal.
            visible = visible.filter(pk=user.pk)
        if not visible.query.is_empty():
            ids = visible.order_by().values("pk")
            conditions.append(Q(linked_entity_type=entity.key, linked_entity_id__in=ids))
    return reduce(or_, conditions, Q(pk=None))


class DocumentVersionQuerySet(BaseQuerySet):
    """Earlier files of documents."""

    sees = _("of the documents that one sees")

    def visible_to(self, user: "Actor") -> Self:
        """Those of visible documents."""
        documents = self.model._meta.get_field("document").related_model._default_manager.all()
        return self.filter(document__in=documents.visible_to(user).values("pk"))

    def for_list(self) -> Self:
        """With who uploaded them."""
        return self.select_related("uploaded_by")


class DocumentAccessQuerySet(BaseQuerySet):
    """Who looked at confidential documents."""

    sees = _("about own documents")

    def visible_to(self, user: "Actor") -> Self:
        """Those about documents that one owns; all for holders of the permission."""
        rows = super().visible_to(user)
        if user.has_perm("documents.view_confidential_document"):
            return rows
        return rows.filter(document__owner_id=user.pk)

    def for_list(self) -> Self:
        """With document and person."""
        rows = self.select_related("document", "person")
        return rows.defer("document__text")
