"""A rule as one phrase: each kind of node has words that can stand inside another's."""

from collections.abc import Callable
from typing import Any

from clauses.engine import rules
from clauses.engine.policy import Item
from clauses.wording.speech import Speech, numbers_of, speech_of

COMPARED = {"at_least": "不低于", "more_than": "超过", "at_most": "不超过", "less_than": "低于"}
_STARTS = ("按", "每", "由", "逐", "在", "定额")


def describe(node: Any, speech: Speech | None = None) -> str:
    """The whole rule in one phrase: 按新购置研发设备总价的20%，最高1000万元."""
    said = say(node, speech or Speech())
    return said if said.startswith(_STARTS) or type(_leftmost(node)) in _ALONE else f"按{said}"


def _leftmost(node: Any) -> Any:
    """The node whose words a phrase begins with."""
    while type(node) in _FOLLOWING:
        node = node.of[0] if isinstance(node.of, tuple) else node.of
    return node


def rule_in_words(item: Item) -> str:
    """An item's rule in one phrase; empty where it has none."""
    return describe(item.rule, speech_of(item)) if item.rule is not None else ""


def is_leaf(node: Any) -> bool:
    return not node.parts()


def between(row: Any) -> str:
    """A tier's bounds in the words of the law: 以上 and 以下 include the number, 超过 and 不满 do not."""
    low = row.low.literal if row.low is not None else ""
    high = row.high.literal if row.high is not None else ""
    if low:
        low = f"{low}以上" if row.low_in else f"超过{low}"
    if high:
        high = f"{high}以下" if row.high_in else f"不满{high}"
    return f"{low}、{high}" if low and high else low or high or "全部"


def bracket(row: Any) -> str:
    if row.low is not None and row.high is not None:
        return f"超过{row.low.literal}至{row.high.literal}的部分"
    if row.low is not None:
        return f"超过{row.low.literal}的部分"
    return f"{row.high.literal}以内的部分" if row.high is not None else "全部"


def say(node: Any, speech: Speech) -> str:
    """A node and everything below it, as a phrase that can stand inside another."""
    return PHRASES[type(node)](node, speech)


def test_in_words(test: Any, speech: Speech) -> str:
    """A condition of a rule as part of a sentence: 新入驻企业数不低于10家."""
    if isinstance(test, rules.Compare):
        bound = getattr(test.bound, "literal", "") or say(test.bound, speech)
        return f"{say(test.of, speech)}{COMPARED[test.how]}{bound}"
    if isinstance(test, rules.Is):
        if test.values == (True,):
            return speech.label(test.fact)
        said = "或".join(speech.choice(test.fact, value) for value in test.values)
        return said if test.values == (False,) else f"{speech.label(test.fact)}为{said}"
    if isinstance(test, rules.Not):
        return f"不是“{test_in_words(test.of, speech)}”"
    return ("，或" if isinstance(test, rules.Some) else "，且").join(
        test_in_words(one, speech) for one in test.of
    )


def first_number(node: Any) -> str:
    return numbers_of(node)[0].literal


def base_of(node: Any, speech: Speech) -> str:
    return getattr(node, "label", "") or speech.base


def _fact(node: Any, speech: Speech) -> str:
    return speech.label(node.fact)


def _joined(node: Any, speech: Speech, word: str) -> str:
    return f"{'与'.join(say(part, speech) for part in node.of)}中{word}者"


def factor_of(node: Any, speech: Speech) -> str:
    return speech.label(node.factor) if isinstance(node.factor, str) else str(node.factor.literal)


def _times(node: Any, speech: Speech) -> str:
    """A ratio such as 1:0.5 matches what stands before it; any other factor multiplies it."""
    factor = factor_of(node, speech)
    return (
        f"{say(node.of, speech)}，按{factor}配套" if ":" in factor else f"{say(node.of, speech)}乘以{factor}"
    )


def _excess(node: Any, speech: Speech) -> str:
    """What one amount has over another: by its name, with the two where they are not named themselves."""
    of, over = say(node.of, speech), say(node.over, speech)
    if not node.label:
        return f"{of}超过{over}的部分"
    return node.label if is_leaf(node.of) and is_leaf(node.over) else f"{node.label}（{of}减去{over}）"


