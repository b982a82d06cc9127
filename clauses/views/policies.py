"""The policy as a visitor reads it: its clauses, items and official text."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clauses import catalogue, selectors
from clauses.engine.policy import MONEY, Item, Policy
from clauses.models import Policy as LoadedPolicy
from portal.kernel import clock
from portal.kernel.gate import public

SCOPE_LABELS = {"claim": "一份", "cost": "每笔费用一份"}


def loaded_or_404(pack: str) -> tuple[LoadedPolicy, Policy]:
    row = selectors.loaded_policies().filter(pack=pack).first()
    if row is None:
        raise Http404(pack)
    return row, selectors.pack(row.pack)


def frame_of(row: LoadedPolicy, policy: Policy, items: list[Item] | None = None) -> dict[str, Any]:
    """What every page about a policy shows: its clauses, the filing period, the rounds of `items`."""
    now = clock.now()
    codes = None if items is None else [one.id for one in items]
    found = catalogue.round_rows(selectors.rounds().filter(policy=row), now, only=codes)
    return {
        "loaded": row,
        "policy": policy,
        "clauses": list(policy.clauses.values()),
        "rounds": found,
        "open_round": next((one for one in found if one.is_open), None),
        "term": catalogue.term(policy, now, is_open=any(one.is_open for one in found)),
    }


@public
@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    """One loaded policy is shown at once; several are listed."""
    found = [(row, selectors.pack(row.pack)) for row in selectors.loaded_policies()]
    if len(found) == 1:
        return redirect("policy_detail", pack=found[0][0].pack)
    listed = [(row, policy, catalogue.STATUS_LABELS[policy.status]) for row, policy in found]
    return render(request, "clauses/policy_list.html", {"listed": listed})


@public
@require_safe
def policy_detail(request: HttpRequest, pack: str) -> HttpResponse:
    row, policy = loaded_or_404(pack)
    offers = catalogue.offers(policy, clock.now())
    others = [one for one in offers if not one.pays]
    return render(
        request,
        "clauses/policy.html",
        {
            **frame_of(row, policy),
            "status": catalogue.STATUS_LABELS[policy.status],
            "offers": offers,
            "paying": [one for one in offers if one.pays],
            "others": others,
            "overlap": catalogue.general(policy, "overlap"),
            "sunset": catalogue.general(policy, "term"),
        },
    )


@public
@require_safe
def clause(request: HttpRequest, pack: str, number: str) -> HttpResponse:
    row, policy = loaded_or_404(pack)
    found = catalogue.clause_by_number(policy, number)
    if found is None:
        raise Http404(number)
    if number != str(found.ordinal):
        return redirect("clause", pack=pack, number=str(found.ordinal))
    items = list(policy.items_of(found.number))
    return render(
        request,
        "clauses/clause.html",
        {
            **frame_of(row, policy, items),
            "clause": found,
            "offers": catalogue.offers(policy, clock.now(), items),
            "pays": any(one.kind == MONEY for one in items),
            "how_many": catalogue.ordinal(len(items)),
            "overlap": catalogue.general(policy, "overlap"),
        },
    )


@public
@require_safe
def item(request: HttpRequest, pack: str, code: str) -> HttpResponse:
    row, policy = loaded_or_404(pack)
    found = policy.items.get(code)
    if found is None:
        raise Http404(code)
    offer = catalogue.offer(policy, found, clock.now())
    return render(
        request,
        "clauses/item.html",
        {
            **frame_of(row, policy, [found]),
            "clause": offer.clause,
            "offer": offer,
            "papers": [(paper, SCOPE_LABELS[paper.scope]) for paper in found.papers],
            "counted": [one.label for one in found.categories if one.eligible],
            "left_out": [one.label for one in found.categories if not one.eligible],
            "settings": [(one, one.reading, catalogue.SOURCE_LABELS[one.source]) for one in offer.settings],
        },
    )


@public
@require_safe
def policy_text(request: HttpRequest, pack: str) -> HttpResponse:
    row, policy = loaded_or_404(pack)
    context = {"loaded": row, "policy": policy, "paragraphs": catalogue.paragraphs(policy)}
    return render(request, "clauses/text.html", context)
