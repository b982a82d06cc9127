"""The responsible unit's desk: its list, one request, and what is done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications.requests import selectors, services
from applications.requests.forms import AnswerForm, DeclineForm, HandOverForm, PassOnForm, ResultForm
from applications.requests.models import ServiceRequest
from applications.requests.permissions import may_handle, may_read_at_desk, oversees, reads_desk
from applications.requests.states import (
    OFFICE,
    RUNNING,
    TONES,
    Paces,
    Ratings,
    RequestKinds,
    RequestStates,
)
from applications.requests.views import shown
from applications.states import OFFICE as CLAIM_WORDS
from applications.states import ClaimStates
from portal.accounts.models import User
from portal.accounts.permissions import is_unit_officer
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.paging import page_of
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal


@require_safe
@only(reads_desk)
def request_desk(request: HttpRequest) -> HttpResponse:
    """What the unit has, nearest limit first, then what it has dealt with; overseers see every unit's."""
    user = _person(request)
    unit = None if oversees(user, None) else user.unit
    found = (
        selectors.at_desk(unit)
        if unit is not None or oversees(user, None)
        else selectors.at_desk(None).none()
    )
    show = request.GET.get("show", "")
    if show == "done":
        found = found.exclude(state__in=RUNNING)
    elif show == "late":
        found = found.filter(pk__in=selectors.overdue().values("pk"))
    else:
        show = ""
        found = found.filter(state__in=RUNNING)
        if unit is not None:
            found = found.filter(unit=unit)
    page = page_of(request, found, key="pk" if show == "done" else "due_on", newest_first=show == "done")
    counts = selectors.ratings(unit)
    return render(
        request,
        "applications/requests/desk.html",
        {
            "unit": unit,
            "all_units": oversees(user, None),
            "rows": [(one, OFFICE[RequestStates(one.state)], selectors.pace(one)) for one in page.rows],
            "page": page,
            "show": show,
            "ratings": [(one.label, counts.get(one.value, 0)) for one in Ratings],
            "rated": sum(counts.values()),
            "lights": [(light.label, TONES[light]) for light in Paces],
        },
    )


@require_safe
@only(reads_desk)
def request_desk_file(request: HttpRequest, number: str) -> HttpResponse:
    """One request as the desk sees it; for a referral, what the organisation has besides."""
    return _page(request, _found(request, number))


@require_http_methods(["GET", "POST"])
@only(is_unit_officer)
def request_answer(request: HttpRequest, number: str) -> HttpResponse:
    form = AnswerForm(*_sent(request))

    def act(asked: ServiceRequest) -> str:
        _, paper = services.answer(
            actor=_person(request),
            asked=asked,
            text=form.cleaned_data["text"],
            in_writing=form.cleaned_data["in_writing"],
            files=form.new_files(),
        )
        return f"已答复{number}{f'，答复书{paper.number}' if paper else ''}。"

    return _decide(request, number, "answer", lambda asked: form, act)


@require_http_methods(["GET", "POST"])
@only(is_unit_officer)
def request_pass_on(request: HttpRequest, number: str) -> HttpResponse:
    made: dict[str, PassOnForm] = {}

    def make(asked: ServiceRequest) -> BaseForm:
        made["form"] = PassOnForm(
            request.POST if request.method == "POST" else None, units=selectors.units_to_pass_on(asked)
        )
        return made["form"]

    def act(asked: ServiceRequest) -> str:
        form = made["form"]
        unit = form.chosen()
        services.pass_on(actor=_person(request), asked=asked, unit=unit, reason=form.cleaned_data["reason"])
        return f"已把{number}移交{unit.name}。"

    return _decide(request, number, "pass_on", make, act)


@require_http_methods(["GET", "POST"])
@only(is_unit_officer)
def request_hand_over(request: HttpRequest, number: str) -> HttpResponse:
    made: dict[str, HandOverForm] = {}

    def make(asked: ServiceRequest) -> BaseForm:
        made["form"] = HandOverForm(request.POST if request.method == "POST" else None, asked=asked)
        return made["form"]

    def act(asked: ServiceRequest) -> str:
        _, paper = services.hand_over(actor=_person(request), asked=asked, **made["form"].cleaned_data)
        return f"已转办{number}，转办函{paper.number}。"

    return _decide(request, number, "hand_over", make, act)


