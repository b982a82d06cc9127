"""The handler's desk: the queue, a case's hub, its experts, and what is proposed in the end."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications import selectors as filings
from applications.permissions import may_open_review
from clauses import selectors as programmes
from portal.accounts import selectors as people
from portal.accounts.permissions import is_handler
from portal.kernel.gate import only
from portal.kernel.paging import page_of
from portal.kernel.permissions import require
from portal.kernel.refusals import Forbidden, Refusal
from review import machine, selectors, services
from review.forms import AcceptanceForm, DuplicateForm, ListingForm, ReasonForm
from review.models import ReviewCase
from review.permissions import may_handle
from review.services.handling import STEPS
from review.states import BEFORE_PROPOSAL, OFFICE, OWNERS, AssignmentStates, CaseStates, Opinions
from review.views.shared import PAGE, done, filed, found_case, head, is_live, state_words

ASSIGNMENT_TONES = {
    AssignmentStates.INVITED: "wait",
    AssignmentStates.ACCEPTED: "now",
    AssignmentStates.RECUSED: "calm",
    AssignmentStates.SCORED: "done",
}
OPINION_TONES = {"": "wait", Opinions.AGREE: "done", Opinions.REMARKS: "now", Opinions.DISAGREE: "bad"}
ENDED = "ended"
LATER = {
    CaseStates.UNIT_OPINIONS: "等条款列明的责任单位出具意见。",
    CaseStates.PROPOSED: "已提出拟支持意见，等分管领导审定。",
    CaseStates.REJECTION_PROPOSED: "已提出不予支持意见，等分管领导审定。",
    CaseStates.ENDORSED: "分管领导已审定，可以发布公示。",
    CaseStates.NOTICED: "正在公示，公示期满由系统转到下一步。",
    CaseStates.NOTICE_OVER: "公示期满，等分管领导批复。",
    CaseStates.APPROVED: "已批复，转财务办理拨付。",
    CaseStates.REJECTED: "已作出不予支持的决定。",
}


@only(is_handler)
def case_list(request: HttpRequest) -> HttpResponse:
    """Accepted claims to open, and cases by step with their clocks."""
    step = request.GET.get("step", "")
    mine = request.GET.get("mine") == "1"
    found = selectors.ended() if step == ENDED else selectors.live()
    if step in CaseStates.values:
        found = found.filter(state=step)
    if mine:
        found = found.filter(handler=request.user)
    page = page_of(request, found)
    queue = list(selectors.opening_queue()[: PAGE + 1])
    return render(
        request,
        "review/cases.html",
        {
            "queue": [(claim, may_open_review.why_not(request.user, claim)) for claim in queue[:PAGE]],
            "queue_is_longer": len(queue) > PAGE,
            "rows": [
                (
                    one,
                    state_words(one),
                    selectors.step_clock(one) if is_live(one) else None,
                    OWNERS[CaseStates(one.state)],
                )
                for one in page.rows
            ],
            "steps": [
                (state.value, OFFICE[state].label)
                for state in CaseStates
                if state not in (CaseStates.APPROVED, CaseStates.REJECTED)
            ]
            + [(ENDED, "已决定或已停止")],
            "step": step,
            "mine": mine,
            "filtered": bool(step or mine),
            "page": page,
        },
    )


@only(is_handler)
@require_POST
def case_open(request: HttpRequest, number: str) -> HttpResponse:
    """转入审核."""
    claim = get_object_or_404(filings.claims().filter(accepted_at__isnull=False), number=number)
    opened = services.open_case(actor=request.user, claim=claim)
    messages.success(request, f"{claim.number}已转入审核，由你经办。")
    return redirect("case", number=opened.claim.number)


@only(is_handler)
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The hub of a case: where it stands, what its step needs, what comes next."""
    found = found_case(request, number)
    forms = _step_forms(found, None)
    refusal: Refusal | None = None
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "advance":
            try:
                moved = services.advance(actor=request.user, case=found)
            except Forbidden:
                raise
            except Refusal as error:
                refusal = error
            else:
                messages.success(request, f"已转入“{OFFICE[CaseStates(moved.state)].label}”。")
                return redirect("case", number=number)
        else:
            forms = _step_forms(found, request.POST if act in forms else None)
            if act not in forms:
                require(may_handle, request.user, found)
                raise Refusal("这一步不能做这件事，请刷新页面看最新状态。", code="wrong_state")
            if done(forms[act], lambda data: _record(request, found, act, data)):
                messages.success(request, "已登记。", extra_tags=f"keep:case-{number}-{act}")
                return redirect("case", number=number)
            found = found_case(request, number)
    return render(request, "review/case.html", _hub(request, found, forms, refusal))


