"""Yes-or-no questions inside a rule, three-valued: yes, no, or not known yet.

以上、以下、以内 include the number itself; 超过、不满、以外 do not (民法典第一千二百五十九条).
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from clauses.engine.figures import Figure, Share, percent, plain_number
from clauses.engine.money import spoken
from clauses.engine.rules.node import Ask, Node, Sheet, Teller

COMPARISONS = {"at_least": "不低于", "more_than": "超过", "at_most": "不超过", "less_than": "低于"}
DENIED = {"at_least": "低于", "more_than": "没有超过", "at_most": "超过", "less_than": "不低于"}


def compares(how: str, value: int | Fraction, bound: int | Fraction) -> bool:
    """KeyError for a comparison that does not exist."""
    return {
        "at_least": value >= bound,
        "more_than": value > bound,
        "at_most": value <= bound,
        "less_than": value < bound,
    }[how]


class Test:
    """A question a rule asks of the facts."""

    __slots__ = ()
    __test__: ClassVar[bool] = False

    def holds(self, sheet: Sheet) -> Any:
        raise NotImplementedError

    def leaves(self) -> tuple["Test", ...]:
        """The questions that are asked of a fact or a measure themselves."""
        return (self,)

    def told(self, teller: Teller, holds: bool, value: Any) -> str:
        """A leaf with its answer: 年培训人数99人，不符合“不少于100人”."""
        raise NotImplementedError

    def measures(self) -> tuple[Node, ...]:
        return ()

    def asks(self) -> tuple[Ask, ...]:
        return ()

    def figures(self) -> tuple[Figure, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Compare(Test):
    """A measure against a number of the text or against another measure."""

    how: str
    of: Node
    bound: Figure | Node

    def holds(self, sheet: Sheet) -> Any:
        value = self.of.value(sheet)
        bound = self.bound.value(sheet) if isinstance(self.bound, Node) else sheet.constant(self.bound.value)
        return sheet.witness(self, sheet.compare(value, self.how, bound), (value, bound))

    def told(self, teller: Teller, holds: bool, value: Any) -> str:
        mine, bound = (Fraction(one) for one in value)
        shown = percent(mine) if isinstance(self.bound, Share) else measured(self.of, mine)
        start = f"{self.of.title(teller)}{shown}{teller.unit(self.of)}"
        if isinstance(self.bound, Node):
            word = (COMPARISONS if holds else DENIED)[self.how]
            return f"{start}，{word}{self.bound.title(teller)}{measured(self.bound, bound)}"
        return f"{start}，{'符合' if holds else '不符合'}“{self.bound.words}”"

    def measures(self) -> tuple[Node, ...]:
        return (self.of, self.bound) if isinstance(self.bound, Node) else (self.of,)

    def figures(self) -> tuple[Figure, ...]:
        return () if isinstance(self.bound, Node) else (self.bound,)


@dataclass(frozen=True, slots=True)
class Is(Test):
    """A fact has one of some values."""

    fact: str
    values: tuple[object, ...]
    said: str

    def holds(self, sheet: Sheet) -> Any:
        return sheet.witness(self, sheet.equals(self.fact, self.values), None)

    def told(self, teller: Teller, holds: bool, value: Any) -> str:
        return f"{teller.label(self.fact)}：{teller.said(self.fact)}，{'属于' if holds else '不属于'}“{self.said}”"

    def asks(self) -> tuple[Ask, ...]:
        return (Ask(self.fact),)


@dataclass(frozen=True, slots=True)
class Every(Test):
    """All of several questions."""

    of: tuple[Test, ...]

    def holds(self, sheet: Sheet) -> Any:
        return sheet.every([test.holds(sheet) for test in self.of])

    def leaves(self) -> tuple[Test, ...]:
        return tuple(leaf for test in self.of for leaf in test.leaves())

    def measures(self) -> tuple[Node, ...]:
        return tuple(node for test in self.of for node in test.measures())

    def asks(self) -> tuple[Ask, ...]:
        return tuple(ask for test in self.of for ask in test.asks())

    def figures(self) -> tuple[Figure, ...]:
        return tuple(figure for test in self.of for figure in test.figures())


@dataclass(frozen=True, slots=True)
class Some(Every):
    """At least one of several questions."""

    def holds(self, sheet: Sheet) -> Any:
        return sheet.some([test.holds(sheet) for test in self.of])


@dataclass(frozen=True, slots=True)
class Not(Test):
    """The opposite of a question."""

    of: Test

    def holds(self, sheet: Sheet) -> Any:
        return sheet.negate(self.of.holds(sheet))

    def leaves(self) -> tuple[Test, ...]:
        return self.of.leaves()

    def measures(self) -> tuple[Node, ...]:
        return self.of.measures()

    def asks(self) -> tuple[Ask, ...]:
        return self.of.asks()

    def figures(self) -> tuple[Figure, ...]:
        return self.of.figures()


def measured(node: Node, value: Fraction) -> str:
    """A measured value as sentences say it."""
    return f"{spoken(value)}元" if node.money else plain_number(value)
