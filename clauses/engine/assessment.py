"""From facts to a verdict: term, kind, conditions, costs, rule, one rounding."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from clauses.engine.costs import Counted, counted, exclusion_reasons
from clauses.engine.explanation import Telling
from clauses.engine.facts import ClaimFacts
from clauses.engine.money import ROUNDING_UNITS, ROUNDING_WORDS, Rate, cut, ends, grouped, spoken
from clauses.engine.policy import APPLICANT_KINDS, MONEY, Condition, Item, Policy
from clauses.engine.rules import BaseOfCosts, Capped, RateOf, SoftCap, walk
from clauses.engine.sheet import ABSENT, BASE, COSTS, Sheet
from clauses.engine.term import claim_refusal, filing_refusal
from clauses.engine.verdict import (
    FAVOURABLE,
    NOTHING_PAYABLE,
    OUT_OF_TERM,
    PAYABLE,
    ExcludedCost,
    Explanation,
    Instalment,
    Reason,
    Step,
    Told,
    UsedSetting,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What all claims for an item under the same settings share. `asked` are the conditions that facts can deny."""

    item: Item
    used: tuple[UsedSetting, ...]
    values: Mapping[str, object]
    anyone: bool
    asked: tuple[Condition, ...]
    rate: Rate | None
    cap: int | None


Pairs = tuple[tuple[str, type, object], ...]


def pairs(values: Mapping[str, object]) -> Pairs:
    """Values with their types, which tell True from 1 where a cache would not."""
    return tuple((name, type(value), value) for name, value in values.items()) if values else ()


@lru_cache(maxsize=4096)
def frame_of(policy: Policy, item_id: str, overrides: Pairs, in_force: Pairs) -> Frame:
    """KeyError for an unknown item or setting, ValueError for a value a setting cannot take."""
    item = policy.item(item_id)
    given = [{name: value for name, _, value in source} for source in (overrides, in_force)]
    used = settings_used(policy, item, *given)
    values = policy.defaults() | {setting.id: setting.value for setting in used}
    waived = item.applicants_setting is not None and (
        values[item.applicants_setting] in item.applicants_waived_by
    )
    asked = tuple(
        condition
        for condition in item.conditions
        if condition.fact is not None
        and not (condition.setting and values[condition.setting] in condition.waived_by)
    )
    anyone = waived or "any" in item.applicants
    return Frame(item, used, values, anyone, asked, single_rate(item), outer_cap(item))


def assess(policy: Policy, claim: ClaimFacts) -> Verdict:
    """The verdict on one claim. KeyError for an unknown item or setting, ValueError for a value a setting cannot take."""
    frame = frame_of(policy, claim.item, pairs(claim.settings), pairs(claim.in_force))
    item = frame.item
    late = filing_refusal(policy, item, claim.filed_at)
    late = late or claim_refusal(policy, item, claim.facts, frame.values)
    if late is not None:
        return refused(policy, frame, claim, OUT_OF_TERM, [late])
    if item.kind != MONEY or item.rule is None:
        reason = Reason(item.kind, item.clause, item.quote, item.answer)
        return verdict(policy, frame, claim, item.kind, Told((reason,)))
    unmet = condition_refusals(frame, claim)
    if unmet:
        return refused(policy, frame, claim, NOTHING_PAYABLE, unmet)
    return computed_verdict(policy, frame, claim)


def settings_used(
    policy: Policy, item: Item, overrides: Mapping[str, object], in_force: Mapping[str, object]
) -> tuple[UsedSetting, ...]:
    """The points that apply to an item, with their value and where it came from; overrides of others are refused."""
    for source in (overrides, in_force):
        for name, value in source.items():
            check_value(policy, name, value)
    found = []
    for name in item.settings:
        spec = policy.settings[name]
        if name in overrides:
            value, source_name = overrides[name], "override"
        elif name in in_force:
            value, source_name = in_force[name], "in_force"
        else:
            value, source_name = spec.default, "default"
        found.append(UsedSetting(name, spec.title, value, source_name, spec.reading(value), spec.type))
    return tuple(found)


def check_value(policy: Policy, name: str, value: object) -> None:
    """KeyError for an unknown point, ValueError for a value it cannot take."""
    spec = policy.settings[name]
    if spec.type == "choice":
        fits = any(reading.value == value for reading in spec.readings) and isinstance(value, str)
    elif spec.type == "bool":
        fits = isinstance(value, bool)
    elif spec.type == "text":
        fits = isinstance(value, str)
    else:
        fits = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if not fits:
        raise ValueError(f"{name}: {value!r}")


