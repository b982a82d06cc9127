"""责任单位: what the officer's unit is asked, and what it answers."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications import selectors as filings
from portal.accounts.permissions import is_unit_officer
from portal.kernel.gate import only
from review import selectors, services
from review.forms import OpinionForm
from review.models import UnitOpinion
from review.permissions import may_opine
from review.states import CaseStates
from review.views.shared import PAGE, done, filed, found_case, head, is_live

GIVEN_SHOWN = 20


@only(is_unit_officer)
def opinion_list(request: HttpRequest) -> HttpResponse:
    """Opinions the officer's unit owes, the oldest first, and what it said lately."""
    unit = request.user.unit
    due = list(selectors.opinions_due(unit)[: PAGE + 1]) if unit else []
    return render(
        request,
        "review/opinions.html",
        {
            "unit": unit,
            "due": [(one, selectors.step_clock(one.case)) for one in due[:PAGE]],
            "longer": len(due) > PAGE,
            "given": list(selectors.opinions_given(unit)[:GIVEN_SHOWN]) if unit else [],
        },
    )


@only(is_unit_officer)
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: HttpRequest, number: str) -> HttpResponse:
    """One case as the unit sees it, and its opinion."""
    try:
        asked = selectors.opinion_of(request.user.unit, number)
    except UnitOpinion.DoesNotExist as error:
        raise Http404 from error
    found = found_case(request, number)
    form = OpinionForm(request.POST or None)
    if request.method == "POST" and done(
        form,
        lambda data: services.give_opinion(
            actor=request.user, case=found, opinion=data["opinion"], text=data["text"]
        ),
    ):
        messages.success(request, f"已代表{asked.unit.name}出具意见。", extra_tags=f"keep:opinion-{number}")
        return redirect("opinions")
    verdict, used = selectors.measured(found)
    due = is_live(found) and found.state == CaseStates.UNIT_OPINIONS and asked.given_at is None
    why_not = may_opine.why_not(request.user, found) if due else None
    return render(
        request,
        "review/opinion.html",
        {
            **head(found),
            **filed(found.claim),
            "asked": asked,
            "form": form,
            "due": due and why_not is None,
            "why_not": why_not,
            "amount": filings.yuan(verdict.amount),
            "verdict": verdict,
            "settings": used,
            "lines": selectors.cost_lines(found),
        },
    )
