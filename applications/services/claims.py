"""A claim from its start to its filing, and what its applicant may do afterwards."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from applications import selectors
from applications.evidence import normal
from applications.machine import claims as machine
from applications.models import Claim, CostItem, Hold, Nomination, Project
from applications.permissions import may_edit, may_submit, may_withdraw, owns
from applications.services.content import filed_content, receipt
from applications.services.holds import hand_over, lock_rivals, release, take
from applications.states import DEAD, ClaimStates, Sections
from clauses import engine
from clauses import selectors as programmes
from clauses.engine import term
from clauses.models import Item, Round
from portal.accounts.models import User
from portal.accounts.permissions import is_applicant
from portal.kernel import clock, events, issuing
from portal.kernel.canonical import digest
from portal.kernel.models import Document
from portal.kernel.money import yuan
from portal.kernel.numbers import next_number
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, Stale, raise_any
from portal.kernel.work import unit_of_work
from portal.ledger import services as ledger
from portal.ledger.selectors import balance, line_of, postings_of
from portal.ledger.states import Accounts, Kinds

_PLAIN_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,9})?")


def start_claim(*, actor: User, project: Project, item: Item, window: Round) -> Claim:
    """A draft for `item` in an open round; a second press opens the one that is there already.

    Raises Refusal: not your project, item without money, item not in the round, round not open.
    """
    require(is_applicant & owns, actor, project)
    _, rules = programmes.rules_of(item)
    if rules.kind != "money":
        raise Refusal("这一事项不在本门户直接申报，请按事项页上的办法联系责任单位。", code="not_money")
    if not window.items.filter(pk=item.pk).exists():
        raise Refusal(f"“{window.name}”不受理这一事项。", code="not_in_round")
    _round_open(window)
    with unit_of_work():
        Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        there = (
            selectors.claims()
            .filter(project=project, item=item, round=window)
            .exclude(state__in=DEAD)
            .first()
        )
        if there is not None:
            return there
        now = clock.now()
        series = f"claim-{now.year}-{item.code}"
        claim = Claim.objects.create(
            number=f"{now.year}-{item.code.upper()}-{next_number(series):04d}",
            organisation=project.organisation,
            project=project,
            item=item,
            round=window,
            created_at=now,
            created_by=actor,
            saved_at=now,
            saved_by=actor,
        )
        events.record("claim.started", claim, actor=actor, thread=claim.number)
    return claim


def save_section(
    *, actor: User, claim: Claim, section: str, values: Mapping[str, Any], version: int
) -> Claim:
    """Write one section. `version` is the one the person was looking at.

    Raises Stale when somebody saved in between, Refusal when the section is locked or a value is wrong.
    """
    require(may_edit, actor, claim)
    with unit_of_work():
        locked = _locked(claim)
        _unlocked(locked, section)
        if locked.version != version:
            raise Stale
        changed = _apply(locked, section, values)
        if changed:
            _touch(locked, actor, changed)
            events.record(
                "claim.saved",
                locked,
                actor=actor,
                thread=locked.number,
                data={"section": section, "fields": sorted(changed), "version": locked.version},
            )
    return locked


def nominate(*, actor: User, claim: Claim, cost_items: Iterable[CostItem], version: int) -> Claim:
    """Say which cost items the claim rests on. Exclusive holds are taken at submission only."""
    require(may_edit, actor, claim)
    chosen = {item.pk: item for item in cost_items}
    with unit_of_work():
        locked = _locked(claim)
        _unlocked(locked, Sections.COSTS)
        if locked.version != version:
            raise Stale
        _, rules = programmes.rules_of(locked.item)
        if any(item.project_id != locked.project_id for item in chosen.values()):
            raise Refusal("只能选择本项目下的费用。", code="foreign_cost", field="cost_items")
        if any(item.side != rules.cost_side for item in chosen.values()):
            kind = "收入" if rules.cost_side == "sale" else "支出"
            raise Refusal(f"这一事项按{kind}计算，只能选择{kind}。", code="wrong_side", field="cost_items")
        present = set(Nomination.objects.filter(claim=locked).values_list("cost_item", flat=True))
        added, dropped = chosen.keys() - present, present - chosen.keys()
        Nomination.objects.filter(claim=locked, cost_item__in=dropped).delete()
        Nomination.objects.bulk_create(Nomination(claim=locked, cost_item_id=pk) for pk in sorted(added))
        if added or dropped:
            _touch(locked, actor, {"cost_items"})
            events.record(
                "claim.nominated",
                locked,
                actor=actor,
                thread=locked.number,
                data={"added": sorted(added), "dropped": sorted(dropped), "version": locked.version},
            )
    return locked


def sign_commitment(*, actor: User, claim: Claim, version: int) -> Claim:
    """The 单位管理员 signs the commitment to truthfulness over the version he has seen."""
    require(may_submit, actor, claim)
    with unit_of_work():
        locked = _locked(claim)
        if not selectors.editable(locked):
            raise Refusal("已经提交的申报不需要再签署。", code="wrong_state")
        if locked.version != version:
            raise Stale
        locked.committed_at, locked.committed_by = clock.now(), actor
        locked.save(update_fields=["committed_at", "committed_by"])
        events.record(
            "claim.committed", locked, actor=actor, thread=locked.number, data={"version": locked.version}
        )
    return locked


def submit(*, actor: User, claim: Claim, version: int, committed: bool) -> tuple[Claim, Document]:
    """File a draft, or a correction, once. Pressing again gives the same receipt.

    The database server's clock governs. Raises Refusal: not certified, missing parts, round closed, term over,
    limit of the item used up, newer version saved; Refusals with everything still missing.
    """
    require(may_submit, actor, claim)
    with unit_of_work():
        locked = _locked(claim)
        if locked.state == ClaimStates.SUBMITTED:
            return locked, issuing.papers_of(locked, "receipt")[0]
        _keep_still(locked)
        if selectors.editable(locked) and locked.version != version:
            raise Stale
        if not committed:
            raise Refusal("请先阅读并签署信用承诺。", code="commitment_required", field="committed")
        raise_any(
            Refusal(item.text + "。", code="missing", field=item.section)
            for item in selectors.missing_actions(locked)
        )
        moment = clock.legal_now()
        if locked.state == ClaimStates.DRAFT:
            _in_time(locked, moment)
        filed_at = locked.filed_at or moment
        limit_key = _limit_key(locked)
        _within_limit(locked, limit_key)
        content = filed_content(locked)
        _not_raised(locked, content)
        changes = {
            "filed_at": filed_at,
            "filed_by": locked.filed_by or actor,
            "committed_at": moment,
            "committed_by": actor,
            "content": content,
            "content_digest": digest(content),
            "limit_key": limit_key,
            "faults": [],
            "correction_due_on": None,
        }
        try:
            with transaction.atomic():
                locked = machine.run(
                    locked.pk,
                    "submit" if locked.state == ClaimStates.DRAFT else "resubmit",
                    actor=actor,
                    changes=changes,
                    data={"content_digest": changes["content_digest"], "filed_at": filed_at},
                )
        except IntegrityError as error:
            raise _limit_used(locked) from error
        take(locked, actor=actor)
        document = issuing.issue(
            kind="receipt",
            title=f"申报回执 {locked.number}",
            subject=locked,
            decision=receipt(locked, submitted_at=moment),
            template="papers/receipt.html",
            actor=actor,
            thread=locked.number,
            public_summary={
                "单位": selectors.masked_name(locked.organisation.name),
                "事项": locked.item.title,
                "状态": "已提交",
            },
        )
    return locked, document


def discard(*, actor: User, claim: Claim) -> Claim:
    """Throw a draft away; its papers stay out of sight, its costs are free for other claims."""
    return machine.run(claim.pk, "discard", actor=actor, changes={"ended_at": clock.now()})


def withdraw(*, actor: User, claim: Claim, reason: str = "") -> Claim:
    """Take a filed claim back before approval: its holds and the budget reserved for it are released."""
    require(may_withdraw, actor, claim)
    with unit_of_work():
        withdrawn = machine.run(
            claim.pk, "withdraw", actor=actor, reason=reason, changes={"ended_at": clock.now()}
        )
        release(withdrawn, cause="withdrawn")
        free_reservation(withdrawn, actor=actor)
    return withdrawn


def choose_holder(*, actor: User, claim: Claim, cost_item: CostItem) -> Hold:
    """The 单位管理员 decides that `claim` uses a cost which another of their own claims holds.

    Raises Refusal when the other claim is already decided, or belongs to somebody else.
    """
    require(may_withdraw, actor, claim)
    with unit_of_work():
        hold = lock_rivals(claim, cost_item)
        locked = _locked(claim)
        if not locked.nominations.filter(cost_item=cost_item).exists():
            raise Refusal("这份申报没有选择这笔费用。", code="not_nominated")
        if locked.filed_at is None or locked.state in DEAD:
            raise Refusal("先提交申报，再改由它使用这笔费用。", code="wrong_state")
        if locked.state in (ClaimStates.APPROVED, ClaimStates.CLOSED):
            raise Refusal("这份申报已经批复，不能再改动它使用的费用。", code="wrong_state")
        if hold is not None and hold.claim_id == locked.pk:
            return hold
        if hold is not None and hold.claim.organisation_id != locked.organisation_id:
            raise Refusal("这张票据正在由工作人员核对，核对清楚前不能改动。", code="held")
        if hold is not None and hold.claim.state in (ClaimStates.APPROVED, ClaimStates.CLOSED):
            raise Refusal(f"申报{hold.claim.number}已经批复，这笔费用不能再改用。", code="held")
        chosen = hand_over(hold, locked, cost_item, cause="chosen", actor=actor)
        events.record(
            "hold.chosen",
            locked,
            actor=actor,
            thread=locked.number,
            data={"cost_item": cost_item.pk, "from": hold.claim.number if hold else None},
        )
    return chosen


def free_reservation(claim: Claim, *, actor: Any) -> None:
    """Give back what the budget still reserves for a claim that will not be paid."""
    line = line_of(claim.number, Accounts.RESERVED)
    if line is None:
        return
    amount = balance(line, Accounts.RESERVED, reference=claim.number)
    count = postings_of(claim.number).count()
    ledger.post(
        key=f"unreserve:{claim.number}:{count}",
        kind=Kinds.UNRESERVE,
        line=line,
        amount=amount,
        reference=claim.number,
        actor=actor,
    )


def _locked(claim: Claim) -> Claim:
    locked = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    return selectors.claims().get(pk=locked.pk)


def _keep_still(claim: Claim) -> None:
    """Lock the costs that are about to be filed: a change of one waits, and then finds it filed."""
    list(CostItem.objects.select_for_update(of=("self",)).filter(nominations__claim=claim).order_by("pk"))


def _unlocked(claim: Claim, section: str) -> None:
    if section not in selectors.unlocked(claim):
        if claim.state == ClaimStates.CORRECTION_DUE:
            raise Refusal("补正通知没有要求改动这一部分，它保持提交时的内容。", code="locked")
        raise Refusal("已经提交的内容不能再改。要更正请联系受理岗，或撤回后重新申报。", code="locked")


def _touch(claim: Claim, actor: User, fields: set[str]) -> None:
    """A new version: whatever was signed before was about another text."""
    claim.version += 1
    claim.saved_at, claim.saved_by = clock.now(), actor
    claim.save(
        update_fields=["version", "saved_at", "saved_by", *(name for name in fields if name != "cost_items")]
    )


def _apply(claim: Claim, section: str, values: Mapping[str, Any]) -> set[str]:
    """Set the section's fields from `values`; the names of those that changed."""
    faults: list[Refusal] = []
    changed: set[str] = set()

    def put(name: str, value: Any) -> None:
        if getattr(claim, name) != value:
            setattr(claim, name, value)
            changed.add(name)

    if section == Sections.OVERVIEW:
        _, rules = programmes.rules_of(claim.item)
        known = {fact.key: fact for fact in selectors.asked_facts(rules)}
        facts = dict(claim.facts)
        for key, value in values.items():
            if key in known:
                try:
                    facts[key] = fact_value(known[key], value)
                except Refusal as fault:
                    faults.append(fault)
        put("facts", facts)
    elif section == Sections.PUBLIC_MONEY:
        has = values.get("public_money")
        if has not in (True, False, None):
            faults.append(Refusal("请选择“有”或“没有”。", code="bad_choice", field="public_money"))
        else:
            put("public_money", has)
        note = str(values.get("public_money_note") or "").strip()
        if len(note) > 2000:
            faults.append(Refusal("最多2,000字。", code="too_long", field="public_money_note"))
        else:
            put("public_money_note", note)
    raise_any(faults)
    return changed


