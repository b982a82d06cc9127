"""The summary of a comparison, made of its differences."""

from collections.abc import Iterator, Mapping, Sequence

from clauses import wording
from clauses.compare.figures import nodes_of
from clauses.compare.records import ClausePair, Finding, GeneralPair, ItemPair
from clauses.engine import rules
from clauses.engine.policy import CASE_BY_CASE, MONEY, Policy
from clauses.naming import KIND_LABELS, ordinal, place


def findings(
    before: Policy, after: Policy, clauses: Sequence[ClausePair], general: Sequence[GeneralPair]
) -> Iterator[Finding]:
    """The summary: figures, money gone, gates, cap scope, units, overlap rule, term."""
    pairs = [pair for clause in clauses for pair in clause.items]
    yield from _figures(before, after, pairs)
    lost = [pair for pair in pairs if pair.having("money_gone") or _was_paid(pair)]
    if lost:
        told = "；".join(f"{_where(before, after, pair)}{_lost(pair)}" for pair in lost)
        title = f"{_chinese(len(lost))}项资金条款取消"
        yield Finding("money_gone", title, f"{told}。", _places(before, after, lost))
    yield from _gates(before, after, pairs)
    scoped = [
        pair for pair in pairs if pair.having("cap_scope_dropped", "cap_scope_added", "cap_scope_changed")
    ]
    if scoped:
        told = "；".join(
            f"{_where(before, after, pair)}的上限由“{one.before}”改为“{one.after}”"
            for pair in scoped
            for one in pair.changes
            if one.aspect == "scope"
        )
        text = f"{told}。上限金额没有变；一个单位有几个项目时，是合用一个上限还是各算各的，要看细则口径。"
        yield Finding("cap_scope", "上限范围的写法变了", text, _places(before, after, scoped))
    yield from _units(clauses)
    yield from _other_changes(before, after, pairs)
    yield from _overlap(general)
    yield from _term(before, after, general)


def _chinese(number: int) -> str:
    return "两" if number == 2 else ordinal(number)


def _where(before: Policy, after: Policy, pair: ItemPair) -> str:
    policy = after if pair.after else before
    return f"{place(policy, pair.item)}{(pair.before or pair.item).title}"


def _places(before: Policy, after: Policy, pairs: Sequence[ItemPair]) -> tuple[str, ...]:
    return tuple(place(after if pair.after else before, pair.item) for pair in pairs)


def _was_paid(pair: ItemPair) -> bool:
    return pair.before is not None and pair.after is None and pair.before.kind in (MONEY, CASE_BY_CASE)


def _lost(pair: ItemPair) -> str:
    assert pair.before is not None
    was = f"原来{wording.rule_in_words(pair.before) or KIND_LABELS[pair.before.kind]}"
    return f"（{was}，现在{KIND_LABELS[pair.after.kind] if pair.after else '没有这一项'}）"


def _figures(before: Policy, after: Policy, pairs: Sequence[ItemPair]) -> Iterator[Finding]:
    alive = [pair for pair in pairs if pair.survives]
    for aspect, code, word, name in (
        ("rate", "rates", "比例", rules.RateOf),
        ("cap", "caps", "上限金额", rules.Capped),
    ):
        bearing = [
            pair
            for pair in alive
            if nodes_of(pair.before, name) or nodes_of(pair.after, name)  # type: ignore[arg-type]
        ]
        if not bearing:
            continue
        moved = [
            pair
            for pair in bearing
            if pair.having(f"{aspect}_changed", f"{aspect}_added", f"{aspect}_dropped")
        ]
        if not moved:
            reworded = [pair for pair in bearing if aspect == "cap" and pair.having("cap_wording")]
            note = f"其中{len(reworded)}项只是改了封顶的说法，意思一样。" if reworded else ""
            yield Finding(
                f"{code}_same",
                f"{word}没有变",
                f"两稿都有的{len(bearing)}项补助，{word}一项也没有改。{note}",
                _places(before, after, bearing),
            )
            continue
        told = "；".join(
            f"{_where(before, after, pair)}由{one.before or '没有'}改为{one.after or '没有'}"
            for pair in moved
            for one in pair.changes
            if one.aspect == aspect and one.code != "cap_wording"
        )
        yield Finding(f"{code}_changed", f"{word}有变化", f"{told}。", _places(before, after, moved))


