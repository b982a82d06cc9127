"""A rule in words: one phrase for the whole tree, and a line for each of its nodes. Pure; made from the rule alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clauses.engine import rules
from clauses.engine.policy import Item

BASE = "核定基数"
JUDGED = "评审核定"
BY_RULE = "按规则计算"
COMPARED = {"at_least": "不低于", "more_than": "超过", "at_most": "不超过", "less_than": "低于"}
_STARTS = ("按", "每", "由", "逐", "在", "定额")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a rule as the text writes it, with the words around it; `quote` names another sentence."""

    literal: str
    words: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One node of a rule: what it does, in words, and the numbers it takes from the text."""

    order: int
    depth: int
    name: str
    text: str
    numbers: tuple[Number, ...] = ()
    below: tuple["Line", ...] = ()

    @property
    def pieces(self) -> list[tuple[str, Number | None]]:
        """The text cut at its numbers, so that each can be a link."""
        taken: list[tuple[int, int, Number]] = []
        for number in self.numbers:
            at = self.text.find(number.literal)
            while any(start < at + len(number.literal) and at < end for start, end, _ in taken):
                at = self.text.find(number.literal, at + 1)
            if at >= 0:
                taken.append((at, at + len(number.literal), number))
        found: list[tuple[str, Number | None]] = []
        done = 0
        for start, end, one in sorted(taken, key=lambda span: span[0]):
            found += [(self.text[done:start], None), (self.text[start:end], one)]
            done = end
        return [piece for piece in (*found, (self.text[done:], None)) if piece[0]]


@dataclass(frozen=True, slots=True)
class Speech:
    """What a rule is about: the name of its base and of its facts, their units and choices."""

    base: str = BASE
    labels: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def label(self, key: str) -> str:
        return self.labels.get(key, key)

    def choice(self, key: str, value: object) -> str:
        """A value of a fact in words."""
        if isinstance(value, bool):
            return self.label(key) if value else f"没有{self.label(key)}"
        return self.choices.get(key, {}).get(str(value), str(value))


def speech_of(item: Item) -> Speech:
    return Speech(
        item.base_label or BASE,
        {fact.key: fact.label for fact in item.facts},
        {fact.key: fact.unit for fact in item.facts},
        {fact.key: fact.choices for fact in item.facts if fact.choices},
    )


def numbers_of(node: rules.Node) -> tuple[Number, ...]:
    """The numbers of the text that a node itself holds."""
    return tuple(Number(one.literal, one.words, one.quote) for one in node.figures())


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


def tree(item: Item) -> Line | None:
    """An item's rule, a line for each node. Lines are numbered from 1, top first."""
    if item.rule is None:
        return None
    return _line(item.rule, speech_of(item), iter(range(1, 100_000)), 0, "", ())


def lines(item: Item) -> list[Line]:
    """The lines of an item's rule in their order."""

    def flat(line: Line) -> Iterator[Line]:
        yield line
        for one in line.below:
            yield from flat(one)

    top = tree(item)
    return [] if top is None else list(flat(top))


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands below a line: a node with the case in which it holds, or words alone."""

    lead: str
    figures: tuple[Any, ...] = ()
    node: Any = None


def _line(
    node: Any, speech: Speech, counter: Iterator[int], depth: int, lead: str, given: Sequence[Number]
) -> Line:
    order = next(counter)
    name, text = _LINES[type(node)](node, speech)
    own = [] if type(node) in _NUMBERS_BELOW else list(numbers_of(node))
    below = []
    for part in _parts(node, speech):
        numbers = [Number(one.literal, one.words, one.quote) for one in part.figures]
        if part.node is None:
            below.append(Line(next(counter), depth + 1, "", part.lead, tuple(numbers)))
        else:
            below.append(_line(part.node, speech, counter, depth + 1, part.lead, numbers))
    return Line(order, depth, name, f"{lead}{text}", (*given, *own), tuple(below))


def _parts(node: Any, speech: Speech) -> list[_Part]:
    """What stands below a node, each with its case."""
    kind = type(node)
    if kind is rules.ByFact:
        found = [_Part(f"{speech.choice(node.fact, value)}：", (), then) for value, then in node.cases]
        return [*found, _Part("其他情形：", (), node.otherwise)] if node.otherwise is not None else found
    if kind is rules.Tiers:
        rows = [_Part(f"{between(row)}：", _bounds(row), row.then) for row in node.rows]
        return rows if _is_leaf(node.on) else [_Part("", (), node.on), *rows]
    if kind is rules.Brackets:
        rows = [
            _Part(f"{_bracket(row)}，按{row.share.literal}", (*_bounds(row), row.share)) for row in node.rows
        ]
        return [*rows, _Part("分段的金额：", (), node.of)]
    if kind is rules.When:
        found = [_Part("符合的：", (), node.then)]
        if node.otherwise is not None:
            found.append(_Part("不符合的：", (), node.otherwise))
        return [*found, *(_Part("条件里的", (), one) for one in node.test.measures() if not _is_leaf(one))]
    if kind is rules.Excess:
        return [_Part("", (), node.of), _Part("减去", (), node.over)]
    if kind is rules.PerUnit:
        return [] if _is_leaf(node.count) else [_Part("", (), node.count)]
    return [_Part("", (), part) for part in node.parts()]


def _is_leaf(node: Any) -> bool:
    return not node.parts()


def _bounds(row: Any) -> tuple[Any, ...]:
    return tuple(one for one in (row.low, row.high) if one is not None)


def between(row: Any) -> str:
    """A tier's bounds in the words of the law: 以上 and 以下 include the number, 超过 and 不满 do not."""
    low = row.low.literal if row.low is not None else ""
    high = row.high.literal if row.high is not None else ""
    if low:
        low = f"{low}以上" if row.low_in else f"超过{low}"
    if high:
        high = f"{high}以下" if row.high_in else f"不满{high}"
    return f"{low}、{high}" if low and high else low or high or "全部"


