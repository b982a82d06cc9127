"""Papers about a request: its registration, the hand-over of a referral, an answer in writing."""

from datetime import date
from typing import Any

from applications.requests import selectors
from applications.requests.models import ServiceRequest
from applications.requests.states import RequestKinds
from applications.selectors import masked_name
from applications.states import ClaimStates
from clauses import naming
from clauses import selectors as programmes
from portal.kernel import clock, issuing
from portal.kernel.models import Document

TITLES = {
    ("registration", RequestKinds.REQUEST): "需求登记表",
    ("registration", RequestKinds.REFERRAL): "转办登记表",
    ("handover", RequestKinds.REFERRAL): "转办函",
    ("answer", RequestKinds.REQUEST): "答复书",
    ("answer", RequestKinds.REFERRAL): "答复书",
}


def issue_registration(asked: ServiceRequest, *, actor: Any) -> Document:
    """登记表: what was filed, when, with which unit, and until when it answers."""
    if asked.kind == RequestKinds.REFERRAL:
        steps = [
            f"{asked.unit.name}核对重复情况后转交执行该政策的单位。",
            "转交后在“需求和转办”里可以看到转办函和办理结果。",
        ]
    else:
        steps = [
            f"由{asked.unit.name}答复，答复后在“需求和转办”里可以看到。",
            "对答复可以追问一次，并请你单位评价。",
        ]
    return _issue(
        asked,
        "registration",
        actor=actor,
        addressee=asked.organisation.name,
        rows=[*selectors.answered_facts(asked), *_statement(asked)],
        text=steps,
        due_on=asked.due_on,
    )


def issue_hand_over(asked: ServiceRequest, *, actor: Any) -> Document:
    """转办函 to the office that pays, with the organisation's live claims as they were looked at."""
    return _issue(
        asked,
        "handover",
        actor=actor,
        addressee=asked.other_office,
        text=paragraphs(asked.statement),
        rows=[
            *selectors.answered_facts(asked),
            *([("项目", asked.project.name)] if asked.project else []),
            ("其他财政资金", asked.public_money_note if asked.public_money else "没有"),
            ("查重结论", asked.overlap_note),
        ],
        claims=[
            (
                one.claim.number,
                f"{one.claim.item.title}，{one.claim.project.name}，{ClaimStates(one.claim.state).label}，"
                f"占用费用{one.held}笔{'，同一项目' if one.same_project else ''}",
            )
            for one in selectors.live_claims(asked)
        ],
        applied={"title": asked.other_policy.strip("《》"), "number": asked.other_document_number},
    )


def issue_answer(asked: ServiceRequest, *, actor: Any, text: str) -> Document:
    """答复书: the answer in writing."""
    return _issue(asked, "answer", actor=actor, addressee=asked.organisation.name, text=paragraphs(text))


def paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _statement(asked: ServiceRequest) -> list[tuple[str, str]]:
    if asked.kind != RequestKinds.REFERRAL:
        return []
    return [
        ("情况说明", asked.statement),
        ("项目", asked.project.name if asked.project else "没有对应的项目"),
        ("其他财政资金", asked.public_money_note if asked.public_money else "没有"),
    ]


def _issue(
    asked: ServiceRequest,
    kind: str,
    *,
    actor: Any,
    addressee: str,
    text: list[str],
    rows: list[tuple[str, str]] | None = None,
    claims: list[tuple[str, str]] | None = None,
    due_on: date | None = None,
    applied: dict[str, str] | None = None,
) -> Document:
    policy, rules = programmes.rules_of(asked.item)
    title = TITLES[kind, RequestKinds(asked.kind)]
    return issuing.issue(
        kind=kind,
        title=f"{title} {asked.number}",
        subject=asked,
        decision={
            "office": asked.unit.name,
            "kind": kind,
            "referral": asked.kind == RequestKinds.REFERRAL,
            "addressee": addressee,
            "number": asked.number,
            "subject": asked.title,
            "organisation": {"name": asked.organisation.name, "code": asked.organisation.code},
            "item": rules.title,
            "clause": naming.place(policy, rules),
            "policy": {"title": policy.title, "number": policy.document_number},
            "quote": rules.quote,
            "filed_at": asked.filed_at.astimezone(clock.SHANGHAI).replace(microsecond=0),
            "content_digest": asked.content_digest,
            "rows": [{"name": name, "value": value} for name, value in rows or []],
            "claims": [{"name": name, "value": value} for name, value in claims or []],
            "text": text,
            "due_on": due_on,
            "applied": applied,
            "contact": rules.contact,
        },
        template="papers/request.html",
        actor=actor,
        thread=asked.number,
        public_summary={"单位": masked_name(asked.organisation.name), "文件": title, "事项": rules.title},
    )
