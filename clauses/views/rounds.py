"""Rounds: who may file what, and when."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clauses import catalogue, selectors
from portal.kernel import clock
from portal.kernel.gate import public


@public
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    rows = catalogue.round_rows(selectors.rounds(), now)
    is_open = any(row.is_open for row in rows)
    policies = dict.fromkeys(row.round.policy for row in rows)
    terms = [catalogue.term(selectors.pack(policy), now, is_open=is_open) for policy in policies]
    return render(request, "clauses/rounds.html", {"rounds": rows, "terms": terms})


@public
@require_safe
def round_detail(request: HttpRequest, number: str) -> HttpResponse:
    found = selectors.rounds().filter(number=number)
    now = clock.now()
    row = next(iter(catalogue.round_rows(found, now)), None)
    if row is None:
        raise Http404(number)
    policy = selectors.pack(row.round.policy)
    return render(
        request,
        "clauses/round.html",
        {"row": row, "policy": policy, "term": catalogue.term(policy, now, is_open=row.is_open)},
    )
