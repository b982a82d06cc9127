"""Django's admin shows these tables and changes none of them: policies are loaded, rounds and events go through services."""

from django.contrib import admin

from clauses.models import Item, ListedEvent, PackEdition, Policy, Round, SettingChange
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


@admin.register(PackEdition)
class PackEditionAdmin(ReadOnlyAdmin):
    list_display = ["policy", "hash", "engine_version", "stored_at"]
    list_select_related = ["policy"]
    exclude = ["data", "source"]


@admin.register(SettingChange)
class SettingChangeAdmin(ReadOnlyAdmin):
    list_display = [
        "setting",
        "value",
        "effective_from",
        "document_number",
        "state",
        "proposed_by",
        "decided_by",
    ]
    list_filter = ["state"]
    list_select_related = ["proposed_by", "decided_by"]
