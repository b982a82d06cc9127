"""逐笔核定: every claimed cost, the form of the one at hand, and what the engine makes of it so far."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications import selectors as filings
from applications import services as filing
from applications.signs import signs
from clauses import engine
from portal.accounts.permissions import is_handler
from portal.kernel.gate import only
from portal.kernel.money import format_yuan
from portal.kernel.refusals import Forbidden, Refusal
from review import selectors, services
from review.forms import ApprovedSumForm, CostForm, FindingsForm, ReasonForm
from review.models import ReviewCase
from review.permissions import may_handle
from review.selectors import CostLineView
from review.states import CaseStates
from review.views.shared import done, found_case, head, is_live


@only(is_handler)
@require_http_methods(["GET", "HEAD", "POST"])
def costs(request: HttpRequest, number: str) -> HttpResponse:
    """The table of costs, the current one's form, the running amount; for item 1 the judged sum."""
    found = found_case(request, number)
    _, rules = selectors.rules_of(found)
    if rules.is_judged:
        return _judged(request, found)
    if not rules.takes_costs:
        raise Http404
    lines = selectors.cost_lines(found)
    asked = request.POST.get("cost") or request.GET.get("cost", "")
    current = _current(lines, asked)
    form: CostForm | None = None
    if request.method == "POST":
        if current is None:
            raise Http404
        form = _cost_form(found, current, request.POST)
        item = current.cost_item
        saved = done(
            form,
            lambda data: services.verify_cost(
                actor=request.user,
                case=found,
                cost_item=item,
                verified=data["verified"],
                cut_code=data["cut_code"],
                note=data["note"],
                seen=request.POST.get("seen"),
            ),
        )
        if saved:
            messages.success(
                request, f"已保存“{item.name}”的核定结果。", extra_tags=f"keep:cost-{number}-{item.pk}"
            )
            return redirect(_next_address(found, item.pk))
        lines = selectors.cost_lines(found)
        current = _current(lines, str(item.pk))
    elif current is not None:
        form = _cost_form(found, current, None)
    return render(request, "review/costs.html", _costs_page(request, found, lines, current, form))


def _current(lines: list[CostLineView], asked: str) -> CostLineView | None:
    """The cost that was asked for, else the first one still open."""
    if asked:
        chosen = [line for line in lines if str(line.cost_item.pk) == asked]
        if not chosen:
            raise Http404
        return chosen[0]
    return next((line for line in lines if line.verification is None), None)


def _next_address(found: ReviewCase, after: int) -> str:
    """The page of the next open cost, first those further down; without any, the table."""
    here = reverse("case_costs", args=[found.claim.number])
    open_ones = [line.cost_item.pk for line in selectors.cost_lines(found) if line.verification is None]
    following = next((pk for pk in open_ones if pk > after), None) or next(iter(open_ones), None)
    return f"{here}?cost={following}#edit" if following else here


def _cost_form(found: ReviewCase, line: CostLineView, data: Any) -> CostForm:
    policy, _ = selectors.rules_of(found)
    known = line.verification
    shown = {
        "verified": format_yuan(known.verified if known else line.cost_item.amount),
        "cut_code": known.cut_code if known else "",
        "note": known.note if known else "",
    }
    claimed = format_yuan(line.cost_item.amount)
    return CostForm(data, reasons=policy.cut_reasons, claimed=claimed, initial=shown)


def _costs_page(
    request: HttpRequest,
    found: ReviewCase,
    lines: list[CostLineView],
    current: CostLineView | None,
    form: CostForm | None,
) -> dict[str, Any]:
    policy, _ = selectors.rules_of(found)
    labels = {reason.code: reason.label for reason in policy.cut_reasons}
    settled = [line for line in lines if line.verification]
    verified = selectors.verified_total(lines)
    why_not = may_handle.why_not(request.user, found)
    working = is_live(found) and found.state == CaseStates.VERIFICATION and why_not is None
    open_count = len(lines) - len(settled)
    place = lines.index(current) + 1 if current else 0
    marked = signs(found.claim, [line.cost_item for line in lines])
    return {
        **head(found),
        **_running(found),
        **_findings(found),
        "lines": [
            (
                line,
                labels.get(line.verification.cut_code, "") if line.verification else "",
                marked.get(line.cost_item.pk, []),
            )
            for line in lines
        ],
        "marked_count": len(marked),
        "signs": marked.get(current.cost_item.pk, []) if current else [],
        "settled": len(settled),
        "open_count": open_count,
        "claimed": sum(line.cost_item.amount for line in lines),
        "verified": verified,
        "cut": sum(line.cut for line in settled if line.cut),
        "current": current,
        "place": place,
        "form": form if working else None,
        "seen": selectors.verification_stamp(current.verification) if current else "",
        "rival": selectors.rival_hold(found, current.cost_item) if current and current.contested else None,
        "preview": _amount(selectors.preview(found, current.cost_item)) if current and working else None,
        "working": working,
        "why_not": why_not if is_live(found) else None,
        "rest_count": sum(line.verification is None and line.contested is None for line in lines),
    }


