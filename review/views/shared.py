"""What several review pages share: fetching a case, doing an act, and showing what was filed."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from applications import selectors as filings
from applications.models import Claim
from applications.states import OFFICE as CLAIM_WORDING
from applications.states import ClaimStates
from portal.kernel.forms import add_refusals
from portal.kernel.permissions import require
from portal.kernel.refusals import Forbidden, Refusal
from review import selectors
from review.models import ReviewCase
from review.permissions import is_impartial
from review.states import OFFICE, CaseStates

PAGE = 50


def found_case(request: HttpRequest, number: str) -> ReviewCase:
    """The case of a claim; 404 without one, Forbidden for whoever is tied to the applicant."""
    case = get_object_or_404(selectors.cases(), claim__number=number)
    require(is_impartial, request.user, case)
    return case


def done(form: BaseForm, act: Callable[[dict[str, Any]], Any]) -> bool:
    """Do `act` with a valid form's data. What a service refuses goes onto the form; a missing right goes up."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except Forbidden:
        raise
    except Refusal as refusal:
        add_refusals(form, refusal)
        return False
    return True


def state_words(case: ReviewCase) -> Any:
    """The badge of a case: its step, or what became of its claim when the review has stopped."""
    if case.claim.state in (ClaimStates.WITHDRAWN, ClaimStates.LAPSED, ClaimStates.DISCARDED):
        return CLAIM_WORDING[ClaimStates(case.claim.state)]
    return OFFICE[CaseStates(case.state)]


is_live = selectors.under_review


def head(case: ReviewCase) -> dict[str, Any]:
    """Inputs of the page head: the rules, the step and its clock."""
    _, rules = selectors.rules_of(case)
    return {
        "case": case,
        "rules": rules,
        "status": state_words(case),
        "clock": selectors.step_clock(case) if is_live(case) else None,
    }


def filed(claim: Claim) -> dict[str, Any]:
    """What was filed: answers, costs and papers."""
    count, total = filings.totals(claim)
    return {
        "answers": selectors.answers(claim),
        "costs": filings.nominated(claim),
        "cost_count": count,
        "cost_total": total,
        "papers": selectors.papers(claim),
    }
