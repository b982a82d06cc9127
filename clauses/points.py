"""Which value of a point of the detailed rules holds when, for which item, and by which document."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from clauses.engine.money import fen_from_yuan, yuan
from clauses.engine.policy import Policy, SettingSpec
from clauses.engine.term import local


@dataclass(frozen=True, slots=True)
class InForce:
    """A value that staff have set; money in fen. Empty `items` means every item of the point."""

    setting: str
    value: object
    effective_from: date
    document_number: str
    items: frozenset[str] = frozenset()

    def covers(self, item: str) -> bool:
        return not self.items or item in self.items

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
    """Every value that staff have set for a policy. Of several that cover an item, the last to take effect holds."""

    def __init__(self, policy: Policy, entries: Iterable[InForce]) -> None:
        self.policy = policy
        self.entries: dict[str, list[InForce]] = {}
        for entry in sorted(entries, key=lambda one: one.effective_from):
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
            day = today if spec.acts_on_pending else filed_on
            for entry in entries:
                if entry.effective_from <= day and entry.covers(item):
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
