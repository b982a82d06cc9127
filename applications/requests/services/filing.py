"""What an organisation does with a request: file it, add to it, follow up once, rate it once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.core.files import File
from django.db import IntegrityError, transaction

from applications import selectors as filings
from applications import uploads
from applications.models import Project
from applications.requests import selectors
from applications.requests.machine import requests as machine
from applications.requests.models import RequestFile, ServiceRequest
from applications.requests.permissions import may_file, may_handle, may_speak
from applications.requests.services.papers import issue_registration
from applications.requests.states import (
    ENDED,
    FOLLOW_UP_WORKDAYS,
    KIND_OF_ITEM,
    LETTERS,
    WORKDAYS,
    Ratings,
    RequestKinds,
    RequestStates,
)
from applications.services import fact_value
from clauses import engine
from clauses import selectors as programmes
from clauses.engine.term import filing_refusal
from clauses.models import Item
from portal.accounts.models import Organisation, User
from portal.accounts.selectors import unit_by_code
from portal.kernel import clock, events, issuing
from portal.kernel.canonical import digest, plain
from portal.kernel.models import Document
from portal.kernel.numbers import next_number
from portal.kernel.permissions import SYSTEM, require
from portal.kernel.refusals import Refusal, raise_any, too_long
from portal.kernel.work import unit_of_work
from portal.kernel.workdays import add_workdays

MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it arrives: its content, the name it had, its size in bytes."""

    content: IO[bytes]
    name: str
    size: int


def file_request(
    *,
    actor: User,
    item: Item,
    title: str,
    facts: Mapping[str, Any],
    statement: str = "",
    project: Project | None = None,
    public_money: bool | None = None,
    public_money_note: str = "",
    files: Sequence[NewFile] = (),
) -> tuple[ServiceRequest, Document]:
    """File a request or referral with the lead unit of its clause. The same one pressed twice is one.

    Statement, project and public money belong to referrals. Raises Refusal: not certified, item of another kind,
    the applicant's kind does not fit, the filing window is over (the date that governs is named), missing or
    wrong answers, and what `uploads.inspect` finds.
    """
    require(may_file, actor, None)
    organisation = actor.organisation
    assert organisation is not None
    policy, rules = programmes.rules_of(item)
    moment = clock.legal_now()
    kind = _kind_open_to(organisation, policy, rules, moment)
    title, statement, note = title.strip(), statement.strip(), public_money_note.strip()
    stored, faults = _facts(item, facts)
    faults += _heading_faults(title)
    if kind == RequestKinds.REFERRAL:
        faults += _referral_faults(actor, statement, project, public_money, note)
    else:
        statement, project, public_money, note = "", None, None, ""
    raise_any(faults)
    inspected = [(one, uploads.inspect(one.content, name=_name(one), size=one.size)) for one in files]
    content = plain(
        {
            "policy": policy.id,
            "policy_hash": policy.hash,
            "item": rules.id,
            "organisation": {"code": organisation.code, "name": organisation.name},
            "title": title,
            "facts": stored,
            "statement": statement,
            "project": project.name if project else "",
            "public_money": public_money,
            "public_money_note": note,
            "files": [{"name": _name(one), "sha256": found.sha256} for one, found in inspected],
        }
    )
    content_digest = digest(content)
    with unit_of_work():
        there = _live_twin(actor, content_digest)
        if there is not None:
            return there, issuing.papers_of(there, "registration")[0]
        today = moment.date()
        try:
            with transaction.atomic():
                asked = ServiceRequest.objects.create(
                    number=_number(kind, rules.id, moment.year),
                    kind=kind,
                    organisation=organisation,
                    item=item,
                    unit=unit_by_code(rules.lead_unit),
                    title=title,
                    facts=stored,
                    statement=statement,
                    project=project,
                    public_money=public_money,
                    public_money_note=note,
                    content=content,
                    content_digest=content_digest,
                    filed_at=moment,
                    filed_by=actor,
                    clock_from=today,
                    due_on=add_workdays(today, WORKDAYS[kind]),
                )
        except IntegrityError:
            twin = _live_twin(actor, content_digest)
            assert twin is not None
            return twin, issuing.papers_of(twin, "registration")[0]
        events.record(
            "request.filed",
            asked,
            actor=actor,
            thread=asked.number,
            data={"content_digest": content_digest, "unit": asked.unit.code, "due_on": asked.due_on},
        )
        for one, found in inspected:
            _keep(asked, one, found, actor=actor)
        asked = selectors.service_requests().get(pk=asked.pk)
        document = issue_registration(asked, actor=actor)
    return asked, document


