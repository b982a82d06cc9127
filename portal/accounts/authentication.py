"""API sign-in: `Authorization: Bearer <token>`."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from portal.accounts import selectors
from portal.accounts.middleware import SENTENCE
from portal.kernel.refusals import Forbidden


class TokenAuthentication(authentication.BaseAuthentication):
    """The token's user acts, for the organisation the token was made for."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = selectors.live_token(secret.strip())
        if token is None:
            raise exceptions.AuthenticationFailed
        if token.organisation_id != (token.user.organisation.pk if token.user.organisation else None):
            raise exceptions.AuthenticationFailed
        if token.user.needs_second_factor and not is_mfa_enabled(token.user):
            raise Forbidden(SENTENCE)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library has no types
    """How the schema names it."""

    target_class = "portal.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