def fact_value(fact: engine.FactSpec, value: Any) -> Any:
    """A fact as it is stored (JSON), checked against its declared type. Raises Refusal at its field."""
    if value in (None, ""):
        return None
    match fact.type:
        case "money":
            return f"{yuan(value, field=fact.key):.2f}"
        case "date":
            try:
                return date.fromisoformat(str(value)).isoformat()
            except ValueError as error:
                raise Refusal("日期要写成2023-03-01这样。", code="bad_date", field=fact.key) from error
        case "year":
            if not _digits(value) or not 2000 <= int(value) <= 2100:
                raise Refusal("年度是四位数字，例如2023。", code="bad_year", field=fact.key)
            return int(value)
        case "count":
            if not _digits(value) or int(value) > 1_000_000:
                raise Refusal("请填写不带小数的数量。", code="bad_count", field=fact.key)
            return int(value)
        case "number":
            if not _PLAIN_NUMBER.fullmatch(str(value).strip()):
                raise Refusal("要写成数字，例如12.5，最多九位小数。", code="bad_number", field=fact.key)
            return str(value).strip()
        case "rate":
            return _share(str(value).strip(), fact.key)
        case "bool":
            if not isinstance(value, bool) and value not in ("true", "false"):
                raise Refusal("请选择“是”或“否”。", code="bad_choice", field=fact.key)
            return value in (True, "true")
        case "choice":
            if not isinstance(value, str) or value not in fact.choices:
                raise Refusal("请在列出的选项里选择。", code="bad_choice", field=fact.key)
            return value
    text = str(value).strip()
    if len(text) > 2000:
        raise Refusal("最多2,000字。", code="too_long", field=fact.key)
    if "\x00" in text:
        raise Refusal("含有不能保存的字符，请重新输入。", code="bad_character", field=fact.key)
    return text


