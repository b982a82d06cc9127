"""Changes of settings: proposed with a document and a day, decided by a second person."""

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from clauses import permissions as may
from clauses import selectors
from clauses.engine.policy import Policy as Content
from clauses.inputs import Reader
from clauses.machine import setting_changes as machine
from clauses.models import Item, Policy, SettingChange, SettingScope
from clauses.settings_book import inside, outside
from clauses.states import SettingStates
from portal.accounts.models import User
from portal.kernel import clock, events
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, raise_any, too_long
from portal.kernel.work import unit_of_work

LONGEST_NOTE = 1000
LONGEST_VALUE = 200
SHORTEST_NUMBER = 4
# Control characters, halves of surrogate pairs, line and paragraph separators.
UNPRINTED = {"Cc", "Cs", "Zl", "Zp"}


def checked_change(
    *,
    policy: Policy,
    setting: str,
    value: Any,
    items: Iterable[str],
    effective_from: date,
    document_number: str = "",
    note: str = "",
) -> SettingChange:
    """A change as it would be proposed, not saved: typed value, items in order (none when all are meant), a lawful day.

    Raises Refusals: unknown point, a value it cannot take, an item it does not have, a document number that is none,
    a day that is too early, too late or taken.
    """
    content = selectors.pack(policy)
    spec = content.settings.get(setting)
    if spec is None:
        raise Refusal("没有这个细则口径。", code="not_found", field="setting")
    if content.status != "final":
        raise Refusal("征求意见稿不能设定口径。", code="wrong_state")
    chosen = list(dict.fromkeys(items))
    faults = [
        Refusal(f"{setting}不涉及{_place(content, code)}。", code="bad_choice", field="items")
        for code in chosen
        if code not in spec.items
    ]
    reader = Reader()
    typed = reader.settings(content, {setting: value}, "value")
    faults += [Refusal(fault["message"], code="bad_value", field="value") for fault in reader.errors]
    faults += selectors.date_faults(spec, effective_from)
    faults += selectors.late_faults(content, spec, effective_from)
    faults += _number_faults(document_number.strip())
    faults += too_long(LONGEST_NOTE, note=note.strip())
    if spec.type == "text" and setting in typed:
        faults += _text_faults(str(typed[setting]))
    raise_any(faults)
    whole = set(chosen) == set(spec.items)
    change = SettingChange(
        policy=policy,
        setting=setting,
        value=outside(spec, typed[setting]),
        items=[] if whole else [code for code in spec.items if code in chosen],
        effective_from=effective_from,
        document_number=document_number.strip(),
        note=note.strip(),
    )
    raise_any(selectors.clash_faults(change))
    return change


def propose_setting(
    *,
    actor: User,
    policy: Policy,
    setting: str,
    value: Any,
    effective_from: date,
    document_number: str,
    items: Iterable[str] = (),
    note: str = "",
) -> SettingChange:
    """Put a change before a second person. Nothing takes effect.

    While one waits, another for the same point, day and items is refused.
    """
    require(may.may_propose, actor, None)
    if not document_number.strip():
        raise Refusal("请填写规定这个口径的文号。", code="required", field="document_number")
    with unit_of_work():
        _lock(policy)
        change = checked_change(
            policy=policy,
            setting=setting,
            value=value,
            items=items,
            effective_from=effective_from,
            document_number=document_number,
            note=note,
        )
        raise_any(_waiting_faults(change))
        change.proposed_at, change.proposed_by = clock.now(), actor
        change.save(force_insert=True)
        events.record(
            "clauses.settingchange.propose",
            change,
            actor=actor,
            thread=machine.thread(change),
            data={
                "setting": setting,
                "value": change.value,
                "items": change.items,
                "effective_from": effective_from,
                "document_number": change.document_number,
            },
        )
    return change


