"""Exclusive holds on evidence keys; the database refuses a second live one."""

from django.db import IntegrityError, transaction

from applications import selectors
from applications.models import Claim, Hold
from clauses import selectors as programmes
from portal.accounts.models import User
from portal.kernel import clock, events


def take(claim: Claim, *, actor: User) -> list[Hold]:
    """Hold every nominated cost that nobody else holds; the rest stay nominated, marked by their absence.

    Keys are taken in one order everywhere, so that two submissions cannot wait for each other.
    """
    _, rules = programmes.rules_of(claim.item)
    if not rules.overlap_group:
        return []
    taken = []
    nominated = {item.evidence_key: item for item in selectors.nominated(claim)}
    for lost in selectors.live_holds(claim).exclude(evidence_key__in=nominated):
        _end(lost, cause="dropped")
    mine = set(selectors.live_holds(claim).values_list("evidence_key", flat=True))
    for key in sorted(nominated.keys() - mine):
        try:
            with transaction.atomic():
                taken.append(
                    Hold.objects.create(
                        claim=claim,
                        cost_item=nominated[key],
                        evidence_key=key,
                        overlap_group=rules.overlap_group,
                        taken_at=clock.now(),
                        taken_by=actor,
                    )
                )
        except IntegrityError:
            events.record(
                "hold.contested",
                claim,
                actor=actor,
                thread=claim.number,
                data={"cost_item": nominated[key].pk},
            )
    return taken


def release(claim: Claim, *, cause: str) -> int:
    """Free everything a claim holds; the number of holds freed."""
    return (
        Hold.objects.filter(claim=claim, released_at=None)
        .order_by("pk")
        .update(released_at=clock.now(), release_cause=cause)
    )


def _end(hold: Hold, *, cause: str) -> None:
    Hold.objects.filter(pk=hold.pk, released_at=None).update(released_at=clock.now(), release_cause=cause)