def _amount(verdict: engine.Verdict) -> Any:
    return filings.yuan(verdict.amount)


def _running(found: ReviewCase) -> dict[str, Any]:
    verdict = selectors.assess(found)
    return {"running": _amount(verdict), "verdict": verdict}


def _typed(fact: engine.FactSpec, value: Any) -> Any:
    """A stored finding as its input takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return selectors.fact_words(fact, value) if fact.type == "rate" else value


def _findings(found: ReviewCase, data: Any = None) -> dict[str, Any]:
    facts = selectors.reviewer_facts(found)
    stored = {
        fact.key: _typed(fact, value) for fact in facts if (value := found.findings.get(fact.key)) is not None
    }
    shown = [
        (fact.label, selectors.fact_words(fact, found.findings[fact.key]))
        for fact in facts
        if found.findings.get(fact.key) is not None
    ]
    return {"findings_form": FindingsForm(data, facts=facts, initial=stored), "found_facts": shown}


def _judged(request: HttpRequest, found: ReviewCase) -> HttpResponse:
    """Item 1: the sum the review approves, with its reason."""
    stored = {
        "approved_sum": format_yuan(found.approved_sum) if found.approved_sum is not None else "",
        "approved_sum_reason": found.approved_sum_reason,
    }
    form = ApprovedSumForm(request.POST or None, initial=stored)
    if request.method == "POST" and done(
        form,
        lambda data: services.record_approved_sum(
            actor=request.user,
            case=found,
            amount=data["approved_sum"],
            reason=data["approved_sum_reason"],
        ),
    ):
        number = found.claim.number
        messages.success(request, "已保存评审核定金额。", extra_tags=f"keep:sum-{number}")
        return redirect("case_costs", number=number)
    why_not = may_handle.why_not(request.user, found)
    answers = dict(selectors.answers(found.claim))
    return render(
        request,
        "review/approved_sum.html",
        {
            **head(found),
            **_running(found),
            **_findings(found),
            "form": form,
            "requested": answers.get("申请金额", ""),
            "score": found.score,
            "working": is_live(found) and found.state == CaseStates.VERIFICATION and why_not is None,
            "why_not": why_not if is_live(found) else None,
        },
    )


@only(is_handler)
@require_http_methods(["GET", "HEAD", "POST"])
def findings(request: HttpRequest, number: str) -> HttpResponse:
    """What the item asks the reviewer to establish."""
    found = found_case(request, number)
    context = _findings(found, request.POST or None)
    form = context["findings_form"]
    if request.method == "POST" and done(
        form, lambda data: services.record_findings(actor=request.user, case=found, values=data)
    ):
        messages.success(request, "已保存核查认定。", extra_tags=f"keep:findings-{number}")
        return redirect("case_costs", number=number)
    why_not = may_handle.why_not(request.user, found)
    working = is_live(found) and found.state == CaseStates.VERIFICATION and why_not is None
    return render(
        request,
        "review/findings.html",
        {**head(found), **context, "working": working, "why_not": why_not if is_live(found) else None},
    )


@only(is_handler)
@require_http_methods(["GET", "HEAD", "POST"])
def rest(request: HttpRequest, number: str) -> HttpResponse:
    """全部按申报金额核定剩余各笔: asked once, done at once."""
    found = found_case(request, number)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            count = services.verify_rest(actor=request.user, case=found)
        except Forbidden:
            raise
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, f"已按申报金额核定剩余{count}笔。")
            return redirect("case_costs", number=number)
    lines = selectors.cost_lines(found)
    open_ones = [line for line in lines if line.verification is None]
    counted = [line for line in open_ones if line.contested is None]
    return render(
        request,
        "review/rest.html",
        {
            **head(found),
            "count": len(counted),
            "total": sum(line.cost_item.amount for line in counted),
            "contested": len(open_ones) - len(counted),
            "refusal": refusal,
        },
    )


@only(is_handler)
@require_http_methods(["GET", "HEAD", "POST"])
def collision(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A paper that two claims named: decide with a reason that it is this claim's."""
    found = found_case(request, number)
    line = next((one for one in selectors.cost_lines(found) if one.cost_item.pk == pk), None)
    if line is None:
        raise Http404
    rival = selectors.rival_hold(found, line.cost_item)
    form = ReasonForm(
        request.POST or None,
        label="核对的结果和依据",
        hint="写明核对了哪些凭证、为什么归本申报。会记入两份申报的记录。",
    )
    if request.method == "POST" and done(
        form,
        lambda data: filing.settle_collision(
            actor=request.user, claim=found.claim, cost_item=line.cost_item, reason=data["reason"]
        ),
    ):
        messages.success(
            request, f"“{line.cost_item.name}”已认定由本申报使用。", extra_tags=f"keep:collision-{pk}"
        )
        return redirect(f"{reverse('case_costs', args=[number])}?cost={pk}#edit")
    return render(
        request,
        "review/collision.html",
        {
            **head(found),
            "line": line,
            "rival": rival,
            "form": form,
            "why_not": may_handle.why_not(request.user, found),
        },
    )
