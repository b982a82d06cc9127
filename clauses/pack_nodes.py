"""The form of a rule in a pack: one model for each node, each building its part of the engine's rule."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from clauses.engine import figures, literals, rules
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
        try:
            return literals.money(value)
        except ValueError:
            pass
        try:
            return fen_from_yuan(value)
        except ValueError:
            pass
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


Fen = Annotated[int, BeforeValidator(fen, json_schema_input_type=int | str)]
Share = Annotated[Rate, BeforeValidator(share, json_schema_input_type=str)]
Exact = Annotated[
    Fraction,
    BeforeValidator(exact, json_schema_input_type=int | str),
    PlainSerializer(lambda value: f"{value.numerator}/{value.denominator}"),
]
Name = Annotated[str, Field(min_length=1)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


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


FigureModel = AmountModel | RateModel | NumberModel


class BaseNode(Part):
    """The costs that count, or the verified base."""

    node: Literal["base"]
    categories: list[Code] = []
    label: str = ""

    def build(self, scope: Scope) -> rules.Node:
        return rules.BaseOfCosts(tuple(self.categories), self.label)


class FactNode(Part):
    """An amount, or a number, that the claim states."""

    node: Literal["fact"]
    fact: Code
    optional: bool = False

    def build(self, scope: Scope) -> rules.Node:
        if scope.facts.get(self.fact, "money") == "money":
            return rules.FactAmount(self.fact, self.optional)
        return rules.FactNumber(self.fact)


class JudgedNode(Part):
    """An amount that reviewers establish, where the text gives only a ceiling."""

    node: Literal["judged"]
    fact: Code
    setting: str | None = None

    def build(self, scope: Scope) -> rules.Node:
        return rules.JudgedAmount(self.fact, self.setting)


class FixedNode(Part):
    """An amount the text names."""

    node: Literal["fixed"]
    amount: AmountModel

    def build(self, scope: Scope) -> rules.Node:
        return rules.FixedAmount(self.amount.build(scope))


class PerUnitNode(Part):
    """So much for each unit counted."""

    node: Literal["per_unit"]
    amount: AmountModel
    count: "Code | RuleNode"
    beyond: NumberModel | None = None
    step: NumberModel | None = None
    most: NumberModel | None = None

    def build(self, scope: Scope) -> rules.Node:
        count = rules.FactNumber(self.count) if isinstance(self.count, str) else self.count.build(scope)
        limits = [one and one.build(scope) for one in (self.beyond, self.step, self.most)]
        return rules.PerUnit(self.amount.build(scope), count, *limits)


class InterestNode(Part):
    """Simple interest on a loan."""

    node: Literal["interest"]
    principal: Code
    rate: Code
    first: Code
    last: Code
    year_days: Literal[360, 365] = 360
    not_above: Code | None = None
    months: NumberModel | None = None

    @model_validator(mode="after")
    def whole_months(self) -> Self:
        if self.months is not None and self.months.number.denominator != 1:
            raise ValueError("期限应是整数个月")
        return self

    def build(self, scope: Scope) -> rules.Node:
        months = self.months and self.months.build(scope)
        return rules.Interest(
            self.principal, self.rate, self.first, self.last, self.year_days, self.not_above, months
        )


class RateOfNode(Part):
    """A share of what stands below."""

    node: Literal["rate_of"]
    rate: RateModel
    of: "RuleNode"

    def build(self, scope: Scope) -> rules.Node:
        return rules.RateOf(self.rate.build(scope), self.of.build(scope))


class TimesNode(Part):
    """A coefficient: a number of the text, or a fact."""

    node: Literal["times"]
    factor: NumberModel | Code
    of: "RuleNode"

    def build(self, scope: Scope) -> rules.Node:
        factor = self.factor if isinstance(self.factor, str) else self.factor.build(scope)
        return rules.Times(factor, self.of.build(scope))


class RatioNode(Part):
    """One measure divided by another: a growth rate, a share."""

    node: Literal["ratio"]
    of: "RuleNode"
    to: "RuleNode"
    label: Name

    def build(self, scope: Scope) -> rules.Node:
        return rules.Ratio(self.of.build(scope), self.to.build(scope), self.label)


class PoolNode(Part):
    """A sum for everyone of a round, shared in proportion."""

    node: Literal["pool"]
    pool: AmountModel
    demand: Code
    of: "RuleNode"

    def build(self, scope: Scope) -> rules.Node:
        return rules.Pool(self.pool.build(scope), self.demand, self.of.build(scope))


class CappedNode(Part):
    """At most the cap, less what was already granted under it."""

    node: Literal["capped"]
    cap: AmountModel
    of: "RuleNode"
    already: Code | None = None
    setting: str | None = None

    def build(self, scope: Scope) -> rules.Node:
        return rules.Capped(self.cap.build(scope), self.of.build(scope), self.already, self.setting)


class SoftCapNode(Part):
    """A cap that a recorded special approval lifts, up to a hard one."""

    node: Literal["soft_cap"]
    soft: AmountModel
    hard: AmountModel | None = None
    approval: Code
    of: "RuleNode"

    @model_validator(mode="after")
    def hard_is_higher(self) -> Self:
        if self.hard is not None and self.hard.amount <= self.soft.amount:
            raise ValueError("经批准的上限应高于一般上限")
        return self

    def build(self, scope: Scope) -> rules.Node:
        hard = self.hard and self.hard.build(scope)
        return rules.SoftCap(self.soft.build(scope), hard, self.approval, self.of.build(scope))


class MinimumNode(Part):
    """Nothing below the least amount, but for the exception."""

    node: Literal["minimum"]
    least: AmountModel
    of: "RuleNode"
    unless: "TestNode | None" = None

    def build(self, scope: Scope) -> rules.Node:
        unless = self.unless and self.unless.build(scope)
        return rules.Minimum(self.least.build(scope), self.of.build(scope), unless)


class Several(Part):
    """Several nodes together; not all of them may be absent."""

    of: Annotated[list["RuleNode"], Field(min_length=2)]

    @model_validator(mode="after")
    def one_is_certain(self) -> Self:
        if all(isinstance(part, FactNode) and part.optional for part in self.of):
            raise ValueError("各部分不能都是可以不填的")
        return self


class LesserOfNode(Several):
    """The least of several amounts."""

    node: Literal["lesser_of"]

    def build(self, scope: Scope) -> rules.Node:
        return rules.LesserOf(tuple(part.build(scope) for part in self.of))


class GreaterOfNode(Several):
    """The greatest of several amounts."""

    node: Literal["greater_of"]

    def build(self, scope: Scope) -> rules.Node:
        return rules.GreaterOf(tuple(part.build(scope) for part in self.of))


class SumOfNode(Several):
    """Several amounts added up."""

    node: Literal["sum_of"]

    def build(self, scope: Scope) -> rules.Node:
        return rules.SumOf(tuple(part.build(scope) for part in self.of))


class ExcessNode(Part):
    """What one amount has over another, never below nothing."""

    node: Literal["excess"]
    of: "RuleNode"
    over: "RuleNode | AmountModel"
    label: Name

    def build(self, scope: Scope) -> rules.Node:
        over = self.over.build(scope)
        node = rules.FixedAmount(over) if isinstance(over, figures.Amount) else over
        return rules.Excess(self.of.build(scope), node, self.label)


class EachCostNode(Part):
    """The inner rule for every cost by itself, added up."""

    node: Literal["each_cost"]
    of: "RuleNode"

    def build(self, scope: Scope) -> rules.Node:
        return rules.EachCost(self.of.build(scope))


class ByFactNode(Part):
    """Its own rule for each value of a fact."""

    node: Literal["by_fact"]
    fact: Code
    cases: Annotated[dict[str, "RuleNode"], Field(min_length=1)]
    otherwise: "RuleNode | None" = None

    def build(self, scope: Scope) -> rules.Node:
        typed = {"bool": {"true": True, "false": False}}.get(scope.facts.get(self.fact, ""), {})
        whole = scope.facts.get(self.fact) in ("count", "year")
        cases = tuple(
            (int(name) if whole and name.isdigit() else typed.get(name, name), node.build(scope))
            for name, node in self.cases.items()
        )
        return rules.ByFact(self.fact, cases, self.otherwise and self.otherwise.build(scope))


class RowModel(Part):
    """One tier: `from` 以上 or `above` 超过, `to` 以下 or `below` 不满, and what holds there."""

    from_: Annotated[FigureModel | None, Field(alias="from")] = None
    above: FigureModel | None = None
    to: FigureModel | None = None
    below: FigureModel | None = None
    then: "RuleNode"

    @model_validator(mode="after")
    def one_bound_a_side(self) -> Self:
        if (self.from_ and self.above) or (self.to and self.below):
            raise ValueError("一档的每一边只写一个界限：from或above，to或below")
        return self

    def build(self, scope: Scope) -> rules.Row:
        low, high = self.from_ or self.above, self.to or self.below
        return rules.Row(
            low and low.build(scope),
            self.above is None,
            high and high.build(scope),
            self.below is None,
            self.then.build(scope),
        )


class TiersNode(Part):
    """Whole-amount tiers: the row the measure falls into governs everything."""

    node: Literal["tiers"]
    on: "RuleNode"
    rows: Annotated[list[RowModel], Field(min_length=1)]

    def build(self, scope: Scope) -> rules.Node:
        return rules.Tiers(self.on.build(scope), tuple(row.build(scope) for row in self.rows))


class BracketModel(Part):
    """One marginal bracket: the part between two amounts at its rate."""

    from_: Annotated[AmountModel | None, Field(alias="from")] = None
    to: AmountModel | None = None
    rate: RateModel

    def build(self, scope: Scope) -> rules.Bracket:
        low, high = self.from_ and self.from_.build(scope), self.to and self.to.build(scope)
        return rules.Bracket(low, high, self.rate.build(scope))


class BracketsNode(Part):
    """Marginal brackets: each part of the amount at its own rate."""

    node: Literal["brackets"]
    of: "RuleNode"
    rows: Annotated[list[BracketModel], Field(min_length=1)]

    def build(self, scope: Scope) -> rules.Node:
        return rules.Brackets(self.of.build(scope), tuple(row.build(scope) for row in self.rows))


class WhenNode(Part):
    """One rule under a condition, another or nothing without it."""

    node: Literal["when"]
    test: "TestNode"
    then: "RuleNode"
    otherwise: "RuleNode | None" = None

    def build(self, scope: Scope) -> rules.Node:
        otherwise = self.otherwise and self.otherwise.build(scope)
        return rules.When(self.test.build(scope), self.then.build(scope), otherwise)


class CompareModel(Part):
    """A measure against a number of the text (`bound`) or another measure (`than`)."""

    test: Literal["at_least", "more_than", "at_most", "less_than"]
    of: "RuleNode"
    bound: FigureModel | None = None
    than: "RuleNode | None" = None

    @model_validator(mode="after")
    def one_side(self) -> Self:
        if (self.bound is None) == (self.than is None):
            raise ValueError("比较条件要写bound（原文数字）或than（另一个量）之一")
        return self

    def build(self, scope: Scope) -> rules.Test:
        side = self.bound or self.than
        assert side is not None
        return rules.Compare(self.test, self.of.build(scope), side.build(scope))


class IsModel(Part):
    """A fact has one of some values; `said` is how the text puts it."""

    test: Literal["is"]
    fact: Code
    values: Annotated[list[str | bool | int], Field(min_length=1)]
    said: Name

    def build(self, scope: Scope) -> rules.Test:
        return rules.Is(self.fact, tuple(self.values), self.said)


class EveryModel(Part):
    """All, or any, of several questions."""

    test: Literal["all", "any"]
    of: Annotated[list["TestNode"], Field(min_length=2)]

    def build(self, scope: Scope) -> rules.Test:
        parts = tuple(part.build(scope) for part in self.of)
        return rules.Every(parts) if self.test == "all" else rules.Some(parts)


class NotModel(Part):
    """The opposite of a question."""

    test: Literal["not"]
    of: "TestNode"

    def build(self, scope: Scope) -> rules.Test:
        return rules.Not(self.of.build(scope))


TestNode = Annotated[CompareModel | IsModel | EveryModel | NotModel, Field(discriminator="test")]
RuleNode = Annotated[
    BaseNode
    | FactNode
    | JudgedNode
    | FixedNode
    | PerUnitNode
    | InterestNode
    | RateOfNode
    | TimesNode
    | RatioNode
    | PoolNode
    | CappedNode
    | SoftCapNode
    | MinimumNode
    | LesserOfNode
    | GreaterOfNode
    | SumOfNode
    | ExcessNode
    | EachCostNode
    | ByFactNode
    | TiersNode
    | BracketsNode
    | WhenNode,
    Field(discriminator="node"),
]

for model in (*Part.__subclasses__(), *Several.__subclasses__()):
    if model.__module__ == __name__:
        model.model_rebuild()
