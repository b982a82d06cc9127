"""Payments in Django's admin, to look at. Account numbers are not shown."""

from django.contrib import admin

from payouts.models import Batch, BatchLine, PayeeAccount, Payment
from portal.kernel.admin import ReadOnlyAdmin


@admin.register(PayeeAccount)
class PayeeAccountAdmin(ReadOnlyAdmin):
    list_display = ["organisation", "bank_name", "masked", "given_at", "given_by"]
    list_select_related = ["organisation", "given_by"]
    search_fields = ["organisation__name", "organisation__code"]
    exclude = ["account_number"]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["award", "amount", "state", "requested_at", "paid_at"]
    list_select_related = ["award__case__claim"]
    list_filter = ["state"]
    search_fields = ["award__case__claim__number"]


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "state", "count", "total", "made_by", "released_by", "released_at"]
    list_select_related = ["made_by", "released_by"]
    list_filter = ["state"]
    search_fields = ["number", "title"]


@admin.register(BatchLine)
class BatchLineAdmin(ReadOnlyAdmin):
    list_display = ["batch", "payment", "amount", "result", "bank_reference", "result_at"]
    list_select_related = ["batch", "payment"]
    list_filter = ["result"]
    search_fields = ["batch__number", "bank_reference"]
