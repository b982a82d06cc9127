"""Which value of a point of the detailed rules holds when, for which item, and by which document."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from clauses.engine.money import fen_from_yuan, yuan
from clauses.engine.policy import Policy, SettingSpec
from clauses.engine.term import local


class Dated(Protocol):
    """A value that staff have set, in whatever form it is at hand."""

    @property
    def effective_from(self) -> date: ...

    def covers(self, item: str) -> bool: ...


Set = TypeVar("Set", bound=Dated)


def covers(items: Collection[str], item: str) -> bool:
    """Whether a value limited to `items` is about an item; without a limit it is about every item of its point."""
    return not items or item in items


def holding(values: Iterable[Set], item: str, day: date) -> Set | None:
    """Of the values of one point, the one that holds for an item on a day: the last to take effect of those about it.

    Of two from the same day the later in `values` holds.
    """
    found: Set | None = None
    for value in values:
        held_before = found is not None and value.effective_from < found.effective_from
        if value.effective_from <= day and value.covers(item) and not held_before:
            found = value
    return found


@dataclass(frozen=True, slots=True)
class InForce:
    """A value that staff have set; money in fen. Empty `items` means every item of the point."""

    setting: str
    value: object
    effective_from: date
    document_number: str
    items: frozenset[str] = frozenset()

    def covers(self, item: str) -> bool:
        return covers(self.items, item)

    @property
    def source(self) -> dict[str, str]:
        """What a decision keeps beside the value."""
        return {
            "document_number": self.document_number,
            "effective_from": self.effective_from.isoformat(),
        }


Source = Callable[[str, str, datetime], Mapping[str, InForce]]
"""The values in force for (policy id, item id, filing time)."""


class Book:
    """Every value that staff have set for a policy, in the order they were set."""

    def __init__(self, policy: Policy, entries: Iterable[InForce]) -> None:
        self.policy = policy
        self.entries: dict[str, list[InForce]] = {}
        for entry in entries:
            if entry.setting in policy.settings:
                self.entries.setdefault(entry.setting, []).append(entry)

    def with_entry(self, entry: InForce) -> "Book":
        """The book as it would read with one more value."""
        return Book(self.policy, [*(one for kept in self.entries.values() for one in kept), entry])

    def at(self, item: str, filed_at: datetime, now: datetime | None = None) -> dict[str, InForce]:
        """Values for a claim first filed at `filed_at`; a point that acts on pending claims is read at `now`."""
        filed_on = local(filed_at).date()
        today = max(filed_on, local(now).date()) if now else filed_on
        found = {}
        for name, entries in self.entries.items():
            spec = self.policy.settings[name]
            if item not in spec.items:
                continue
            entry = holding(entries, item, today if spec.acts_on_pending else filed_on)
            if entry is not None:
                found[name] = entry
        return found

    def values(self, item: str, filed_at: datetime, now: datetime | None = None) -> dict[str, object]:
        return {name: entry.value for name, entry in self.at(item, filed_at, now).items()}


def inside(spec: SettingSpec, value: Any) -> object:
    """A value as stored, as the engine reads it: money in fen."""
    return fen_from_yuan(value) if spec.type == "money" and isinstance(value, str) else value


def outside(spec: SettingSpec, value: object) -> object:
    """The engine's value as the interfaces write it: money in yuan with two decimals."""
    return yuan(value) if spec.type == "money" and isinstance(value, int) else value
