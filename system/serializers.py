"""Company, VAT rates, activity, watched services and imports as JSON."""

from typing import Any

import orjson
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from system.models import ActivityEntry, Company, Import, InfraCheck, InfraService, TaxRate
from workmate.serializers import BaseSerializer

# Of an import's lines: the faulty, those about what is here already, and whose rows stayed.
SHOWN = 100


class CompanySerializer(BaseSerializer):
    """The own legal data. The logo is changed on the company's page."""

    logo_url = serializers.CharField(read_only=True, help_text="Address of the logo, or empty.")
    missing_for_invoices = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="What the law asks of the seller on an invoice and is not here.",
    )

    class Meta:
        model = Company
        fields = [
            "id",
            "name",
            "legal_form",
            "street",
            "zip_code",
            "city",
            "country",
            "contact_name",
            "email",
            "phone",
            "website",
            "tax_number",
            "vat_id",
            "register_court",
            "register_number",
            "managing_directors",
            "bank_name",
            "iban",
            "bic",
            "logo_url",
            "small_business_since",
            "default_payment_days",
            "quote_valid_days",
            "default_terms",
            "invoice_footer",
            "missing_for_invoices",
            "created_at",
            "updated_at",
        ]


class TaxRateSerializer(BaseSerializer):
    """A VAT rate."""

    label = serializers.CharField(read_only=True)

    class Meta:
        model = TaxRate
        fields = [
            "id",
            "rate",
            "category",
            "name",
            "label",
            "valid_from",
            "valid_until",
            "is_default",
            "created_at",
            "updated_at",
        ]


class ActivityEntrySerializer(BaseSerializer):
    """One thing that happened."""

    sentence = serializers.CharField(read_only=True)

    class Meta:
        model = ActivityEntry
        fields = [
            "id",
            "actor_id",
            "verb",
            "target_type",
            "target_id",
            "target_label",
            "targets",
            "data",
            "sentence",
            "created_at",
        ]
        read_only_fields = fields


class SealedUrlValue(serializers.CharField):
    """An address whose secrets are masked; sent back as it was read, it keeps them."""

    def to_representation(self, value: Any) -> str:
        """Masked."""
        return str(value)


class InfraServiceSerializer(BaseSerializer):
    """A service that is watched. `activate` and `deactivate` change its status."""

    connection_url = SealedUrlValue(
        max_length=2000,
        help_text="With user and password where needed; read, its secrets are masked.",
    )

    class Meta:
        model = InfraService
        fields = [
            "id",
            "name",
            "type",
            "connection_url",
            "status",
            "last_sync",
            "managed_by",
            "timeout_seconds",
            "expected_status",
            "checked_at",
            "response_ms",
            "last_error",
            "failures",
            "certificate_expires",
            "created_at",
            "updated_at",
        ]
        read_only_fields = [
            "status",
            "last_sync",
            "checked_at",
            "response_ms",
            "last_error",
            "failures",
            "certificate_expires",
        ]


class InfraCheckSerializer(BaseSerializer):
    """One check of a service."""

    class Meta:
        model = InfraCheck
        fields = ["id", "service_id", "checked_at", "ok", "response_ms", "error"]
        read_only_fields = fields


class ColumnSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A column of the file."""

    name = serializers.CharField(read_only=True, help_text="Its heading.")
    examples = serializers.ListField(child=serializers.CharField(), read_only=True)


class LineErrorSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """One thing that is wrong with a line."""

    line = serializers.IntegerField(read_only=True, help_text="Its number in the file.")
    column = serializers.CharField(read_only=True, help_text="Empty: the line as a whole.")
    value = serializers.CharField(read_only=True)
    message = serializers.CharField(read_only=True)


class MatchedSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A line about a row that was here already: `skipped` or `updated`."""

    line = serializers.IntegerField(read_only=True)
    outcome = serializers.CharField(read_only=True)
    object_id = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="Null where one may not see the row (any more)."
    )
    name = serializers.CharField(read_only=True)
    before = serializers.DictField(
        read_only=True, help_text="How the columns were that the line changes: {field: value}."
    )


class KeptSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A row that stayed when the import was taken back."""

    line = serializers.IntegerField(read_only=True)
    object_id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 100}
)
class MappingField(serializers.JSONField):
    """`{heading: field}`; in a form with a file it is JSON text."""

    def to_internal_value(self, data: Any) -> Any:
        """The headings with their fields. Refuses what is neither."""
        if isinstance(data, str) and hasattr(self.root.initial_data, "getlist"):
            try:
                data = orjson.loads(str(data))
            except orjson.JSONDecodeError as error:
                message = _("This is no JSON: %(reason)s") % {"reason": error}
                raise serializers.ValidationError(message) from error
        if not isinstance(data, dict) or not all(isinstance(item, str) for item in data.values()):
            raise serializers.ValidationError(_("Headings with what each is: {heading: field}."))
        return data


class ImportSummarySerializer(BaseSerializer):
    """An import in a list."""

    class Meta:
        model = Import
        fields = [
            "id",
            "kind",
            "owner_id",
            "original_name",
            "mapping",
            "on_existing",
            "only_good",
            "status",
            "total",
            "position",
            "created_count",
            "updated_count",
            "skipped_count",
            "faulty_count",
            "kept_count",
            "error",
            "finished_at",
            "created_at",
            "updated_at",
        ]


class ImportSerializer(ImportSummarySerializer):
    """An import. `file` and `kind` are written once; counts are those of the last step.

    `targets` names what columns can be; `errors`, `matched` and `kept` are the first 100.
    """

    kind = serializers.CharField(
        required=False, max_length=40, help_text="customer, contact, timeentry or expense."
    )
    file = serializers.FileField(
        write_only=True, required=False, help_text="CSV or XLSX, in multipart/form-data."
    )
    mapping = MappingField(
        required=False, help_text="{heading: field}. Left out: guessed from the headings."
    )
    columns = ColumnSerializer(many=True, read_only=True)
    targets = serializers.SerializerMethodField(help_text="What a column can be: {field: label}.")
    needed = serializers.SerializerMethodField(help_text="Fields that still need a column.")
    errors = serializers.SerializerMethodField()
    matched = serializers.SerializerMethodField(
        help_text="Lines about what is here already; nothing of rows that one may not see."
    )
    kept = serializers.SerializerMethodField()

    class Meta(ImportSummarySerializer.Meta):
        fields = [
            *ImportSummarySerializer.Meta.fields,
            "file",
            "columns",
            "targets",
            "needed",
            "errors",
            "matched",
            "kept",
        ]
        extra_kwargs = {"on_existing": {"required": False}}

    def get_fields(self) -> Any:
        """What a file holds is said once: another one is another import."""
        fields = super().get_fields()
        if isinstance(self.instance, Import):
            fields["kind"].read_only = True
            del fields["file"]
        return fields

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_targets(self, job: Import) -> dict[str, str]:
        """What a column can be."""
        user = self.context["request"].user
        return {target.name: target.label for target in job.importer.work.targets(user)}

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_needed(self, job: Import) -> list[str]:
        """Fields that still need a column."""
        user = self.context["request"].user
        missing = job.importer.work.missing(list(job.mapping.values()), user)
        return [target.name for target in missing]

    @extend_schema_field(LineErrorSerializer(many=True))
    def get_errors(self, job: Import) -> list[dict[str, Any]]:
        """What is wrong with the first faulty lines."""
        rows = job.rows.faulty()[:SHOWN]
        return [{"line": row.number, **error} for row in rows for error in row.errors]

    @extend_schema_field(MatchedSerializer(many=True))
    def get_matched(self, job: Import) -> list[dict[str, Any]]:
        """The first lines about what is here already, and how that was before."""
        user = self.context["request"].user
        return [
            {
                "line": row.number,
                "outcome": row.outcome,
                "object_id": None if before is None else str(row.object_id),
                "name": "" if before is None else row.label,
                "before": before or {},
            }
            for row, before in job.matched_for(user, SHOWN)
        ]

    @extend_schema_field(KeptSerializer(many=True))
    def get_kept(self, job: Import) -> list[dict[str, Any]]:
        """Rows that stayed when the import was taken back."""
        return [
            {
                "line": row.number,
                "object_id": str(row.object_id),
                "name": row.label,
                "reason": row.kept,
            }
            for row in job.rows.kept_back()[:SHOWN]
        ]
