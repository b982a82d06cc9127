"""How values are written in a pack: days, money, shares, numbers, names, and the figures of the text."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PlainSerializer, Tag

from clauses.engine import figures, literals
from clauses.engine.money import Rate, fen_from_yuan

DECIMAL = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the nodes of one item may refer to: the types of its facts, and its quotes besides the first."""

    facts: Mapping[str, str]
    more_quotes: tuple[str, ...] = ()

    def quote(self, words: str) -> str:
        """The further quote that some words stand in; empty when they stand in the item's own."""
        return next((quote for quote in self.more_quotes if words in quote), "")


def fen(value: object) -> int:
    """Whole yuan, or a text with its unit: 1000万元, 3000元, 0.5亿元."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value * 100
    if isinstance(value, str):
        for read in (literals.money, fen_from_yuan):
            with suppress(ValueError):
                return read(value)
    raise ValueError(f"金额{value!r}不能识别，单位只能是元、万元、亿元")


def share(value: object) -> Rate:
    """A rate as text between 0 and 1: "0.20", or a pair that never ends: "1/3"."""
    if isinstance(value, Rate):
        return value
    try:
        rate = Rate.parse(value) if isinstance(value, str) else None
    except ValueError:
        rate = None
    if rate is None or rate.numerator == 0:
        raise ValueError(f'比例{value!r}应是0到1之间的小数，写成文字，如"0.20"')
    return rate


def exact(value: object) -> Fraction:
    """A number above nothing: a whole one, or decimals as text: 10, "1.2"."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return Fraction(value)
    if isinstance(value, str) and DECIMAL.fullmatch(value) and Fraction(value) > 0:
        return Fraction(value)
    raise ValueError(f'数字{value!r}应是大于0的整数，或写成文字的小数，如"1.2"')


def iso_day(value: object) -> object:
    """A date written as 2022-08-24; ValueError for any other spelling."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("日期要写成2022-08-24的形式")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"没有{value}这一天") from None


Fen = Annotated[int, BeforeValidator(fen, json_schema_input_type=int | str)]
Share = Annotated[Rate, BeforeValidator(share, json_schema_input_type=str)]
Exact = Annotated[
    Fraction,
    BeforeValidator(exact, json_schema_input_type=int | str),
    PlainSerializer(lambda value: f"{value.numerator}/{value.denominator}"),
]
Name = Annotated[str, Field(min_length=1)]
# As wide as the columns that hold them: a pack that is in order can be loaded.
Title = Annotated[str, Field(min_length=1, max_length=200)]
ShortTitle = Annotated[str, Field(min_length=1, max_length=80)]
DocumentNumber = Annotated[str, Field(min_length=1, max_length=60)]
ClauseNumber = Annotated[str, Field(min_length=1, max_length=10)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Day = Annotated[date, BeforeValidator(iso_day, json_schema_input_type=str)]
PackId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,49}$")]
ItemId = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,9}$")]
SettingValue = str | int | bool


class Part(BaseModel):
    """Everything in a pack: frozen, strict, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class AmountModel(Part):
    """A sum of money of the text."""

    amount: Fen
    literal: Name
    words: Name

    def build(self, scope: Scope) -> figures.Amount:
        return figures.Amount(self.amount, self.literal, self.words, scope.quote(self.words))


class RateModel(Part):
    """A rate of the text."""

    rate: Share
    literal: Name
    words: Name

    def build(self, scope: Scope) -> figures.Share:
        return figures.Share(self.rate, self.literal, self.words, scope.quote(self.words))


class NumberModel(Part):
    """A count, span, coefficient or ratio of the text."""

    number: Exact
    literal: Name
    words: Name

    def build(self, scope: Scope) -> figures.Number:
        return figures.Number(self.number, self.literal, self.words, scope.quote(self.words))


def figure_kind(value: object) -> str | None:
    """Which figure is meant, by the key that only it has."""
    keys = value if isinstance(value, dict) else type(value).model_fields if isinstance(value, Part) else ()
    return next((name for name in ("amount", "rate", "number") if name in keys), None)


FigureModel = Annotated[
    Annotated[AmountModel, Tag("amount")]
    | Annotated[RateModel, Tag("rate")]
    | Annotated[NumberModel, Tag("number")],
    Discriminator(figure_kind),
]


class OtherNumberModel(Part):
    """A number of the quote on which the amount does not depend, with the reason."""

    literal: Name
    why: Name
