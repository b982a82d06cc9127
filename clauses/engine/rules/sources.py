"""Where amounts begin: costs, facts, what reviewers establish, what the text names."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from clauses.engine.figures import Amount, Figure, Number, plain_number
from clauses.engine.money import grouped, spoken
from clauses.engine.rules.node import Ask, Node, Sheet, Teller


@dataclass(frozen=True, slots=True)
class BaseOfCosts(Node):
    """The costs that count, added up, or the verified base; only those of `categories` where some are named."""

    categories: tuple[str, ...] = ()
    label: str = ""

    def value(self, sheet: Sheet) -> Any:
        base = sheet.base(self.categories)
        return sheet.note(self, base)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        why = "所列类别的费用合计" if self.categories else teller.base_why
        teller.step(self.title(teller), why, "", value, "given", (value,))

    def title(self, teller: Teller) -> str:
        return self.label or teller.base_label or "核定基数"


@dataclass(frozen=True, slots=True)
class FactAmount(Node):
    """An amount the claim states. An optional one that is not known drops out of a choice of the least."""

    fact: str
    optional: bool = False

    def value(self, sheet: Sheet) -> Any:
        return sheet.note(self, sheet.fact(self.fact, optional=self.optional))

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        teller.step(self.title(teller), "申报事实", "", value, "given", (value,))

    def title(self, teller: Teller) -> str:
        return teller.label(self.fact)

    def asks(self) -> tuple[Ask, ...]:
        return (Ask(self.fact, self.optional),)


@dataclass(frozen=True, slots=True)
class FactNumber(Node):
    """A number the claim states: a count, a rate, a measure."""

    fact: str
    money = False

    def value(self, sheet: Sheet) -> Any:
        return sheet.fact(self.fact)

    def title(self, teller: Teller) -> str:
        return teller.label(self.fact)

    def asks(self) -> tuple[Ask, ...]:
        return (Ask(self.fact),)


@dataclass(frozen=True, slots=True)
class JudgedAmount(Node):
    """An amount that reviewers establish because the text gives a ceiling and no formula."""

    fact: str
    setting: str | None = None

    def value(self, sheet: Sheet) -> Any:
        return sheet.note(self, sheet.fact(self.fact))

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        label = teller.label(self.fact)
        teller.step(label, "原文只规定上限，金额由评审核定", "", value, "given", (value,), self.setting)
        text = f"原文只规定上限，没有规定比例；{label}为{spoken(value)}元。"
        teller.reason("judged_amount", text, self.setting)

    def title(self, teller: Teller) -> str:
        return teller.label(self.fact)

    def asks(self) -> tuple[Ask, ...]:
        return (Ask(self.fact),)


@dataclass(frozen=True, slots=True)
class FixedAmount(Node):
    """An amount the text names."""

    amount: Amount

    def value(self, sheet: Sheet) -> Any:
        return sheet.note(self, sheet.constant(self.amount.value))

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        why = f"原文：“{self.amount.words}”"
        teller.step(self.title(teller), why, "", value, "given", (value,), quote=self.amount.quote)

    def title(self, teller: Teller) -> str:
        return f"定额{self.amount.literal}"

    def figures(self) -> tuple[Figure, ...]:
        return (self.amount,)


@dataclass(frozen=True, slots=True)
class PerUnit(Node):
    """So much for each unit counted: beyond a number, in whole steps, up to a number, where the text says so."""

    amount: Amount
    count: Node
    beyond: Number | None = None
    step: Number | None = None
    most: Number | None = None

    def value(self, sheet: Sheet) -> Any:
        stated = counted = self.count.value(sheet)
        if self.beyond is not None:
            counted = sheet.excess(counted, sheet.constant(self.beyond.value))
        if self.step is not None:
            counted = sheet.whole(
                sheet.times(counted, Fraction(self.step.value.denominator, self.step.value.numerator))
            )
        if self.most is not None:
            counted = sheet.least([counted, sheet.constant(self.most.value)])
        return sheet.note(self, sheet.times(counted, self.amount.value), stated, counted)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        stated, counted = operands
        limits = []
        if self.beyond is not None:
            limits.append(f"只算超过{self.beyond.literal}的部分")
        if self.step is not None:
            limits.append(f"每{self.step.literal}算一份，不足一份的不算")
        if self.most is not None:
            limits.append(f"最多算{self.most.literal}")
        why = "；".join([f"原文：“{self.amount.words}”", *limits])
        formula = f"{plain_number(counted)} × {grouped(self.amount.fen)}"
        name = self.count.title(teller)
        operands = (counted, self.amount.value)
        teller.step(self.title(teller), why, formula, value, "product", operands, quote=self.amount.quote)
        if counted != stated:
            text = f"{name}为{plain_number(stated)}，{'，'.join(limits)}，按{plain_number(counted)}份计算。"
            teller.reason("units_limited", text, quote=self.amount.quote)

    def title(self, teller: Teller) -> str:
        return f"{self.count.title(teller)} × {self.amount.literal}"

    def parts(self) -> tuple[Node, ...]:
        return (self.count,)

    def figures(self) -> tuple[Figure, ...]:
        return tuple(one for one in (self.amount, self.beyond, self.step, self.most) if one is not None)


@dataclass(frozen=True, slots=True)
class Interest(Node):
    """Simple interest on a loan: principal × yearly rate × days ÷ days of a year.

    The first day counts and the last does not. `not_above` names the fact with a reference rate; `months` limits the term.
    """

    principal: str
    rate: str
    first: str
    last: str
    year_days: int = 360
    not_above: str | None = None
    months: Number | None = None

    def value(self, sheet: Sheet) -> Any:
        principal, rate = sheet.fact(self.principal), sheet.fact(self.rate)
        used = rate
        if self.not_above is not None:
            used = sheet.least([rate, sheet.fact(self.not_above)])
        months = None if self.months is None else int(self.months.value)
        years = sheet.years(self.first, self.last, months, self.year_days)
        value = sheet.product(sheet.product(principal, used), years)
        return sheet.note(self, value, principal, rate, used, years)

    def tell(self, teller: Teller, value: Fraction, operands: tuple[Any, ...]) -> None:
        principal, rate, used, years = operands
        days = years * self.year_days
        why = f"{teller.label(self.principal)} × 年利率 × 天数 ÷ {self.year_days}，算头不算尾"
        if self.months is not None:
            why += f"；原文：“{self.months.words}”"
        formula = (
            f"{spoken(principal)} × {plain_number(used * 100)}% × {plain_number(days)} ÷ {self.year_days}"
        )
        given = (principal, used, days, Fraction(1, self.year_days))
        teller.step(self.title(teller), why, formula, value, "product", given)
        if self.not_above is not None and used < rate:
            text = (
                f"{teller.label(self.rate)}{plain_number(rate * 100)}%高于"
                f"{teller.label(self.not_above)}{plain_number(used * 100)}%，按后者计算。"
            )
            teller.reason("lesser_taken", text)

    def title(self, teller: Teller) -> str:
        return "利息"

    def asks(self) -> tuple[Ask, ...]:
        keys = [self.principal, self.rate, self.not_above, self.first, self.last]
        return tuple(Ask(key) for key in keys if key is not None)

    def figures(self) -> tuple[Figure, ...]:
        return () if self.months is None else (self.months,)
