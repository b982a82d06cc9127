"""The handler's work: opening a case, checking, verifying costs, asking the units."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from applications import selectors as filings
from applications import services as filing
from applications.models import Claim, CostItem
from applications.permissions import may_open_review
from applications.states import DEAD
from clauses import selectors as programmes
from clauses.models import ListedEvent
from portal.accounts.models import User
from portal.kernel import clock, events
from portal.kernel.money import format_yuan, yuan
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, Stale, raise_any, too_long
from portal.kernel.work import unit_of_work
from review import selectors
from review.machine import cases, still_under_review
from review.models import CostVerification, ReviewCase, UnitOpinion
from review.permissions import may_handle, may_opine
from review.selectors import stamp
from review.states import CaseStates, Opinions

STEPS = {
    CaseStates.EXPERT_REVIEW: "to_experts",
    CaseStates.ACCEPTANCE: "to_acceptance",
    CaseStates.LISTING: "to_listing",
    CaseStates.VERIFICATION: "to_verification",
    CaseStates.UNIT_OPINIONS: "to_units",
}


def open_case(*, actor: User, claim: Claim) -> ReviewCase:
    """Take an accepted claim into review; the pack's path for its review mode is frozen with it.

    A step "unit_opinions" is left out where the clause names the lead unit alone.
    """
    require(may_open_review, actor, claim)
    with unit_of_work():
        moved = filing.start_review(actor=actor, claim=claim)
        policy, rules = programmes.rules_of(claim.item)
        steps = [
            step
            for step in policy.review_paths[rules.review_mode].steps
            if step != CaseStates.UNIT_OPINIONS or len(rules.units) > 1
        ]
        case = ReviewCase.objects.create(
            claim=moved, path=steps, handler=actor, opened_at=clock.now(), step_since=clock.now()
        )
        events.record("review.case.opened", case, actor=actor, thread=claim.number, data={"path": steps})
    return case


def record_duplicates(*, actor: User, case: ReviewCase, note: str, seen: str | None = None) -> ReviewCase:
    """查重结论: what was found across programmes and how it was cleared. Stale when it is no longer `seen`."""
    if not note.strip():
        raise Refusal("请写明查重结论。", code="required", field="duplicate_note")
    with unit_of_work():
        stored = _open(case, actor, {CaseStates.CHECKING}).duplicate_note
        if seen is not None and seen != stamp(stored):
            raise Stale
        return _write(case, actor, {CaseStates.CHECKING}, duplicate_note=note.strip())


def record_acceptance(
    *, actor: User, case: ReviewCase, accepted_on: date, document_number: str
) -> ReviewCase:
    """验收: its date and the number of the report (clause 六)."""
    if not document_number.strip():
        raise Refusal("请填写验收文号。", code="required", field="acceptance_document")
    raise_any(too_long(60, acceptance_document=document_number.strip()))
    if accepted_on > clock.today():
        raise Refusal("验收日期不能晚于今天。", code="future_date", field="acceptance_on")
    return _write(
        case,
        actor,
        {CaseStates.ACCEPTANCE},
        acceptance_on=accepted_on,
        acceptance_document=document_number.strip(),
    )


def record_listing(*, actor: User, case: ReviewCase, event: ListedEvent) -> ReviewCase:
    """Match the claim to an event of the year list; only its organiser may be paid, once (clause 九).

    A claim that ended without an award gives its event up.
    """
    if event.organiser_code != case.claim.organisation.code:
        raise Refusal("清单上的主办机构不是申报单位，不能认定。", code="not_organiser", field="listed_event")
    with unit_of_work():
        _open(case, actor, {CaseStates.LISTING})
        ListedEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
        other = selectors.cases().filter(listed_event=event).exclude(pk=case.pk).first()
        if other is not None and other.claim.state not in DEAD:
            raise Refusal("这场活动已经认定给另一份申报。", code="already_done", field="listed_event")
        if other is not None:
            other.listed_event = None
            other.save(update_fields=["listed_event"])
            events.record(
                "review.recorded",
                other,
                actor=actor,
                thread=other.claim.number,
                data={"listed_event": None, "given_to": case.claim.number},
            )
        return _write(case, actor, {CaseStates.LISTING}, listed_event=event)


def record_approved_sum(*, actor: User, case: ReviewCase, amount: Decimal | str, reason: str) -> ReviewCase:
    """Item 1: the sum the review approves, with its reason; never above what was requested."""
    sum_ = yuan(amount, field="approved_sum")
    requested = yuan(case.claim.facts.get("requested_amount") or "0")
    if sum_ > requested:
        raise Refusal(
            f"核定金额不能高于申请金额{format_yuan(requested)}元。",
            code="above_requested",
            field="approved_sum",
        )
    if not reason.strip():
        raise Refusal("请写明核定理由。", code="required", field="approved_sum_reason")
    return _write(
        case, actor, {CaseStates.VERIFICATION}, approved_sum=sum_, approved_sum_reason=reason.strip()
    )


def record_findings(*, actor: User, case: ReviewCase, values: Mapping[str, Any]) -> ReviewCase:
    """What the item asks a reviewer to establish (by fact key); an empty answer counts as not examined."""
    asked = {fact.key: fact for fact in selectors.reviewer_facts(case)}
    said = {key: filing.fact_value(asked[key], value) for key, value in values.items() if key in asked}
    with unit_of_work():
        stored = _open(case, actor, {CaseStates.VERIFICATION}).findings
        findings = {key: value for key, value in {**stored, **said}.items() if value is not None}
        return _write(case, actor, {CaseStates.VERIFICATION}, findings=findings)


def verify_cost(
    *,
    actor: User,
    case: ReviewCase,
    cost_item: CostItem,
    verified: Decimal | str,
    cut_code: str = "",
    note: str = "",
    seen: str | None = None,
) -> CostVerification:
    """Settle what one cost counts for. A cut needs its reason; nothing is ever raised above the claim.

    `seen` is the stamp (selectors.verification_stamp) of the row as it was shown; Stale when it has changed.
    """
    amount = yuan(verified, field="verified")
    policy, _ = selectors.rules_of(case)
    reasons = {reason.code: reason for reason in policy.cut_reasons}
    with unit_of_work():
        locked = _open(case, actor, {CaseStates.VERIFICATION})
        if not locked.claim.nominations.filter(cost_item=cost_item).exists():
            raise Refusal("这笔费用不在本申报里。", code="not_nominated")
        known = locked.verifications.filter(cost_item=cost_item).first()
        if seen is not None and seen != selectors.verification_stamp(known):
            raise Stale
        (counted,) = filings.as_counted(locked.claim, CostItem.objects.filter(pk=cost_item.pk))
        claimed = counted.amount
        if amount > claimed:
            raise Refusal(
                f"核定金额不能高于申报金额{format_yuan(claimed)}元。", code="above_claimed", field="verified"
            )
        if amount < claimed:
            if cut_code not in reasons:
                raise Refusal("核减要选择原因。", code="reason_required", field="cut_code")
            if reasons[cut_code].needs_note and not note.strip():
                raise Refusal("这个原因要写明具体情况。", code="required", field="note")
        else:
            cut_code = ""
        row, _ = CostVerification.objects.update_or_create(
            case=locked,
            cost_item=cost_item,
            defaults={
                "claimed": claimed,
                "verified": amount,
                "cut_code": cut_code,
                "note": note.strip(),
                "verified_at": clock.now(),
                "verified_by": actor,
            },
        )
        events.record(
            "review.cost_verified",
            row,
            actor=actor,
            thread=locked.claim.number,
            reason=note.strip(),
            data={"cost_item": cost_item.pk, "claimed": claimed, "verified": amount, "cut_code": cut_code},
        )
    return row


def verify_rest(*, actor: User, case: ReviewCase) -> int:
    """Settle every cost still open at its claimed amount; those in dispute with another claim stay open.

    The number of costs settled. Refusal `not_verified` when there was nothing to settle.
    """
    with unit_of_work():
        locked = _open(case, actor, {CaseStates.VERIFICATION})
        rest = [
            line.cost_item
            for line in selectors.cost_lines(locked)
            if line.verification is None and line.contested is None
        ]
        if not rest:
            raise Refusal("没有可以一并核定的费用。有争议的费用要逐笔核对。", code="not_verified")
        for cost_item in rest:
            verify_cost(actor=actor, case=locked, cost_item=cost_item, verified=cost_item.amount)
    return len(rest)


def advance(*, actor: User, case: ReviewCase) -> ReviewCase:
    """Move to the next working step of the case's path; the guards of that row apply."""
    target = selectors.next_step(case)
    if target not in STEPS:
        raise Refusal("这一步之后要提出拟支持或不予支持的意见。", code="off_path")
    changes: dict[str, Any] = {"step_since": clock.now()}
    if target == CaseStates.UNIT_OPINIONS:
        changes |= {"verified_at": clock.now(), "verified_by": actor}
    with unit_of_work():
        ReviewCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if case.state == CaseStates.EXPERT_REVIEW:
            totals = selectors.signed_scores(case)
            changes["score"] = selectors.final_score(totals) if totals else None
        moved = cases.run(case.pk, STEPS[CaseStates(target)], actor=actor, changes=changes)
        if target == CaseStates.UNIT_OPINIONS:
            UnitOpinion.objects.filter(case=moved).delete()
            UnitOpinion.objects.bulk_create(
                UnitOpinion(case=moved, unit=unit, asked_at=clock.now())
                for unit in selectors.named_units(moved)
            )
    return moved


