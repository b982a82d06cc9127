"""Tells a worked sheet in words: steps and reasons, each with the sentence it stands on."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from clauses.engine.figures import plain_number
from clauses.engine.money import spoken
from clauses.engine.policy import FactSpec, Item
from clauses.engine.rules import FactNumber, Node
from clauses.engine.sheet import ABSENT, BASE, COSTS, Traced
from clauses.engine.term import chinese_day
from clauses.engine.verdict import Reason, Step

SHOWN_COSTS = 20
"""Rules that go cost by cost show the steps of the first so many costs; every cost is in the sum."""


def fact_text(spec: FactSpec | None, value: object) -> str:
    """A known fact as a sentence says it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return chinese_day(value)
    if spec is not None and spec.type == "money" and isinstance(value, int):
        return f"{spoken(Fraction(value))}元"
    if spec is not None and spec.type == "rate" and isinstance(value, Fraction):
        return f"{plain_number(value * 100)}%"
    if spec is not None and spec.choices:
        return spec.choices.get(str(value), str(value))
    return f"{plain_number(value) if isinstance(value, Fraction) else value}{spec.unit if spec else ''}"


def exact(operand: object) -> object:
    """An operand as the steps show it: numbers as Fractions, what was absent as None."""
    if operand is ABSENT:
        return None
    return Fraction(operand) if type(operand) is int else operand


class Telling:
    """The teller of one verdict: gathers what the nodes of the rule say."""

    def __init__(self, item: Item, facts: Mapping[str, object], base_why: str) -> None:
        self.base_label = item.base_label
        self.base_why = self._base_why = base_why
        self.steps: list[Step] = []
        self.reasons: list[Reason] = []
        self._item = item
        self._facts = facts
        self._specs = {spec.key: spec for spec in item.facts}
        self._cost = ""

    def label(self, key: str) -> str:
        spec = self._specs.get(key)
        return spec.label if spec else key

    def said(self, key: str) -> str:
        return fact_text(self._specs.get(key), self._facts.get(key))

    def unit(self, node: Node) -> str:
        """The unit of a number that a fact states: 人, 家. Rates are shares here and have none."""
        spec = self._specs.get(node.fact) if isinstance(node, FactNumber) else None
        return spec.unit if spec and spec.type != "rate" else ""

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
    ) -> None:
        if self._cost:
            label = f"费用{self._cost}：{label}"
        quote = quote or self._item.quote
        self.steps.append(
            Step(
                label,
                why,
                formula,
                Fraction(value),
                self._item.clause,
                quote,
                setting,
                operation,
                tuple(Fraction(one) for one in operands),
            )
        )

    def reason(self, code: str, text: str, setting: str | None = None, quote: str = "") -> None:
        if not self._cost:
            quote = quote or self._item.quote
            self.reasons.append(Reason(code, self._item.clause, quote, text, setting))

    def tell(self, trace: Iterable[Traced]) -> None:
        """Every node that was worked out, in the order of the arithmetic."""
        shown: list[str] = []
        for node, value, operands, cost in trace:
            if cost and cost not in shown:
                if len(shown) == SHOWN_COSTS:
                    continue
                shown.append(cost)
            self._cost = cost
            self.base_why = "这一笔费用" if cost else self._base_why
            node.tell(self, Fraction(value), tuple(exact(one) for one in operands))
        self._cost, self.base_why = "", self._base_why

    def lacking(self, missing: Iterable[str]) -> None:
        """What has to be known before anything can be said."""
        for key in missing:
            if key == BASE:
                name = f"{self.base_label or '核定基数'}（费用明细或核定基数）"
            elif key == COSTS:
                name = "费用明细（要分类或逐笔计算）"
            else:
                name = self.label(key)
            self.reason("missing_fact", f"暂不能计算：缺少{name}。补上后可以重新计算。")