@require_http_methods(["GET", "POST"])
@only(is_unit_officer)
def request_decline(request: HttpRequest, number: str) -> HttpResponse:
    form = DeclineForm(request.POST if request.method == "POST" else None)

    def act(asked: ServiceRequest) -> str:
        services.decline(actor=_person(request), asked=asked, reason=form.cleaned_data["reason"])
        return f"{number}不予转办，理由已告知申报单位。"

    return _decide(request, number, "decline", lambda asked: form, act)


@require_http_methods(["GET", "POST"])
@only(is_unit_officer)
def request_result(request: HttpRequest, number: str) -> HttpResponse:
    made: dict[str, ResultForm] = {}

    def make(asked: ServiceRequest) -> BaseForm:
        made["form"] = ResultForm(*_sent(request), asked=asked)
        return made["form"]

    def act(asked: ServiceRequest) -> str:
        form = made["form"]
        data = form.cleaned_data
        services.record_result(
            actor=_person(request),
            asked=asked,
            outcome=data["outcome"],
            other_file_number=data["other_file_number"],
            outcome_on=form.decided_on(),
            amount=data["amount"],
            text=data["text"],
            files=form.new_files(),
        )
        return f"已登记{number}的办理结果。"

    return _decide(request, number, "record_result", make, act)


WORDS = {
    "answer": ("答复申报单位", "提交答复"),
    "pass_on": ("移交其他责任单位", "移交办理"),
    "hand_over": ("转交执行政策的单位", "转办并出具转办函"),
    "decline": ("不予转办", "提交理由"),
    "record_result": ("登记办理结果", "登记结果"),
}
PLACES = {
    "answer": "request_answer",
    "pass_on": "request_pass_on",
    "hand_over": "request_hand_over",
    "decline": "request_decline",
    "record_result": "request_result",
}


def _decide(
    request: HttpRequest,
    number: str,
    name: str,
    make: Callable[[ServiceRequest], BaseForm],
    act: Callable[[ServiceRequest], str],
) -> HttpResponse:
    """A decision on a page of its own, with the request beside it."""
    asked = _found(request, number)
    require(may_handle, request.user, asked)
    form = make(asked)
    if request.method == "POST" and form.is_valid():
        try:
            said = act(asked)
        except Refusal as refusal:
            for part in refusal.parts:
                if part.field == "file":
                    part.field = "files"
            add_refusals(form, refusal)
        else:
            messages.success(request, said, extra_tags=f"keep:desk-{number}-{name}")
            return redirect("request_desk_file", number=number)
    heading, button = WORDS[name]
    context = {
        **_context(_person(request), asked),
        "form": form,
        "name": name,
        "heading": heading,
        "button": button,
        "open": name in _acts(_person(request), asked),
        "back": reverse("request_desk_file", args=[number]),
    }
    return render(request, "applications/requests/decide.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, asked: ServiceRequest) -> HttpResponse:
    user = _person(request)
    acts = [(WORDS[name][0], reverse(PLACES[name], args=[asked.number])) for name in _acts(user, asked)]
    context = {
        **_context(user, asked),
        "acts": acts,
        "why_not": may_handle.why_not(user, asked) if is_unit_officer(user, None) else None,
    }
    return render(request, "applications/requests/desk_file.html", context)


def _acts(user: User, asked: ServiceRequest) -> list[str]:
    """What this person may do now, the usual first."""
    if not may_handle(user, asked):
        return []
    referral = asked.kind == RequestKinds.REFERRAL
    match asked.state:
        case RequestStates.SUBMITTED:
            return ["hand_over", "decline", "pass_on"] if referral else ["answer", "pass_on"]
        case RequestStates.FOLLOWED_UP:
            return ["answer", "pass_on"]
        case RequestStates.HANDED_OVER:
            return ["record_result"]
    return []


def _context(user: User, asked: ServiceRequest) -> dict[str, Any]:
    found = shown.content(asked, own=False)
    if asked.kind == RequestKinds.REFERRAL:
        found |= {
            "claims": [
                (one, CLAIM_WORDS[ClaimStates(one.claim.state)]) for one in selectors.live_claims(asked)
            ],
            "referrals": [
                (
                    one,
                    OFFICE[RequestStates(one.state)],
                    one.project_id is not None and one.project_id == asked.project_id,
                )
                for one in selectors.other_referrals(asked)
            ],
        }
    return found


def _found(request: HttpRequest, number: str) -> ServiceRequest:
    """404 for whoever may not read it."""
    asked = get_object_or_404(selectors.service_requests(), number=number)
    if not may_read_at_desk(request.user, asked):
        raise Http404
    return asked


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
