"""Which costs of a claim count, and why the others do not."""

from collections.abc import Mapping
from dataclasses import dataclass

from clauses.engine.facts import ClaimFacts, CostLine
from clauses.engine.money import grouped
from clauses.engine.policy import Item, Policy
from clauses.engine.term import cost_refusal
from clauses.engine.verdict import ExcludedCost, Reason


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


@dataclass(slots=True)
class Counted:
    """The costs of a claim sorted into those that count and those that do not."""

    base: int | None
    costs: tuple[CostLine, ...] | None
    excluded: tuple[ExcludedCost, ...]
    why: str


def counted(policy: Policy, item: Item, claim: ClaimFacts, values: Mapping[str, object]) -> Counted:
    """The base: the verified one as it is, or the sum of the costs that nothing keeps out."""
    if claim.costs is None:
        return Counted(claim.base, None, (), "核定基数")
    excluded, kept = [], []
    for cost in claim.costs:
        reason = cost_exclusion(policy, item, cost, values)
        if reason is None:
            kept.append(cost)
        else:
            excluded.append(ExcludedCost(cost.id, cost.amount, reason))
    why = f"{len(kept)}笔费用合计" + (f"，另有{len(excluded)}笔不计入" if excluded else "")
    return Counted(sum(cost.amount for cost in kept), tuple(kept), tuple(excluded), why)


def exclusion_reasons(excluded: tuple[ExcludedCost, ...]) -> list[Reason]:
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
