"""Parts and multiples of what stands below: rates, coefficients, ratios, a pool shared out."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from clauses.engine.figures import Amount, Figure, Number, Share, plain_number
from clauses.engine.money import grouped, spoken
from clauses.engine.rules.node import Ask, Node, Sheet, Teller, walk
from clauses.engine.rules.sources import BaseOfCosts


def name_of(node: Node, teller: Teller) -> str:
    """What a share is taken of, in the words of the text where it is the base."""
    bases = [part for part in walk(node) if isinstance(part, BaseOfCosts)]
    if bases and not bases[0].label:
        return teller.base_label or "核定基数"
    return node.title(teller)


@dataclass(frozen=True, slots=True)
class RateOf(Node):
    """A share of what stands below."""

    share: Share
    of: Node

    def value(self, sheet: Sheet) -> Any:
        below = self.of.value(sheet)
        return sheet.note(self, sheet.times(below, self.share.value), below)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        (below,) = operands
        percent = self.share.rate.percent
        why = f"原文：“{self.share.words}”"
        formula = f"{spoken(below)} × {percent}"
        given = (below, self.share.value)
        teller.step(self.title(teller), why, formula, value, "product", given, quote=self.share.quote)
        text = f"按{name_of(self.of, teller)}{spoken(below)}元的{percent}计算，为{spoken(value)}元。"
        teller.reason("rate_applied", text, quote=self.share.quote)

    def title(self, teller: Teller) -> str:
        return f"乘以比例{self.share.rate.percent}"

    def parts(self) -> tuple[Node, ...]:
        return (self.of,)

    def figures(self) -> tuple[Figure, ...]:
        return (self.share,)


@dataclass(frozen=True, slots=True)
class Times(Node):
    """What stands below times a coefficient of the text, or one that a fact states."""

    factor: Number | str
    of: Node

    def value(self, sheet: Sheet) -> Any:
        below = self.of.value(sheet)
        if isinstance(self.factor, str):
            factor = sheet.fact(self.factor)
            return sheet.note(self, sheet.product(below, factor), below, factor)
        value = sheet.times(below, self.factor.value)
        return sheet.note(self, value, below, self.factor.value)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        below, factor = operands
        stated = isinstance(self.factor, str)
        why = "申报事实" if isinstance(self.factor, str) else f"原文：“{self.factor.words}”"
        formula = f"{spoken(below)} × {plain_number(factor)}"
        quote = "" if isinstance(self.factor, str) else self.factor.quote
        teller.step(self.title(teller), why, formula, value, "product", (below, factor), quote=quote)
        if stated or factor != 1:
            text = f"{spoken(below)}元乘以系数{plain_number(factor)}，为{spoken(value)}元。"
            teller.reason("factor_applied", text, quote=quote)

    def title(self, teller: Teller) -> str:
        if isinstance(self.factor, str):
            return f"乘以{teller.label(self.factor)}"
        return f"乘以系数{plain_number(self.factor.value)}"

    def parts(self) -> tuple[Node, ...]:
        return (self.of,)

    def asks(self) -> tuple[Ask, ...]:
        return (Ask(self.factor),) if isinstance(self.factor, str) else ()

    def figures(self) -> tuple[Figure, ...]:
        return () if isinstance(self.factor, str) else (self.factor,)


@dataclass(frozen=True, slots=True)
class Ratio(Node):
    """A plain number: one amount or number divided by another. Nothing divided by nothing is not known."""

    of: Node
    to: Node
    label: str
    money = False

    def value(self, sheet: Sheet) -> Any:
        return sheet.ratio(self.of.value(sheet), self.to.value(sheet))

    def title(self, teller: Teller) -> str:
        return self.label

    def parts(self) -> tuple[Node, ...]:
        return (self.of, self.to)


@dataclass(frozen=True, slots=True)
class Pool(Node):
    """A sum for everyone of a round, shared in proportion when more is asked for than there is.

    `demand` names the fact with the total of all amounts of the round before sharing.
    """

    pool: Amount
    demand: str
    of: Node

    def value(self, sheet: Sheet) -> Any:
        below, demand = self.of.value(sheet), sheet.fact(self.demand)
        whole = sheet.constant(self.pool.value)
        share = sheet.ratio(whole, sheet.greatest([demand, whole]))
        value = sheet.product(below, share)
        return sheet.note(self, value, below, demand, share)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        below, demand, share = operands
        why = f"原文：“{self.pool.words}”；{teller.label(self.demand)}{spoken(demand)}元"
        formula = spoken(below)
        if share != 1:
            formula = f"{spoken(below)} × {grouped(self.pool.fen)} ÷ {spoken(demand)}"
        given = (below, share)
        teller.step(self.title(teller), why, formula, value, "product", given, quote=self.pool.quote)
        if share != 1:
            text = (
                f"{teller.label(self.demand)}{spoken(demand)}元超过总额{grouped(self.pool.fen)}元，"
                f"按比例分配，为{spoken(value)}元。"
            )
            teller.reason("pool_shared", text, quote=self.pool.quote)

    def title(self, teller: Teller) -> str:
        return f"总额{self.pool.literal}内按比例分配"

    def parts(self) -> tuple[Node, ...]:
        return (self.of,)

    def asks(self) -> tuple[Ask, ...]:
        return (Ask(self.demand),)

    def figures(self) -> tuple[Figure, ...]:
        return (self.pool,)
