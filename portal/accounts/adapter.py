"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up: organisations register with their code, staff are entered by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
