"""The organisation's side: choose an item, file, read the answer, follow up, rate, withdraw."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.requests import selectors, services
from applications.requests.forms import FollowUpForm, PapersForm, RateForm, RequestForm, WithdrawForm
from applications.requests.models import ServiceRequest
from applications.requests.permissions import may_file
from applications.requests.states import APPLICANT, KIND_OF_ITEM, WORKDAYS, RequestKinds, RequestStates
from applications.requests.views import shown
from applications.selectors import projects_of
from clauses import catalogue
from clauses import selectors as programmes
from clauses.models import Item
from portal.accounts.models import User
from portal.accounts.permissions import is_applicant
from portal.kernel import clock
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.paging import page_of
from portal.kernel.refusals import Refusal


@require_safe
@only(is_applicant)
def request_list(request: HttpRequest) -> HttpResponse:
    """The organisation's requests and referrals, latest first."""
    page = page_of(request, selectors.requests_of(_person(request).organisation), newest_first=True)
    rows = [(one, APPLICANT[RequestStates(one.state)], selectors.pace(one)) for one in page.rows]
    return render(request, "applications/requests/list.html", {"rows": rows, "page": page})


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def request_new(request: HttpRequest) -> HttpResponse:
    """The short form of an item; without one, what can be filed."""
    item = _asked_item(request)
    if item is None:
        return render(request, "applications/requests/choose.html", {"groups": _offers()})
    user = _person(request)
    policy, rules = programmes.rules_of(item)
    kind = KIND_OF_ITEM[rules.kind]
    referral = kind == RequestKinds.REFERRAL
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = RequestForm(
        *sent, rules=rules, referral=referral, projects=projects_of(user.organisation) if referral else ()
    )
    if request.method == "POST" and form.is_valid():
        try:
            asked, _ = services.file_request(actor=user, item=item, **form.values())
        except Refusal as refusal:
            add_refusals(form, _at_files(refusal))
        else:
            messages.success(
                request,
                f"已提交，编号{asked.number}，由{asked.unit.name}办理。",
                extra_tags=f"keep:request-{policy.id}-{rules.id}",
            )
            return redirect("request", number=asked.number)
    closed = selectors.closed_because(item)
    organisation = user.organisation
    assert organisation is not None
    offer = catalogue.offer(policy, rules, clock.now())
    context = {
        "item": item,
        "rules": rules,
        "policy": policy,
        "offer": offer,
        "form": form,
        "referral": referral,
        "days": WORKDAYS[kind],
        "closed": closed,
        "why_not": may_file.why_not(user, None),
        "fits": "any" in rules.applicants or organisation.kind in rules.applicants,
        "text_url": f"{reverse('policy_text', args=[policy.id])}#{offer.anchor}",
    }
    return render(request, "applications/requests/new.html", context, status=422 if form.errors else 200)


@require_safe
@only(is_applicant)
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _own(request, number))


@require_POST
@only(is_applicant)
def request_follow_up(request: HttpRequest, number: str) -> HttpResponse:
    return _act(
        request,
        number,
        "follow_up",
        FollowUpForm(request.POST),
        lambda asked, data: services.follow_up(actor=_person(request), asked=asked, text=data["follow_up"]),
        "追问已提交，5个工作日内答复。",
    )


@require_POST
@only(is_applicant)
def request_rate(request: HttpRequest, number: str) -> HttpResponse:
    return _act(
        request,
        number,
        "rate",
        RateForm(request.POST),
        lambda asked, data: services.rate(
            actor=_person(request), asked=asked, rating=data["rating"], words=data["rating_words"]
        ),
        "评价已提交，这件事已办结。",
    )


@require_POST
@only(is_applicant)
def request_files(request: HttpRequest, number: str) -> HttpResponse:
    form = PapersForm(request.POST, request.FILES)

    def add(asked: ServiceRequest, data: dict[str, Any]) -> None:
        chosen = form.new_files()
        if not chosen:
            raise Refusal("请先选择文件，再按上传。", code="required", field="file")
        for one in chosen:
            services.add_file(actor=_person(request), asked=asked, file=one)

    return _act(request, number, "papers", form, add, "材料已补充。")


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def request_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm and withdraw; a second press finds it done."""
    asked = _own(request, number)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if asked.state == RequestStates.WITHDRAWN:
            return redirect("request", number=number)
        try:
            services.withdraw(actor=_person(request), asked=asked, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已撤回{number}。")
            return redirect("request", number=number)
    context = {"asked": asked, "form": form, "back": reverse("request", args=[number])}
    return render(request, "applications/requests/withdraw.html", context, status=422 if form.errors else 200)


def _act(
    request: HttpRequest,
    number: str,
    name: str,
    form: BaseForm,
    act: Callable[[ServiceRequest, dict[str, Any]], Any],
    done: str,
) -> HttpResponse:
    """Do one thing from the request's page, or show the page again with what is wrong."""
    asked = _own(request, number)
    if form.is_valid():
        try:
            act(asked, form.cleaned_data)
        except Refusal as refusal:
            add_refusals(form, _at_files(refusal))
        else:
            messages.success(request, done, extra_tags=f"keep:request-{number}-{name}")
            return redirect("request", number=number)
    asked.refresh_from_db()
    return _page(request, asked, failed={name: form})


def _page(
    request: HttpRequest, asked: ServiceRequest, failed: dict[str, BaseForm] | None = None
) -> HttpResponse:
    forms: dict[str, BaseForm] = {
        "follow_up": FollowUpForm(),
        "rate": RateForm(),
        "papers": PapersForm(),
        **(failed or {}),
    }
    state = RequestStates(asked.state)
    context = {
        **shown.content(asked, own=True),
        "forms": forms,
        "failed": next(iter((failed or {}).values()), None),
        "may_follow_up": state == RequestStates.ANSWERED and asked.followed_up_at is None,
        "may_rate": state == RequestStates.ANSWERED,
        "may_add": state in (RequestStates.SUBMITTED, RequestStates.FOLLOWED_UP),
        "may_withdraw": state == RequestStates.SUBMITTED,
    }
    return render(request, "applications/requests/show.html", context, status=422 if failed else 200)


def _own(request: HttpRequest, number: str) -> ServiceRequest:
    """A request of the person's organisation; 404 for anybody else's."""
    return get_object_or_404(selectors.requests_of(_person(request).organisation), number=number)


def _asked_item(request: HttpRequest) -> Item | None:
    """The item by its code, of the pack named or else of a policy in its final text; 404 for one with money."""
    code, pack = request.GET.get("item", ""), request.GET.get("policy", "")
    if not code:
        return None
    packs = [pack] if pack else [policy.pack for policy, _ in catalogue.published()]
    item = (
        Item.objects.select_related("policy")
        .filter(code=code, policy__pack__in=packs)
        .order_by("policy_id")
        .first()
    )
    if item is None or programmes.rules_of(item)[1].kind not in KIND_OF_ITEM:
        raise Http404
    return item


def _offers() -> list[dict[str, Any]]:
    """Policies with the items that are filed here without money, and why nothing can be filed."""
    now = clock.now()
    found = []
    for row, policy in catalogue.published():
        items = [one for one in policy.items.values() if one.kind in KIND_OF_ITEM]
        if items:
            term = catalogue.term(policy, now, is_open=True)
            found.append(
                {"row": row, "policy": policy, "term": term, "offers": catalogue.offers(policy, now, items)}
            )
    return found


def _at_files(refusal: Refusal) -> Refusal:
    """The services speak of a `file`; the forms call the field `files`."""
    for part in refusal.parts:
        if part.field == "file":
            part.field = "files"
    return refusal


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
