"""The filing side in Django's admin, to look at."""

from django.contrib import admin

from applications.models import (
    Attachment,
    Claim,
    CostItem,
    Hold,
    ImportJob,
    Invoice,
    Nomination,
    Project,
)
from applications.requests import admin as requests_admin
from portal.kernel.admin import ReadOnlyAdmin

__all__ = ["requests_admin"]


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    list_display = ["name", "organisation", "leader", "created_at"]
    list_select_related = ["organisation"]
    search_fields = ["name", "organisation__name", "organisation__code"]


@admin.register(CostItem)
class CostItemAdmin(ReadOnlyAdmin):
    list_display = ["name", "organisation", "document_number", "line", "side", "amount", "invoice_date"]
    list_select_related = ["organisation"]
    list_filter = ["side", "evidence_kind"]
    search_fields = ["document_number", "evidence_key", "organisation__code"]


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = ["number", "organisation", "item", "round", "state", "filed_at", "accepted_by"]
    list_select_related = ["organisation", "item", "round", "accepted_by"]
    list_filter = ["state", "item"]
    search_fields = ["number", "organisation__name", "organisation__code"]


@admin.register(Nomination)
class NominationAdmin(ReadOnlyAdmin):
    list_display = ["claim", "cost_item"]
    list_select_related = ["claim", "cost_item"]
    search_fields = ["claim__number"]


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ["evidence_key", "overlap_group", "claim", "taken_at", "released_at", "release_cause"]
    list_select_related = ["claim"]
    list_filter = ["release_cause"]
    search_fields = ["evidence_key", "claim__number"]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["name", "claim", "paper", "size", "uploaded_at", "uploaded_by", "removed_at"]
    list_select_related = ["claim", "uploaded_by"]
    search_fields = ["claim__number", "sha256"]


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ["number", "organisation", "side", "issued_on", "total", "reverses", "imported_at"]
    list_select_related = ["organisation"]
    list_filter = ["side"]
    search_fields = ["number", "reverses", "organisation__code"]


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "organisation",
        "project",
        "kind",
        "read",
        "total",
        "refused",
        "created_at",
        "finished_at",
    ]
    list_select_related = ["organisation", "project"]
    list_filter = ["kind"]
    search_fields = ["organisation__code", "fingerprint"]
