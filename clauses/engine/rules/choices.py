"""Where the text gives different amounts for different cases: by kind, by tier, by bracket, under a condition."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from clauses.engine.figures import Amount, Figure, Number, Share
from clauses.engine.money import spoken
from clauses.engine.rules.conditions import Test, compares, measured
from clauses.engine.rules.node import ZERO, Ask, Node, Sheet, Teller


@dataclass(frozen=True, slots=True)
class ByFact(Node):
    """Its own rule for each value of a fact: kind of applicant, product, track, title, year of support, or the applicant's choice."""

    fact: str
    cases: tuple[tuple[object, Node], ...]
    otherwise: Node | None = None

    def value(self, sheet: Sheet) -> Any:
        tests = [sheet.equals(self.fact, (value,)) for value, _ in self.cases]
        nodes: list[Node | None] = [node for _, node in self.cases]
        if self.otherwise is not None:
            tests.append(sheet.negate(sheet.some(tests)))
            nodes.append(self.otherwise)
        return sheet.note(self, sheet.pick(tests, nodes))

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        label = f"{teller.label(self.fact)}：{teller.said(self.fact)}"
        teller.step(label, "按所属情形适用的标准", "", value, "given", (value,))
        if not value:
            teller.reason("no_case", f"{label}，按原文没有可以计算的金额。")

    def title(self, teller: Teller) -> str:
        return f"按{teller.label(self.fact)}确定的金额"

    def parts(self) -> tuple[Node, ...]:
        nodes = tuple(node for _, node in self.cases)
        return nodes if self.otherwise is None else (*nodes, self.otherwise)

    def asks(self) -> tuple[Ask, ...]:
        return (Ask(self.fact),)


@dataclass(frozen=True, slots=True)
class Row:
    """One tier: from a bound to a bound, each with whether the number itself is in, and the rule that holds there."""

    low: Amount | Share | Number | None
    low_in: bool
    high: Amount | Share | Number | None
    high_in: bool
    then: Node

    def text(self) -> str:
        low = (
            f"{'' if self.low_in else '超过'}{self.low.literal}{'以上' if self.low_in else ''}"
            if self.low
            else ""
        )
        high = (
            f"{'' if self.high_in else '不满'}{self.high.literal}{'以下' if self.high_in else ''}"
            if self.high
            else ""
        )
        return "、".join(part for part in (low, high) if part) or "全部"

    def holds(self, sheet: Sheet, measure: Any) -> Any:
        tests = []
        if self.low is not None:
            how = "at_least" if self.low_in else "more_than"
            tests.append(sheet.compare(measure, how, sheet.constant(self.low.value)))
        if self.high is not None:
            how = "at_most" if self.high_in else "less_than"
            tests.append(sheet.compare(measure, how, sheet.constant(self.high.value)))
        return sheet.every(tests)

    def has(self, value: Fraction) -> bool:
        low = self.low is None or compares("at_least" if self.low_in else "more_than", value, self.low.value)
        high = self.high is None or compares(
            "at_most" if self.high_in else "less_than", value, self.high.value
        )
        return low and high


@dataclass(frozen=True, slots=True)
class Tiers(Node):
    """Whole-amount tiers: the row that the measure falls into governs everything."""

    on: Node
    rows: tuple[Row, ...]

    def value(self, sheet: Sheet) -> Any:
        measure = self.on.value(sheet)
        tests = [row.holds(sheet, measure) for row in self.rows]
        value = sheet.pick(tests, [row.then for row in self.rows])
        return sheet.note(self, value, measure)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        (measure,) = operands
        row = next((row for row in self.rows if row.has(measure)), None)
        said = f"{self.on.title(teller)}{measured(self.on, measure)}"
        where = f"属于“{row.text()}”一档" if row else "不在任何一档"
        teller.step(self.title(teller), f"{said}，{where}，整体适用", "", value, "given", (value,))
        code = "tier_reached" if row else "no_tier"
        teller.reason(code, f"{said}，{where}" + ("。" if row else "，没有可以计算的金额。"))

    def title(self, teller: Teller) -> str:
        return f"按{self.on.title(teller)}分档"

    def parts(self) -> tuple[Node, ...]:
        return (self.on, *(row.then for row in self.rows))

    def figures(self) -> tuple[Figure, ...]:
        return tuple(bound for row in self.rows for bound in (row.low, row.high) if bound is not None)


