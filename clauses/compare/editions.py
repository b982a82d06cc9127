"""Two editions side by side: their order, and their clauses and items in pairs."""

from collections.abc import Iterator, Sequence
from typing import Any

from clauses import wordwise
from clauses.compare.findings import findings
from clauses.compare.general import general_pairs
from clauses.compare.items import item_changes
from clauses.compare.law import likeness, text_of
from clauses.compare.records import Change, ClausePair, Comparison, ItemPair
from clauses.compare.units import unit_changes
from clauses.engine.policy import Item, Policy


def in_order(one: Policy, other: Policy) -> tuple[Policy, Policy]:
    """The earlier edition first: a draft before what it became, else by the day of issue."""

    def rank(policy: Policy) -> tuple[bool, Any]:
        return (policy.status != "draft", policy.issued_on)

    return (one, other) if rank(one) <= rank(other) else (other, one)


def compare(before: Policy, after: Policy) -> Comparison:
    """Every difference between two editions, clause by clause, with a summary made of them."""
    pairs = list(_paired(before, after))
    clauses = tuple(_clauses(before, after, pairs))
    general = tuple(general_pairs(before, after))
    return Comparison(before, after, clauses, general, tuple(findings(before, after, clauses, general)))


def _paired(before: Policy, after: Policy) -> Iterator[tuple[Item | None, Item | None]]:
    """Items by id; what is left over by the likeness of its sentence within the same clause."""
    left = {code: item for code, item in before.items.items() if code not in after.items}
    for item in after.items.values():
        twin = before.items.get(item.id)
        if twin is None:
            likely = [one for one in left.values() if one.clause == item.clause]
            best = max(likely, key=lambda one: likeness(one.sentence, item.sentence), default=None)
            if best is not None and likeness(best.sentence, item.sentence) >= 0.5:
                twin = left.pop(best.id)
        yield twin, item
    for item in left.values():
        yield item, None


def _clauses(
    before: Policy, after: Policy, pairs: Sequence[tuple[Item | None, Item | None]]
) -> Iterator[ClausePair]:
    names = {
        name
        for policy in (before, after)
        for unit in policy.units.values()
        for name in (unit.name, *unit.other_names)
    }
    numbers = [*after.clauses, *(number for number in before.clauses if number not in after.clauses)]
    for number in numbers:
        old, new = before.clauses.get(number), after.clauses.get(number)
        items = tuple(
            ItemPair(one, other, tuple(item_changes(before, after, one, other)))
            for one, other in pairs
            if (other or one).clause == number  # type: ignore[union-attr]
        )
        changes: list[Change] = []
        if old is None or new is None:
            code = "clause_added" if old is None else "clause_removed"
            what = "新增了这一条。" if old is None else "这一条没有了。"
            changes.append(Change("clause", code, old.title if old else "", new.title if new else "", what))
        else:
            changes += unit_changes(before, after, number)
        words = wordwise.spans(text_of(before, number), text_of(after, number), names)
        yield ClausePair(old, new, items, tuple(changes), tuple(words))
