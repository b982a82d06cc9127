"""One claim worked out exactly, with a trace from which its explanation is told when someone asks."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from clauses.engine.facts import CostLine
from clauses.engine.rules import Node, Test
from clauses.engine.rules.conditions import compares
from clauses.engine.term import months_after

BASE: Final = "base"
COSTS: Final = "costs"
ABSENT: Final = object()
"""An optional fact that is not known: it drops out of choices, sums and deductions."""

Traced = tuple[Node, int | Fraction, tuple[Any, ...], str]
"""A node, its value, what it was worked out from, and the cost it was worked out for, if any."""


class Sheet:
    """Values are whole numbers of fen where they come out whole, else Fractions.

    None means that a fact is missing, and `missing` names it.
    """

    __slots__ = ("_answers", "_base", "_costs", "_facts", "_for_cost", "missing", "trace", "used_base")

    def __init__(
        self, facts: Mapping[str, object], base: int | None, costs: Sequence[CostLine] | None
    ) -> None:
        self._facts = facts
        self._base = base
        self._costs = costs
        self._for_cost = ""
        self._answers: dict[int, tuple[bool | None, Any]] = {}
        self.missing: list[str] = []
        self.trace: list[Traced] = []
        self.used_base = False

    def lack(self, key: str) -> None:
        if key not in self.missing:
            self.missing.append(key)

    def base(self, categories: tuple[str, ...]) -> Any:
        self.used_base = True
        if not categories:
            if self._base is None:
                self.lack(BASE)
            return self._base
        if self._costs is None:
            self.lack(COSTS)
            return None
        return sum(cost.amount for cost in self._costs if cost.category in categories)

    def fact(self, key: str, *, optional: bool = False) -> Any:
        value = self._facts.get(key)
        if value is None:
            if optional:
                return ABSENT
            self.lack(key)
            return None
        return value

    def given(self, key: str) -> bool:
        return bool(self._facts.get(key))

    def constant(self, value: int | Fraction) -> Any:
        return value

    def times(self, value: Any, factor: int | Fraction) -> Any:
        if value is None or value is ABSENT:
            return value
        if type(value) is int:
            whole, rest = divmod(value * factor.numerator, factor.denominator)
            if not rest:
                return whole
        return value * factor

    def product(self, value: Any, factor: Any) -> Any:
        if value is None or factor is None:
            return None
        return value * factor

    def ratio(self, value: Any, to: Any) -> Any:
        if value is None or to is None:
            return None
        return Fraction(value, to) if to else None

    def plus(self, values: list[Any]) -> Any:
        total = 0
        for value in values:
            if value is None:
                return None
            if value is not ABSENT:
                total += value
        return total

    def least(self, values: list[Any]) -> Any:
        found = None
        for value in values:
            if value is None:
                return None
            if value is not ABSENT and (found is None or value < found):
                found = value
        return found

    def greatest(self, values: list[Any]) -> Any:
        found = None
        for value in values:
            if value is None:
                return None
            if value is not ABSENT and (found is None or value > found):
                found = value
        return found

    def excess(self, value: Any, over: Any) -> Any:
        if over is ABSENT:
            return value
        if value is None or over is None:
            return None
        return value - over if value > over else 0

    def whole(self, value: Any) -> Any:
        return None if value is None else value.numerator // value.denominator

    def years(self, first: str, last: str, months: int | None, year_days: int) -> Any:
        start, end = self._facts.get(first), self._facts.get(last)
        for key, day in ((first, start), (last, end)):
            if not isinstance(day, date):
                self.lack(key)
        if not isinstance(start, date) or not isinstance(end, date):
            return None
        return year_share(start, end, months, year_days)

    def compare(self, value: Any, how: str, bound: Any) -> bool | None:
        return None if value is None or bound is None else compares(how, value, bound)

    def equals(self, key: str, values: tuple[object, ...]) -> bool | None:
        known = self._facts.get(key)
        if known is None:
            self.lack(key)
            return None
        return known in values

    def every(self, tests: list[bool | None]) -> bool | None:
        if False in tests:
            return False
        return None if None in tests else True

    def some(self, tests: list[bool | None]) -> bool | None:
        if True in tests:
            return True
        return None if None in tests else False

    def negate(self, test: bool | None) -> bool | None:
        return None if test is None else not test

    def pick(self, tests: list[bool | None], nodes: list[Node | None]) -> Any:
        """The node of the first test that holds, nothing when none does; only that node is worked out."""
        for test, node in zip(tests, nodes, strict=True):
            if test is None:
                return None
            if test:
                return 0 if node is None else node.value(self)
        return 0

    def select(self, test: bool | None, value: Any, other: Any) -> Any:
        if test is None:
            return None
        return value if test else other

    def witness(self, test: Test, holds: bool | None, value: Any) -> bool | None:
        """Keep what a question was answered by, for the words."""
        self._answers[id(test)] = (holds, value)
        return holds

    def answer(self, test: Test) -> tuple[bool | None, Any] | None:
        return self._answers.get(id(test))

    def each_cost(self, node: Node) -> list[Any] | None:
        self.used_base = True
        if self._costs is None:
            self.lack(COSTS)
            return None
        whole, costs, found = self._base, self._costs, []
        for cost in costs:
            self._base, self._costs, self._for_cost = cost.amount, (cost,), cost.id
            found.append(node.value(self))
        self._base, self._costs, self._for_cost = whole, costs, ""
        return found

    def note(self, node: Node, value: Any, *operands: Any) -> Any:
        if value is not None and value is not ABSENT and node.money:
            self.trace.append((node, value, operands, self._for_cost))
        return value


def year_share(first: date, last: date, months: int | None, year_days: int) -> Fraction:
    """Years between two days, the first in and the last out, at most `months` months, in years of `year_days` days."""
    if months is not None:
        last = min(last, months_after(first, months))
    return Fraction(max(0, (last - first).days), year_days)