def give_opinion(*, actor: User, case: ReviewCase, opinion: str, text: str) -> UnitOpinion:
    """The opinion of the actor's unit, once. Disagreement and remarks need words."""
    require(may_opine, actor, case)
    if opinion not in Opinions.values:
        raise Refusal("请选择意见。", code="bad_choice", field="opinion")
    if opinion != Opinions.AGREE and not text.strip():
        raise Refusal("请写明意见的内容。", code="required", field="text")
    with unit_of_work():
        locked = ReviewCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if locked.state != CaseStates.UNIT_OPINIONS:
            raise Refusal("这份申报现在不在责任单位会商。", code="wrong_state")
        row = UnitOpinion.objects.filter(case=locked, unit=actor.unit).first()
        if row is None:
            raise Refusal("这份申报没有征求你单位的意见。", code="forbidden")
        if row.given_at is not None:
            raise Refusal("你单位已经出具过意见。", code="already_done")
        row.opinion, row.text = opinion, text.strip()
        row.given_at, row.given_by = clock.now(), actor
        row.save(update_fields=["opinion", "text", "given_at", "given_by"])
        events.record(
            "review.opinion_given",
            row,
            actor=actor,
            thread=case.claim.number,
            reason=text.strip(),
            data={"unit": row.unit.name, "opinion": opinion},
        )
    return row


def _open(case: ReviewCase, actor: User, states: set[CaseStates]) -> ReviewCase:
    """The case locked, if the actor may handle it now."""
    ReviewCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    locked = selectors.cases().get(pk=case.pk)
    require(may_handle, actor, locked)
    for refusal in still_under_review(locked):
        raise refusal
    if locked.state not in states:
        raise Refusal(f"现在的步骤是“{locked.get_state_display()}”，不能做这件事。", code="wrong_state")
    return locked


def _write(case: ReviewCase, actor: User, states: set[CaseStates], **values: Any) -> ReviewCase:
    with unit_of_work():
        locked = _open(case, actor, states)
        for name, value in values.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(values))
        events.record(
            "review.recorded",
            locked,
            actor=actor,
            thread=locked.claim.number,
            data={name: value.pk if hasattr(value, "pk") else value for name, value in values.items()},
        )
    return locked
