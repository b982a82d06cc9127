"""What the responsible unit does with a request: pass it on, answer, hand a referral over, record its result."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from applications.requests import selectors
from applications.requests.machine import requests as machine
from applications.requests.models import ServiceRequest
from applications.requests.permissions import may_handle
from applications.requests.services.filing import NewFile, keep_answer_files
from applications.requests.services.papers import issue_answer, issue_hand_over
from applications.requests.states import RESULT_WORKDAYS, Outcomes, RequestStates
from portal.accounts.models import Unit, User
from portal.kernel import clock, issuing
from portal.kernel.models import Document
from portal.kernel.money import yuan
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, raise_any, too_long
from portal.kernel.work import unit_of_work
from portal.kernel.workdays import add_workdays

NO_CLOCK: Mapping[str, Any] = {"clock_from": None, "due_on": None}


def pass_on(*, actor: User, asked: ServiceRequest, unit: Unit, reason: str) -> ServiceRequest:
    """Give the request to another unit of its clause. The clock is the applicant's: it runs on.

    Raises Refusal: not yours, no reason, a unit that the clause does not name or that has nobody to handle it.
    """
    with unit_of_work():
        locked = _locked(asked, actor)
        raise_any(too_long(500, reason=reason.strip()))
        if not selectors.units_to_pass_on(locked).filter(pk=unit.pk).exists():
            raise Refusal("只能移交给条款列明的、有人办理的其他责任单位。", code="bad_unit", field="unit")
        act = "pass_on_follow_up" if locked.state == RequestStates.FOLLOWED_UP else "pass_on"
        return machine.run(
            asked.pk,
            act,
            actor=actor,
            reason=reason,
            changes={"unit": unit},
            data={"from_unit": locked.unit.code, "to_unit": unit.code},
        )


def answer(
    *,
    actor: User,
    asked: ServiceRequest,
    text: str,
    in_writing: bool = False,
    files: Sequence[NewFile] = (),
) -> tuple[ServiceRequest, Document | None]:
    """Answer a request, or the follow-up on any answer. `in_writing` issues a numbered 答复书.

    The same answer pressed twice is one; another person's second answer is refused by the state.
    """
    with unit_of_work():
        locked = _locked(asked, actor)
        text = _all_said({"text": (text, 3000, "请写答复。")})["text"]
        done = _given_already(locked, actor, text)
        if done:
            return locked, issuing.papers_of(locked, "answer").first() if in_writing else None
        moment = clock.legal_now()
        second = locked.state == RequestStates.FOLLOWED_UP
        prefix = "second_" if second else ""
        answered = machine.run(
            asked.pk,
            "answer_follow_up" if second else "answer",
            actor=actor,
            changes={
                f"{prefix}answer": text,
                f"{prefix}answered_at": moment,
                f"{prefix}answered_by": actor,
                f"{prefix}answering_unit": locked.unit,
                **NO_CLOCK,
            },
            data={"files": keep_answer_files(locked, files, actor=actor)},
        )
        document = issue_answer(_whole(answered), actor=actor, text=text) if in_writing else None
    return answered, document


def hand_over(
    *,
    actor: User,
    asked: ServiceRequest,
    other_policy: str,
    other_document_number: str,
    other_office: str,
    overlap_note: str,
) -> tuple[ServiceRequest, Document]:
    """转办: name the policy applied and the office that pays, say what the duplicate check found, issue the letter.

    Pressing again gives the same letter.
    """
    with unit_of_work():
        locked = _locked(asked, actor)
        changes = _all_said(
            {
                "other_policy": (other_policy, 200, "请写所依据政策的名称。"),
                "other_document_number": (other_document_number, 60, "请写政策的文号。"),
                "other_office": (other_office, 80, "请写办理单位的全称。"),
                "overlap_note": (overlap_note, 2000, "请写查重的结论，没有重复也要写明。"),
            }
        )
        if locked.state == RequestStates.HANDED_OVER and locked.handed_over_by_id == actor.pk:
            return locked, issuing.papers_of(locked, "handover")[0]
        moment = clock.legal_now()
        handed = machine.run(
            asked.pk,
            "hand_over",
            actor=actor,
            changes={
                **changes,
                "handed_over_at": moment,
                "handed_over_by": actor,
                "clock_from": moment.date(),
                "due_on": add_workdays(moment.date(), RESULT_WORKDAYS),
            },
            data={
                "office": changes["other_office"],
                "document_number": changes["other_document_number"],
                "claims_seen": [one.claim.number for one in selectors.live_claims(locked)],
            },
        )
        document = issue_hand_over(_whole(handed), actor=actor)
    return handed, document


def decline(*, actor: User, asked: ServiceRequest, reason: str) -> ServiceRequest:
    """不予转办: no other policy applies; the reason is the answer."""
    with unit_of_work():
        locked = _locked(asked, actor)
        raise_any(too_long(3000, reason=reason.strip()))
        if _given_already(locked, actor, reason.strip()):
            return locked
        return machine.run(
            asked.pk,
            "decline",
            actor=actor,
            reason=reason,
            changes={
                "outcome": Outcomes.NOT_REFERRED,
                "answer": reason.strip(),
                "answered_at": clock.legal_now(),
                "answered_by": actor,
                "answering_unit": locked.unit,
                **NO_CLOCK,
            },
        )


def record_result(
    *,
    actor: User,
    asked: ServiceRequest,
    outcome: str,
    other_file_number: str,
    outcome_on: date | None,
    amount: str = "",
    text: str,
    files: Sequence[NewFile] = (),
) -> ServiceRequest:
    """What the office that pays decided: its file number, the day, the amount in yuan if it pays, in words."""
    with unit_of_work():
        locked = _locked(asked, actor)
        paid, faults = _outcome(locked, outcome, outcome_on, amount)
        said = _all_said(
            {
                "other_file_number": (other_file_number, 60, "请写办理单位的办理编号。"),
                "text": (text, 3000, "请写办理结果，申报单位会看到。"),
            },
            faults,
        )
        if _given_already(locked, actor, said["text"]):
            return locked
        return machine.run(
            asked.pk,
            "record_result",
            actor=actor,
            changes={
                "outcome": outcome,
                "outcome_on": outcome_on,
                "outcome_amount": paid,
                "other_file_number": said["other_file_number"],
                "answer": said["text"],
                "answered_at": clock.legal_now(),
                "answered_by": actor,
                "answering_unit": locked.unit,
                **NO_CLOCK,
            },
            data={
                "outcome": outcome,
                "amount": paid,
                "files": keep_answer_files(locked, files, actor=actor),
            },
        )


def _outcome(
    asked: ServiceRequest, outcome: str, outcome_on: date | None, amount: str
) -> tuple[Decimal | None, list[Refusal]]:
    """The amount of a result in yuan, if it has one, and what is wrong with outcome, day and amount."""
    faults = []
    if outcome not in (Outcomes.SUPPORTED, Outcomes.NOT_SUPPORTED):
        faults.append(Refusal("请选择办理结果。", code="bad_choice", field="outcome"))
    if outcome_on is None:
        faults.append(Refusal("请写办理单位作出决定的日期。", code="required", field="outcome_on"))
    elif outcome_on > clock.today():
        faults.append(Refusal("办理日期不能晚于今天。", code="too_late", field="outcome_on"))
    elif asked.handed_over_at and outcome_on < asked.handed_over_at.astimezone(clock.SHANGHAI).date():
        faults.append(Refusal("办理日期不能早于转办的日期。", code="too_early", field="outcome_on"))
    if not amount.strip():
        return None, faults
    if outcome == Outcomes.NOT_SUPPORTED:
        return None, [*faults, Refusal("不予支持的没有金额。", code="bad_amount", field="amount")]
    try:
        return yuan(amount, field="amount", positive=True), faults
    except Refusal as fault:
        return None, [*faults, fault]


def _locked(asked: ServiceRequest, actor: User) -> ServiceRequest:
    """The request as it stands now, held until the end, if it is this person's to handle."""
    ServiceRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    locked = _whole(asked)
    require(may_handle, actor, locked)
    return locked


def _whole(asked: ServiceRequest) -> ServiceRequest:
    return selectors.service_requests().get(pk=asked.pk)


def _given_already(asked: ServiceRequest, actor: User, text: str) -> bool:
    """Whether this person has just given this very answer."""
    if asked.state != RequestStates.ANSWERED:
        return False
    if asked.second_answered_at is not None:
        return asked.second_answered_by_id == actor.pk and asked.second_answer == text
    return asked.answered_by_id == actor.pk and asked.answer == text


def _all_said(texts: Mapping[str, tuple[str, int, str]], faults: Sequence[Refusal] = ()) -> dict[str, str]:
    """Texts without their margins; everything missing or too long at once, with the `faults` found before."""
    found = list(faults)
    said = {}
    for field, (text, limit, missing) in texts.items():
        said[field] = text.strip()
        if not said[field]:
            found.append(Refusal(missing, code="required", field=field))
        found += too_long(limit, **{field: said[field]})
    raise_any(found)
    return said
