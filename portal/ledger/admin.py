"""The books in Django's admin, to look at."""

from django.contrib import admin

from portal.kernel.admin import ReadOnlyAdmin
from portal.ledger.models import BudgetLine, Entry, Posting


@admin.register(BudgetLine)
class BudgetLineAdmin(ReadOnlyAdmin):
    list_display = ["year", "name", "policy", "source", "function_code", "document_number"]


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "memo", "posted_at", "posted_by", "key"]
    list_select_related = ["posted_by"]
    list_filter = ["kind"]
    search_fields = ["key"]


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ["id", "entry", "line", "account", "amount", "reference"]
    list_select_related = ["entry", "line"]
    list_filter = ["account"]
    search_fields = ["reference"]
