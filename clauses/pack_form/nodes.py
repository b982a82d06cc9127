"""The nodes of a rule that yield an amount or a number, each building its part of the engine's rule."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from clauses.engine import figures, rules
from clauses.pack_form.values import AmountModel, Code, Name, NumberModel, Part, RateModel, Scope

if TYPE_CHECKING:
    from clauses.pack_form.rule import RuleNode, TestNode


class BaseNode(Part):
    """The costs that count, or the verified base."""

    node: Literal["base"]
    categories: list[Code] = Field(default_factory=list)
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
