"""How much: a tree of small nodes. Each yields an exact value in fen, or nothing while a fact is missing, and tells its step.

A new shape is a new node here and its model in the loader; `assess` stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from clauses.engine.money import Rate, grouped, spoken
from clauses.engine.verdict import Reason, Step

ZERO = Fraction(0)


@dataclass(slots=True)
class Working:
    """The sheet of paper an evaluation is written on."""

    clause: str
    quote: str
    base_label: str
    base: Fraction | None
    base_why: str
    facts: Mapping[str, object]
    labels: Mapping[str, str]
    steps: list[Step] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    used_base: bool = False
    rates: list[Rate] = field(default_factory=list)
    rated: list[Fraction] = field(default_factory=list)
    before_cap: Fraction | None = None

    def step(
        self,
        label: str,
        why: str,
        formula: str,
        value: Fraction,
        setting: str | None = None,
    ) -> None:
        self.steps.append(Step(label, why, formula, value, self.clause, self.quote, setting))

    def reason(self, code: str, text: str, setting: str | None = None) -> None:
        self.reasons.append(Reason(code, self.clause, self.quote, text, setting))

    def lack(self, key: str, label: str) -> None:
        if key not in self.missing:
            self.missing.append(key)
            self.reason("missing_fact", f"暂不能计算：缺少{label}。补上后可以重新计算。")

    def label(self, key: str) -> str:
        return self.labels.get(key, key)

    def fact(self, key: str) -> Fraction | None:
        value = self.facts.get(key)
        return Fraction(value) if isinstance(value, int) and not isinstance(value, bool) else None


class Node(Protocol):
    """A rule or a part of one."""

    def evaluate(self, working: Working) -> Fraction | None: ...

    def parts(self) -> tuple["Node", ...]: ...


@dataclass(frozen=True, slots=True)
class BaseOfCosts:
    """The costs that count, added up, or the verified base."""

    def evaluate(self, working: Working) -> Fraction | None:
        working.used_base = True
        if working.base is None:
            working.lack("base", f"{working.base_label}（费用明细或核定基数）")
            return None
        working.step(working.base_label, working.base_why, "", working.base)
        return working.base

    def parts(self) -> tuple[Node, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class FactAmount:
    """An amount the claim states. An optional one that is not known drops out of a choice of the least."""

    fact: str
    optional: bool = False

    def evaluate(self, working: Working) -> Fraction | None:
        value = working.fact(self.fact)
        if value is None:
            if not self.optional:
                working.lack(self.fact, working.label(self.fact))
            return None
        working.step(working.label(self.fact), "申报事实", "", value)
        return value

    def parts(self) -> tuple[Node, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class JudgedAmount:
    """An amount that reviewers establish because the text gives a ceiling and no formula."""

    fact: str
    setting: str | None = None

    def evaluate(self, working: Working) -> Fraction | None:
        value = working.fact(self.fact)
        label = working.label(self.fact)
        if value is None:
            working.lack(self.fact, label)
            return None
        working.step(label, "原文只规定上限，金额由评审核定", "", value, self.setting)
        working.reason(
            "judged_amount",
            f"原文只规定上限，没有规定比例；{label}为{spoken(value)}元。",
            self.setting,
        )
        return value

    def parts(self) -> tuple[Node, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class FixedAmount:
    """An amount the text names."""

    amount: int
    literal: str
    words: str

    def evaluate(self, working: Working) -> Fraction | None:
        working.step(f"定额{self.literal}", f"原文：“{self.words}”", "", Fraction(self.amount))
        return Fraction(self.amount)

    def parts(self) -> tuple[Node, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class RateOf:
    """A share of what stands below."""

    rate: Rate
    words: str
    of: Node

    def evaluate(self, working: Working) -> Fraction | None:
        working.rates.append(self.rate)
        below = self.of.evaluate(working)
        if below is None:
            return None
        value = below * self.rate.fraction
        working.rated.append(below)
        working.step(
            f"乘以比例{self.rate.percent}",
            f"原文：“{self.words}”",
            f"{spoken(below)} × {self.rate.percent}",
            value,
        )
        label = working.base_label or "核定基数"
        working.reason(
            "rate_applied",
            f"按{label}{spoken(below)}元的{self.rate.percent}计算，为{spoken(value)}元。",
        )
        return value

    def parts(self) -> tuple[Node, ...]:
        return (self.of,)


@dataclass(frozen=True, slots=True)
class Capped:
    """At most the cap, less what the same limit has already granted."""

    cap: int
    literal: str
    words: str
    of: Node
    already: str | None = None
    setting: str | None = None

    def evaluate(self, working: Working) -> Fraction | None:
        below = self.of.evaluate(working)
        working.before_cap = below
        if below is None:
            return None
        granted = (working.fact(self.already) if self.already else None) or ZERO
        left = max(ZERO, Fraction(self.cap) - granted)
        value = min(below, left)
        why = f"原文：“{self.words}”。两数取小"
        if granted and self.already:
            label = working.label(self.already)
            working.step(
                "上限还剩",
                f"原文：“{self.words}”；{label}{spoken(granted)}元",
                f"{grouped(self.cap)} − {spoken(granted)}",
                left,
                self.setting,
            )
            why = "上限还剩的金额。两数取小"
        working.step(
            f"不超过上限{self.literal}",
            why,
            f"{spoken(below)}与{spoken(left)}取小",
            value,
            self.setting,
        )
        if value < below:
            already = f"，扣除已经批准的{spoken(granted)}元后还剩{spoken(left)}元" if granted else ""
            ending = "按还剩的金额计" if granted else "按上限计"
            how = working.rates[-1].percent if len(working.rates) == 1 else ""
            start = (
                f"按{working.base_label}的{how}计算为{spoken(below)}元"
                if how and working.base_label
                else f"计算为{spoken(below)}元"
            )
            working.reason(
                "cap_applied",
                f"{start}，超过上限{grouped(self.cap)}元{already}，{ending}。",
                self.setting,
            )
        return value

    def parts(self) -> tuple[Node, ...]:
        return (self.of,)


@dataclass(frozen=True, slots=True)
class LesserOf:
    """The least of several amounts. The first one that is least governs."""

    of: tuple[Node, ...]

    def evaluate(self, working: Working) -> Fraction | None:
        before = len(working.missing)
        values: list[Fraction] = []
        labels: list[str] = []
        for part in self.of:
            value = part.evaluate(working)
            if value is not None:
                values.append(value)
                labels.append(working.steps[-1].label)
        if len(working.missing) > before or not values:
            return None
        least = min(values)
        if len(values) > 1:
            governing = labels[values.index(least)]
            working.step(
                "取较小的金额",
                f"以{governing}为准",
                "与".join(spoken(value) for value in values) + "取小",
                least,
            )
            if values[0] > least:
                working.reason(
                    "lesser_taken",
                    f"{labels[0]}{spoken(values[0])}元高于{governing}{spoken(least)}元，按{governing}计。",
                )
        return least

    def parts(self) -> tuple[Node, ...]:
        return self.of


@dataclass(frozen=True, slots=True)
class SumOf:
    """Several amounts added up."""

    of: tuple[Node, ...]

    def evaluate(self, working: Working) -> Fraction | None:
        values = [part.evaluate(working) for part in self.of]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        total = sum(known, ZERO)
        working.step(
            "各部分相加",
            "各部分金额的合计",
            " + ".join(spoken(value) for value in known),
            total,
        )
        return total

    def parts(self) -> tuple[Node, ...]:
        return self.of


@dataclass(frozen=True, slots=True)
class PerUnit:
    """So much for each: a count the claim states times an amount the text names."""

    amount: int
    literal: str
    words: str
    count: str

    def evaluate(self, working: Working) -> Fraction | None:
        count = working.fact(self.count)
        if count is None:
            working.lack(self.count, working.label(self.count))
            return None
        value = count * self.amount
        working.step(
            f"{working.label(self.count)} × {self.literal}",
            f"原文：“{self.words}”",
            f"{count.numerator} × {grouped(self.amount)}",
            value,
        )
        return value

    def parts(self) -> tuple[Node, ...]:
        return ()


def walk(node: Node) -> list[Node]:
    """A node and everything below it, top first."""
    return [node, *(found for part in node.parts() for found in walk(part))]
