"""The intake desk: the queue of filed claims, one claim's formal check, and its three outcomes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications import selectors, services
from applications.forms_intake import ROWS, FaultSet, RefuseForm, filled
from applications.models import Claim
from applications.permissions import is_impartial, may_examine
from applications.services.decisions import CORRECTION_WORKDAYS, EXAMINE_WORKDAYS
from applications.states import OFFICE, ClaimStates
from applications.views import reading
from portal.accounts.models import User
from portal.accounts.permissions import is_intake
from portal.kernel import clock, issuing
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.paging import page_of
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.workdays import add_workdays, workdays_between


@dataclass(frozen=True, slots=True)
class Pace:
    """How a claim's formal check stands against its limit, in words and as a badge's tone."""

    due_on: date
    words: str
    tone: str


@require_safe
@only(is_intake)
def intake(request: HttpRequest) -> HttpResponse:
    """Claims that wait for their formal check, those filed first at the top."""
    page = page_of(request, selectors.intake_queue(), key="filed_at")
    rows = [
        {"claim": claim, "pace": pace_of(claim), "own": not is_impartial(request.user, claim)}
        for claim in page.rows
    ]
    return render(request, "applications/intake/queue.html", {"rows": rows, "page": page})


@require_safe
@only(is_intake)
def intake_file(request: HttpRequest, number: str) -> HttpResponse:
    """Everything the applicant filed, as frozen, with what the item asks for beside it."""
    claim = _filed(request, number)
    rules = reading.rules_of(claim)
    assert claim.content is not None
    context = {
        **_frame(claim),
        "rules": rules,
        "answers": reading.answers(claim, claim.content),
        "claimed": Decimal(claim.content["claimed_total"]),
        "papers": _papers(claim),
        "collisions": [conflict.cost_item for conflict in selectors.conflicts(claim).values()],
        "documents": list(issuing.papers_of(claim)),
        "open": claim.state == ClaimStates.SUBMITTED,
    }
    return render(request, "applications/intake/file.html", context)


@require_http_methods(["GET", "POST"])
@only(is_intake)
def intake_accept(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm and accept; a second press of the same person finds it done."""
    claim = _filed(request, number)
    if request.method != "POST":
        return render(request, "applications/intake/accept.html", _frame(claim))
    if claim.state == ClaimStates.ACCEPTED and claim.accepted_by_id == request.user.pk:
        return redirect("intake")
    services.accept(actor=_person(request), claim=claim, seen=request.POST.get("seen", ""))
    messages.success(request, f"已受理{claim.number}，转给处室经办。")
    return redirect("intake")


@require_http_methods(["GET", "POST"])
@only(is_intake)
def intake_correct(request: HttpRequest, number: str) -> HttpResponse:
    """One notice with all faults; rows are added by a button that posts, so that it works without script."""
    claim = _filed(request, number)
    form = _fault_rows(request)
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        faults = filled(form)
        try:
            asked, document = services.ask_correction(
                actor=_person(request),
                claim=claim,
                faults=[fault for _, fault in faults],
                seen=request.POST.get("seen", ""),
            )
        except Refusal as refusal:
            _onto_rows(form, refusal, [place for place, _ in faults])
            claim.refresh_from_db()
        else:
            messages.success(
                request,
                f"已退回补正，补正通知书{document.number}，期限到{asked.correction_due_on:%Y年%-m月%-d日}。",
                extra_tags=f"keep:correct-{claim.number}",
            )
            return redirect("intake")
    context = {
        **_frame(claim),
        "form": form,
        "due_on": add_workdays(clock.today(), CORRECTION_WORKDAYS),
        "days": CORRECTION_WORKDAYS,
    }
    return render(request, "applications/intake/correct.html", context)


