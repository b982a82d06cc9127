"""Numbers of the official text as the rules hold them: the value, how the text spells it, and the words around it."""

from dataclasses import dataclass, field
from fractions import Fraction

from clauses.engine.money import Rate, decimal_text, ends, grouped


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money, in fen. `quote` is the sentence it stands in where that is not the item's own."""

    fen: int
    literal: str
    words: str
    quote: str = ""

    @property
    def value(self) -> int:
        return self.fen

    @property
    def text(self) -> str:
        return f"{grouped(self.fen)}元"


@dataclass(frozen=True, slots=True)
class Share:
    """A rate of the text, above 0 and at most 1."""

    rate: Rate
    literal: str
    words: str
    quote: str = ""
    value: Fraction = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", self.rate.fraction)

    @property
    def text(self) -> str:
        return self.rate.percent


@dataclass(frozen=True, slots=True)
class Number:
    """A count, a span, a coefficient or a ratio of the text: 10家, 12个月, 1.2倍, 1:0.5."""

    value: Fraction
    literal: str
    words: str
    quote: str = ""

    @property
    def text(self) -> str:
        return self.literal


Figure = Amount | Share | Number


def plain_number(value: Fraction) -> str:
    """A number that is not money, with every decimal it has; a pair when its decimals never end."""
    return decimal_text(value) if ends(value) else f"{value.numerator}/{value.denominator}"


def percent(value: Fraction) -> str:
    """A share as a sentence says it; one whose decimals never end is cut to two and marked."""
    scaled = value * 100
    if ends(scaled):
        return f"{decimal_text(scaled)}%"
    return f"约{decimal_text(Fraction(scaled * 100 // 1, 100))}%"
