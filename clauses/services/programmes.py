"""Policies as loaded, rounds, and the yearly list of events."""

from collections.abc import Container, Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet
from guardian.models import GroupObjectPermission
from guardian.shortcuts import assign_perm

from clauses.engine import VERSION
from clauses.loader import FINAL, get_policy, shipped_packs, texts_of
from clauses.models import Item, ListedEvent, PackEdition, Policy, Round
from portal.accounts.models import Unit, User
from portal.accounts.permissions import is_administrator, is_handler
from portal.accounts.services import normal_code, unit_group_name
from portal.kernel import clock, events
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.work import unit_of_work


def load_policies() -> list[Policy]:
    """Enter every shipped pack; of a final text its items as grant programmes, its units, each unit's right to its items.

    A draft or a teaching pack has pages and nothing to file for.
    Keeps the texts of every edition. Runs again without harm: items and rights that the pack no longer has are removed.
    A pack whose content changed under the same id is refused once a round, a claim or a setting rests on it.
    """
    loaded = []
    with unit_of_work():
        for pack_id in shipped_packs():
            content = get_policy(pack_id)
            policy = Policy.objects.select_for_update(of=("self",)).filter(pack=pack_id).first()
            if policy is None:
                policy = Policy(pack=pack_id, loaded_at=clock.now())
            elif policy.pack_hash != content.hash and _in_use(policy):
                raise Refusal(
                    f"政策包{pack_id}已有申报批次、申报或细则口径，内容不能再改。请另发新版本。",
                    code="pack_published",
                )
            policy.pack_hash = content.hash
            policy.title, policy.document_number = content.title, content.document_number
            policy.save()
            _keep_edition(policy, content.hash)
            loaded.append(policy)
            entries = content.items if content.status == FINAL else {}
            _remove_items(policy, entries)
            if not entries:
                continue
            units = {
                unit.code: Unit.objects.update_or_create(code=unit.code, defaults={"name": unit.name})[0]
                for unit in content.units.values()
            }
            for entry in entries.values():
                item, _ = Item.objects.update_or_create(
                    policy=policy,
                    code=entry.id,
                    defaults={"clause": entry.clause, "title": entry.title, "ordinal": entry.ordinal},
                )
                groups = [
                    Group.objects.get_or_create(name=unit_group_name(units[code]))[0] for code in entry.units
                ]
                _rights_on(item).exclude(group__in=groups).delete()
                for group in groups:
                    assign_perm("clauses.opine_item", group, item)
    return loaded


def open_round(
    *,
    actor: User,
    policy: Policy,
    number: str,
    name: str,
    document_number: str,
    guide: str,
    opens_at: datetime,
    closes_at: datetime,
    items: Iterable[Item],
) -> Round:
    """Publish a call for claims. Raises Refusals: empty, backward window, item of another policy, taken number."""
    require(is_administrator, actor, None)
    chosen = list(items)
    for label, value, field in (
        ("批次编号", number, "number"),
        ("批次名称", name, "name"),
        ("通知文号", document_number, "document_number"),
    ):
        if not value.strip():
            raise Refusal(f"请填写{label}。", code="required", field=field)
    if closes_at <= opens_at:
        raise Refusal("截止时间要晚于开放时间。", code="backward_period", field="closes_at")
    if not chosen:
        raise Refusal("请选择可以申报的事项。", code="required", field="items")
    content = policy.content
    if content.status != FINAL:
        raise Refusal("这份文件不是正式文件，不能发布申报批次。", code="bad_choice", field="policy")
    if any(item.policy_id != policy.pk or content.item(item.code).kind != "money" for item in chosen):
        raise Refusal("只能选择本政策下可以直接申报的事项。", code="bad_choice", field="items")
    with unit_of_work():
        try:
            with transaction.atomic():
                window = Round.objects.create(
                    policy=policy,
                    number=number.strip(),
                    name=name.strip(),
                    document_number=document_number.strip(),
                    guide=guide.strip(),
                    opens_at=opens_at,
                    closes_at=closes_at,
                    opened_at=clock.now(),
                    opened_by=actor,
                )
        except IntegrityError as error:
            raise Refusal("这个批次编号已经用过。", code="already_done", field="number") from error
        window.items.set(chosen)
        events.record(
            "round.opened",
            window,
            actor=actor,
            data={
                "number": window.number,
                "opens_at": opens_at,
                "closes_at": closes_at,
                "items": [item.code for item in chosen],
            },
        )
    return window


def list_event(
    *,
    actor: User,
    policy: Policy,
    year: int,
    name: str,
    organiser_code: str,
    organiser_name: str,
    held_on: date,
    document_number: str,
) -> ListedEvent:
    """Put an event on the year list (clause 九). Raises Refusals for what is missing or doubled."""
    require(is_handler, actor, None)
    for label, value, field in (
        ("活动名称", name, "name"),
        ("主办机构", organiser_name, "organiser_name"),
        ("清单文号", document_number, "document_number"),
    ):
        if not value.strip():
            raise Refusal(f"请填写{label}。", code="required", field=field)
    if held_on.year != year:
        raise Refusal("举办日期不在清单年度内。", code="bad_date", field="held_on")
    code = normal_code(organiser_code, field="organiser_code")
    if actor.organisation is not None and actor.organisation.code == code:
        raise Refusal("不能由你列入你所在单位的活动。", code="forbidden", field="organiser_code")
    with unit_of_work():
        try:
            with transaction.atomic():
                event = ListedEvent.objects.create(
                    policy=policy,
                    year=year,
                    name=name.strip(),
                    organiser_code=code,
                    organiser_name=organiser_name.strip(),
                    held_on=held_on,
                    document_number=document_number.strip(),
                    listed_at=clock.now(),
                    listed_by=actor,
                )
        except IntegrityError as error:
            raise Refusal("这一年的清单上已有同名活动。", code="already_done", field="name") from error
        data: dict[str, Any] = {"year": year, "name": event.name, "organiser": code}
        events.record("listed_event.added", event, actor=actor, data=data)
    return event


def _remove_items(policy: Policy, kept: Container[str]) -> None:
    """Delete the items a pack no longer has, with the rights on them. Refusal when anything rests on one of them."""
    for item in [one for one in policy.items.all() if one.code not in kept]:
        refusal = Refusal(
            f"政策包{policy.pack}不再有事项{item.code}，但已有申报批次、申报或申请用到它，不能删除。"
            "请保留这个事项，或另发新版本。",
            code="pack_published",
        )
        if item.rounds.exists():
            raise refusal
        _rights_on(item).delete()
        try:
            item.delete()
        except ProtectedError as error:
            raise refusal from error


def _rights_on(item: Item) -> QuerySet[GroupObjectPermission]:
    """The units' rights on an item."""
    return GroupObjectPermission.objects.filter(
        permission__codename="opine_item",
        content_type=ContentType.objects.get_for_model(Item),
        object_pk=str(item.pk),
    )


def _in_use(policy: Policy) -> bool:
    return (
        policy.rounds.exists()
        or policy.items.filter(claims__isnull=False).exists()
        or policy.setting_changes.exists()
    )


def _keep_edition(policy: Policy, pack_hash: str) -> None:
    """Texts with the same content but another layout are the same edition; the first stays."""
    if not PackEdition.objects.filter(hash=pack_hash).exists():
        data, source = texts_of(policy.pack)
        PackEdition.objects.create(
            policy=policy,
            hash=pack_hash,
            data=data,
            source=source,
            engine_version=VERSION,
            stored_at=clock.now(),
        )