def _share(text: str, field: str) -> str:
    """A rate typed with its sign, as the share that is stored: 3.85% as 0.0385, 5‰ as 0.005."""
    places = {"%": 2, "％": 2, "‰": 3}.get(text[-1:])
    digits = text[:-1].strip()
    if places is None or not _PLAIN_NUMBER.fullmatch(digits):
        raise Refusal("比例要写成数字，带上百分号，例如3.85%。", code="bad_rate", field=field)
    share = Decimal(digits).scaleb(-places)
    if share > 1000 or -int(share.as_tuple().exponent) > 9:
        raise Refusal("比例过大，或者小数超过七位。", code="bad_rate", field=field)
    return f"{share:f}"


def _digits(value: Any) -> bool:
    """Whether `value` is a whole number of at most nine plain digits, as a number or as text."""
    return not isinstance(value, bool | float) and re.fullmatch(r"[0-9]{1,9}", str(value)) is not None


def _round_open(window: Round) -> None:
    moment = clock.legal_now()
    if programmes.is_open(window, moment):
        return
    if moment < window.opens_at:
        opens = window.opens_at.astimezone(clock.SHANGHAI)
        raise Refusal(f"“{window.name}”{opens:%Y年%-m月%-d日 %H:%M}开放。", code="round_not_open")
    closed = window.closes_at.astimezone(clock.SHANGHAI)
    raise Refusal(
        f"“{window.name}”已于{closed:%Y年%-m月%-d日 %H:%M}截止，系统收到的时间是{moment:%Y年%-m月%-d日 %H:%M:%S}。",
        code="round_closed",
    )


