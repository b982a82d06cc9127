"""Which items fit: GET with every answer in the address, so that it can be passed on. Nothing is kept."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clauses import catalogue, selectors
from clauses.catalogue import Offer
from clauses.links import links_of
from clauses.loader import get_matching
from clauses.match_form import MatchForm
from clauses.services.matching import Fit, match
from portal.kernel import clock
from portal.kernel.gate import public


@dataclass(frozen=True, slots=True)
class Row:
    """An item on the page of results."""

    fit: Fit
    offer: Offer
    links: dict[str, str | None]

    @property
    def amount(self) -> Decimal | None:
        return None if self.fit.amount is None else Decimal(self.fit.amount)

    @property
    def at_most(self) -> Decimal | None:
        return None if self.fit.at_most is None else Decimal(self.fit.at_most)

    @property
    def elsewhere(self) -> list[dict[str, str]]:
        """Reasons that stand on another sentence than the item's own."""
        return [one for one in self.fit.reasons_against if one["quote"] != self.fit.item.quote]


@public
@require_safe
def match_items(request: HttpRequest) -> HttpResponse:
    found = [
        (policy, matching) for _, policy in catalogue.published() if (matching := get_matching(policy.id))
    ]
    if not found:
        return render(request, "clauses/match_empty.html")
    asked = request.GET.get("pack", found[0][0].id)
    policy, matching = next((pair for pair in found if pair[0].id == asked), found[0])
    faults = [] if policy.id == asked else [("没有这项政策，请重新选择。", "")]
    answered = not faults and any(name.startswith(("plan-", "wan-", "find")) for name in request.GET)
    form = MatchForm(request.GET if request.GET and not faults else None, policy=policy, matching=matching)
    context = {
        "form": form,
        "policy": policy,
        "faults": faults,
        "others": [one for one, _ in found if one.id != policy.id],
    }
    if not answered or request.GET.get("edit") or not form.is_valid():
        if not answered:
            context["form"] = MatchForm(None, policy=policy, matching=matching)
        return render(request, "clauses/match.html", context)
    question, fits = match(form.document(), settings_source=selectors.settings_source(), now=clock.now)
    links = links_of(question, fits)
    offers = {one.code: one for one in catalogue.offers(policy, clock.now())}
    rows = [Row(one, offers[one.item.id], links[one.item.id]) for one in fits]
    again = request.GET.copy()
    again["edit"] = "1"
    context |= {
        "fits": [row for row in rows if row.fit.fits],
        "refused": [row for row in rows if not row.fit.fits and row.fit.reasons_for],
        "others_not": [row for row in rows if not row.fit.fits and not row.fit.reasons_for],
        "said": form.said(),
        "again": f"{reverse('match')}?{again.urlencode()}",
        "overlap": catalogue.general(policy, "overlap"),
    }
    return render(request, "clauses/match_result.html", context)
