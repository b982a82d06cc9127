"""Lists by keyset: a page starts after a row, so that new rows never shift what is read."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
ROWS = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """One page's rows and, where there are any, the addresses of the next page and of the first."""

    rows: list[M]
    next: str
    first: str


def key_in(text: str) -> int | None:
    """The primary key that an address names; None for anything else than at most eighteen plain digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def page_of(
    request: HttpRequest, found: QuerySet[M], *, key: str = "pk", newest_first: bool = False, size: int = ROWS
) -> Page[M]:
    """The rows of `found` after the one named in `?after=`, in the order of `key` and then of the primary key.

    A name that leads nowhere starts at the beginning. The other parameters of the address stay in it.
    """
    sign, way = ("-", "lt") if newest_first else ("", "gt")
    ordered = found.order_by(f"{sign}{key}", *([] if key == "pk" else [f"{sign}pk"]))
    after = request.GET.get("after", "")
    beyond = _beyond(found, key, way, after)
    rows = list((ordered if beyond is None else ordered.filter(beyond))[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(
        rows=rows,
        next=_address(request, rows[-1].pk) if more else "",
        first=_address(request, None) if beyond is not None else "",
    )


def _beyond(found: QuerySet[Any], key: str, way: str, after: str) -> Q | None:
    last = key_in(after)
    if last is None:
        return None
    if key == "pk":
        return Q(**{f"pk__{way}": last})
    at = found.model._default_manager.filter(pk=last).values_list(key, flat=True).first()
    if at is None:
        return None
    return Q(**{f"{key}__{way}": at}) | Q(**{key: at, f"pk__{way}": last})


def _address(request: HttpRequest, after: Any) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    if after is not None:
        query["after"] = str(after)
    return f"?{query.urlencode()}" if query else request.path