def _in_time(claim: Claim, moment: Any) -> None:
    policy, rules = programmes.rules_of(claim.item)
    late = term.filing_refusal(policy, rules, moment)
    if late is not None:
        raise Refusal(f"{late.text}依据：“{late.quote}”", code=late.code)
    _round_open(claim.round)


def _limit_key(claim: Claim) -> str:
    """What the item may be paid once for: project, year, event, as its pack says; empty without a limit."""
    _, rules = programmes.rules_of(claim.item)
    if not rules.limit_per:
        return ""
    year = next((claim.facts.get(fact.key) for fact in rules.facts if fact.type == "year"), None)
    scopes = {
        "project": f"project={claim.project_id}",
        "organisation": f"organisation={claim.organisation_id}",
        "year": f"year={year}",
        "event": f"event={year}/{normal(str(claim.facts.get('event_name', '')))}",
    }
    return f"{claim.item.policy.pack}:{claim.item.code}:{':'.join(scopes[name] for name in rules.limit_per)}"[
        :120
    ]


def _within_limit(claim: Claim, limit_key: str) -> None:
    if limit_key and _limit_holder(limit_key, claim) is not None:
        raise _limit_used(claim, limit_key)


def _limit_holder(limit_key: str, claim: Claim) -> Claim | None:
    filed = Claim.objects.filter(limit_key=limit_key, filed_at__isnull=False).exclude(pk=claim.pk)
    return filed.exclude(state__in=DEAD).first()


def _limit_used(claim: Claim, limit_key: str = "") -> Refusal:
    _, rules = programmes.rules_of(claim.item)
    other = _limit_holder(limit_key or _limit_key(claim), claim)
    named = f"（{other.number}）" if other and other.organisation_id == claim.organisation_id else ""
    return Refusal(
        f"这一事项{rules.recurrence_label}，已有一份提交的申报{named}。依据：“{rules.quote}”",
        code="limit_used",
    )


def _not_raised(claim: Claim, content: Mapping[str, Any]) -> None:
    """A correction after the term may mend, not enlarge: neither the sum nor the list of costs grows."""
    if claim.content is None:
        return
    policy, rules = programmes.rules_of(claim.item)
    if term.filing_refusal(policy, rules, clock.legal_now()) is None:
        return
    before, now = claim.content["claimed_total"], content["claimed_total"]
    if yuan(now) > yuan(before) or len(content["costs"]) > len(claim.content["costs"]):
        raise Refusal("政策到期后补正，不能增加费用或提高金额。", code="raised_after_term")