def approve_setting(*, actor: User, change: SettingChange) -> SettingChange:
    """The second person's yes: the value holds from its day on. Two for the same item and day: the second is refused."""
    with unit_of_work():
        _lock(change.policy)
        now = clock.now()
        moved = machine.run(
            change.pk, "approve", actor=actor, changes={"decided_at": now, "decided_by": actor}
        )
        items = Item.objects.filter(policy=moved.policy, code__in=selectors.covered_items(moved))
        try:
            with transaction.atomic():
                SettingScope.objects.bulk_create(
                    SettingScope(
                        change=moved, item=item, setting=moved.setting, effective_from=moved.effective_from
                    )
                    for item in items
                )
        except IntegrityError as error:
            raise Refusal("同一天已有生效的口径。", code="already_done", field="effective_from") from error
    return moved


def refuse_setting(*, actor: User, change: SettingChange, reason: str) -> SettingChange:
    """The second person's no, with the reason the proposer reads."""
    return machine.run(
        change.pk,
        "refuse",
        actor=actor,
        reason=reason,
        changes={"decided_at": clock.now(), "decided_by": actor, "reason": reason.strip()},
    )


def withdraw_setting(*, actor: User, change: SettingChange) -> SettingChange:
    """The proposer takes it back before anybody decided."""
    return machine.run(
        change.pk, "withdraw", actor=actor, changes={"withdrawn_at": clock.now(), "withdrawn_by": actor}
    )


def revoke_setting(*, actor: User, change: SettingChange, reason: str) -> SettingChange:
    """An approved change is called off before its day; the day is free again."""
    with unit_of_work():
        _lock(change.policy)
        moved = machine.run(
            change.pk,
            "revoke",
            actor=actor,
            reason=reason,
            changes={"withdrawn_at": clock.now(), "withdrawn_by": actor, "reason": reason.strip()},
        )
        moved.scopes.all().delete()
    return moved


def _place(content: Content, code: str) -> str:
    """An item as people name it; an unknown code as it was given."""
    return content.items[code].place if code in content.items else f"事项{code}"


def _number_faults(number: str) -> list[Refusal]:
    """Why a document number, where one is given, cannot be one: hardly any characters, or no figure among them."""
    faults = too_long(60, document_number=number)
    figures = any(character.isdecimal() for character in number)
    if number and (len(number) < SHORTEST_NUMBER or not figures):
        said = "文号要写全，带上年份和序号，例如哈科规〔2023〕5号。"
        faults.append(Refusal(said, code="bad_value", field="document_number"))
    return faults


def _waiting_faults(change: SettingChange) -> Iterator[Refusal]:
    """The proposal for the same point, day and items that still waits for a decision."""
    waiting = SettingChange.objects.filter(
        policy=change.policy,
        setting=change.setting,
        effective_from=change.effective_from,
        items=change.items,
        state=SettingStates.PROPOSED,
    ).select_related("proposed_by")
    first = waiting.order_by("pk").first()
    if first is None:
        return
    if first.value == change.value:
        yield Refusal("同样的调整已经提出，正在等另一个人批准。", code="already_done")
        return
    content = selectors.pack(change.policy)
    spec = content.settings[change.setting]
    places = "、".join(_place(content, code) for code in selectors.covered_items(first))
    yield Refusal(
        f"{first.proposed_by.display_name}已经提出同一天生效的调整：{places}改为“{spec.reading(inside(spec, first.value))}”"
        f"（{first.document_number}），正在等另一个人批准。请等它有了决定，或由提出人撤回，再提出这一项。",
        code="already_done",
        field="effective_from",
    )


def _text_faults(text: str) -> list[Refusal]:
    """Why a text cannot be a value: too long, or with characters that neither a page nor the database can show."""
    faults = too_long(LONGEST_VALUE, value=text)
    if any(unicodedata.category(character) in UNPRINTED for character in text):
        faults.append(Refusal("取值中不能有换行等控制字符。", code="bad_value", field="value"))
    return faults


def _lock(policy: Policy) -> None:
    """One change of a policy's settings at a time."""
    Policy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
