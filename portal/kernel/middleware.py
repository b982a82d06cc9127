"""Request-wide habits: one reading of the clock, GET never writes, a refusal becomes a page."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal.kernel import clock
from portal.kernel.refusals import Forbidden, Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_WRITES = re.compile(
    r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|COPY)\b|\bFOR (NO KEY )?UPDATE\b", re.IGNORECASE
)


class WriteOnGet(RuntimeError):
    """A page that only shows tried to change the database."""


class PlainAddressMiddleware:
    """An address with a zero byte leads nowhere: the database would refuse it as a value, and no value of ours has one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "\0" in unquote(request.META.get("QUERY_STRING", "")):
            raise Http404
        return self.get_response(request)


class ClockMiddleware:
    """Reads the moved clock once a request, so that every line of a page shares it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        clock.load()
        return self.get_response(request)


class ReadOnlyGetMiddleware:
    """Raises on any write during a safe request; locks are refused by the same rule."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return self.get_response(request)
        with connection.execute_wrapper(refuse_writes):
            return self.get_response(request)


def refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Database wrapper: let reads pass; the sign-in session is the framework's own housekeeping."""
    if _WRITES.search(sql) and '"django_session"' not in sql:
        raise WriteOnGet(sql.split("(")[0][:80])
    return execute(sql, params, many, context)


class RefusalMiddleware:
    """A refusal no view answered itself: said on a page of its own, with the way back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        status = 403 if isinstance(exception, Forbidden) else 409
        context = {"refusals": exception.parts, "back": back_address(request)}
        return render(request, "refused.html", context, status=status)


def back_address(request: HttpRequest) -> str:
    """The page the person came from, when it is ours; else home."""
    referer = request.headers.get("referer", "")
    origin = f"{request.scheme}://{request.get_host()}"
    return referer.removeprefix(origin) if referer.startswith(origin + "/") else "/"


def say(request: HttpRequest, text: str) -> None:
    """A sentence for the next page."""
    messages.success(request, text)
