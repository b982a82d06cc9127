"""Pages that join several apps, and the pages said when something is not possible."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.kernel.gate import public


@public
def welcome(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/welcome.html")


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token ran out or the sign-in ended; what was typed is kept by the browser."""
    return render(request, "403_csrf.html", status=403)
