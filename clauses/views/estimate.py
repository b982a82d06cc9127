"""One question to the calculator, and the same question at other figures: where the limit is, and the curve."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from clauses import selectors
from clauses.engine import ClaimFacts, Verdict, assess
from clauses.engine.batch import awards
from clauses.engine.figures import Amount
from clauses.engine.money import MOST_YUAN
from clauses.engine.policy import Item, Policy
from clauses.engine.rules import BaseOfCosts, Capped, asked, walk
from clauses.inputs import InputErrors, Reader
from clauses.services.calculation import with_documents
from portal.kernel import clock
from portal.kernel.money import format_wan, format_yuan

MOST_FEN = MOST_YUAN * 100
FINENESS = 128
BASE = "base"


def said(fen: int) -> str:
    """5,000万元 where that is short and exact, else 16,666,666.67元."""
    amount = Decimal(fen).scaleb(-2)
    return f"{format_wan(amount)}万元" if fen % 10_000 == 0 else f"{format_yuan(amount)}元"


@dataclass(frozen=True, slots=True)
class Point:
    """What a base is worth, in fen: without the outermost cap, and as paid."""

    base: int
    computed: int
    amount: int


@dataclass(frozen=True, slots=True)
class Limit:
    """The least base from which more adds nothing; `is_cap` when it is the cap that stops it."""

    base: int
    amount: int
    is_cap: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """The figure that the curve runs along: the base, or the first amount the rule asks for."""

    key: str
    label: str


class Estimate:
    """Every figure here is the engine's; nothing is worked out beside it.

    InputErrors from the constructor name what is wrong with the claim.
    """

    def __init__(
        self, policy: Policy, item: Item, claim: dict[str, Any], filed_at: datetime | None = None
    ) -> None:
        self.policy = policy
        self.item = item
        reader = Reader()
        moment = (filed_at or clock.now()).isoformat()
        read = reader.claim(policy, {**claim, "filed_at": moment}, "", None, selectors.settings_source())
        if read is None:
            raise InputErrors(reader.errors)
        self.facts: ClaimFacts = read
        self.verdict: Verdict = assess(policy, read)
        self.answer = with_documents(self.verdict.to_json(), reader.documents)

    @property
    def missing(self) -> tuple[str, ...]:
        return self.verdict.missing

    @cached_property
    def axis(self) -> Axis | None:
        """None where no single amount moves the award."""
        rule = self.item.rule
        if rule is None:
            return None
        if any(isinstance(node, BaseOfCosts) for node in walk(rule)):
            return Axis(BASE, self.item.base_label or "核定基数") if self.item.takes_costs else None
        for ask in asked(rule).values():
            spec = self.item.fact(ask.fact)
            if spec is not None and spec.type == "money" and not ask.optional:
                return Axis(ask.fact, spec.label)
        return None

    @property
    def base(self) -> int | None:
        """Where the visitor stands on the axis, in fen."""
        if self.axis is None:
            return None
        if self.axis.key == BASE:
            return self.verdict.base
        found = self.facts.facts.get(self.axis.key)
        return found if isinstance(found, int) else None

    @property
    def label(self) -> str:
        return self.axis.label if self.axis else ""

    @property
    def amount(self) -> Decimal | None:
        found = self.verdict.amount
        return None if found is None else Decimal(found).scaleb(-2)

    @cached_property
    def settings(self) -> dict[str, object]:
        return {one.id: one.value for one in self.verdict.settings}

    def amounts(self, bases: list[int], *, uncapped: bool = False) -> list[int] | None:
        """Awards at `bases`, all at once; None for a rule that a column of bases does not decide."""
        rule = self.item.rule
        if self.axis is None or rule is None:
            return None
        item = self.item
        if uncapped:
            item = replace(item, rule=rule.of) if isinstance(rule, Capped) else item
        columns: dict[str, Any] = {
            key: [value] * len(bases) for key, value in self.facts.facts.items() if key != self.axis.key
        }
        columns[self.axis.key] = bases
        try:
            return awards(self.policy, item, columns, self.settings)
        except (ValueError, TypeError, ZeroDivisionError):
            return None

    @property
    def corners(self) -> list[int]:
        """Bases where the curve may bend or jump: the amounts the rule names, and the fen before each."""
        rule = self.item.rule
        named = {
            figure.fen
            for node in (walk(rule) if rule else ())
            for figure in node.figures()
            if isinstance(figure, Amount)
        }
        return sorted({corner for fen in named for corner in (fen - 1, fen, fen + 1) if corner >= 0})

    def points(self, bases: Iterable[int]) -> list[Point]:
        """The curve at `bases`, in rising order; empty where there is none."""
        wanted = sorted(set(bases))
        paid, computed = self.amounts(wanted), self.amounts(wanted, uncapped=True)
        if paid is None or computed is None:
            return []
        return [Point(*one) for one in zip(wanted, computed, paid, strict=True)]

    @cached_property
    def limit(self) -> Limit | None:
        """Narrow the bases, many at a time, until the first from which the award stays at its last value is left."""
        if self.axis is None or self.base is None or not self._top_codes & {"cap_applied", "lesser_taken"}:
            return None
        low, high = -1, MOST_FEN
        last = self.amounts([MOST_FEN])
        while last is not None and high - low > 1:
            step = max(1, (high - low) // FINENESS)
            bases = [*range(low + 1, high, step), high]
            found = self.amounts(bases)
            if found is None:
                return None
            below = [number for number, amount in enumerate(found) if amount != last[0]]
            if below:
                low, high = bases[below[-1]], bases[below[-1] + 1]
            else:
                high = bases[0]
                break
        if not last or not last[0]:
            return None
        return Limit(high, last[0], "cap_applied" in self._top_codes)

    @cached_property
    def _top(self) -> Verdict | None:
        """The same question at the greatest figure on the axis."""
        if self.axis is None:
            return None
        top = replace(self.facts, base=MOST_FEN, costs=None)
        if self.axis.key != BASE:
            top = replace(self.facts, facts={**self.facts.facts, self.axis.key: MOST_FEN})
        return assess(self.policy, top)

    @property
    def pays(self) -> bool:
        """Whether anything is paid at the visitor's figure or at the greatest."""
        return bool(self.verdict.amount or (self._top and self._top.amount))

    @cached_property
    def _top_codes(self) -> frozenset[str]:
        """Why the award ends where it does at the greatest figure; none when nothing is paid there."""
        top = self._top
        return frozenset(one.code for one in top.reasons) if top and top.amount else frozenset()

    @property
    def noun(self) -> str:
        if self.axis is not None and self.axis.key != BASE:
            return self.axis.label
        return "收入" if self.item.cost_side == "sale" else "投入"

    @property
    def limit_sentence(self) -> str:
        """How far the award can still grow, exact to the fen; empty when nothing limits it."""
        if self.limit is None or self.base is None:
            return ""
        if self.base >= self.limit.base:
            no_more = f"超出{said(self.limit.base)}的{self.noun}不再增加补助。"
            return f"达到上限，{no_more}" if self.limit.is_cap else no_more
        more = said(self.limit.base - self.base)
        return f"再增加{more}可达上限。" if self.limit.is_cap else f"再增加{more}以后，补助不再增加。"
