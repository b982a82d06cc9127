"""Many plain claims at once: exact integer columns, no explanation.

`awards` agrees to the fen with `assess` on claims that are in term and meet their conditions. Each step of a rule is one pass over
a column of integers over one denominator that the rule fixes, so nothing is rounded before the end. A fact that is not a whole
number (a rate, a quotient) makes its column one of Fractions, exact as well and slower.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from clauses.engine.money import ROUNDING_UNITS
from clauses.engine.policy import Item, Policy
from clauses.engine.rules import Node, Test
from clauses.engine.rules.conditions import compares
from clauses.engine.sheet import BASE, year_share

Cells = list[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """Exact values: each cell over `denominator`. A constant holds one cell for all rows."""

    cells: Cells
    denominator: int
    constant: bool = False

    def over(self, denominator: int) -> Cells:
        """The cells over a multiple of the denominator."""
        by = denominator // self.denominator
        return self.cells if by == 1 else [cell * by for cell in self.cells]


class Columns:
    """The sheet of many claims. ValueError when a fact that the rule needs is not given for every row."""

    __slots__ = ("_columns", "_size")

    def __init__(self, columns: Mapping[str, Sequence[Any]], size: int) -> None:
        self._columns = columns
        self._size = size

    def _cells(self, key: str) -> Sequence[Any]:
        cells = self._columns.get(key)
        if cells is None or None in cells:
            raise ValueError(key)
        return cells

    def base(self, categories: tuple[str, ...]) -> Column:
        if not categories:
            return Column(list(self._cells(BASE)), 1)
        columns = [self._cells(f"{BASE}.{name}") for name in categories if f"{BASE}.{name}" in self._columns]
        return Column([sum(row) for row in zip(*columns, strict=True)] if columns else [0] * self._size, 1)

    def fact(self, key: str, *, optional: bool = False) -> Column | None:
        if optional and key not in self._columns:
            return None
        return Column(list(self._cells(key)), 1)

    def given(self, key: str) -> list[bool]:
        cells = self._columns.get(key)
        return [False] * self._size if cells is None else [bool(cell) for cell in cells]

    def constant(self, value: int | Fraction) -> Column:
        return Column([value.numerator], value.denominator, constant=True)

    def _full(self, column: Column, denominator: int) -> Cells:
        cells = column.over(denominator)
        return cells * self._size if column.constant else cells

    def times(self, value: Column, factor: int | Fraction) -> Column:
        number = factor.numerator
        cells = value.cells if number == 1 else [cell * number for cell in value.cells]
        return Column(cells, value.denominator * factor.denominator, value.constant)

    def product(self, value: Column, factor: Column) -> Column:
        denominator = value.denominator * factor.denominator
        if factor.constant:
            (number,) = factor.cells
            return Column([cell * number for cell in value.cells], denominator, value.constant)
        pairs = zip(self._full(value, value.denominator), factor.cells, strict=True)
        return Column([cell * by for cell, by in pairs], denominator)

    def ratio(self, value: Column, to: Column) -> Column:
        cells = zip(self._full(value, value.denominator), self._full(to, to.denominator), strict=True)
        found = [
            Fraction(cell * to.denominator, by * value.denominator) if by else None for cell, by in cells
        ]
        if None in found:
            raise ValueError("0")
        return Column(found, 1)

    def _common(self, values: list[Column | None]) -> tuple[list[Column], int]:
        known = [value for value in values if value is not None]
        denominator = max(value.denominator for value in known)
        if any(denominator % value.denominator for value in known):
            for value in known:
                if denominator % value.denominator:
                    denominator *= value.denominator
        return known, denominator

    def plus(self, values: list[Column | None]) -> Column:
        known, denominator = self._common(values)
        columns = [self._full(value, denominator) for value in known]
        return Column([sum(row) for row in zip(*columns, strict=True)], denominator)

    def least(self, values: list[Column | None]) -> Column:
        known, denominator = self._common(values)
        first, *others = known
        if len(others) == 1 and others[0].constant and not first.constant:
            (limit,) = others[0].over(denominator)
            return Column([limit if cell > limit else cell for cell in first.over(denominator)], denominator)
        columns = [self._full(value, denominator) for value in known]
        return Column([min(row) for row in zip(*columns, strict=True)], denominator)

    def greatest(self, values: list[Column | None]) -> Column:
        known, denominator = self._common(values)
        columns = [self._full(value, denominator) for value in known]
        return Column([max(row) for row in zip(*columns, strict=True)], denominator)

    def excess(self, value: Column, over: Column | None) -> Column:
        if over is None:
            return value
        (value, over), denominator = self._common([value, over])
        if over.constant and not value.constant:
            (limit,) = over.over(denominator)
            cells = [cell - limit if cell > limit else 0 for cell in value.over(denominator)]
            return Column(cells, denominator)
        rows = zip(self._full(value, denominator), self._full(over, denominator), strict=True)
        return Column([cell - by if cell > by else 0 for cell, by in rows], denominator)

    def whole(self, value: Column) -> Column:
        denominator = value.denominator
        return Column([cell // denominator for cell in value.cells], 1, value.constant)

    def years(self, first: str, last: str, months: int | None, year_days: int) -> Column:
        rows = zip(self._cells(first), self._cells(last), strict=True)
        return Column([year_share(start, end, months, year_days) for start, end in rows], 1)

    def compare(self, value: Column, how: str, bound: Column) -> list[bool]:
        (value, bound), denominator = self._common([value, bound])
        rows = zip(self._full(value, denominator), self._full(bound, denominator), strict=True)
        return [compares(how, cell, limit) for cell, limit in rows]

    def equals(self, key: str, values: tuple[object, ...]) -> list[bool]:
        return [cell in values for cell in self._cells(key)]

    def every(self, tests: list[list[bool]]) -> list[bool]:
        return [all(row) for row in zip(*tests, strict=True)] if tests else [True] * self._size

    def some(self, tests: list[list[bool]]) -> list[bool]:
        return [any(row) for row in zip(*tests, strict=True)]

    def negate(self, test: list[bool]) -> list[bool]:
        return [not cell for cell in test]

    def pick(self, tests: list[list[bool]], nodes: list[Node | None]) -> Column:
        """Each node is worked out on the rows whose first true test it belongs to."""
        found: Cells = [0] * self._size
        left = list(range(self._size))
        for test, node in zip(tests, nodes, strict=True):
            rows = [row for row in left if test[row]]
            left = [row for row in left if not test[row]]
            if node is None or not rows:
                continue
            column = node.value(self._only(rows))
            cells = column.cells * len(rows) if column.constant else column.cells
            for row, cell in zip(rows, cells, strict=True):
                found[row] = Fraction(cell, column.denominator)
        return Column(found, 1)

    def select(self, test: list[bool], value: Column, other: Column) -> Column:
        (value, other), denominator = self._common([value, other])
        rows = zip(test, self._full(value, denominator), self._full(other, denominator), strict=True)
        return Column([cell if holds else rest for holds, cell, rest in rows], denominator)

    def _only(self, rows: Sequence[int]) -> "Columns":
        kept = {key: [cells[row] for row in rows] for key, cells in self._columns.items()}
        return Columns(kept, len(rows))

    def witness(self, test: Test, holds: list[bool], value: Any) -> list[bool]:
        return holds

    def answer(self, test: Test) -> None:
        return None

    def each_cost(self, node: Node) -> Any:
        raise ValueError("costs")

    def note(self, node: Node, value: Any, *operands: Any) -> Any:
        return value


def awards(
    policy: Policy,
    item: Item,
    columns: Mapping[str, Sequence[int | Fraction | str | bool | date]],
    settings: Mapping[str, object] | None = None,
) -> list[int]:
    """Amounts in fen, in the order of the rows, rounded and floored as `assess` does.

    `columns` holds `base` and the facts that the rule reads, each a value a row: fen for money, whole numbers for counts. `settings`
    are points other than the pack's defaults. ValueError names a column that is missing or has a gap, and is raised for an item
    without a rule and for rules that go cost by cost.
    """
    if item.rule is None:
        raise ValueError(item.id)
    values = policy.defaults() | dict(settings or {})
    size = len(next(iter(columns.values()), ()))
    value = item.rule.value(Columns(columns, size))
    unit = ROUNDING_UNITS[str(values[policy.rounding_setting])]
    cells = value.cells * size if value.constant else value.cells
    whole = value.denominator * unit
    amounts = [cell // whole * unit for cell in cells]
    least = values[policy.smallest_setting] if policy.smallest_setting else 0
    if isinstance(least, int) and least:
        amounts = [amount if amount >= least else 0 for amount in amounts]
    return amounts
