"""The expert's desk: invitations, the file, the score sheet. He sees his own cases and his own marks only."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications.states import ClaimStates
from portal.accounts.permissions import is_expert
from portal.kernel import clock
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.paging import page_of
from portal.kernel.refusals import Forbidden, Refusal, Stale, raise_any
from review import selectors, services
from review.forms import ReasonForm, ScoreForm
from review.models import Assignment
from review.states import AssignmentStates, CaseStates
from review.views.shared import done, filed

TONES = {
    AssignmentStates.INVITED: "wait",
    AssignmentStates.ACCEPTED: "now",
    AssignmentStates.RECUSED: "calm",
    AssignmentStates.SCORED: "done",
}
WORDS = {
    AssignmentStates.INVITED: "等你答复",
    AssignmentStates.ACCEPTED: "等你评分",
    AssignmentStates.RECUSED: "已回避",
    AssignmentStates.SCORED: "已提交评分",
}


def _said(one: Assignment) -> tuple[str, str]:
    state = AssignmentStates(one.state)
    return WORDS[state], TONES[state]


def _open_here(one: Assignment) -> bool:
    return one.case.state == CaseStates.EXPERT_REVIEW and one.case.claim.state == ClaimStates.UNDER_REVIEW


@only(is_expert)
def assignment_list(request: HttpRequest) -> HttpResponse:
    """The expert's own assignments, newest first."""
    page = page_of(request, selectors.assignments_of(request.user), newest_first=True)
    return render(
        request,
        "review/assignments.html",
        {
            "rows": [
                (one, _said(one), selectors.step_clock(one.case) if _open_here(one) else None)
                for one in page.rows
            ],
            "page": page,
        },
    )


def _own(request: HttpRequest, pk: int) -> Assignment:
    return get_object_or_404(selectors.assignments_of(request.user).prefetch_related("scores"), pk=pk)


@only(is_expert)
@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Invitation, file and score sheet of one assignment, by its state."""
    found = _own(request, pk)
    act = request.POST.get("act", "")
    conflict = ReasonForm(
        request.POST if act == "recuse" else None,
        label="回避的理由",
        hint="例如近三年在申报单位任职、有共同成果、是供应商或顾问。经办会看到。",
    )
    sheet = _sheet(found, request.POST if act in ("save", "sign") else None)
    refusal: Refusal | None = None
    if request.method == "POST":
        match act:
            case "take_on":
                try:
                    if request.POST.get("committed") != "on":
                        raise Refusal("请先勾选承诺，再接受评审。", code="required", field="committed")
                    services.take_on(actor=request.user, assignment=found)
                except Forbidden:
                    raise
                except Refusal as error:
                    refusal = error
                else:
                    messages.success(request, "已接受评审，请阅读申报内容并评分。")
                    return redirect("assignment", pk=pk)
            case "recuse":
                if done(
                    conflict,
                    lambda data: services.recuse(actor=request.user, assignment=found, reason=data["reason"]),
                ):
                    messages.success(request, "已声明回避，感谢你的说明。", extra_tags=f"keep:recuse-{pk}")
                    return redirect("assignments")
            case "save" | "sign":
                if _keep(request, found, sheet, act):
                    return redirect("assignment_sign" if act == "sign" else "assignment", pk=pk)
        found = _own(request, pk)
    return render(request, "review/assignment.html", _page(request, found, conflict, sheet, refusal))


def _sheet(found: Assignment, data: Any) -> ScoreForm:
    _, rules = selectors.rules_of(found.case)
    stored: dict[str, Any] = {"comment": found.comment, "cost_advice": found.cost_advice}
    for score in found.scores.all():
        stored[f"points-{score.criterion}"] = "" if score.points is None else score.points
        stored[f"reasons-{score.criterion}"] = score.reason
    return ScoreForm(data, criteria=rules.criteria, initial=stored)


def _keep(request: HttpRequest, found: Assignment, sheet: ScoreForm, act: str) -> bool:
    """Save what was typed; for handing in, nothing may be missing either."""
    if not sheet.is_valid():
        return False
    try:
        services.save_scores(
            actor=request.user, assignment=found, seen=request.POST.get("version"), **sheet.given()
        )
        if act == "sign":
            raise_any(selectors.signing_faults(_own(request, found.pk)))
    except Forbidden:
        raise
    except Refusal as refusal:
        add_refusals(sheet, refusal)
        return False
    messages.success(request, "评分已保存，还没有提交。", extra_tags=f"keep:marks-{found.pk}")
    return True


@only(is_expert)
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole sheet once more before it is handed in for good."""
    found = _own(request, pk)
    if request.method == "POST":
        services.sign_score(actor=request.user, assignment=found)
        messages.success(request, "评分已提交，不能再改。", extra_tags=f"keep:marks-{pk}")
        return redirect("assignment", pk=pk)
    if found.state != AssignmentStates.ACCEPTED or selectors.signing_faults(found):
        return redirect("assignment", pk=pk)
    _, rules = selectors.rules_of(found.case)
    marks = {score.criterion: score for score in found.scores.all()}
    return render(
        request,
        "review/assignment_sign.html",
        {
            "assignment": found,
            "case": found.case,
            "rules": rules,
            "marks": [(one, marks[one.code]) for one in rules.criteria],
            "total": sum(score.points or 0 for score in marks.values()),
        },
    )


def _page(
    request: HttpRequest,
    found: Assignment,
    conflict: ReasonForm,
    sheet: ScoreForm,
    refusal: Refusal | None,
) -> dict[str, Any]:
    state = AssignmentStates(found.state)
    _, rules = selectors.rules_of(found.case)
    reads = state in (AssignmentStates.ACCEPTED, AssignmentStates.SCORED)
    label, tone = _said(found)
    marks = {score.criterion: score for score in found.scores.all()}
    return {
        "assignment": found,
        "case": found.case,
        "rules": rules,
        "state_label": label,
        "state_tone": tone,
        "clock": selectors.step_clock(found.case) if _open_here(found) else None,
        "open_here": _open_here(found),
        "reads": reads,
        **(filed(found.case.claim) if reads else {}),
        "conflict_form": conflict,
        "sheet": sheet,
        "version": selectors.marks_stamp(found),
        "refusal": refusal,
        "marks": [(one, marks.get(one.code)) for one in rules.criteria],
    }


@only(is_expert)
@require_POST
def marks(request: HttpRequest, pk: int) -> JsonResponse:
    """Autosave of the score sheet: the changed fields come in, the new stamp goes out."""
    found = _own(request, pk)
    names = [name for name in request.POST.get("fields", "").split(",") if name]
    sheet = _sheet(found, request.POST)
    if not sheet.is_valid():
        first = next(iter(sheet.errors.values()))[0]
        return JsonResponse({"message": str(first)}, status=422)
    stored = {"comment": found.comment, "cost_advice": found.cost_advice}
    try:
        saved = services.save_scores(
            actor=request.user,
            assignment=found,
            seen=request.POST.get("version"),
            **{**stored, **sheet.given(names)},
        )
    except Stale as refusal:
        return JsonResponse({"message": refusal.message}, status=409)
    except Forbidden as refusal:
        return JsonResponse({"message": refusal.message}, status=403)
    except Refusal as refusal:
        status = 409 if refusal.code == "wrong_state" else 422
        return JsonResponse({"message": refusal.message}, status=status)
    return JsonResponse({"version": selectors.marks_stamp(saved), "saved_at": f"{clock.now():%H:%M}"})
