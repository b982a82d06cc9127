"""Reads about people and organisations."""

import hashlib

from django.db.models import Prefetch, Q, QuerySet

from portal.accounts.models import ApiToken, Membership, Organisation, RoleGrant, Unit, User
from portal.accounts.states import OrganisationStates, Roles
from portal.kernel import clock


def token_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def live_token(secret: str) -> ApiToken | None:
    """The token behind `secret` while it is neither expired nor revoked."""
    return (
        ApiToken.objects.select_related("user", "organisation")
        .filter(
            digest=token_digest(secret), revoked_at=None, expires_at__gt=clock.now(), user__is_active=True
        )
        .first()
    )


def holders_of(role: Roles) -> QuerySet[User]:
    return User.objects.filter(role_grants__role=role, is_active=True).select_related("unit")


def experts() -> QuerySet[User]:
    return holders_of(Roles.EXPERT).select_related("expert_profile").order_by("id")


def awaiting_certification() -> QuerySet[Organisation]:
    return Organisation.objects.filter(state=OrganisationStates.PENDING)


def unit_by_code(code: str) -> Unit:
    return Unit.objects.get(code=code)


def code_is_registered(code: str) -> bool:
    return Organisation.objects.filter(code=code).exists()


def organisations(*, state: str = "", text: str = "") -> QuerySet[Organisation]:
    """Organisations in order of registration; `text` is part of a name or of a code."""
    found = Organisation.objects.select_related("certified_by").order_by("pk")
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__startswith=text.upper()))
    return found


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    return Membership.objects.filter(organisation=organisation).select_related("user").order_by("pk")


def members_to_manage(organisation: Organisation) -> QuerySet[User]:
    return User.objects.filter(membership__organisation=organisation)


def office_users(*, text: str = "") -> QuerySet[User]:
    """Everybody with a role, and those who lost their last one."""
    found = (
        User.objects.filter(membership=None)
        .select_related("unit", "expert_profile")
        .prefetch_related(Prefetch("role_grants", RoleGrant.objects.select_related("granted_by")))
        .order_by("pk")
    )
    if text:
        found = found.filter(Q(display_name__icontains=text) | Q(username__icontains=text))
    return found


def people() -> QuerySet[User]:
    return User.objects.select_related("unit")


def units() -> QuerySet[Unit]:
    return Unit.objects.order_by("pk")


def tokens_of(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user).select_related("organisation").order_by("-pk")


def live_tokens(user: User) -> QuerySet[ApiToken]:
    return tokens_of(user).filter(revoked_at=None, expires_at__gt=clock.now())