@dataclass(frozen=True, slots=True)
class Bracket:
    """One marginal bracket: the part of the amount between two bounds, at its own rate."""

    low: Amount | None
    high: Amount | None
    share: Share


@dataclass(frozen=True, slots=True)
class Brackets(Node):
    """Marginal brackets: each part of the amount at its own rate, added up."""

    of: Node
    rows: tuple[Bracket, ...]

    def value(self, sheet: Sheet) -> Any:
        below = self.of.value(sheet)
        pieces = []
        for row in self.rows:
            piece = below if row.high is None else sheet.least([below, sheet.constant(row.high.value)])
            if row.low is not None:
                piece = sheet.excess(piece, sheet.constant(row.low.value))
            pieces.append(piece)
        shares = [sheet.times(piece, row.share.value) for row, piece in zip(self.rows, pieces, strict=True)]
        return sheet.note(self, sheet.plus(shares), below)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        (below,) = operands
        shares = []
        for row in self.rows:
            low = row.low.value if row.low else ZERO
            piece = max(ZERO, (below if row.high is None else min(below, row.high.value)) - low)
            if not piece:
                continue
            share = piece * row.share.value
            shares.append(share)
            label = self._between(row)
            formula = f"{spoken(piece)} × {row.share.rate.percent}"
            given = (piece, row.share.value)
            why = f"原文：“{row.share.words}”"
            teller.step(label, why, formula, share, "product", given, quote=row.share.quote)
        formula = " + ".join(spoken(one) for one in shares)
        teller.step(self.title(teller), "各段按各自比例，分段相加", formula, value, "sum", tuple(shares))
        text = f"{self.of.title(teller)}{spoken(below)}元分段计算，合计{spoken(value)}元。"
        teller.reason("brackets_applied", text)

    @staticmethod
    def _between(row: Bracket) -> str:
        if row.low and row.high:
            return f"{row.low.literal}至{row.high.literal}的部分"
        if row.low:
            return f"超过{row.low.literal}的部分"
        return f"{row.high.literal}以内的部分" if row.high else "全部"

    def title(self, teller: Teller) -> str:
        return "分段累进"

    def parts(self) -> tuple[Node, ...]:
        return (self.of,)

    def figures(self) -> tuple[Figure, ...]:
        return tuple(one for row in self.rows for one in (row.low, row.high, row.share) if one is not None)


@dataclass(frozen=True, slots=True)
class When(Node):
    """One rule under a condition, another or nothing without it."""

    test: Test
    then: Node
    otherwise: Node | None = None

    def value(self, sheet: Sheet) -> Any:
        holds = self.test.holds(sheet)
        value = sheet.pick([holds, sheet.negate(holds)], [self.then, self.otherwise])
        answers = tuple(sheet.answer(leaf) for leaf in self.test.leaves())
        return sheet.note(self, value, holds, answers)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        holds, answers = operands
        text = self._told(teller, holds, answers)
        quote = next((figure.quote for figure in self.test.figures() if figure.quote), "")
        said = "符合" if holds else "不符合"
        operation, given = ("given", (value,)) if holds or self.otherwise else ("nothing", ())
        teller.step(f"{said}条件", text, "", value, operation, given, quote=quote)
        if holds:
            teller.reason("condition_met", f"{text}。", quote=quote)
        elif self.otherwise is not None:
            teller.reason("condition_unmet", f"{text}，按另一标准计算。", quote=quote)
        else:
            teller.reason("condition_unmet", f"{text}，不予补助。", quote=quote)

    def _told(self, teller: Teller, holds: bool, answers: tuple[Any, ...]) -> str:
        """What decided: the parts of the condition that came out as the whole did, or every known one."""
        known = [
            (leaf, *answer)
            for leaf, answer in zip(self.test.leaves(), answers, strict=True)
            if answer is not None and answer[0] is not None
        ]
        decisive = [one for one in known if one[1] is holds] or known
        return "；".join(leaf.told(teller, one, value) for leaf, one, value in decisive)

    def title(self, teller: Teller) -> str:
        return self.then.title(teller)

    def parts(self) -> tuple[Node, ...]:
        rest = () if self.otherwise is None else (self.otherwise,)
        return (*self.test.measures(), self.then, *rest)

    def asks(self) -> tuple[Ask, ...]:
        return self.test.asks()

    def figures(self) -> tuple[Figure, ...]:
        return self.test.figures()