def _kind_open_to(
    organisation: Organisation, policy: engine.Policy, rules: engine.Item, moment: datetime
) -> RequestKinds:
    """What filing for the item is; Refusal when it is no request, not for this applicant, or out of its window."""
    if rules.kind not in KIND_OF_ITEM:
        raise Refusal("这一事项不是需求或转办事项，请从事项页申报。", code="not_a_request", field="item")
    if "any" not in rules.applicants and organisation.kind not in rules.applicants:
        raise Refusal(
            f"本项支持的是{rules.who}，与你单位类型（{organisation.get_kind_display()}）不符。",
            code="not_eligible",
        )
    late = filing_refusal(policy, rules, moment)
    if late is not None:
        raise Refusal(late.text, code=late.code)
    return KIND_OF_ITEM[rules.kind]


def add_file(*, actor: User, asked: ServiceRequest, file: NewFile) -> RequestFile:
    """One more paper of the applicant, while the request waits for an answer. The same file twice is one."""
    require(may_speak, actor, asked)
    found = uploads.inspect(file.content, name=_name(file), size=file.size)
    with unit_of_work():
        locked = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        if locked.state not in (RequestStates.SUBMITTED, RequestStates.FOLLOWED_UP):
            raise Refusal("只有等待答复的时候可以补充材料。", code="wrong_state", field="file")
        count = locked.files.count()
        kept = _keep(locked, file, found, actor=actor)
        if locked.files.count() > count:
            events.record(
                "request.file_added",
                kept,
                actor=actor,
                thread=locked.number,
                data={"name": kept.name, "sha256": kept.sha256},
            )
        return kept


def follow_up(*, actor: User, asked: ServiceRequest, text: str) -> ServiceRequest:
    """Ask once more about the answer; a clock of its own begins. A second press of the same words is one."""
    require(may_speak, actor, asked)
    text = _required(text, "follow_up", 1000, "请写明还要问什么。")
    with unit_of_work():
        locked = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        if locked.state == RequestStates.FOLLOWED_UP and locked.follow_up == text:
            return locked
        moment = clock.legal_now()
        return machine.run(
            asked.pk,
            "follow_up",
            actor=actor,
            changes={
                "follow_up": text,
                "followed_up_at": moment,
                "followed_up_by": actor,
                "clock_from": moment.date(),
                "due_on": add_workdays(moment.date(), FOLLOW_UP_WORKDAYS),
            },
        )


def rate(*, actor: User, asked: ServiceRequest, rating: str, words: str = "") -> ServiceRequest:
    """Say once how the answer was; this ends the request. 不满意 says why. A second press of the same is one."""
    require(may_speak, actor, asked)
    words = words.strip()
    if rating not in Ratings.values:
        raise Refusal("请选择满意、基本满意或不满意。", code="bad_choice", field="rating")
    raise_any(too_long(500, rating_words=words))
    if rating == Ratings.BAD and not words:
        raise Refusal("请写明哪里不满意，办理单位据此改进。", code="required", field="rating_words")
    with unit_of_work():
        locked = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        if (locked.rating, locked.rating_words) == (rating, words):
            return locked
        if locked.rating:
            raise Refusal("每件需求评价一次，已经评价过。", code="already_done", field="rating")
        moment = clock.legal_now()
        return machine.run(
            asked.pk,
            "rate",
            actor=actor,
            changes={
                "rating": rating,
                "rating_words": words,
                "rated_at": moment,
                "rated_by": actor,
                "ended_at": moment,
            },
            data={"rating": rating},
        )


def withdraw(*, actor: User, asked: ServiceRequest, reason: str = "") -> ServiceRequest:
    """Take a request back before it is answered or handed over."""
    raise_any(too_long(500, reason=reason))
    return machine.run(
        asked.pk,
        "withdraw",
        actor=actor,
        reason=reason,
        changes={"ended_at": clock.legal_now(), "clock_from": None, "due_on": None},
    )


