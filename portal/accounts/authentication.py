"""API sign-in: `Authorization: Bearer <token>`."""

from typing import Any

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from portal.accounts import selectors


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
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
