"""No sign-in without a second factor for staff who decide or pay."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

SENTENCE = "请先在网页上设置两步验证。"


class SecondFactorMiddleware:
    """Sends such a person to set one up before anything else; demonstration accounts are exempt."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        bound = user.is_authenticated and user.needs_second_factor and not self._open(request.path)
        if bound and not is_mfa_enabled(user):
            if request.path.startswith("/api/"):
                said = {"code": "second_factor_needed", "message": SENTENCE, "fields": {}}
                return JsonResponse(said, status=403, json_dumps_params={"ensure_ascii": False})
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def _open(path: str) -> bool:
        return path.startswith((reverse("mfa_index"), reverse("account_logout"), "/static/", "/account/"))