def close_answered(*, asked: ServiceRequest) -> ServiceRequest:
    """By the clock alone: the time to follow up and rate is over."""
    return machine.run(asked.pk, "close", actor=SYSTEM, changes={"ended_at": clock.legal_now()})


def keep_answer_files(asked: ServiceRequest, files: Sequence[NewFile], *, actor: User) -> list[str]:
    """Files that go with an answer, inside the answer's unit of work; their digests."""
    require(may_handle, actor, asked)
    kept = []
    for one in files:
        found = uploads.inspect(one.content, name=_name(one), size=one.size)
        kept.append(_keep(asked, one, found, actor=actor, from_unit=True).sha256)
    return kept


def _number(kind: RequestKinds, code: str, year: int) -> str:
    series = f"request-{year}-{code}-{LETTERS[kind]}"
    return f"{year}-{code.upper()}-{LETTERS[kind]}{next_number(series):04d}"


def _live_twin(actor: User, content_digest: str) -> ServiceRequest | None:
    return (
        selectors.service_requests()
        .filter(organisation=actor.organisation, content_digest=content_digest)
        .exclude(state__in=ENDED)
        .first()
    )


def _facts(item: Item, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Refusal]]:
    """Answers as stored, and what is wrong with them; keys the item does not ask for are refused."""
    _, rules = programmes.rules_of(item)
    known = {fact.key: fact for fact in filings.asked_facts(rules)}
    faults = [
        Refusal(f"这一事项不问“{key}”。", code="unknown_fact", field=key) for key in given if key not in known
    ]
    stored: dict[str, Any] = {}
    for key, fact in known.items():
        try:
            value = fact_value(fact, given.get(key))
        except Refusal as fault:
            faults.append(fault)
            continue
        if value in (None, ""):
            if fact.required:
                faults.append(Refusal(f"请填写{fact.label}。", code="required", field=key))
        else:
            stored[key] = value
    return stored, faults


def _heading_faults(title: str) -> list[Refusal]:
    if not title:
        return [Refusal("请用一句话写明标题。", code="required", field="title")]
    return too_long(60, title=title)


def _referral_faults(
    actor: User, statement: str, project: Project | None, public_money: bool | None, note: str
) -> list[Refusal]:
    faults = too_long(2000, statement=statement, public_money_note=note)
    if not statement:
        faults.append(Refusal("请写明做了什么、申请什么支持。", code="required", field="statement"))
    if project is not None and project.organisation_id != actor.organisation.pk:  # type: ignore[union-attr]
        faults.append(Refusal("没有找到你单位的这个项目。", code="not_found", field="project"))
    if public_money not in (True, False):
        faults.append(Refusal("请选择“有”或“没有”。", code="bad_choice", field="public_money"))
    elif public_money and not note:
        faults.append(
            Refusal("请写明级别、文件、金额和用在哪些费用上。", code="required", field="public_money_note")
        )
    return faults


def _required(text: str, field: str, limit: int, missing: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal(missing, code="required", field=field)
    raise_any(too_long(limit, **{field: text}))
    return text


def _name(file: NewFile) -> str:
    return file.name.replace("\\", "/").rsplit("/", 1)[-1].strip()[-160:]


def _keep(
    asked: ServiceRequest, file: NewFile, found: uploads.Inspected, *, actor: User, from_unit: bool = False
) -> RequestFile:
    there = RequestFile.objects.filter(request=asked, from_unit=from_unit, sha256=found.sha256).first()
    if there is not None:
        return there
    if asked.files.count() >= MOST_FILES:
        raise Refusal(f"一件需求最多{MOST_FILES}个文件。", code="too_many_files", field="file")
    return RequestFile.objects.create(
        request=asked,
        from_unit=from_unit,
        name=_name(file),
        file=File(file.content, name=f"{found.sha256}{uploads.TYPES[found.content_type][0]}"),
        content_type=found.content_type,
        size=found.size,
        sha256=found.sha256,
        uploaded_at=clock.now(),
        uploaded_by=actor,
    )
