"""Exclusive holds on evidence keys; the database refuses a second live one."""

from django.db import IntegrityError, transaction

from applications import selectors
from applications.models import Claim, CostItem, Hold
from applications.states import ClaimStates, Proofs
from clauses import selectors as programmes
from portal.accounts.models import User
from portal.kernel import clock, events
from portal.kernel.permissions import SYSTEM
from portal.kernel.refusals import Refusal

NOT_YET_REVIEWED = frozenset({ClaimStates.SUBMITTED, ClaimStates.CORRECTION_DUE, ClaimStates.ACCEPTED})


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
            moved = _from_typed(claim, nominated[key], rules.overlap_group, actor=actor)
            if moved is not None:
                taken.append(moved)
                continue
            events.record(
                "hold.contested",
                claim,
                actor=actor,
                thread=claim.number,
                data={"cost_item": nominated[key].pk},
            )
    return taken


def _from_typed(claim: Claim, item: CostItem, group: str, *, actor: User) -> Hold | None:
    """A proved paper takes its key from a stranger's typed one, while that claim is not yet under review.

    Further on, and between two proved or two typed ones, staff settle it. The stranger's claim stays filed, with
    the cost marked.
    """
    if item.proof == Proofs.TYPED:
        return None
    held = (
        Hold.objects.select_for_update(of=("self",))
        .select_related("claim", "cost_item")
        .filter(evidence_key=item.evidence_key, overlap_group=group, released_at=None)
        .first()
    )
    if (
        held is None
        or held.claim.organisation_id == claim.organisation_id
        or held.cost_item.proof != Proofs.TYPED
        or held.claim.state not in NOT_YET_REVIEWED
    ):
        return None
    events.record(
        "hold.displaced",
        held.claim,
        actor=SYSTEM,
        thread=held.claim.number,
        data={"cost_item": held.cost_item_id},
    )
    return hand_over(held, claim, item, cause="proved", actor=actor)


def lock_rivals(claim: Claim, cost_item: CostItem) -> Hold | None:
    """Lock `claim` and whoever holds `cost_item`, in one order, so that neither is decided or moves meanwhile.

    The live hold, or None. Raises Refusal when it changed hands while we waited.
    """
    _, rules = programmes.rules_of(claim.item)
    live = Hold.objects.filter(
        evidence_key=cost_item.evidence_key, overlap_group=rules.overlap_group or "", released_at=None
    )
    before = live.values_list("pk", "claim_id").first()
    rivals = sorted({claim.pk, before[1]} if before else {claim.pk})
    list(Claim.objects.select_for_update(of=("self",)).filter(pk__in=rivals).order_by("pk"))
    hold = live.select_for_update(of=("self",)).select_related("claim").first()
    if (hold.pk if hold else None) != (before[0] if before else None):
        raise Refusal("这笔费用的占用情况刚刚有变化，请刷新页面再办理。", code="held")
    return hold


def hand_over(held: Hold | None, claim: Claim, cost_item: CostItem, *, cause: str, actor: User) -> Hold:
    """End `held`, if there is one, for `cause` and give the cost to `claim`; the caller has locked the rivals."""
    _, rules = programmes.rules_of(claim.item)
    if held is not None:
        _end(held, cause=cause)
    return Hold.objects.create(
        claim=claim,
        cost_item=cost_item,
        evidence_key=cost_item.evidence_key,
        overlap_group=rules.overlap_group or "",
        taken_at=clock.now(),
        taken_by=actor,
    )


def release(claim: Claim, *, cause: str) -> int:
    """Free everything a claim holds; the number of holds freed."""
    return (
        Hold.objects.filter(claim=claim, released_at=None)
        .order_by("pk")
        .update(released_at=clock.now(), release_cause=cause)
    )


def _end(hold: Hold, *, cause: str) -> None:
    Hold.objects.filter(pk=hold.pk, released_at=None).update(released_at=clock.now(), release_cause=cause)
