"""A rule as lines: each node says what it does and shows its numbers, with its parts below it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from clauses.engine import rules
from clauses.engine.policy import Item
from clauses.wording.phrases import (
    base_of,
    between,
    bracket,
    factor_of,
    first_number,
    interest_terms,
    is_leaf,
    per_unit,
    say,
    test_in_words,
)
from clauses.wording.speech import Number, Speech, numbers_of, speech_of


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


def tree(item: Item) -> Line | None:
    """An item's rule, a line for each node. Lines are numbered from 1, top first."""
    if item.rule is None:
        return None
    return line_of(item.rule, speech_of(item), iter(range(1, 100_000)), 0, "", ())


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


def line_of(
    node: Any, speech: Speech, counter: Iterator[int], depth: int, lead: str, given: Sequence[Number]
) -> Line:
    order = next(counter)
    name, text = LINES[type(node)](node, speech)
    own = [] if type(node) in _NUMBERS_BELOW else list(numbers_of(node))
    below = []
    for part in _parts(node, speech):
        numbers = [Number(one.literal, one.words, one.quote) for one in part.figures]
        if part.node is None:
            below.append(Line(next(counter), depth + 1, "", part.lead, tuple(numbers)))
        else:
            below.append(line_of(part.node, speech, counter, depth + 1, part.lead, numbers))
    return Line(order, depth, name, f"{lead}{text}", (*given, *own), tuple(below))


def _parts(node: Any, speech: Speech) -> list[_Part]:
    """What stands below a node, each with its case."""
    kind = type(node)
    if kind is rules.ByFact:
        found = [_Part(f"{speech.choice(node.fact, value)}：", (), then) for value, then in node.cases]
        return [*found, _Part("其他情形：", (), node.otherwise)] if node.otherwise is not None else found
    if kind is rules.Tiers:
        rows = [_Part(f"{between(row)}：", _bounds(row), row.then) for row in node.rows]
        return rows if is_leaf(node.on) else [_Part("", (), node.on), *rows]
    if kind is rules.Brackets:
        rows = [
            _Part(f"{bracket(row)}，按{row.share.literal}", (*_bounds(row), row.share)) for row in node.rows
        ]
        return [*rows, _Part("分段的金额：", (), node.of)]
    if kind is rules.When:
        found = [_Part("符合的：", (), node.then)]
        if node.otherwise is not None:
            found.append(_Part("不符合的：", (), node.otherwise))
        return [*found, *(_Part("条件里的", (), one) for one in node.test.measures() if not is_leaf(one))]
    if kind is rules.Excess:
        return [_Part("", (), node.of), _Part("减去", (), node.over)]
    if kind is rules.PerUnit:
        return [] if is_leaf(node.count) else [_Part("", (), node.count)]
    return [_Part("", (), part) for part in node.parts()]


def _bounds(row: Any) -> tuple[Any, ...]:
    return tuple(one for one in (row.low, row.high) if one is not None)


_NUMBERS_BELOW = {rules.Tiers, rules.Brackets}


def _of(node: Any, speech: Speech) -> str:
    """What a share is taken of: its name where that is short, else the line below."""
    return say(node.of, speech) if is_leaf(node.of) else "下面的金额"


def _minimum_line(node: Any, speech: Speech) -> str:
    said = f"不足{node.least.literal}的不予补助"
    return f"{said}，{test_in_words(node.unless, speech)}的除外" if node.unless is not None else said


def _soft_line(node: Any, speech: Speech) -> str:
    hard = f"，最多不超过{node.hard.literal}" if node.hard is not None else ""
    return f"一般最高{node.soft.literal}，有{speech.label(node.approval)}的可以突破{hard}"


LINES: dict[type, Callable[[Any, Speech], tuple[str, str]]] = {
    rules.BaseOfCosts: lambda node, speech: (
        "基数",
        f"{base_of(node, speech)}：计入的费用相加，或者核定的基数",
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
    rules.FixedAmount: lambda node, speech: ("定额", first_number(node)),
    rules.PerUnit: lambda node, speech: ("按数量", per_unit(node, speech)),
    rules.RateOf: lambda node, speech: ("比例", f"{_of(node, speech)}的{first_number(node)}"),
    rules.Times: lambda node, speech: ("系数", f"{_of(node, speech)}乘以{factor_of(node, speech)}"),
    rules.Ratio: lambda node, speech: ("相除", f"{node.label or '前一个数'}：前一个数除以后一个数"),
    rules.Pool: lambda node, speech: ("总额", f"所有人合计{first_number(node)}，不够时按比例分配"),
    rules.Capped: lambda node, speech: (
        "上限",
        f"最高{first_number(node)}" + (f"，先扣除{speech.label(node.already)}" if node.already else ""),
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
        f"按{say(node.on, speech) if is_leaf(node.on) else '下面的数'}分档，全部按达到的那一档算",
    ),
    rules.Brackets: lambda node, speech: ("分段", "每一段按本段的比例算，再加在一起"),
    rules.When: lambda node, speech: ("条件", test_in_words(node.test, speech)),
    rules.Interest: lambda node, speech: (
        "利息",
        f"{interest_terms(node, speech)}，一年按{node.year_days}天，算头不算尾",
    ),
}
