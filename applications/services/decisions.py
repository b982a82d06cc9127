"""What offices do with a filed claim."""

from collections.abc import Collection, Sequence
from typing import Any

from applications import selectors
from applications.machine import claims as machine
from applications.models import Claim, CostItem, Hold
from applications.permissions import is_impartial, may_examine
from applications.services.claims import free_reservation
from applications.services.holds import hand_over, lock_rivals, release
from applications.states import WITHDRAWABLE, ClaimStates, Proofs, RefusalCodes, Sections
from clauses import selectors as programmes
from portal.accounts.models import User
from portal.accounts.permissions import is_handler
from portal.kernel import clock, events, issuing
from portal.kernel.models import Document
from portal.kernel.permissions import SYSTEM, require
from portal.kernel.refusals import Refusal, Stale, raise_any
from portal.kernel.work import unit_of_work
from portal.kernel.workdays import add_workdays

EXAMINE_WORKDAYS = 5
CORRECTION_WORKDAYS = 10
RECONSIDER_WORKDAYS = 10


def accept(*, actor: User, claim: Claim, seen: str = "") -> Claim:
    """受理: the papers are complete; the claim waits for its handler. Costs it holds are proved by that look.

    `seen`, here and below: digest of the content that was looked at; Stale when another was filed since.
    """
    with unit_of_work():
        _still_as_seen(claim, seen)
        accepted = machine.run(
            claim.pk, "accept", actor=actor, changes={"accepted_at": clock.legal_now(), "accepted_by": actor}
        )
        CostItem.objects.filter(proof=Proofs.TYPED, holds__claim=accepted, holds__released_at=None).update(
            proof=Proofs.INTAKE
        )
        return accepted


def ask_correction(
    *, actor: User, claim: Claim, faults: Sequence[dict[str, str]], seen: str = ""
) -> tuple[Claim, Document]:
    """退回补正: one notice with all faults. Each fault: `section` (unlocked by it) and `text`."""
    require(may_examine, actor, claim)
    problems = []
    cleaned = []
    for number, fault in enumerate(faults):
        text = str(fault.get("text", "")).strip()
        if fault.get("section") not in Sections.values:
            problems.append(
                Refusal("请选择要补正的部分。", code="bad_choice", field=f"faults-{number}-section")
            )
        elif not text:
            problems.append(Refusal("请写明要补正什么。", code="required", field=f"faults-{number}-text"))
        else:
            cleaned.append({"section": fault["section"], "text": text[:500]})
    if not faults:
        problems.append(Refusal("补正通知至少列出一项问题。", code="required", field="faults"))
    raise_any(problems)
    due = add_workdays(clock.today(), CORRECTION_WORKDAYS)
    with unit_of_work():
        _still_as_seen(claim, seen)
        asked = machine.run(
            claim.pk,
            "ask_correction",
            actor=actor,
            changes={"faults": cleaned, "correction_due_on": due},
            data={"faults": cleaned, "due_on": due},
        )
        document = _ruling(
            asked,
            actor=actor,
            kind="correction",
            title="补正通知书",
            reasons=[{"code": Sections(fault["section"]).label, "text": fault["text"]} for fault in cleaned],
            basis="经形式审查",
            remedy="请在期限前登录门户，只改动列出的部分并重新提交。首次提交的时间保留。逾期未补正的，本次申报终止。",
            deadline=due.isoformat(),
        )
    return asked, document


def refuse(*, actor: User, claim: Claim, code: str, note: str, seen: str = "") -> tuple[Claim, Document]:
    """不予受理 with a reason code, words and the way to object; holds are released."""
    if code not in RefusalCodes.values:
        raise Refusal("请选择不予受理的原因。", code="bad_choice", field="code")
    _, rules = programmes.rules_of(claim.item)
    with unit_of_work():
        _still_as_seen(claim, seen)
        refused = machine.run(
            claim.pk,
            "refuse",
            actor=actor,
            reason=note,
            changes={"refusal_code": code, "refusal_note": note.strip(), "ended_at": clock.legal_now()},
            data={"code": code},
        )
        release(refused, cause="refused")
        document = _ruling(
            refused,
            actor=actor,
            kind="not_accepted",
            title="不予受理通知书",
            reasons=[
                {
                    "code": RefusalCodes(code).label,
                    "text": note.strip(),
                    "clause": rules.place,
                    "quote": rules.quote,
                }
            ],
            basis="经形式审查，你单位的申报不符合受理条件",
            remedy=f"对本决定有异议的，可以自收到之日起{RECONSIDER_WORKDAYS}个工作日内书面申请复核。申报窗口开放期间可以改正后重新申报。",
        )
    return refused, document


def lapse(*, claim: Claim) -> Claim:
    """逾期未补正, by the clock alone; holds are released."""
    with unit_of_work():
        lapsed = machine.run(claim.pk, "lapse", actor=SYSTEM, changes={"ended_at": clock.legal_now()})
        release(lapsed, cause="lapsed")
    return lapsed


