"""From facts to a verdict: term, kind, conditions, costs, rule, one rounding."""

from collections.abc import Mapping
from fractions import Fraction

from clauses.engine.facts import ClaimFacts, CostLine
from clauses.engine.money import ROUNDING_UNITS, ROUNDING_WORDS, cut, grouped, spoken
from clauses.engine.policy import APPLICANT_KINDS, MONEY, Item, Policy
from clauses.engine.rules import BaseOfCosts, Capped, RateOf, Working, walk
from clauses.engine.term import claim_refusal, cost_refusal, filing_refusal
from clauses.engine.verdict import (
    NOTHING_PAYABLE,
    OUT_OF_TERM,
    PAYABLE,
    ExcludedCost,
    Reason,
    Step,
    UsedSetting,
    Verdict,
)


def assess(policy: Policy, claim_facts: ClaimFacts) -> Verdict:
    """The verdict on one claim. KeyError for an unknown item or setting, ValueError for a value a setting cannot take."""
    item = policy.item(claim_facts.item)
    used = settings_used(policy, item, claim_facts)
    values: dict[str, object] = policy.defaults() | {setting.id: setting.value for setting in used}
    late = filing_refusal(policy, item, claim_facts.filed_at)
    late = late or claim_refusal(policy, item, claim_facts.facts, values)
    if late is not None:
        return refused(policy, item, claim_facts, used, OUT_OF_TERM, [late])
    if item.kind != MONEY or item.rule is None:
        reason = Reason(item.kind, item.clause, item.quote, item.answer)
        return verdict(policy, item, claim_facts, used, item.kind, reasons=[reason])
    unmet = condition_refusals(item, claim_facts, values)
    if unmet:
        return refused(policy, item, claim_facts, used, NOTHING_PAYABLE, unmet)
    return computed_verdict(policy, item, claim_facts, used, values)


def settings_used(policy: Policy, item: Item, claim: ClaimFacts) -> tuple[UsedSetting, ...]:
    """The points that apply to an item, with their value and where it came from; overrides of others are refused."""
    for source in (claim.settings, claim.in_force):
        for name, value in source.items():
            check_value(policy, name, value)
    found = []
    for name in item.settings:
        spec = policy.settings[name]
        if name in claim.settings:
            value, source_name = claim.settings[name], "override"
        elif name in claim.in_force:
            value, source_name = claim.in_force[name], "in_force"
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


def condition_refusals(item: Item, claim: ClaimFacts, values: Mapping[str, object]) -> list[Reason]:
    """The conditions that the facts say are not met."""
    found = []
    kind = claim.facts.get("applicant_kind")
    anyone = "any" in item.applicants or (
        item.applicants_setting is not None and values[item.applicants_setting] in item.applicants_waived_by
    )
    if isinstance(kind, str) and not anyone and kind not in item.applicants:
        text = f"申报单位类型为{APPLICANT_KINDS.get(kind, kind)}，本项的申报对象是{item.who}。"
        found.append(Reason("not_eligible", item.clause, item.quote, text, item.applicants_setting))
    for condition in item.conditions:
        if condition.fact is None or (condition.setting and values[condition.setting] in condition.waived_by):
            continue
        known = claim.facts.get(condition.fact)
        if isinstance(known, bool) and known != condition.wanted:
            text = condition.refusal or f"不符合条件：{condition.text}。"
            found.append(Reason(condition.code, item.clause, item.quote, text, condition.setting))
    return found


