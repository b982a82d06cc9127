"""Requests in Django's admin, to look at."""

from django.contrib import admin

from applications.requests.models import RequestFile, ServiceRequest
from portal.kernel.admin import ReadOnlyAdmin


@admin.register(ServiceRequest)
class ServiceRequestAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "organisation", "item", "unit", "state", "due_on", "rating"]
    list_select_related = ["organisation", "item", "unit"]
    list_filter = ["state", "kind", "rating"]
    search_fields = ["number", "title", "organisation__name", "organisation__code"]


@admin.register(RequestFile)
class RequestFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "request", "from_unit", "size", "uploaded_at", "uploaded_by"]
    list_select_related = ["request", "uploaded_by"]
    search_fields = ["request__number", "sha256"]