def _bracket(row: Any) -> str:
    if row.low is not None and row.high is not None:
        return f"超过{row.low.literal}至{row.high.literal}的部分"
    if row.low is not None:
        return f"超过{row.low.literal}的部分"
    return f"{row.high.literal}以内的部分" if row.high is not None else "全部"


def say(node: Any, speech: Speech) -> str:
    """A node and everything below it, as a phrase that can stand inside another."""
    return _PHRASES[type(node)](node, speech)


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


def _first(node: Any) -> str:
    return numbers_of(node)[0].literal


def _base(node: Any, speech: Speech) -> str:
    return getattr(node, "label", "") or speech.base


def _fact(node: Any, speech: Speech) -> str:
    return speech.label(node.fact)


def _joined(node: Any, speech: Speech, word: str) -> str:
    return f"{'与'.join(say(part, speech) for part in node.of)}中{word}者"


def _factor(node: Any, speech: Speech) -> str:
    return speech.label(node.factor) if isinstance(node.factor, str) else str(node.factor.literal)


def _times(node: Any, speech: Speech) -> str:
    """A ratio such as 1:0.5 matches what stands before it; any other factor multiplies it."""
    factor = _factor(node, speech)
    return (
        f"{say(node.of, speech)}，按{factor}配套" if ":" in factor else f"{say(node.of, speech)}乘以{factor}"
    )


def _excess(node: Any, speech: Speech) -> str:
    """What one amount has over another: by its name, with the two where they are not named themselves."""
    of, over = say(node.of, speech), say(node.over, speech)
    if not node.label:
        return f"{of}超过{over}的部分"
    return node.label if _is_leaf(node.of) and _is_leaf(node.over) else f"{node.label}（{of}减去{over}）"


def _per_unit(node: Any, speech: Speech) -> str:
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
    rows = "；".join(f"{_bracket(row)}按{row.share.literal}" for row in node.rows)
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


def _interest_terms(node: Any, speech: Speech) -> str:
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
_NUMBERS_BELOW = {rules.Tiers, rules.Brackets}
_PHRASES: dict[type, Callable[[Any, Speech], str]] = {
    rules.BaseOfCosts: _base,
    rules.FactAmount: _fact,
    rules.FactNumber: _fact,
    rules.JudgedAmount: _fact,
    rules.FixedAmount: lambda node, speech: _first(node),
    rules.PerUnit: _per_unit,
    rules.RateOf: lambda node, speech: f"{say(node.of, speech)}的{_first(node)}",
    rules.Times: _times,
    rules.Ratio: lambda node, speech: node.label or f"{say(node.of, speech)}与{say(node.to, speech)}之比",
    rules.Pool: lambda node, speech: f"{say(node.of, speech)}，总额{_first(node)}，不够时按比例分配",
    rules.Capped: lambda node, speech: f"{say(node.of, speech)}，最高{_first(node)}",
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
    rules.Interest: lambda node, speech: f"{_interest_terms(node, speech)}的利息",
}


def _of(node: Any, speech: Speech) -> str:
    """What a share is taken of: its name where that is short, else the line below."""
    return say(node.of, speech) if _is_leaf(node.of) else "下面的金额"