def condition_refusals(frame: Frame, claim: ClaimFacts) -> list[Reason]:
    """The conditions that the facts say are not met."""
    item, found = frame.item, []
    kind = claim.facts.get("applicant_kind")
    if isinstance(kind, str) and not frame.anyone and kind not in item.applicants:
        text = f"申报单位类型为{APPLICANT_KINDS.get(kind, kind)}，本项的申报对象是{item.who}。"
        found.append(Reason("not_eligible", item.clause, item.quote, text, item.applicants_setting))
    for condition in frame.asked:
        known = claim.facts.get(condition.fact or "")
        if isinstance(known, bool) and known != condition.wanted:
            text = condition.refusal or f"不符合条件：{condition.text}。"
            found.append(Reason(condition.code, item.clause, item.quote, text, condition.setting))
    return found


class Worked:
    """An explanation of a computed amount, told from the sheet when it is first read."""

    def __init__(
        self,
        policy: Policy,
        item: Item,
        claim: ClaimFacts,
        sheet: Sheet,
        costs: Counted,
        ending: "Ending | None",
    ) -> None:
        self._policy = policy
        self._item = item
        self._claim = claim
        self._sheet = sheet
        self._costs = costs
        self._ending = ending

    @cached_property
    def _told(self) -> Told:
        item, sheet, ending = self._item, self._sheet, self._ending
        telling = Telling(item, self._claim.facts, self._costs.why)
        telling.tell(sheet.trace)
        if ending is None:
            telling.lacking(sheet.missing)
        if not sheet.used_base and self._claim.base is not None:
            telling.reason("base_not_used", "本项不按费用计算，填写的核定基数没有使用。")
        excluded = exclusion_reasons(self._costs.excluded) if sheet.used_base else []
        if ending is not None:
            ending.tell(self._policy, item, telling, quiet=not excluded)
        return Told((*excluded, *telling.reasons), tuple(telling.steps))

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self._told.reasons

    @property
    def steps(self) -> tuple[Step, ...]:
        return self._told.steps


@dataclass(slots=True)
class Ending:
    """From the exact value to the amount: one rounding, always down, then the smallest grant."""

    value: int | Fraction
    unit: str
    rounded: int
    least: int
    amount: int

    @classmethod
    def of(cls, policy: Policy, value: int | Fraction, values: Mapping[str, object]) -> "Ending":
        unit = str(values[policy.rounding_setting])
        rounded = cut(value, ROUNDING_UNITS[unit])
        smallest = values[policy.smallest_setting] if policy.smallest_setting else 0
        least = smallest if isinstance(smallest, int) else 0
        return cls(value, unit, rounded, least, 0 if rounded < least else rounded)

    def tell(self, policy: Policy, item: Item, telling: Telling, *, quiet: bool) -> None:
        setting = policy.rounding_setting
        value = Fraction(self.value)
        exact = self.rounded == value
        label = f"向下取整到{ROUNDING_WORDS[self.unit]}"
        why = f"细则口径{setting}，只在最后取整一次"
        formula = "" if exact else f"{spoken(value)} → {grouped(self.rounded)}"
        given = (value, Fraction(ROUNDING_UNITS[self.unit]))
        telling.step(label, why, formula, Fraction(self.rounded), "floor", given, setting)
        if not exact:
            exactly = f"{spoken(value)}元" if ends(value) else "除不尽的金额"
            text = f"{exactly}{label}，为{grouped(self.rounded)}元。只在最后取整一次。"
            telling.reason("rounded", text, setting)
        if self.rounded != self.amount:
            text = f"计算金额{grouped(self.rounded)}元低于最低补助金额{grouped(self.least)}元，不予补助。"
            telling.reason("below_smallest", text, policy.smallest_setting)
            smallest = policy.smallest_setting
            telling.step("低于最低补助金额", text, "", Fraction(0), "nothing", (), smallest)
        if not self.amount and quiet and all(one.code in FAVOURABLE for one in telling.reasons):
            text = f"没有可计入{item.base_label}的金额。" if item.base_label else "没有可支付的金额。"
            telling.reason("nothing_left", text)
        elif quiet and not telling.reasons:
            telling.reason("as_computed", f"按原文规定的标准计算，为{grouped(self.amount)}元。")


