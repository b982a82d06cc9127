"""Django's admin shows, it never writes: the services do, and they leave events."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.kernel.models import ChainHead, Document, Event


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker only
    """Base of every business table's admin: looking only. Its lists load what they show."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["sequence", "at", "actor_name", "verb", "thread", "subject_type", "subject_id"]
    search_fields = ["thread", "verb", "actor_name"]
    ordering = ["-sequence"]


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "kind", "state", "issued_at"]
    search_fields = ["number", "title"]
    list_filter = ["kind", "state"]


@admin.register(ChainHead)
class ChainHeadAdmin(ReadOnlyAdmin):
    list_display = ["sequence", "digest"]
