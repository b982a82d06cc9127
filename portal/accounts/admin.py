"""People and organisations in Django's admin, to look at; sign-in goes through the portal's own page."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.models import Group

from portal.accounts.models import ApiToken, ExpertProfile, Membership, Organisation, RoleGrant, Unit, User
from portal.kernel.admin import ReadOnlyAdmin

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    list_display = ["name"]


@admin.register(Unit)
class UnitAdmin(ReadOnlyAdmin):
    list_display = ["code", "name"]


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "kind", "district", "state", "registered_at", "certified_at"]
    list_filter = ["state", "kind"]
    search_fields = ["code", "name"]


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["username", "display_name", "unit", "is_active", "last_login"]
    list_select_related = ["unit"]
    search_fields = ["username", "display_name"]
    exclude = ["password"]


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnlyAdmin):
    list_display = ["user", "role", "granted_at", "granted_by"]
    list_select_related = ["user", "granted_by"]
    list_filter = ["role"]


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["user", "organisation", "role"]
    list_select_related = ["user", "organisation"]


@admin.register(ExpertProfile)
class ExpertProfileAdmin(ReadOnlyAdmin):
    list_display = ["user", "employer_name", "employer_code", "fields"]
    list_select_related = ["user"]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    list_display = ["user", "organisation", "label", "created_at", "expires_at", "revoked_at"]
    list_select_related = ["user", "organisation"]
    exclude = ["digest"]