def _gates(before: Policy, after: Policy, pairs: Sequence[ItemPair]) -> Iterator[Finding]:
    gated = [pair for pair in pairs if pair.survives and pair.having("gate_added", "gate_replaced")]
    if gated:
        by_gate: dict[str, list[str]] = {}
        for pair in gated:
            for one in pair.having("gate_added", "gate_replaced"):
                note = f"（原为{one.before}）" if one.code == "gate_replaced" else ""
                by_gate.setdefault(one.after, []).append(f"{place(after, pair.item)}{note}")
        told = "；".join(f"{gate}：{'、'.join(where)}" for gate, where in by_gate.items())
        text = f"{told}。金额的算法没有因此改变，但要多过一道关。"
        yield Finding("gates_added", f"{len(gated)}项增加了审核关口", text, _places(before, after, gated))
    freed = [pair for pair in pairs if pair.survives and pair.having("gate_removed")]
    if freed:
        told = "、".join(_where(before, after, pair) for pair in freed)
        yield Finding("gates_removed", "减少了审核关口", f"{told}。", _places(before, after, freed))


def _units(clauses: Sequence[ClausePair]) -> Iterator[Finding]:
    removed: dict[str, list[str]] = {}
    added: dict[str, list[str]] = {}
    renamed: dict[str, str] = {}
    leads = []
    for clause in clauses:
        for one in clause.changes:
            if one.code == "unit_removed":
                for name in one.before.split("、"):
                    removed.setdefault(name, []).append(clause.number)
            elif one.code == "unit_added":
                for name in one.after.split("、"):
                    added.setdefault(name, []).append(clause.number)
            elif one.code == "unit_renamed":
                renamed[one.before] = one.after
            elif one.code == "lead_changed":
                leads.append(f"第{clause.number}条的牵头单位由{one.before}改为{one.after}")
    told = [f"第{'、'.join(where)}条不再写{'、'.join(names)}" for where, names in _together(removed)]
    told += [f"第{'、'.join(where)}条增加{'、'.join(names)}" for where, names in _together(added)]
    told += leads
    if told:
        places = tuple(
            dict.fromkeys(f"第{n}条" for where in (*removed.values(), *added.values()) for n in where)
        )
        yield Finding("units", "责任单位有变化", f"{'；'.join(told)}。", places)
    if renamed:
        said = "、".join(f"{old}改写为{new}" for old, new in renamed.items())
        title = f"{len(renamed)}个单位换了名称"
        yield Finding("unit_names", title, f"{said}。按同一个单位对待，不算换了单位。")


def _together(found: Mapping[str, Sequence[str]]) -> list[tuple[tuple[str, ...], list[str]]]:
    """Names that stand in the same clauses, put together."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for name, where in found.items():
        grouped.setdefault(tuple(where), []).append(name)
    return list(grouped.items())


def _other_changes(before: Policy, after: Policy, pairs: Sequence[ItemPair]) -> Iterator[Finding]:
    for codes, code, title in (
        (("once_added", "once_removed", "recurrence_changed"), "recurrence", "次数的写法变了"),
        (("base_reworded",), "bases", "计算基数的说法变了"),
    ):
        found = [pair for pair in pairs if pair.having(*codes)]
        if found:
            told = "；".join(
                f"{place(after, pair.item)}由“{one.before}”改为“{one.after}”"
                for pair in found
                for one in pair.having(*codes)
            )
            yield Finding(code, title, f"{told}。", _places(before, after, found))
    for word, code, title in (
        ("item_added", "items_added", "新增的支持"),
        ("item_removed", "items_removed", "没有了的支持"),
    ):
        found = [pair for pair in pairs if pair.having(word)]
        if found:
            told = "、".join(pair.item.title for pair in found)
            yield Finding(code, f"{title}{len(found)}项", f"{told}。", _places(before, after, found))


def _overlap(general: Sequence[GeneralPair]) -> Iterator[Finding]:
    changes = [one for pair in general if pair.role in ("overlap", "choice") for one in pair.changes]
    if changes:
        told = "；".join(f"{one.label}由“{one.before}”改为“{one.after}”" for one in changes)
        kept = any(one.aspect == "choice" for one in changes)
        ending = "" if kept else "；由申报主体自愿选择没有变"
        yield Finding("overlap", "重复支持的规定变了", f"{told}{ending}。")
    rules = [one for pair in general if pair.role == "detailed_rules" for one in pair.changes]
    if rules:
        told = "；".join(f"{one.label}由“{one.before}”改为“{one.after}”" for one in rules)
        yield Finding("rules", "细则和解释的规定变了", f"{told}。")


def _term(before: Policy, after: Policy, general: Sequence[GeneralPair]) -> Iterator[Finding]:
    if any(pair.changes for pair in general if pair.role == "term"):
        told = "；".join(one.meaning for pair in general if pair.role == "term" for one in pair.changes)
        yield Finding("term_changed", "有效期变了", told)
    else:
        last = after.in_force.last
        text = f"都到{last.year}年{last.month}月{last.day}日为止。"
        yield Finding("term_same", "有效期没有变", text)