def start_review(*, actor: User, claim: Claim) -> Claim:
    """Called by review when a case is opened."""
    return machine.run(claim.pk, "start_review", actor=actor)


def approve(*, actor: User, claim: Claim, data: dict[str, Any], counted: Collection[int] = ()) -> Claim:
    """Called by review when the award is approved: the holds are consumed, that is, never released again.

    `counted` are the cost items the amount rests on. Raises Refusal `held` when the claim lost one meanwhile.
    """
    with unit_of_work():
        approved = machine.run(claim.pk, "approve", actor=actor, data=data)
        lost = selectors.not_held(approved, counted)
        if lost:
            raise Refusal(
                f"“{lost[0].name}”已不由这份申报使用，金额要重新计算。请退回重新核定。", code="held"
            )
    return approved


def reject(*, actor: User, claim: Claim, reason: str) -> tuple[Claim, Document]:
    """Called by review when a proposed rejection is confirmed; holds and reserved budget are released."""
    _, rules = programmes.rules_of(claim.item)
    with unit_of_work():
        rejected = machine.run(
            claim.pk, "reject", actor=actor, reason=reason, changes={"ended_at": clock.legal_now()}
        )
        release(rejected, cause="rejected")
        free_reservation(rejected, actor=actor)
        document = _ruling(
            rejected,
            actor=actor,
            kind="not_supported",
            title="不予支持通知书",
            reasons=[{"code": "审核意见", "text": reason, "clause": rules.place, "quote": rules.quote}],
            basis="经审核，你单位的申报未列入支持名单",
            remedy=f"对本决定有异议的，可以自收到之日起{RECONSIDER_WORKDAYS}个工作日内书面申请复核，由另一名工作人员办理。",
        )
    return rejected, document


def close(*, actor: User, claim: Claim) -> Claim:
    """办结: called by payouts when the award is fully paid."""
    return machine.run(claim.pk, "close", actor=actor, changes={"ended_at": clock.legal_now()})


def settle_collision(*, actor: User, claim: Claim, cost_item: CostItem, reason: str) -> Hold:
    """Staff decide that a paper typed by two organisations is this claim's; the other loses its hold.

    Raises Refusal when the other claim is already decided.
    """
    require(is_handler & is_impartial, actor, claim)
    if not reason.strip():
        raise Refusal("请写明核对的结果和依据。", code="reason_required", field="reason")
    with unit_of_work():
        other = lock_rivals(claim, cost_item)
        claim = selectors.claims().get(pk=claim.pk)
        if not claim.nominations.filter(cost_item=cost_item).exists():
            raise Refusal("这份申报没有选择这笔费用。", code="not_nominated")
        if claim.state not in WITHDRAWABLE:
            raise Refusal("这份申报不在办理中，不能判给它。", code="wrong_state")
        if other is not None and other.claim_id == claim.pk:
            return other
        if other is not None and other.claim.state in (ClaimStates.APPROVED, ClaimStates.CLOSED):
            raise Refusal("另一份申报已经批复，不能再改判。", code="held")
        if other is not None and not is_impartial(actor, other.claim):
            raise Refusal("你与另一方有关联，请交给同事核对。", code="forbidden")
        settled = hand_over(other, claim, cost_item, cause="collision", actor=actor)
        events.record(
            "hold.settled",
            claim,
            actor=actor,
            thread=claim.number,
            reason=reason.strip(),
            data={"cost_item": cost_item.pk, "from": other.claim.number if other else None},
        )
    return settled


def _still_as_seen(claim: Claim, seen: str) -> None:
    """Lock the claim and compare what it holds with what was looked at."""
    locked = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if seen and locked.content_digest != seen:
        raise Stale("你打开这份申报以后，申报单位重新提交过。请先看最新的内容，再作决定。")


def _ruling(
    claim: Claim,
    *,
    actor: Any,
    kind: str,
    title: str,
    reasons: list[dict[str, str]],
    basis: str,
    remedy: str,
    deadline: str | None = None,
) -> Document:
    policy, rules = programmes.rules_of(claim.item)
    handling = programmes.handling_office(policy, rules)
    assert claim.filed_at is not None
    return issuing.issue(
        kind={"correction": "correction", "not_accepted": "refusal", "not_supported": "rejection"}[kind],
        title=f"{title} {claim.number}",
        subject=claim,
        decision={
            "office": handling.name,
            "kind": kind,
            "addressee": claim.organisation.name,
            "claim_number": claim.number,
            "project": claim.project.name,
            "item": rules.title,
            "policy": {"title": policy.title, "number": policy.document_number},
            "submitted_at": claim.filed_at.astimezone(clock.SHANGHAI).replace(microsecond=0).isoformat(),
            "basis": basis,
            "reasons": reasons,
            "remedy": remedy,
            "deadline": deadline,
            "contact": {"office": handling.name, "phone": handling.phone},
        },
        template="papers/decision.html",
        actor=actor,
        thread=claim.number,
        public_summary={"单位": selectors.masked_name(claim.organisation.name), "文件": title},
    )