def _step_forms(found: ReviewCase, data: Any) -> dict[str, Any]:
    """The form of the case's step, by the name of its act."""
    match found.state:
        case CaseStates.CHECKING:
            return {"duplicates": DuplicateForm(data, initial={"duplicate_note": found.duplicate_note})}
        case CaseStates.ACCEPTANCE:
            stored = {"acceptance_on": found.acceptance_on, "acceptance_document": found.acceptance_document}
            return {"acceptance": AcceptanceForm(data, initial=stored)}
        case CaseStates.LISTING:
            events = programmes.listed_events().filter(
                policy=found.claim.item.policy, organiser_code=found.claim.organisation.code
            )
            suggested = found.listed_event_id or getattr(filings.listed_event(found.claim), "pk", None)
            return {"listing": ListingForm(data, events=events, initial={"listed_event": suggested})}
    return {}


def _record(request: HttpRequest, found: ReviewCase, act: str, data: dict[str, Any]) -> None:
    actor = request.user
    match act:
        case "duplicates":
            services.record_duplicates(
                actor=actor, case=found, note=data["duplicate_note"], seen=request.POST.get("seen")
            )
        case "acceptance":
            services.record_acceptance(
                actor=actor,
                case=found,
                accepted_on=data["acceptance_on"],
                document_number=data["acceptance_document"],
            )
        case "listing":
            services.record_listing(actor=actor, case=found, event=data["listed_event"])


def _hub(
    request: HttpRequest, found: ReviewCase, forms: dict[str, Any], refusal: Refusal | None
) -> dict[str, Any]:
    why_not = may_handle.why_not(request.user, found) if is_live(found) else None
    acting = is_live(found) and why_not is None
    target = selectors.next_step(found)
    state = CaseStates(found.state)
    row = machine.cases.rows[STEPS[CaseStates(target)]] if target in STEPS else None
    name = row.name if row else "propose"
    onward = acting and state in BEFORE_PROPOSAL and target is not None
    open_points = machine.open_points(found, name) if onward else []
    return {
        **head(found),
        **filed(found.claim),
        **_figures(found),
        "forms": forms if acting else {},
        "form": next(iter(forms.values()), None),
        "refusal": refusal,
        "seen": selectors.stamp(found.duplicate_note),
        "why_not": why_not,
        "acting": acting,
        "live": is_live(found),
        "path": [
            {
                "state": one.standing,
                "label": OFFICE[one.state].label,
                "at": found.step_since if one.standing == "now" else "",
                "note": OWNERS[one.state] if one.standing != "done" else "",
            }
            for one in selectors.path_steps(found)
        ],
        "advance": row.label if row and state in BEFORE_PROPOSAL else "",
        "open_points": [(one.message, "") for one in open_points],
        "may_propose": acting and target == CaseStates.PROPOSED,
        "may_reject": acting and state in BEFORE_PROPOSAL,
        "later": LATER.get(state, ""),
        "assignments": _assignments(found),
        "opinions": [
            (one, one.get_opinion_display() or "等待答复", OPINION_TONES[one.opinion])
            for one in found.opinions.select_related("unit", "given_by")
        ],
        "mean": found.score,
    }


def _figures(found: ReviewCase) -> dict[str, Any]:
    """The determination when there is one; while costs are verified, the engine's running answer."""
    determination = selectors.standing(found)
    if determination is not None:
        return {
            "amount": determination.amount,
            "determination": determination,
            "calculation": selectors.calculation(determination),
            "settings": selectors.settings_used(
                found.claim.item.policy, determination.pack_hash, determination.verdict["settings"]
            ),
            "rate": selectors.rate_percent(determination),
        }
    if found.state in (CaseStates.VERIFICATION, CaseStates.UNIT_OPINIONS):
        verdict, used = selectors.measured(found)
        return {
            "amount": filings.yuan(verdict.amount),
            "running": verdict,
            "settings": used,
            "calculation": list(verdict.steps),
        }
    return {"amount": None, "calculation": []}


def _assignments(found: ReviewCase) -> list[Any]:
    listed = found.assignments.select_related("expert__expert_profile").prefetch_related("scores")
    return [(one, ASSIGNMENT_TONES[AssignmentStates(one.state)]) for one in listed]