@require_http_methods(["GET", "POST"])
@only(is_intake)
def intake_refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Refuse with a reason; the notice names the way to object."""
    claim = _filed(request, number)
    form = RefuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _, document = services.refuse(
                actor=_person(request),
                claim=claim,
                code=form.cleaned_data["code"],
                note=form.cleaned_data["note"],
                seen=request.POST.get("seen", ""),
            )
        except Refusal as refusal:
            add_refusals(form, refusal)
            claim.refresh_from_db()
        else:
            messages.success(
                request,
                f"已决定不予受理，通知书{document.number}。占用的费用已释放。",
                extra_tags=f"keep:refuse-{claim.number}",
            )
            return redirect("intake")
    return render(request, "applications/intake/refuse.html", {**_frame(claim), "form": form})


def pace_of(claim: Claim) -> Pace:
    """The five working days of the formal check, from the last time the applicant filed or filed again."""
    filed = claim.committed_at or claim.filed_at
    assert filed is not None
    due = add_workdays(filed.astimezone(clock.SHANGHAI).date(), EXAMINE_WORKDAYS)
    today = clock.today()
    if today > due:
        late = workdays_between(due, today)
        return Pace(due, f"已超过时限{late}个工作日" if late else "已过时限", "bad")
    left = workdays_between(today, due)
    if left == 0:
        return Pace(due, "今天到期", "wait")
    return Pace(due, f"还剩{left}个工作日", "wait" if left == 1 else "now")


def _filed(request: HttpRequest, number: str) -> Claim:
    """A claim that was filed, opened by somebody who may examine it; drafts are the applicant's alone."""
    claim = get_object_or_404(selectors.claims().filter(filed_at__isnull=False), number=number)
    require(may_examine, request.user, claim)
    return claim


def _frame(claim: Claim) -> dict[str, Any]:
    submitted = claim.state == ClaimStates.SUBMITTED
    return {
        "claim": claim,
        "place": reading.place_of(claim),
        "said": OFFICE[ClaimStates(claim.state)],
        "pace": pace_of(claim) if submitted else None,
        "back": reverse("intake_file", args=[claim.number]),
    }


def _papers(claim: Claim) -> list[dict[str, Any]]:
    """The item's list of papers, each with what was handed in for it."""
    assert claim.content is not None
    rules = reading.rules_of(claim)
    costs = len(claim.content["costs"])
    rows = []
    for paper in rules.papers:
        given = [file for file in claim.content["papers"] if file["paper"] == paper.code]
        if paper.source != "upload":
            said, words = ("系统生成", "calm"), "由门户按申报内容生成，不需要上传"
        elif paper.scope == "cost":
            covered = {file["cost_item"] for file in given}
            with_paper = costs if None in covered else len(covered)
            lacking = costs - with_paper
            words = f"{costs}笔费用，{with_paper}笔有"
            said = (f"缺{lacking}笔", "bad" if paper.required else "calm") if lacking else ("已交", "done")
        else:
            words = f"{len(given)}个文件" if given else "没有文件"
            said = (
                ("已交", "done") if given else (("没有交", "bad") if paper.required else ("没有交", "calm"))
            )
        rows.append({"paper": paper, "said": said, "words": words})
    return rows


def _fault_rows(request: HttpRequest) -> Any:
    if request.method != "POST":
        return FaultSet(prefix="faults")
    form = FaultSet(request.POST, prefix="faults")
    if "more" not in request.POST or not form.management_form.is_valid():
        return form
    typed = [{name: row[name].value() or "" for name in row.fields} for row in form.forms]
    rows = FaultSet(initial=typed, prefix="faults")
    rows.extra = ROWS
    return rows


def _onto_rows(form: Any, refusal: Refusal, places: list[int]) -> None:
    """Put a refusal onto the row it speaks of; the service counts filled rows only."""
    for part in refusal.parts:
        pieces = (part.field or "").split("-")
        if len(pieces) == 3 and pieces[1].isdigit() and int(pieces[1]) < len(places):
            form.forms[places[int(pieces[1])]].add_error(pieces[2], part.message)
        else:
            form.non_form_errors().append(part.message)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


urlpatterns = [
    path("desk/intake/", intake, name="intake"),
    path("desk/intake/<str:number>/", intake_file, name="intake_file"),
    path("desk/intake/<str:number>/accept/", intake_accept, name="intake_accept"),
    path("desk/intake/<str:number>/correct/", intake_correct, name="intake_correct"),
    path("desk/intake/<str:number>/refuse/", intake_refuse, name="intake_refuse"),
]
