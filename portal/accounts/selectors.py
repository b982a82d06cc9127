"""Reads about people and organisations."""

import hashlib

from django.db.models import QuerySet

from portal.accounts.models import ApiToken, Organisation, Unit, User
from portal.accounts.states import OrganisationStates, Roles
from portal.kernel import clock


def token_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def live_token(secret: str) -> ApiToken | None:
    """The token behind `secret` while it is neither expired nor revoked."""
    return (
        ApiToken.objects.select_related("user", "organisation")
        .filter(digest=token_digest(secret), revoked_at=None, expires_at__gt=clock.now(), user__is_active=True)
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
