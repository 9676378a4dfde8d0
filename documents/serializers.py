"""Documents as JSON."""

from rest_framework import serializers

from documents.models import Document
from workmate.serializers import BaseSerializer


class DocumentSerializer(BaseSerializer):
    """A document. `file_path` is where its bytes are downloaded; `file` is only written."""

    file = serializers.FileField(write_only=True, required=False)
    file_path = serializers.CharField(source="file_address", read_only=True)

    class Meta:
        model = Document
        fields = [
            "id",
            "title",
            "file",
            "file_path",
            "type",
            "category",
            "owner_id",
            "linked_module",
            "linked_entity_type",
            "linked_entity_id",
            "uploaded_at",
            "checksum",
            "is_confidential",
            "original_name",
            "mime_type",
            "size_bytes",
            "version",
            "retention_class",
            "retention_until",
            "text_state",
            "deleted_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["type", "owner_id", "uploaded_at", "checksum", "linked_module"]
        extra_kwargs = {"title": {"required": False, "allow_blank": True}}
