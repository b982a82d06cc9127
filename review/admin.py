"""Cases and what was found in them in Django's admin, to look at."""

from django.contrib import admin

from portal.kernel.admin import ReadOnlyAdmin
from review.models import (
    Assignment,
    Award,
    CostVerification,
    Determination,
    Notice,
    ReviewCase,
    UnitOpinion,
)


@admin.register(ReviewCase)
class ReviewCaseAdmin(ReadOnlyAdmin):
    list_display = ["claim", "state", "handler", "step_since", "score"]
    list_select_related = ["claim", "handler"]
    list_filter = ["state"]
    search_fields = ["claim__number", "claim__organisation__name"]


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ["case", "expert", "state", "total", "scored_at"]
    list_select_related = ["case__claim", "expert"]
    list_filter = ["state"]
    search_fields = ["case__claim__number"]


@admin.register(CostVerification)
class CostVerificationAdmin(ReadOnlyAdmin):
    list_display = ["case", "cost_item", "claimed", "verified", "cut_code", "verified_by"]
    list_select_related = ["case__claim", "cost_item", "verified_by"]
    list_filter = ["cut_code"]
    search_fields = ["case__claim__number"]


@admin.register(UnitOpinion)
class UnitOpinionAdmin(ReadOnlyAdmin):
    list_display = ["case", "unit", "opinion", "given_at", "given_by"]
    list_select_related = ["case__claim", "unit", "given_by"]
    list_filter = ["opinion"]
    search_fields = ["case__claim__number"]


@admin.register(Determination)
class DeterminationAdmin(ReadOnlyAdmin):
    list_display = ["case", "base", "computed", "cap", "amount", "made_at", "voided_at"]
    list_select_related = ["case__claim"]
    search_fields = ["case__claim__number"]


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["document", "title", "state", "opens_on", "closes_on", "posted_by"]
    list_select_related = ["document", "posted_by"]
    list_filter = ["state"]


@admin.register(Award)
class AwardAdmin(ReadOnlyAdmin):
    list_display = ["case", "amount", "document_number", "approved_at", "approved_by"]
    list_select_related = ["case__claim", "approved_by"]
    search_fields = ["case__claim__number", "document_number"]
