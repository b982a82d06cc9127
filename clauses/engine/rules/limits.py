"""What limits an amount or puts amounts together: caps, floors, the least, the greatest, sums and differences."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from clauses.engine.figures import Amount, Figure
from clauses.engine.money import grouped, spoken
from clauses.engine.rules.conditions import Test
from clauses.engine.rules.node import ZERO, Ask, Node, Sheet, Teller, walk
from clauses.engine.rules.shares import RateOf


@dataclass(frozen=True, slots=True)
class Capped(Node):
    """At most the cap, less what the same limit has already granted."""

    cap: Amount
    of: Node
    already: str | None = None
    setting: str | None = None

    def value(self, sheet: Sheet) -> Any:
        below = self.of.value(sheet)
        left = sheet.constant(self.cap.value)
        granted = ZERO
        if self.already is not None:
            granted = sheet.fact(self.already, optional=True)
            left = sheet.excess(left, granted)
        return sheet.note(self, sheet.least([below, left]), below, granted)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        below, granted = operands
        granted = granted or ZERO
        left = max(ZERO, self.cap.value - granted)
        quote = self.cap.quote
        why = f"原文：“{self.cap.words}”。两数取小"
        if granted and self.already:
            why = f"原文：“{self.cap.words}”；{teller.label(self.already)}{spoken(granted)}元"
            formula = f"{grouped(self.cap.fen)} − {spoken(granted)}"
            given = (self.cap.value, granted)
            teller.step("上限还剩", why, formula, left, "excess", given, self.setting, quote)
            why = "上限还剩的金额。两数取小"
        formula = f"{spoken(below)}与{spoken(left)}取小"
        teller.step(self.title(teller), why, formula, value, "least", (below, left), self.setting, quote)
        if value < below:
            already = f"，扣除已经批准的{spoken(granted)}元后还剩{spoken(left)}元" if granted else ""
            ending = "按还剩的金额计" if granted else "按上限计"
            start = f"{self._how(teller)}{spoken(below)}元"
            text = f"{start}，超过上限{grouped(self.cap.fen)}元{already}，{ending}。"
            teller.reason("cap_applied", text, self.setting, quote)

    def _how(self, teller: Teller) -> str:
        rates = [part for part in walk(self.of) if isinstance(part, RateOf)]
        if len(rates) == 1 and teller.base_label:
            return f"按{teller.base_label}的{rates[0].share.rate.percent}计算为"
        return "计算为"

    def title(self, teller: Teller) -> str:
        return f"不超过上限{self.cap.literal}"

    def parts(self) -> tuple[Node, ...]:
        return (self.of,)

    def asks(self) -> tuple[Ask, ...]:
        return () if self.already is None else (Ask(self.already, optional=True),)

    def figures(self) -> tuple[Figure, ...]:
        return (self.cap,)


@dataclass(frozen=True, slots=True)
class SoftCap(Node):
    """At most `soft`; above it, up to `hard`, only with the special approval that a fact records."""

    soft: Amount
    hard: Amount | None
    approval: str
    of: Node

    def value(self, sheet: Sheet) -> Any:
        below = self.of.value(sheet)
        hard = below if self.hard is None else sheet.least([below, sheet.constant(self.hard.value)])
        soft = sheet.least([below, sheet.constant(self.soft.value)])
        approved = sheet.given(self.approval)
        value = sheet.select(approved, hard, soft)
        return sheet.note(self, value, below, approved)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        below, approved = operands
        quote = self.soft.quote
        words = self.soft.words if not approved or self.hard is None else self.hard.words
        limit = Fraction(self.soft.value)
        if approved:
            limit = below if self.hard is None else Fraction(self.hard.value)
        why = f"原文：“{words}”。" + (
            f"已有专项批准：{teller.said(self.approval)}" if approved else "两数取小"
        )
        formula = f"{spoken(below)}与{spoken(limit)}取小"
        teller.step(self.title(teller), why, formula, value, "least", (below, limit), quote=quote)
        if value < below:
            ending = "。" if approved else f"；{teller.label(self.approval)}后可以突破。"
            text = f"计算为{spoken(below)}元，超过上限{spoken(limit)}元，按上限计{ending}"
            teller.reason("cap_applied", text, quote=quote)
        elif approved and value > self.soft.value:
            text = f"{spoken(value)}元超过一般上限{grouped(self.soft.fen)}元，已有专项批准：{teller.said(self.approval)}。"
            teller.reason("special_approval", text, quote=quote)

    def title(self, teller: Teller) -> str:
        return f"一般不超过{self.soft.literal}"

    def parts(self) -> tuple[Node, ...]:
        return (self.of,)

    def asks(self) -> tuple[Ask, ...]:
        return (Ask(self.approval, optional=True),)

    def figures(self) -> tuple[Figure, ...]:
        return (self.soft,) if self.hard is None else (self.soft, self.hard)


@dataclass(frozen=True, slots=True)
class Minimum(Node):
    """Nothing when the amount is below the least one, but for the exception."""

    least: Amount
    of: Node
    unless: Test | None = None

    def value(self, sheet: Sheet) -> Any:
        below = self.of.value(sheet)
        enough = sheet.compare(below, "at_least", sheet.constant(self.least.value))
        if self.unless is not None:
            enough = sheet.some([enough, self.unless.holds(sheet)])
        return sheet.note(self, sheet.select(enough, below, sheet.constant(0)), below)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        (below,) = operands
        why = f"原文：“{self.least.words}”"
        operation, given = ("given", (value,)) if value == below else ("nothing", ())
        teller.step(self.title(teller), why, spoken(below), value, operation, given, quote=self.least.quote)
        if value != below:
            text = f"计算金额{spoken(below)}元低于最低补助金额{grouped(self.least.fen)}元，不予补助。"
            teller.reason("below_smallest", text, quote=self.least.quote)

    def title(self, teller: Teller) -> str:
        return f"不低于{self.least.literal}才补助"

    def parts(self) -> tuple[Node, ...]:
        return (self.of, *(self.unless.measures() if self.unless is not None else ()))

    def asks(self) -> tuple[Ask, ...]:
        return self.unless.asks() if self.unless is not None else ()

    def figures(self) -> tuple[Figure, ...]:
        return (self.least, *(self.unless.figures() if self.unless is not None else ()))


@dataclass(frozen=True, slots=True)
class Joined(Node):
    """Several amounts, or several numbers, made one."""

    of: tuple[Node, ...]

    @property
    def money(self) -> bool:  # type: ignore[override]
        return self.of[0].money

    def parts(self) -> tuple[Node, ...]:
        return self.of


@dataclass(frozen=True, slots=True)
class LesserOf(Joined):
    """The least of several amounts. The first one that is least governs."""

    def value(self, sheet: Sheet) -> Any:
        values = [part.value(sheet) for part in self.of]
        return sheet.note(self, sheet.least(values), *values)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        known = [(part, one) for part, one in zip(self.of, operands, strict=True) if one is not None]
        if len(known) < 2:
            return
        governing = next(part for part, one in known if one == value).title(teller)
        formula = "与".join(spoken(one) for _, one in known) + "取小"
        given = tuple(one for _, one in known)
        teller.step(self.title(teller), f"以{governing}为准", formula, value, "least", given)
        first, amount = known[0]
        if amount > value:
            text = (
                f"{first.title(teller)}{spoken(amount)}元高于{governing}{spoken(value)}元，按{governing}计。"
            )
            teller.reason("lesser_taken", text)

    def title(self, teller: Teller) -> str:
        return "取较小的金额"


@dataclass(frozen=True, slots=True)
class GreaterOf(Joined):
    """The greatest of several amounts that exclude each other. The first one that is greatest governs."""

    def value(self, sheet: Sheet) -> Any:
        values = [part.value(sheet) for part in self.of]
        return sheet.note(self, sheet.greatest(values), *values)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        part = next(part for part, one in zip(self.of, operands, strict=True) if one == value)
        known = tuple(one for one in operands if one is not None)
        formula = "与".join(spoken(one) for one in known) + "取大"
        why = f"以{part.title(teller)}为准"
        teller.step(self.title(teller), why, formula, value, "greatest", known)
        text = f"几种算法中取最高的一种：{part.title(teller)}，{spoken(value)}元。"
        teller.reason("greater_taken", text)

    def title(self, teller: Teller) -> str:
        return "取较大的金额"


@dataclass(frozen=True, slots=True)
class SumOf(Joined):
    """Several amounts added up."""

    def value(self, sheet: Sheet) -> Any:
        values = [part.value(sheet) for part in self.of]
        return sheet.note(self, sheet.plus(values), *values)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        known = tuple(one for one in operands if one is not None)
        formula = " + ".join(spoken(one) for one in known)
        teller.step(self.title(teller), "各部分金额的合计", formula, value, "sum", known)

    def title(self, teller: Teller) -> str:
        return "各部分相加"


@dataclass(frozen=True, slots=True)
class Excess(Node):
    """What one amount has over another, never below nothing: growth, an increment, a deduction, a difference to be paid."""

    of: Node
    over: Node
    label: str

    @property
    def money(self) -> bool:  # type: ignore[override]
        return self.of.money

    def value(self, sheet: Sheet) -> Any:
        value, over = self.of.value(sheet), self.over.value(sheet)
        return sheet.note(self, sheet.excess(value, over), value, over)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        amount, over = operands
        why = f"{self.of.title(teller)}减{self.over.title(teller)}，不足的为零"
        formula = f"{spoken(amount)} − {spoken(over)}"
        teller.step(self.label, why, formula, value, "excess", (amount, over))
        if amount <= over:
            text = f"{self.of.title(teller)}{spoken(amount)}元没有超过{self.over.title(teller)}{spoken(over)}元。"
            teller.reason("no_excess", text)

    def title(self, teller: Teller) -> str:
        return self.label

    def parts(self) -> tuple[Node, ...]:
        return (self.of, self.over)


@dataclass(frozen=True, slots=True)
class EachCost(Node):
    """The inner rule for every cost by itself, added up. Inside it the base is that one cost."""

    of: Node

    def value(self, sheet: Sheet) -> Any:
        parts = sheet.each_cost(self.of)
        if parts is None:
            return None
        return sheet.note(self, sheet.plus(parts), *parts)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        formula = " + ".join(spoken(one) for one in operands[:10]) + (" + …" if len(operands) > 10 else "")
        why = f"{len(operands)}笔费用分别计算后的合计"
        teller.step(self.title(teller), why, formula, value, "sum", tuple(operands))

    def title(self, teller: Teller) -> str:
        return "逐笔计算后相加"

    def parts(self) -> tuple[Node, ...]:
        return (self.of,)
