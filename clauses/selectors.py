"""Reads about policies, items and rounds."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from clauses import engine, loader
from clauses.engine.money import yuan
from clauses.engine.policy import CASE_BY_CASE, COST_DATES, MONEY, Office, SettingSpec
from clauses.engine.term import chinese_day
from clauses.models import Item, ListedEvent, Policy, Round, SettingChange, SettingScope, edition_of
from clauses.settings_book import Book, InForce, Source, inside, outside
from clauses.states import RoundStates, SettingStates
from portal.kernel import clock
from portal.kernel.canonical import plain
from portal.kernel.refusals import Refusal
from portal.ledger.uses import Use


def pack(policy: Policy | str) -> engine.Policy:
    """The content of a policy: of a row the edition it was loaded as, by an id alone as shipped. KeyError as `edition`."""
    return loader.get_policy(policy) if isinstance(policy, str) else policy.content


def final_of(draft: engine.Policy) -> engine.Policy | None:
    """The final text a draft became; None while there is none."""
    if draft.draft_of not in loader.shipped_packs():
        return None
    found = pack(draft.draft_of)
    return found if found.status == loader.FINAL else None


def edition(pack_id: str, pack_hash: str) -> engine.Policy:
    """The policy of an edition, as shipped now or as kept. KeyError for an unknown one, PackError for unreadable texts."""
    return edition_of(pack_id, pack_hash)


def changed_packs() -> list[str]:
    """Shipped packs whose files are not the edition that is loaded, or not in order, or not loaded at all; one query."""
    loaded = dict(Policy.objects.values_list("pack", "pack_hash"))
    return [
        pack_id
        for pack_id in loader.shipped_packs()
        if (files := loader.shipped(pack_id)) is None or files.hash != loaded.get(pack_id)
    ]


def rules_of(item: Item) -> tuple[engine.Policy, engine.Item]:
    """The pack and the item's entry in it."""
    policy = pack(item.policy)
    return policy, policy.item(item.code)


def handling_office(policy: engine.Policy, rules: engine.Item) -> Office:
    """Who handles an item, as papers name it: its leading unit with the telephone of the pack."""
    unit = policy.units[rules.lead_unit]
    return Office(unit.name, unit.phone)


def objections_office(policy: engine.Policy, rules: engine.Item) -> Office:
    """Who takes objections and requests for reconsideration, never the office that handles the item.

    Refusal when the pack names none: it is no final text, or an edition from before packs named it.
    """
    found = policy.units[rules.lead_unit].objections
    if found is None:
        raise Refusal("这份政策没有写明受理异议的处室。", code="not_found")
    return found


def settings_book(policy: Policy | str) -> Book:
    """Every value in force or yet to come into force of a policy, in one query; KeyError for an unknown pack."""
    pack_id = policy if isinstance(policy, str) else policy.pack
    found = SettingChange.objects.filter(policy__pack=pack_id, state=SettingStates.IN_FORCE)
    rows = list(found.select_related("policy").order_by("pk"))
    content = pack(rows[0].policy if rows else policy)
    return Book(content, [entry_of(content, row) for row in rows])


def entry_of(content: engine.Policy, change: SettingChange) -> InForce:
    """A change as an entry of the book."""
    spec = content.settings[change.setting]
    return InForce(
        change.setting,
        inside(spec, change.value),
        change.effective_from,
        change.document_number,
        frozenset(change.items),
    )


def settings_in_force(
    policy: Policy | str,
    at: datetime,
    *,
    item: str,
    now: datetime | None = None,
    book: Book | None = None,
) -> dict[str, object]:
    """Points of a 实施细则 that staff have set, as they hold for a claim for `item` first filed `at`.

    A point that acts on pending claims is read at `now` (default: business time); an absent one has the
    pack's default. Give `book` where several claims are asked about.
    """
    book = book or settings_book(policy)
    return book.values(item, at, now or clock.now())


