"""Where an item leads: its handbook, the calculator with figures filled in, the start of a claim."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from clauses import catalogue, selectors
from clauses.engine.policy import MONEY
from clauses.services.matching import Asked, Fit, claim_of
from portal.kernel import clock


def links_of(asked: Asked, fits: list[Fit]) -> dict[str, dict[str, str | None]]:
    """For each item its addresses; null where there is none."""
    open_items = {
        item.code
        for window in selectors.open_rounds()
        if window.policy.pack == asked.policy.id
        for item in window.items.all()
    }
    return {one.item.id: _links(asked, one, can_file=one.item.id in open_items) for one in fits}


def _links(asked: Asked, fit: Fit, *, can_file: bool) -> dict[str, str | None]:
    item, pack = fit.item, asked.policy.id
    is_money = item.kind == MONEY
    asks = bool(catalogue.offer(asked.policy, item, clock.now()).asks)
    return {
        "item": reverse("item", args=[pack, item.id]),
        "guide": _address("guide", pack, item.id),
        "guide_pdf": _address("guide_pdf", pack, item.id),
        "calculator": f"{reverse('calculator')}?{urlencode(figures(asked, fit))}" if is_money else None,
        "filing": _filing(pack, fit, asks=asks) if fit.fits and (can_file or asks) else None,
    }


def _filing(pack: str, fit: Fit, *, asks: bool) -> str | None:
    """Where the item is filed: as a claim, or as a request without money."""
    start = _address("request_new" if asks else "claim_start")
    return f"{start}?{urlencode({'policy': pack, 'item': fit.item.id})}" if start else None


def _address(name: str, *args: str) -> str | None:
    """An address of an app above; None where it is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None


def figures(asked: Asked, fit: Fit) -> list[tuple[str, str]]:
    """The calculator's fields as far as the visitor's answers fill them."""
    found = [("pack", asked.policy.id), ("item", fit.item.id)]
    if fit.figure is not None:
        claim = claim_of(asked, fit.item)
        if "base" in claim:
            found.append(("base", claim["base"]))
        for cost in claim.get("costs", []):
            found += [(f"c1-{name}", value) for name, value in cost.items() if name != "id"]
        found += [(key, fit.figure) for key in asked.matching.money[fit.item.id]]
    kind = asked.facts.get("applicant_kind")
    if isinstance(kind, str):
        found.append(("applicant_kind", kind))
    return found
