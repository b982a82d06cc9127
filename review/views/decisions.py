"""The leader's desk: proposals to endorse, rejections to confirm, awards to approve."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.accounts.permissions import is_leader
from portal.kernel.gate import only
from portal.kernel.money import format_yuan
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.ledger import selectors as books
from portal.ledger.states import Accounts
from review import selectors, services
from review.forms import ApproveForm, ReasonForm
from review.models import ReviewCase
from review.permissions import is_impartial, may_endorse
from review.states import CaseStates
from review.views.shared import PAGE, done, filed, found_case, head, is_live, state_words

DECIDED = frozenset(
    {CaseStates.PROPOSED, CaseStates.REJECTION_PROPOSED, CaseStates.ENDORSED, CaseStates.NOTICE_OVER}
)


@only(is_leader)
@require_http_methods(["GET", "HEAD", "POST"])
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for the leader, in three lists; several may be endorsed or approved at once."""
    form = ApproveForm(request.POST if request.POST.get("act") == "approve" else None)
    refusal: Refusal | None = None
    if request.method == "POST":
        chosen = _chosen(request)
        act = request.POST.get("act", "")
        if not chosen:
            refusal = Refusal("请先勾选申报件。", code="required")
        elif act == "endorse":
            _each(request, chosen, lambda one: services.endorse(actor=request.user, case=one), "已审定同意")
            return redirect("approvals")
        elif act == "approve" and form.is_valid():
            document = form.cleaned_data["document_number"]
            _each(
                request,
                chosen,
                lambda one: services.approve(actor=request.user, case=one, document_number=document),
                "已批复",
            )
            return redirect("approvals")
    lists = {}
    for name, state in (
        ("proposals", CaseStates.PROPOSED),
        ("rejections", CaseStates.REJECTION_PROPOSED),
        ("awards", CaseStates.NOTICE_OVER),
    ):
        found = selectors.decisions(selectors.waiting(state)[: PAGE + 1])
        lists[name] = [
            (one, may_endorse.why_not(request.user, one.case), selectors.step_clock(one.case))
            for one in found[:PAGE]
        ]
        lists[f"{name}_longer"] = len(found) > PAGE
    return render(
        request,
        "review/approvals.html",
        {
            **lists,
            "form": form,
            "refusal": refusal,
            "chosen": set(request.POST.getlist("case")),
            "any": any(lists[name] for name in ("proposals", "rejections", "awards")),
        },
    )


def _chosen(request: HttpRequest) -> list[ReviewCase]:
    numbers = request.POST.getlist("case")[:PAGE]
    return list(selectors.live().filter(claim__number__in=numbers).order_by("pk"))


def _each(
    request: HttpRequest, chosen: list[ReviewCase], act: Callable[[ReviewCase], Any], said: str
) -> None:
    """Do `act` to each case by itself, and say of each how it went."""
    for one in chosen:
        try:
            act(one)
        except Refusal as refusal:
            messages.error(request, f"{one.claim.number}没有办成：{refusal.message}")
        else:
            messages.success(request, f"{one.claim.number}{said}。")


@only(is_leader)
@require_http_methods(["GET", "HEAD", "POST"])
def approval(request: HttpRequest, number: str) -> HttpResponse:
    """One file before the leader: the figures, and what he may do with it."""
    found = found_case(request, number)
    act = request.POST.get("act", "")
    back = ReasonForm(
        request.POST if act == "send_back" else None,
        label="退回的理由",
        hint="经办会看到。退回后原来的测算作废，预留的预算释放。",
    )
    approve = ApproveForm(request.POST if act == "approve" else None)
    refusal: Refusal | None = None
    if request.method == "POST":
        said = _act(request, found, act, back, approve)
        if isinstance(said, Refusal):
            refusal = said
        elif said:
            messages.success(request, f"{number}{said}。", extra_tags=f"keep:back-{number}")
            return redirect("approvals")
        found = found_case(request, number)
    (shown,) = selectors.decisions(selectors.cases().filter(pk=found.pk))
    why_not = may_endorse.why_not(request.user, found)
    determination = shown.determination
    return render(
        request,
        "review/approval.html",
        {
            **head(found),
            **filed(found.claim),
            "status": state_words(found),
            "decision": shown,
            "determination": determination,
            "calculation": selectors.calculation(determination) if determination else [],
            "settings": selectors.settings_used(
                found.claim.item.policy, determination.pack_hash, determination.verdict["settings"]
            )
            if determination
            else [],
            "available": books.balance(shown.line, Accounts.AVAILABLE) if shown.line else None,
            "lines": selectors.cost_lines(found),
            "opinions": list(found.opinions.select_related("unit")),
            "back": back,
            "approve": approve,
            "refusal": refusal,
            "why_not": why_not if is_live(found) else None,
            "acting": is_live(found) and why_not is None and found.state in DECIDED,
            "live": is_live(found),
        },
    )


def _act(
    request: HttpRequest, found: ReviewCase, act: str, back: ReasonForm, approve: ApproveForm
) -> str | Refusal | None:
    """What was done, in words; the refusal that belongs to no form; None when a form has it."""
    actor = request.user
    match act:
        case "send_back":
            if done(back, lambda data: services.send_back(actor=actor, case=found, reason=data["reason"])):
                return "已退回经办"
        case "approve":
            if done(
                approve,
                lambda data: services.approve(
                    actor=actor, case=found, document_number=data["document_number"]
                ),
            ):
                amount = selectors.standing(found)
                return f"已批复{format_yuan(amount.amount)}元" if amount else "已批复"
        case "endorse":
            require(is_impartial, actor, found)
            services.endorse(actor=actor, case=found)
            return "已审定同意"
        case "confirm_rejection":
            services.confirm_rejection(actor=actor, case=found)
            return "已审定不予支持，通知书已发给申报单位"
        case _:
            return Refusal("这一步不能做这件事，请刷新页面看最新状态。", code="wrong_state")
    return None