def settings_source() -> Source:
    """`settings_in_force` with documents, for one calculation: each policy is read once."""
    books: dict[str, Book] = {}
    now = clock.now()

    def source(policy: str, item: str, filed_at: datetime) -> dict[str, InForce]:
        if policy not in books:
            books[policy] = settings_book(policy)
        return books[policy].at(item, filed_at, now)

    return source


def documented(
    verdict: engine.Verdict, filed_at: datetime, now: datetime | None = None, book: Book | None = None
) -> dict[str, Any]:
    """A verdict as the interfaces tell it: beside each setting in force, the document that set it and its day.

    Give `book` where it is at hand.
    """
    told = verdict.to_json()
    listed: list[dict[str, Any]] = told["settings"]  # type: ignore[assignment]
    if any(one["source"] == "in_force" for one in listed):
        book = book or settings_book(verdict.policy)
        entries = book.at(verdict.item, filed_at, now or clock.now())
        for one in listed:
            if one["source"] == "in_force" and one["id"] in entries:
                one.update(entries[one["id"]].source)
    return told


def setting_changes(policy: Policy) -> QuerySet[SettingChange]:
    """Every change of a policy's settings ever proposed, newest first, with its people."""
    return _changes().filter(policy=policy)


def setting_change(pk: int) -> SettingChange:
    """SettingChange.DoesNotExist for an unknown one."""
    return _changes().get(pk=pk)


def all_setting_changes() -> QuerySet[SettingChange]:
    """Changes of every policy, newest first."""
    return _changes().order_by("-pk")


def proposed_settings() -> QuerySet[SettingChange]:
    """Changes that wait for a second person, oldest first."""
    return _changes().filter(state=SettingStates.PROPOSED).order_by("pk")


def first_day(spec: SettingSpec) -> date:
    """The earliest day a change approved today may take effect: tomorrow; today for a point that acts on pending claims."""
    return clock.today() if spec.acts_on_pending else clock.today() + timedelta(days=1)


def date_faults(spec: SettingSpec, effective_from: date) -> Iterator[Refusal]:
    """Why a change may not take effect on a day."""
    first = first_day(spec)
    if effective_from < first:
        yield Refusal(
            f"生效日期最早是{first.year}年{first.month}月{first.day}日：申报按首次提交时的口径计算，不能倒签。",
            code="too_early",
            field="effective_from",
        )


def late_faults(content: engine.Policy, spec: SettingSpec, effective_from: date) -> Iterator[Refusal]:
    """Why a change would reach no claim: a point read at the first filing takes effect while claims can be filed."""
    last = content.filing.last
    if not spec.acts_on_pending and effective_from > last:
        yield Refusal(
            f"生效日期最晚是{chinese_day(last)}：申报到这一天截止，以后没有申报适用新的口径。",
            code="too_late",
            field="effective_from",
        )


def covered_items(change: SettingChange) -> list[str]:
    """The items a change is about, in the policy's order."""
    content = pack(change.policy)
    among = set(change.items or content.settings[change.setting].items)
    return [code for code in content.items if code in among]


def clash_faults(change: SettingChange) -> Iterator[Refusal]:
    """Items for which the point already has an approved value from the same day on."""
    taken = SettingScope.objects.filter(
        item__policy=change.policy,
        item__code__in=covered_items(change),
        setting=change.setting,
        effective_from=change.effective_from,
    ).select_related("item", "change")
    content = pack(change.policy)
    by_document: dict[str, list[str]] = {}
    for scope in taken.order_by("item__ordinal"):
        place = content.item(scope.item.code).place
        by_document.setdefault(scope.change.document_number, []).append(place)
    for document, places in by_document.items():
        yield Refusal(
            f"{document}已经规定了同一天生效的{change.setting}（{'、'.join(places)}），请改生效日期或适用事项。",
            code="already_done",
            field="effective_from",
        )


def _changes() -> QuerySet[SettingChange]:
    return SettingChange.objects.select_related("policy", "proposed_by", "decided_by", "withdrawn_by")


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
        for content in (pack(row) for row in loaded_policies())
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
        "settings": {
            name: outside(policy.settings[name], value)
            for name, value in {**asked.in_force, **asked.settings}.items()
        },
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
