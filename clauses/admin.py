"""Django's admin shows these tables and changes none of them: policies are loaded, rounds and events go through services."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from clauses.models import Item, ListedEvent, Policy, Round


class Shown(admin.ModelAdmin):
    """Read-only: nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Policy)
class PolicyAdmin(Shown):
    list_display = ["document_number", "title", "pack", "loaded_at"]


@admin.register(Item)
class ItemAdmin(Shown):
    list_display = ["policy", "code", "title"]
    list_select_related = ["policy"]


@admin.register(Round)
class RoundAdmin(Shown):
    list_display = ["number", "name", "opens_at", "closes_at"]


@admin.register(ListedEvent)
class ListedEventAdmin(Shown):
    list_display = ["year", "name", "organiser_name", "held_on"]