def cost_exclusion(policy: Policy, item: Item, cost: CostLine, values: Mapping[str, object]) -> Reason | None:
    """Why a cost does not count, the first that applies: its dates, its kind, its marks, a hold elsewhere."""
    if dated := cost_refusal(policy, item, cost, values):
        return dated
    category = item.category(cost.category) if cost.category else None
    if cost.category and category is None:
        text = f"费用类别“{cost.category}”不在{item.base_label}的范围内，不能计入。"
        return Reason("not_eligible", item.clause, item.quote, text)
    if category is not None:
        flipped = category.setting is not None and values[category.setting] in category.flipped_by
        if category.eligible == flipped:
            text = f"{category.label}不计入{item.base_label}。"
            return Reason("not_eligible", item.clause, item.quote, text, category.setting)
    for test in item.cost_tests:
        waived = test.setting is not None and values[test.setting] in test.waived_by
        if not waived and cost.flags.get(test.flag) is test.out_when:
            if test.code == "held_elsewhere":
                overlap = policy.sentence("overlap")
                return Reason(test.code, overlap.clause, overlap.quote, test.text, test.setting)
            return Reason(test.code, item.clause, item.quote, test.text, test.setting)
    if cost.held_elsewhere:
        overlap = policy.sentence("overlap")
        text = "这笔费用已用于另一项申报，同一笔费用只能用在一处，不能计入。"
        return Reason("held_elsewhere", overlap.clause, overlap.quote, text)
    return None


def computed_verdict(
    policy: Policy,
    item: Item,
    claim: ClaimFacts,
    used: tuple[UsedSetting, ...],
    values: Mapping[str, object],
) -> Verdict:
    """Costs, rule, rounding, smallest grant."""
    if item.rule is None:
        raise ValueError(item.id)
    excluded: list[ExcludedCost] = []
    base = claim.base
    base_why = "核定基数"
    if claim.costs is not None:
        base = 0
        for cost in claim.costs:
            reason = cost_exclusion(policy, item, cost, values)
            if reason is None:
                base += cost.amount
            else:
                excluded.append(ExcludedCost(cost.id, cost.amount, reason))
        counted = len(claim.costs) - len(excluded)
        base_why = f"{counted}笔费用合计" + (f"，另有{len(excluded)}笔不计入" if excluded else "")
    working = Working(
        clause=item.clause,
        quote=item.quote,
        base_label=item.base_label,
        base=None if base is None else Fraction(base),
        base_why=base_why,
        facts=claim.facts,
        labels={spec.key: spec.label for spec in item.facts},
    )
    value = item.rule.evaluate(working)
    reasons = [*exclusion_reasons(excluded), *working.reasons]
    if not working.used_base and claim.base is not None:
        text = "本项不按费用计算，填写的核定基数没有使用。"
        reasons.append(Reason("base_not_used", item.clause, item.quote, text))
    if not working.used_base:
        base, excluded = None, []
    elif len(working.rated) == 1:
        base = cut(working.rated[0])
    if value is None:
        return verdict(
            policy,
            item,
            claim,
            used,
            NOTHING_PAYABLE,
            base=base,
            excluded=excluded,
            reasons=reasons,
            steps=working.steps,
            missing=tuple(working.missing),
        )
    before_cap = working.before_cap if isinstance(item.rule, Capped) else value
    computed = value if before_cap is None else before_cap
    amount, ending = rounded(policy, item, value, values)
    steps = [*working.steps, ending]
    if Fraction(amount) != value:
        text = f"{spoken(value)}元{ending.label}，为{grouped(amount)}元。只在最后取整一次。"
        reasons.append(Reason("rounded", item.clause, item.quote, text, policy.rounding_setting))
    least = values[policy.smallest_setting] if policy.smallest_setting else 0
    if isinstance(least, int) and 0 < amount < least:
        text = f"计算金额{grouped(amount)}元低于最低补助金额{grouped(least)}元，不予补助。"
        reasons.append(Reason("below_smallest", item.clause, item.quote, text, policy.smallest_setting))
        steps.append(
            Step(
                "低于最低补助金额",
                text,
                "",
                Fraction(0),
                item.clause,
                item.quote,
                policy.smallest_setting,
            )
        )
        amount = 0
    if not amount and not any(reason.code != "rate_applied" for reason in reasons):
        text = f"没有可计入{item.base_label}的金额。" if item.base_label else "没有可支付的金额。"
        reasons.append(Reason("nothing_left", item.clause, item.quote, text))
    return verdict(
        policy,
        item,
        claim,
        used,
        PAYABLE if amount else NOTHING_PAYABLE,
        base=base,
        computed=cut(computed),
        amount=amount,
        excluded=excluded,
        reasons=reasons,
        steps=steps,
    )


