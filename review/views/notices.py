"""公示: the handler posts it, everybody reads it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.permissions import is_handler
from portal.kernel import clock
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only, public
from portal.kernel.issuing import check_path
from portal.kernel.models import Document
from portal.kernel.money import ZERO
from portal.kernel.paging import page_of
from portal.kernel.refusals import Forbidden, Refusal
from portal.kernel.workdays import add_workdays
from review import selectors, services
from review.forms import NoticeForm
from review.models import Notice
from review.permissions import may_handle
from review.services.decisions import NOTICE_WORKDAYS
from review.states import NOTICE, NoticeStates
from review.views.shared import PAGE


@only(is_handler)
@require_http_methods(["GET", "HEAD", "POST"])
def notice_desk(request: HttpRequest) -> HttpResponse:
    """Endorsed cases to put on notice, and the notices that run."""
    form = NoticeForm(request.POST or None)
    chosen = request.POST.getlist("case")
    if request.method == "POST" and form.is_valid():
        cases = list(selectors.live().filter(claim__number__in=chosen).order_by("pk"))
        try:
            posted = services.post_notice(actor=request.user, chosen=cases, title=form.cleaned_data["title"])
        except Forbidden:
            raise
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(
                request,
                f"已发布{posted.document.number}，公示到{_day(posted.closes_on)}。",
                extra_tags="keep:notice",
            )
            return redirect("notice_desk")
    ready = list(selectors.endorsed()[: PAGE + 1])
    running = [(one, selectors.notice_clock(one)) for one in selectors.running_notices()]
    return render(
        request,
        "review/notice_desk.html",
        {
            "form": form,
            "ready": [
                (
                    one,
                    one.standing_ones[0] if one.standing_ones else None,
                    may_handle.why_not(request.user, one),
                )
                for one in ready[:PAGE]
            ],
            "longer": len(ready) > PAGE,
            "chosen": set(chosen),
            "running": running,
            "closes_on": add_workdays(clock.today(), NOTICE_WORKDAYS),
            "workdays": NOTICE_WORKDAYS,
        },
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@public
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """Every notice, newest first."""
    page = page_of(request, selectors.notices(), newest_first=True)
    return render(
        request,
        "review/notices.html",
        {
            "rows": [(one, NOTICE[_state(one)], len(one.document.decision["rows"])) for one in page.rows],
            "page": page,
        },
    )


def _state(found: Notice) -> NoticeStates:
    """What the day says; the scheduled closing only follows it."""
    return NoticeStates.OVER if clock.today() > found.closes_on else NoticeStates(found.state)


def _found(number: str) -> Notice:
    try:
        return selectors.notice_by_number(number)
    except Notice.DoesNotExist as error:
        raise Http404 from error


@public
@require_safe
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """A public notice: what, how long, how much and why, and how to object."""
    found = _found(number)
    rows = selectors.notice_rows(found)
    decision: dict[str, Any] = found.document.decision
    places = _places([row.amount for row in rows])
    return render(
        request,
        "review/notice.html",
        {
            "notice": found,
            "document": found.document,
            "decision": decision,
            "status": NOTICE[_state(found)],
            "open": _state(found) == NoticeStates.OPEN,
            "clock": selectors.notice_clock(found),
            "rows": [
                (
                    row,
                    _wan(row.determination and row.determination.base, places),
                    _wan(row.determination and row.determination.cap, places),
                    _wan(row.amount, places),
                )
                for row in rows
            ],
            "total": sum((row.amount for row in rows), ZERO),
            "total_wan": _wan(sum((row.amount for row in rows), ZERO), places),
            "check": check_path(found.document),
            "ready": found.document.state == Document.States.READY,
        },
    )


def _places(amounts: list[Decimal]) -> int:
    """Decimals of 万元 that show every amount exactly, as on the paper: 2, 4 (whole yuan) or 6 (fen)."""
    if all(amount % 100 == 0 for amount in amounts):
        return 2
    return 4 if all(amount % 1 == 0 for amount in amounts) else 6


def _wan(amount: Decimal | None, places: int) -> str:
    """Yuan in 万元 for a column; nothing for nothing, more decimals where the column's are not enough."""
    if amount is None:
        return ""
    return f"{amount / 10000:,.{max(places, _places([amount]))}f}"


@public
@require_safe
def notice_pdf(request: HttpRequest, number: str) -> FileResponse:
    """The paper of a notice; 404 while it is being drawn."""
    document = _found(number).document
    if document.state != Document.States.READY:
        raise Http404
    return FileResponse(
        document.file.open("rb"),
        as_attachment=True,
        filename=f"{document.number}.pdf",
        content_type="application/pdf",
    )