def per_unit(node: Any, speech: Speech) -> str:
    unit = speech.units.get(getattr(node.count, "fact", ""), "")
    said = f"{say(node.count, speech)}，每{node.step.literal if node.step else unit or '个'}{node.amount.literal}"
    if node.beyond is not None:
        said += f"，只算超过{node.beyond.literal}的部分"
    return f"{said}，最多算{node.most.literal}" if node.most is not None else said


def _by_fact(node: Any, speech: Speech) -> str:
    cases = [f"{speech.choice(node.fact, value)}，{say(then, speech)}" for value, then in node.cases]
    if node.otherwise is not None:
        cases.append(f"其他情形，{say(node.otherwise, speech)}")
    return f"按{speech.label(node.fact)}：{'；'.join(cases)}"


def _tiers(node: Any, speech: Speech) -> str:
    rows = "；".join(f"{between(row)}的，{say(row.then, speech)}" for row in node.rows)
    return f"按{say(node.on, speech)}分档，全部按达到的那一档：{rows}"


def _brackets(node: Any, speech: Speech) -> str:
    rows = "；".join(f"{bracket(row)}按{row.share.literal}" for row in node.rows)
    return f"按{say(node.of, speech)}分段计算后相加：{rows}"


def _when(node: Any, speech: Speech) -> str:
    said = f"{test_in_words(node.test, speech)}的，{say(node.then, speech)}"
    return f"{said}；否则，{say(node.otherwise, speech)}" if node.otherwise is not None else said


def _soft_cap(node: Any, speech: Speech) -> str:
    hard = f"，最多不超过{node.hard.literal}" if node.hard is not None else ""
    return f"{say(node.of, speech)}，一般最高{node.soft.literal}，有{speech.label(node.approval)}的可以突破{hard}"


def _minimum(node: Any, speech: Speech) -> str:
    said = f"{say(node.of, speech)}，不足{node.least.literal}的不予补助"
    return f"{said}（{test_in_words(node.unless, speech)}的除外）" if node.unless is not None else said


def interest_terms(node: Any, speech: Speech) -> str:
    rate = speech.label(node.rate)
    if node.not_above is not None:
        rate += f"（不高于{speech.label(node.not_above)}）"
    term = f"，最长{node.months.literal}" if node.months is not None else ""
    return f"{speech.label(node.principal)}按{rate}计算{term}"


_ALONE = {rules.FixedAmount, rules.When}
_FOLLOWING = {
    rules.Capped,
    rules.SoftCap,
    rules.Minimum,
    rules.Pool,
    rules.RateOf,
    rules.Times,
    rules.SumOf,
    rules.LesserOf,
    rules.GreaterOf,
}
PHRASES: dict[type, Callable[[Any, Speech], str]] = {
    rules.BaseOfCosts: base_of,
    rules.FactAmount: _fact,
    rules.FactNumber: _fact,
    rules.JudgedAmount: _fact,
    rules.FixedAmount: lambda node, speech: first_number(node),
    rules.PerUnit: per_unit,
    rules.RateOf: lambda node, speech: f"{say(node.of, speech)}的{first_number(node)}",
    rules.Times: _times,
    rules.Ratio: lambda node, speech: node.label or f"{say(node.of, speech)}与{say(node.to, speech)}之比",
    rules.Pool: lambda node, speech: f"{say(node.of, speech)}，总额{first_number(node)}，不够时按比例分配",
    rules.Capped: lambda node, speech: f"{say(node.of, speech)}，最高{first_number(node)}",
    rules.SoftCap: _soft_cap,
    rules.Minimum: _minimum,
    rules.LesserOf: lambda node, speech: _joined(node, speech, "较小"),
    rules.GreaterOf: lambda node, speech: _joined(node, speech, "较大"),
    rules.SumOf: lambda node, speech: "，加上".join(say(part, speech) for part in node.of),
    rules.Excess: _excess,
    rules.EachCost: lambda node, speech: f"逐笔计算后相加（每笔{say(node.of, speech)}）",
    rules.ByFact: _by_fact,
    rules.Tiers: _tiers,
    rules.Brackets: _brackets,
    rules.When: _when,
    rules.Interest: lambda node, speech: f"{interest_terms(node, speech)}的利息",
}
