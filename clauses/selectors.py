"""Reads about policies, items and rounds."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from clauses import engine, loader
from clauses.engine.money import yuan
from clauses.engine.policy import CASE_BY_CASE, COST_DATES, MONEY
from clauses.models import Item, ListedEvent, Policy, Round
from clauses.states import RoundStates
from portal.kernel import clock
from portal.kernel.canonical import plain
from portal.ledger.uses import Use


def pack(pack_id: str) -> engine.Policy:
    """The loaded content of a shipped pack. KeyError for an unknown one."""
    return loader.get_policy(pack_id)


def rules_of(item: Item) -> tuple[engine.Policy, engine.Item]:
    """The pack and the item's entry in it."""
    policy = pack(item.policy.pack)
    return policy, policy.item(item.code)


def settings_in_force(policy: Policy | str, at: datetime) -> dict[str, Any]:
    """Points of a 实施细则 that staff have set for `at`; an absent one has the pack's default.

    No such rules were ever issued for 哈政规〔2022〕22号, so the defaults stand until the settings desk exists.
    """
    return {}


def loaded_policies() -> QuerySet[Policy]:
    return Policy.objects.order_by("pk")


def budget_uses() -> list[Use]:
    """Items of final policies that are paid from a budget, for the budget desk."""
    return [
        Use(
            content.id,
            f"{content.short_title}（{content.document_number}）",
            tuple(
                (item.id, item.title) for item in content.items.values() if item.kind in (MONEY, CASE_BY_CASE)
            ),
        )
        for content in (pack(row.pack) for row in loaded_policies())
        if content.status == "final"
    ]


def item_by_code(pack_id: str, code: str) -> Item:
    """Item.DoesNotExist for an unknown one."""
    return Item.objects.select_related("policy").get(policy__pack=pack_id, code=code)


def rounds() -> QuerySet[Round]:
    """Every round, newest first, with its items."""
    items = Prefetch("items", Item.objects.select_related("policy"))
    return Round.objects.select_related("policy").prefetch_related(items)


def open_rounds(*, item: Item | None = None, at: datetime | None = None) -> list[Round]:
    """Rounds whose window contains `at` (default: now), those that close first at the front."""
    moment = at or clock.now()
    found = rounds().filter(opens_at__lte=moment, closes_at__gt=moment).order_by("closes_at")
    if item is not None:
        found = found.filter(items=item)
    return list(found)


def is_open(window: Round, at: datetime) -> bool:
    return window.state_at(at) == RoundStates.OPEN


def listed_events(*, year: int | None = None) -> QuerySet[ListedEvent]:
    events = ListedEvent.objects.select_related("policy")
    return events.filter(year=year) if year else events


def as_document(policy: engine.Policy, asked: engine.ClaimFacts) -> dict[str, Any]:
    """A question to the engine in the public shape of `calculate`, so that anyone can ask it again."""
    item = policy.item(asked.item)
    types = {fact.key: fact.type for fact in item.facts}
    claim: dict[str, Any] = {
        "id": asked.id,
        "item": asked.item,
        "filed_at": asked.filed_at.isoformat(),
        "facts": {
            key: yuan(value) if types[key] == "money" and isinstance(value, int) else plain(value)
            for key, value in asked.facts.items()
        },
        "settings": {**asked.in_force, **asked.settings},
    }
    if asked.costs is not None:
        claim["costs"] = [_cost_document(cost) for cost in asked.costs]
    return {"policy": policy.id, "claims": [claim]}


def _cost_document(cost: engine.CostLine) -> dict[str, Any]:
    written: dict[str, Any] = {"id": cost.id, "amount": yuan(cost.amount), **cost.flags}
    if cost.category:
        written["category"] = cost.category
    if cost.held_elsewhere:
        written["held_elsewhere"] = True
    for name in COST_DATES:
        day = cost.date(name)
        if day is not None:
            written[name] = day.isoformat()
    return written
