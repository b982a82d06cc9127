"""A program that calls the API with a person's token."""

from typing import Any

from rest_framework.test import APIClient

from portal.accounts import services as accounts
from portal.accounts.models import User

ROOT = "/api/v1/"


class Program:
    """Requests below /api/v1/ as `person`; every answer is JSON or empty."""

    def __init__(self, person: User | None) -> None:
        self.client = APIClient()
        if person is not None:
            _, secret = accounts.create_token(actor=person, label=f"程序{person.api_tokens.count()}")
            self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")

    def __call__(self, method: str, path: str, data: Any = None, **kwargs: Any) -> Any:
        return getattr(self.client, method)(
            path if path.startswith(("/", "http")) else ROOT + path, data, **kwargs
        )