def _minimum_line(node: Any, speech: Speech) -> str:
    said = f"不足{node.least.literal}的不予补助"
    return f"{said}，{test_in_words(node.unless, speech)}的除外" if node.unless is not None else said


def _soft_line(node: Any, speech: Speech) -> str:
    hard = f"，最多不超过{node.hard.literal}" if node.hard is not None else ""
    return f"一般最高{node.soft.literal}，有{speech.label(node.approval)}的可以突破{hard}"


_LINES: dict[type, Callable[[Any, Speech], tuple[str, str]]] = {
    rules.BaseOfCosts: lambda node, speech: (
        "基数",
        f"{_base(node, speech)}：计入的费用相加，或者核定的基数",
    ),
    rules.FactAmount: lambda node, speech: (
        "填报金额",
        speech.label(node.fact) + ("（没有就不比较）" if node.optional else ""),
    ),
    rules.FactNumber: lambda node, speech: ("填报数字", speech.label(node.fact)),
    rules.JudgedAmount: lambda node, speech: (
        "核定金额",
        f"{speech.label(node.fact)}：原文只写上限，金额由评审核定",
    ),
    rules.FixedAmount: lambda node, speech: ("定额", _first(node)),
    rules.PerUnit: lambda node, speech: ("按数量", _per_unit(node, speech)),
    rules.RateOf: lambda node, speech: ("比例", f"{_of(node, speech)}的{_first(node)}"),
    rules.Times: lambda node, speech: ("系数", f"{_of(node, speech)}乘以{_factor(node, speech)}"),
    rules.Ratio: lambda node, speech: ("相除", f"{node.label or '前一个数'}：前一个数除以后一个数"),
    rules.Pool: lambda node, speech: ("总额", f"所有人合计{_first(node)}，不够时按比例分配"),
    rules.Capped: lambda node, speech: (
        "上限",
        f"最高{_first(node)}" + (f"，先扣除{speech.label(node.already)}" if node.already else ""),
    ),
    rules.SoftCap: lambda node, speech: ("一般上限", _soft_line(node, speech)),
    rules.Minimum: lambda node, speech: ("最低金额", _minimum_line(node, speech)),
    rules.LesserOf: lambda node, speech: ("取较小", "下面几个金额里最小的一个"),
    rules.GreaterOf: lambda node, speech: ("取较大", "下面几个金额里最大的一个"),
    rules.SumOf: lambda node, speech: ("相加", "下面各部分加在一起"),
    rules.Excess: lambda node, speech: ("差额", f"{node.label or '前一个数减后一个数'}，不足的按零算"),
    rules.EachCost: lambda node, speech: ("逐笔", "每笔费用分别计算，再加在一起"),
    rules.ByFact: lambda node, speech: ("分类", f"按{speech.label(node.fact)}，各用各的算法"),
    rules.Tiers: lambda node, speech: (
        "分档",
        f"按{say(node.on, speech) if _is_leaf(node.on) else '下面的数'}分档，全部按达到的那一档算",
    ),
    rules.Brackets: lambda node, speech: ("分段", "每一段按本段的比例算，再加在一起"),
    rules.When: lambda node, speech: ("条件", test_in_words(node.test, speech)),
    rules.Interest: lambda node, speech: (
        "利息",
        f"{_interest_terms(node, speech)}，一年按{node.year_days}天，算头不算尾",
    ),
}


def basis(item: Item) -> str:
    """What the amount is reckoned from, in short: the base, or what the first rate is taken of."""
    if item.base_label or item.rule is None:
        return item.base_label
    rated = [node for node in rules.walk(item.rule) if isinstance(node, rules.RateOf)]
    if rated:
        return say(rated[0].of, speech_of(item))
    judged = any(isinstance(node, rules.JudgedAmount) for node in rules.walk(item.rule))
    return JUDGED if judged else BY_RULE


_EVENTS = {
    "approval": "批准后支付",
    "milestone": "达到阶段目标后支付",
    "assessment": "考核合格后支付",
    "date": "到期支付",
}


def instalments(item: Item) -> list[tuple[str, str, tuple[Number, ...]]]:
    """How an award is paid out: the name of each part, what it is and when, and the numbers of the text in it."""
    found: list[tuple[str, str, tuple[Number, ...]]] = []
    for part in item.instalments:
        share = f"总额的{part.share.literal}" if part.share is not None else "其余部分"
        later = f"，第{part.years_later + 1}年" if part.years_later else ""
        numbers = (Number(part.share.literal, part.share.words, part.share.quote),) if part.share else ()
        found.append((part.label, f"{share}{later}，{_EVENTS.get(part.on, '按规定支付')}", numbers))
    return found
