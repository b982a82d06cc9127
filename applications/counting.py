"""What a cost counts for in a claim: input tax is in or out by setting Q08 and by whether it can be deducted."""

from collections.abc import Iterable
from datetime import datetime

from applications.models import Claim, CostItem
from clauses import selectors as programmes
from clauses.settings_book import Book
from portal.kernel import clock

POINT = "Q08"


def counts_tax(claim: Claim, *, book: Book | None = None, now: datetime | None = None) -> bool:
    """Does tax that is known apart count beside the amount. By default only where it cannot be deducted.

    Settings are those in force when the claim was first filed; one that acts on pending claims is read at `now`.
    """
    policy, rules = programmes.rules_of(claim.item)
    if POINT not in policy.settings or rules.id not in policy.settings[POINT].items:
        return False
    in_force = programmes.settings_in_force(
        claim.item.policy,
        claim.filed_at or clock.now(),
        item=rules.id,
        now=now or claim.ended_at,
        book=book,
    )
    reading = in_force.get(POINT, policy.settings[POINT].default)
    if reading == "without_deductible":
        return claim.facts.get("vat_deductible") is False
    return reading == "with"


def as_counted(claim: Claim, items: Iterable[CostItem], *, book: Book | None = None) -> list[CostItem]:
    """The items with `amount` as it counts in this claim, for reading only; one query where a tax is known."""
    listed = list(items)
    if any(item.tax for item in listed) and counts_tax(claim, book=book):
        for item in listed:
            item.amount += item.tax or 0
    return listed
