"""The nodes of a rule that choose: by fact, tier, bracket or condition; and the conditions themselves."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from clauses.engine import rules
from clauses.pack_form.values import AmountModel, Code, FigureModel, Name, Part, RateModel, Scope

if TYPE_CHECKING:
    from clauses.pack_form.rule import RuleNode, TestNode


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