def rounded(policy: Policy, item: Item, value: Fraction, values: Mapping[str, object]) -> tuple[int, Step]:
    """The one rounding, always down, and its step."""
    unit = str(values[policy.rounding_setting])
    amount = cut(value, ROUNDING_UNITS[unit])
    why = f"细则口径{policy.rounding_setting}，只在最后取整一次"
    formula = "" if Fraction(amount) == value else f"{spoken(value)} → {grouped(amount)}"
    label = f"向下取整到{ROUNDING_WORDS[unit]}"
    return amount, Step(
        label,
        why,
        formula,
        Fraction(amount),
        item.clause,
        item.quote,
        policy.rounding_setting,
    )


def exclusion_reasons(excluded: list[ExcludedCost]) -> list[Reason]:
    """One reason for each way costs were kept out, naming them."""
    groups: dict[tuple[str, str, str], list[ExcludedCost]] = {}
    for cost in excluded:
        groups.setdefault((cost.reason.code, cost.reason.clause, cost.reason.quote), []).append(cost)
    words = {
        "outside_term": "日期不在政策期内",
        "not_eligible": "不属于可计入的范围",
        "related_party": "属于关联方交易",
        "held_elsewhere": "已用于其他申报或已得到其他财政资金",
        "missing_fact": "缺少日期，暂不能判断",
    }
    found = []
    for (code, clause, quote), costs in groups.items():
        total = grouped(sum(cost.amount for cost in costs))
        names = "、".join(cost.id for cost in costs[:5]) + ("等" if len(costs) > 5 else "")
        text = f"{len(costs)}笔费用（{names}）共{total}元没有计入：{words.get(code, costs[0].reason.text)}。"
        found.append(Reason(code, clause, quote, text, costs[0].reason.setting))
    return found


def refused(
    policy: Policy,
    item: Item,
    claim: ClaimFacts,
    used: tuple[UsedSetting, ...],
    outcome: str,
    reasons: list[Reason],
) -> Verdict:
    """A no before any arithmetic: nothing is paid."""
    steps = [
        Step(
            "不予计算",
            reason.text,
            "",
            Fraction(0),
            reason.clause,
            reason.quote,
            reason.setting,
        )
        for reason in reasons
    ]
    base = claim.base if any(isinstance(node, BaseOfCosts) for node in nodes(item)) else None
    return verdict(
        policy,
        item,
        claim,
        used,
        outcome,
        base=base,
        amount=0,
        reasons=reasons,
        steps=steps,
    )


def nodes(item: Item) -> list[object]:
    return [] if item.rule is None else list(walk(item.rule))


def verdict(
    policy: Policy,
    item: Item,
    claim: ClaimFacts,
    used: tuple[UsedSetting, ...],
    outcome: str,
    *,
    reasons: list[Reason],
    base: int | None = None,
    computed: int | None = None,
    amount: int | None = None,
    excluded: list[ExcludedCost] | None = None,
    steps: list[Step] | None = None,
    missing: tuple[str, ...] = (),
) -> Verdict:
    """Put together; the rate is the item's when it has exactly one, the cap when it stands outermost."""
    rates = [node.rate for node in nodes(item) if isinstance(node, RateOf)]
    return Verdict(
        policy=policy.id,
        policy_hash=policy.hash,
        claim=claim.id,
        item=item.id,
        outcome=outcome,
        base=base,
        rate=rates[0] if len(rates) == 1 else None,
        computed=computed,
        cap=item.rule.cap if isinstance(item.rule, Capped) else None,
        amount=amount,
        excluded_costs=tuple(excluded or ()),
        reasons=tuple(reasons),
        steps=tuple(steps or ()),
        settings=used,
        missing=missing,
    )
