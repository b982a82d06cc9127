"""From a proposal to an award: budget, leader, public notice, approval."""

from collections.abc import Sequence
from decimal import Decimal

from applications import services as filing
from applications.models import Claim
from clauses import selectors as programmes
from clauses import services as programme_services
from clauses.engine import FAVOURABLE, VERSION
from portal.accounts.models import User
from portal.kernel import clock, issuing
from portal.kernel.canonical import digest
from portal.kernel.money import ZERO
from portal.kernel.permissions import SYSTEM
from portal.kernel.refusals import Refusal, raise_any, too_long
from portal.kernel.work import unit_of_work
from portal.kernel.workdays import add_workdays
from portal.ledger import selectors as books
from portal.ledger import services as ledger
from portal.ledger.models import BudgetLine
from portal.ledger.states import Accounts, Kinds
from review import selectors
from review.machine import cases
from review.models import Award, Determination, Notice, ReviewCase
from review.services.calculation import notice_decision
from review.states import CaseStates, NoticeStates

NOTICE_WORKDAYS = 5


def propose(*, actor: User, case: ReviewCase) -> ReviewCase:
    """拟支持: the engine computes the amount on the verified base, and the budget reserves it.

    Raises Refusal: what the guards say, nothing payable, no budget line, insufficient_budget.
    """
    with unit_of_work():
        _lock(case)
        determination = _determine(selectors.cases().get(pk=case.pk), actor)
        now = clock.now()
        changes = {"proposed_at": now, "proposed_by": actor, "step_since": now}
        if case.verified_at is None:
            changes |= {"verified_at": now, "verified_by": actor}
        moved = cases.run(
            case.pk,
            "propose",
            actor=actor,
            changes=changes,
            data={"amount": determination.amount, "determination": determination.pk},
        )
        ledger.post(
            key=f"reserve:{moved.claim.number}:{determination.pk}",
            kind=Kinds.RESERVE,
            line=_budget_line(moved),
            amount=determination.amount,
            reference=moved.claim.number,
            actor=actor,
        )
    return moved


def propose_rejection(*, actor: User, case: ReviewCase, reason: str) -> ReviewCase:
    """拟不支持, with the reason the applicant will read."""
    now = clock.now()
    return cases.run(
        case.pk,
        "propose_rejection",
        actor=actor,
        reason=reason,
        changes={
            "proposed_at": now,
            "proposed_by": actor,
            "step_since": now,
            "rejection_reason": reason.strip(),
        },
    )


def endorse(*, actor: User, case: ReviewCase) -> ReviewCase:
    """审定同意 by the leader; the amount stands as computed."""
    now = clock.now()
    return cases.run(
        case.pk, "endorse", actor=actor, changes={"endorsed_at": now, "endorsed_by": actor, "step_since": now}
    )


def send_back(*, actor: User, case: ReviewCase, reason: str) -> ReviewCase:
    """Back to work with a reason. What was approved on the old figures is void, its reservation freed."""
    rejection = case.state == CaseStates.REJECTION_PROPOSED
    with unit_of_work():
        _lock(case)
        moved = cases.run(
            case.pk,
            "send_back_rejection" if rejection else "send_back",
            actor=actor,
            reason=reason,
            changes={
                "step_since": clock.now(),
                "proposed_at": None,
                "proposed_by": None,
                "endorsed_at": None,
                "endorsed_by": None,
                "verified_at": None,
                "verified_by": None,
                "rejection_reason": "",
                "notice": None,
            },
        )
        moved.determinations.filter(voided_at=None).update(voided_at=clock.now())
        moved.opinions.all().delete()
        filing.free_reservation(moved.claim, actor=actor)
    return moved


def confirm_rejection(*, actor: User, case: ReviewCase) -> ReviewCase:
    """不予支持: the claim ends, its holds are released, the applicant gets the paper."""
    with unit_of_work():
        _lock(case)
        now = clock.legal_now()
        moved = cases.run(
            case.pk,
            "confirm_rejection",
            actor=actor,
            changes={"decided_at": now, "decided_by": actor, "step_since": now},
        )
        filing.reject(actor=actor, claim=moved.claim, reason=moved.rejection_reason)
    return moved


def post_notice(*, actor: User, chosen: Sequence[ReviewCase], title: str = "") -> Notice:
    """公示 of endorsed cases of one policy for five working days, counted from the day after posting."""
    if not chosen:
        raise Refusal("请选择要公示的申报。", code="required", field="cases")
    raise_any(too_long(160, title=title.strip()))
    policies = {case.claim.item.policy_id for case in chosen}
    if len(policies) > 1:
        raise Refusal("一次公示只能列同一政策的申报。", code="mixed_policies", field="cases")
    with unit_of_work():
        today = clock.today()
        closes_on = add_workdays(today, NOTICE_WORKDAYS)
        ordered = sorted(chosen, key=lambda case: case.pk)
        _lock(*ordered)
        heading = title.strip() or f"{today.year}年人工智能政策拟支持项目公示"
        document = issuing.issue(
            kind="notice",
            title=heading,
            subject=ordered[0].claim.item.policy,
            decision=notice_decision(ordered, heading, today, closes_on, NOTICE_WORKDAYS),
            template="papers/notice.html",
            actor=actor,
            public_summary={"标题": heading, "公示期": f"{today:%Y-%m-%d}至{closes_on:%Y-%m-%d}"},
        )
        notice = Notice.objects.create(
            document=document,
            title=heading,
            opens_on=today,
            closes_on=closes_on,
            workdays=NOTICE_WORKDAYS,
            posted_at=clock.now(),
            posted_by=actor,
        )
        for case in ordered:
            cases.run(
                case.pk,
                "post_notice",
                actor=actor,
                changes={"notice": notice, "step_since": clock.now()},
                data={"notice": document.number, "closes_on": closes_on},
            )
    return notice


