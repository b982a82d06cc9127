"""What a claim says: its filing time, its facts and its costs. Money is in fen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class CostLine:
    """One cost. `flags` holds the yes-or-no marks its item asks for; an absent date or mark is not known."""

    id: str
    amount: int
    category: str | None = None
    contract_date: date | None = None
    invoice_date: date | None = None
    paid_date: date | None = None
    service_from: date | None = None
    service_to: date | None = None
    expense_date: date | None = None
    event_date: date | None = None
    held_elsewhere: bool = False
    flags: Mapping[str, bool] = field(default_factory=dict)

    def date(self, name: str) -> date | None:
        found = getattr(self, name)
        return found if isinstance(found, date) else None

    def with_amount(self, amount: int) -> "CostLine":
        """The same cost at its verified amount."""
        return replace(self, amount=amount)


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A claim for one item. Either `costs` or a verified `base`; `settings` overrides, `in_force` is what staff have set.

    `facts` holds fen for money, `date`, `bool`, `int` for years and text for the rest, by key of the item's facts.
    """

    id: str
    item: str
    filed_at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)
    costs: tuple[CostLine, ...] | None = None
    base: int | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    in_force: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.costs is not None and self.base is not None:
            raise ValueError("a claim has costs or a verified base, not both")
        if (self.base is not None and self.base < 0) or any(cost.amount < 0 for cost in self.costs or ()):
            raise ValueError("amounts are not negative")