@only(is_handler)
@require_http_methods(["GET", "HEAD", "POST"])
def case_experts(request: HttpRequest, number: str) -> HttpResponse:
    """The pool with the conflicts the system sees, the appointed experts, and their marks once all are in."""
    found = found_case(request, number)
    refusal: Refusal | None = None
    if request.method == "POST":
        chosen = request.POST.get("expert", "")
        expert = people.experts().filter(pk=int(chosen) if chosen.isdigit() else 0).first()
        if expert is None:
            refusal = Refusal("请在专家库里选择专家。", code="bad_choice")
        else:
            try:
                services.appoint(actor=request.user, case=found, expert=expert)
            except Forbidden:
                raise
            except Refusal as error:
                refusal = error
            else:
                messages.success(request, f"已请{expert.display_name}评审，等待答复。")
                return redirect("case_experts", number=number)
    _, rules = selectors.rules_of(found)
    appointed = _assignments(found)
    counted = [one for one, _ in appointed if one.state != AssignmentStates.RECUSED]
    complete = bool(counted) and all(one.state == AssignmentStates.SCORED for one in counted)
    totals = selectors.signed_scores(found)
    known = {one.expert_id for one, _ in appointed}
    pool = _pool(request, found, known)
    open_here = is_live(found) and found.state == CaseStates.EXPERT_REVIEW
    return render(
        request,
        "review/experts.html",
        {
            **head(found),
            "appointed": appointed,
            "complete": complete,
            "sheet": _sheet(rules, counted) if complete else [],
            "counted": counted,
            "mean": selectors.final_score(totals) if complete else None,
            "trimmed": len(totals) >= selectors.TRIMMED_FROM,
            "pass_line": rules.pass_line,
            "needed": selectors.EXPERTS_NEEDED,
            **pool,
            "refusal": refusal,
            "may_appoint": open_here and may_handle(request.user, found),
            "open_here": open_here,
            "why_not": may_handle.why_not(request.user, found),
        },
    )


def _pool(request: HttpRequest, found: ReviewCase, known: set[int]) -> dict[str, Any]:
    """Experts not yet appointed, by page, each with the conflict the system sees."""
    text = request.GET.get("q", "").strip()
    listed = people.experts().exclude(pk__in=known)
    if text:
        listed = listed.filter(expert_profile__fields__icontains=text) | listed.filter(
            expert_profile__employer_name__icontains=text
        )
    page = page_of(request, listed)
    conflicts = selectors.expert_conflicts(found, page.rows)
    return {"pool": [(one, conflicts[one.pk]) for one in page.rows], "q": text, "page": page}


def _sheet(rules: Any, counted: list[Any]) -> list[tuple[Any, list[Any]]]:
    """Criteria by experts: the points each gave."""
    marks = [{score.criterion: score for score in one.scores.all()} for one in counted]
    return [(criterion, [given.get(criterion.code) for given in marks]) for criterion in rules.criteria]


@only(is_handler)
@require_http_methods(["GET", "HEAD", "POST"])
def case_propose(request: HttpRequest, number: str) -> HttpResponse:
    """提出拟支持意见: what the engine makes of the verified base, and the budget that would bear it."""
    found = found_case(request, number)
    if selectors.next_step(found) != CaseStates.PROPOSED and request.method != "POST":
        raise Http404
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            services.propose(actor=request.user, case=found)
        except Forbidden:
            raise
        except Refusal as error:
            if error.code in ("wrong_state", "off_path"):
                raise
            refusal = error
        else:
            messages.success(request, f"{number}已提出拟支持意见，等分管领导审定。")
            return redirect("case", number=number)
    verdict, used = selectors.measured(found)
    budget = selectors.budget_of(found)
    amount = filings.yuan(verdict.amount)
    open_points = machine.open_points(found, "propose")
    return render(
        request,
        "review/propose.html",
        {
            **head(found),
            "verdict": verdict,
            "payable": verdict.is_payable and amount > 0,
            "amount": amount,
            "settings": used,
            "budget": budget,
            "left": budget[1] - amount if budget else None,
            "enough": budget is not None and budget[1] >= amount,
            "open_points": [] if refusal else [(one.message, "") for one in open_points],
            "refusal": refusal,
            "why_not": may_handle.why_not(request.user, found),
        },
    )


@only(is_handler)
@require_http_methods(["GET", "HEAD", "POST"])
def case_reject(request: HttpRequest, number: str) -> HttpResponse:
    """提出不予支持意见, with the reason the applicant will read."""
    found = found_case(request, number)
    form = ReasonForm(
        request.POST or None,
        label="不予支持的理由",
        hint="会原样写进不予支持通知书，送达申报单位。写明依据的条款和事实。",
    )
    if request.method == "POST" and done(
        form,
        lambda data: services.propose_rejection(actor=request.user, case=found, reason=data["reason"]),
    ):
        messages.success(
            request, f"{number}已提出不予支持意见，等分管领导审定。", extra_tags=f"keep:reject-{number}"
        )
        return redirect("case", number=number)
    return render(
        request,
        "review/reject.html",
        {**head(found), "form": form, "why_not": may_handle.why_not(request.user, found)},
    )