def close_due_notices() -> int:
    """End every notice whose last day is over; the number of cases that may now be approved."""
    moved = 0
    for notice in selectors.due_notices():
        with unit_of_work():
            locked = Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
            if locked.state != NoticeStates.OPEN:
                continue
            for case in selectors.live().filter(notice=locked, state=CaseStates.NOTICED):
                cases.run(case.pk, "end_notice", actor=SYSTEM, changes={"step_since": clock.now()})
                moved += 1
            Notice.objects.filter(pk=locked.pk).update(state=NoticeStates.OVER)
    return moved


def approve(*, actor: User, case: ReviewCase, document_number: str) -> Award:
    """批复 under a document number: the amount is owed from now on, its budget committed."""
    if not document_number.strip():
        raise Refusal("请填写批复文号。", code="required", field="document_number")
    raise_any(too_long(60, document_number=document_number.strip()))
    with unit_of_work():
        _lock(case)
        now = clock.legal_now()
        moved = cases.run(
            case.pk,
            "approve",
            actor=actor,
            changes={"decided_at": now, "decided_by": actor, "step_since": now},
            data={"document_number": document_number.strip()},
        )
        determination = selectors.standing(moved)
        assert determination is not None
        line = books.line_of(moved.claim.number, Accounts.RESERVED)
        if line is None:
            raise Refusal("这份申报没有预留的预算，不能批复。", code="insufficient_budget")
        ledger.post(
            key=f"commit:{moved.claim.number}:{determination.pk}",
            kind=Kinds.COMMIT,
            line=line,
            amount=determination.amount,
            reference=moved.claim.number,
            actor=actor,
        )
        decision = {
            "claim": moved.claim.number,
            "organisation": moved.claim.organisation.code,
            "content_digest": moved.claim.content_digest,
            "question": determination.question,
            "setting_sources": determination.setting_sources,
            "verdict": determination.verdict,
            "pack_hash": determination.pack_hash,
            "engine_version": determination.engine_version,
            "amount": f"{determination.amount:.2f}",
            "document_number": document_number.strip(),
            "approved_at": now.isoformat(),
        }
        award = Award.objects.create(
            case=moved,
            determination=determination,
            amount=determination.amount,
            document_number=document_number.strip(),
            decision=decision,
            decision_digest=digest(decision),
            budget_line=line,
            approved_at=now,
            approved_by=actor,
        )
        filing.approve(
            actor=actor,
            claim=moved.claim,
            data={"amount": determination.amount, "document_number": document_number.strip()},
            counted=selectors.counted_costs(determination),
        )
    return award


def _lock(*found: ReviewCase) -> None:
    """Lock the claims and then their cases, so that a withdrawal waits for the decision or is seen by it."""
    claims = [case.claim_id for case in found]
    list(Claim.objects.select_for_update(of=("self",)).filter(pk__in=claims).order_by("pk"))
    list(ReviewCase.objects.select_for_update(of=("self",)).filter(claim__in=claims).order_by("claim_id"))


def _determine(case: ReviewCase, actor: User) -> Determination:
    """Ask the engine through the public door, and freeze question and answer."""
    book = programmes.settings_book(case.claim.item.policy)
    now = clock.now()
    policy, asked = selectors.question(case, book=book, now=now)
    document = programmes.as_document(policy, asked)
    entries = book.at(asked.item, asked.filed_at, now)
    sources = {name: entry.source for name, entry in entries.items()}
    verdict = programme_services.calculate(document, content=policy, recorded=sources)["claims"][0]
    amount = Decimal(verdict["amount"] or "0")
    if verdict["outcome"] != "payable" or amount <= ZERO:
        raise Refusal(f"{_why_not(verdict['reasons'])}不能提出拟支持意见。", code="nothing_payable")

    def money(name: str) -> Decimal | None:
        return None if verdict[name] is None else Decimal(verdict[name])

    case.determinations.filter(voided_at=None).update(voided_at=clock.now())
    return Determination.objects.create(
        case=case,
        question=document,
        setting_sources=sources,
        verdict=verdict,
        pack_hash=policy.hash,
        engine_version=VERSION,
        base=money("base"),
        computed=money("computed"),
        cap=money("cap"),
        amount=amount,
        made_at=clock.now(),
        made_by=actor,
    )


def _why_not(reasons: list[dict[str, str]]) -> str:
    """What stands in the way: a fact that is missing before anything else."""
    lacking = [reason["text"] for reason in reasons if reason["code"] == "missing_fact"]
    against = [reason["text"] for reason in reasons if reason["code"] not in FAVOURABLE]
    return "".join(lacking) or next(iter(against), "核定后没有可支持的金额。")


def _budget_line(case: ReviewCase) -> BudgetLine:
    policy, item = case.claim.item.policy.pack, case.claim.item.code
    line = books.line_for(policy=policy, item=item, year=clock.today().year)
    if line is None:
        raise Refusal(f"{clock.today().year}年没有适用于这一事项的预算项目。", code="insufficient_budget")
    return line