def computed_verdict(policy: Policy, frame: Frame, claim: ClaimFacts) -> Verdict:
    """Costs, rule, rounding, smallest grant."""
    item, values = frame.item, frame.values
    if item.rule is None:
        raise ValueError(item.id)
    costs = counted(policy, item, claim, values)
    sheet = Sheet(claim.facts, costs.base, costs.costs)
    value = item.rule.value(sheet)
    if value is ABSENT or (value is None and not sheet.missing):
        sheet.lack(COSTS if item.takes_costs else BASE)
        value = None
    ending = None if value is None else Ending.of(policy, value, values)
    explanation = Worked(policy, item, claim, sheet, costs, ending)
    excluded = costs.excluded if sheet.used_base else ()
    shown = shown_base(sheet, costs)
    if ending is None:
        missing = tuple(sheet.missing)
        return verdict(
            policy, frame, claim, NOTHING_PAYABLE, explanation, base=shown, excluded=excluded, missing=missing
        )
    computed = ending.value
    if isinstance(item.rule, Capped | SoftCap):
        computed = sheet.trace[-1][2][0]
    return verdict(
        policy,
        frame,
        claim,
        PAYABLE if ending.amount else NOTHING_PAYABLE,
        explanation,
        base=shown,
        computed=cut(computed),
        amount=ending.amount,
        excluded=excluded,
        instalments=tuple(instalments(item, ending)) if item.instalments else (),
    )


def shown_base(sheet: Sheet, costs: Counted) -> int | None:
    """The base a verdict names: what its one rate was taken of, else the costs that count."""
    if not sheet.used_base:
        return None
    rated = [operands[0] for node, _, operands, _ in sheet.trace if type(node) is RateOf]
    return cut(rated[0]) if len(rated) == 1 else costs.base


def instalments(item: Item, ending: Ending) -> Iterator[Instalment]:
    """The parts of an award, each rounded down as the award is; the open part, or else the last, takes what is left."""
    plan = item.instalments
    if not plan or not ending.amount:
        return
    unit = ROUNDING_UNITS[ending.unit]
    amounts = [0 if one.share is None else cut(ending.amount * one.share.value, unit) for one in plan]
    rest = next((index for index, one in enumerate(plan) if one.share is None), len(plan) - 1)
    amounts[rest] += ending.amount - sum(amounts)
    for one, amount in zip(plan, amounts, strict=True):
        yield Instalment(one.label, amount, one.on, one.years_later)


def refused(policy: Policy, frame: Frame, claim: ClaimFacts, outcome: str, reasons: list[Reason]) -> Verdict:
    """A no before any arithmetic: nothing is paid."""
    item = frame.item
    steps = tuple(
        Step("不予计算", one.text, "", Fraction(0), one.clause, one.quote, one.setting, "nothing")
        for one in reasons
    )
    takes_base = item.rule is not None and any(isinstance(node, BaseOfCosts) for node in walk(item.rule))
    base = claim.base if takes_base else None
    return verdict(policy, frame, claim, outcome, Told(tuple(reasons), steps), base=base, amount=0)


def single_rate(item: Item) -> Rate | None:
    """The rate of an item whose rule has exactly one."""
    if item.rule is None:
        return None
    rates = [node.share.rate for node in walk(item.rule) if isinstance(node, RateOf)]
    return rates[0] if len(rates) == 1 else None


def outer_cap(item: Item) -> int | None:
    """The cap that stands outermost, in fen; of two, the one that never gives way."""
    match item.rule:
        case Capped(cap=cap):
            return cap.fen
        case SoftCap(soft=soft, hard=hard):
            return (hard or soft).fen
    return None


def verdict(
    policy: Policy,
    frame: Frame,
    claim: ClaimFacts,
    outcome: str,
    explanation: Explanation,
    *,
    base: int | None = None,
    computed: int | None = None,
    amount: int | None = None,
    excluded: tuple[ExcludedCost, ...] = (),
    missing: tuple[str, ...] = (),
    instalments: tuple[Instalment, ...] = (),
) -> Verdict:
    """Put together; the rate is the item's when it has exactly one, the cap when it stands outermost."""
    return Verdict(
        policy=policy.id,
        policy_hash=policy.hash,
        claim=claim.id,
        item=frame.item.id,
        outcome=outcome,
        base=base,
        rate=frame.rate,
        computed=computed,
        cap=frame.cap,
        amount=amount,
        excluded_costs=excluded,
        settings=frame.used,
        explanation=explanation,
        missing=missing,
        instalments=instalments,
    )
