"""Django's admin shows these tables and changes none of them: policies are loaded, rounds and events go through services."""

from django.contrib import admin

from clauses.models import Item, ListedEvent, Policy, Round
from portal.kernel.admin import ReadOnlyAdmin


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    list_display = ["document_number", "title", "pack", "loaded_at"]


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    list_display = ["policy", "code", "title"]
    list_select_related = ["policy"]


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin):
    list_display = ["number", "name", "opens_at", "closes_at"]


@admin.register(ListedEvent)
class ListedEventAdmin(ReadOnlyAdmin):
    list_display = ["year", "name", "organiser_name", "held_on"]
