"""What every part of a rule can do: be worked out on a sheet, and tell its step in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from clauses.engine.figures import Figure

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Ask:
    """A fact that a rule reads. `optional` ones are taken as absent until they are known."""

    fact: str
    optional: bool = False


class Sheet(Protocol):
    """What a rule is worked out on: one claim with its explanation, or whole columns of claims.

    A value is exact. On the sheet of one claim it is None while a fact is missing.
    """

    def base(self, categories: tuple[str, ...]) -> Any: ...

    def fact(self, key: str, *, optional: bool = False) -> Any: ...

    def constant(self, value: int | Fraction) -> Any: ...

    def times(self, value: Any, factor: int | Fraction) -> Any: ...

    def product(self, value: Any, factor: Any) -> Any: ...

    def ratio(self, value: Any, to: Any) -> Any: ...

    def plus(self, values: list[Any]) -> Any: ...

    def least(self, values: list[Any]) -> Any: ...

    def greatest(self, values: list[Any]) -> Any: ...

    def excess(self, value: Any, over: Any) -> Any: ...

    def whole(self, value: Any) -> Any: ...

    def years(self, first: str, last: str, months: int | None, year_days: int) -> Any: ...

    def compare(self, value: Any, how: str, bound: Any) -> Any: ...

    def equals(self, key: str, values: tuple[object, ...]) -> Any: ...

    def every(self, tests: list[Any]) -> Any: ...

    def some(self, tests: list[Any]) -> Any: ...

    def negate(self, test: Any) -> Any: ...

    def given(self, key: str) -> Any: ...

    def pick(self, tests: list[Any], nodes: list["Node | None"]) -> Any: ...

    def select(self, test: Any, value: Any, other: Any) -> Any: ...

    def witness(self, test: Any, holds: Any, value: Any) -> Any: ...

    def answer(self, test: Any) -> Any: ...

    def each_cost(self, node: "Node") -> Any: ...

    def note(self, node: "Node", value: Any, *operands: Any) -> Any: ...


class Teller(Protocol):
    """Who a node tells its step and its reasons to."""

    base_label: str
    base_why: str

    def label(self, key: str) -> str: ...

    def said(self, key: str) -> str: ...

    def unit(self, node: "Node") -> str: ...

    def step(
        self,
        label: str,
        why: str,
        formula: str,
        value: int | Fraction,
        operation: str,
        operands: tuple[int | Fraction, ...],
        setting: str | None = None,
        quote: str = "",
    ) -> None: ...

    def reason(self, code: str, text: str, setting: str | None = None, quote: str = "") -> None: ...


class Node:
    """A rule or a part of one. Money is in fen; a node that is not `money` yields a plain number."""

    __slots__ = ()
    money: ClassVar[bool] = True

    def value(self, sheet: Sheet) -> Any:
        """The exact value, noted on the sheet."""
        raise NotImplementedError

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        """The step of one evaluation, and the reasons it gives."""
        raise NotImplementedError

    def title(self, teller: Teller) -> str:
        """What the value is called when another step speaks of it."""
        raise NotImplementedError

    def parts(self) -> tuple["Node", ...]:
        return ()

    def asks(self) -> tuple[Ask, ...]:
        """The facts this node itself reads."""
        return ()

    def figures(self) -> tuple[Figure, ...]:
        """The numbers of the text that this node itself holds."""
        return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it, top first."""
    yield node
    for part in node.parts():
        yield from walk(part)


def asked(node: Node) -> dict[str, Ask]:
    """Every fact a rule reads, in the order of the tree; one that any part needs is not optional."""
    found: dict[str, Ask] = {}
    for part in walk(node):
        for ask in part.asks():
            if ask.fact not in found or (found[ask.fact].optional and not ask.optional):
                found[ask.fact] = ask
    return found
