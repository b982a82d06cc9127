"""What changed in an item: its kind, its gates and conditions, whom it supports and how often."""

from collections import Counter
from collections.abc import Iterator

from clauses import wording, wordwise
from clauses.compare.figures import rule_changes
from clauses.compare.law import law_of, likeness, only_in
from clauses.compare.records import Change
from clauses.engine.policy import CASE_BY_CASE, MONEY, NOT_MONEY, REFERRED, Item, Policy
from clauses.naming import KIND_LABELS

GATES = {
    "评审": "要先通过评审。符合条件、算得出金额，并不等于一定能得到。",
    "验收": "要先符合验收条件，验收以前不能得到。",
    "清单": "要先列入清单，不在清单上的不能申报。",
    "入围": "要先入围。",
    "认定": "要先取得认定。",
    "备案": "要先备案。",
    "考核": "要先通过考核。",
}
_ORDER = {MONEY: 3, CASE_BY_CASE: 2, REFERRED: 1, NOT_MONEY: 0}
ONCE = "一次性"


def item_changes(before: Policy, after: Policy, old: Item | None, new: Item | None) -> Iterator[Change]:
    if old is None or new is None:
        if new is not None:
            yield Change("item", "item_added", "", new.title, "新增的支持。")
        elif old is not None:
            yield Change("item", "item_removed", old.title, "", "不再支持。")
        return
    yield from _kind_changes(old, new)
    if old.kind == new.kind == MONEY:
        yield from rule_changes(before, after, old, new)
    if old.base_label and new.base_label and old.base_label != new.base_label:
        yield Change(
            "base",
            "base_reworded",
            old.base_label,
            new.base_label,
            f"计算基数的说法由“{old.base_label}”改为“{new.base_label}”，准备凭证时按新的说法。",
        )
    if old.kind != NOT_MONEY and new.kind != NOT_MONEY:
        yield from _gate_changes(before, after, old, new)
    yield from _condition_changes(before, after, old, new)
    words = "".join(one.text for one in wordwise.spans(old.who, new.who) if one.kind == wordwise.NEW)
    if only_in(words, law_of(after, new), law_of(before, old)):
        yield Change("applicant", "applicant", old.who, new.who, f"支持的对象由“{old.who}”改为“{new.who}”。")
    if old.kind == new.kind == MONEY:
        yield from _recurrence_changes(before, after, old, new)


def _kind_changes(old: Item, new: Item) -> Iterator[Change]:
    if old.kind == new.kind:
        return
    if _ORDER[new.kind] > _ORDER[old.kind]:
        yield Change(
            "kind", "support_gained", KIND_LABELS[old.kind], KIND_LABELS[new.kind], "支持比原来更明确。"
        )
        return
    was = f"原来{wording.rule_in_words(old) or KIND_LABELS[old.kind]}"
    now = {
        CASE_BY_CASE: "现在一事一议，能不能得到、得到多少都要专门研究，不能事先算出来。",
        REFERRED: "现在按其他政策办理，能得到什么要看那份政策，本政策不再直接给。",
        NOT_MONEY: "现在不再发放资金。",
    }[new.kind]
    yield Change("kind", "money_gone", KIND_LABELS[old.kind], KIND_LABELS[new.kind], f"{was}；{now}")


def _gate_changes(before: Policy, after: Policy, old: Item, new: Item) -> Iterator[Change]:
    law, later = law_of(before, old), law_of(after, new)
    was = [gate for gate in GATES if gate in law]
    now = [gate for gate in GATES if gate in later]
    gone = [gate for gate in was if gate not in now]
    came = [gate for gate in now if gate not in was]
    if gone and came:
        yield Change(
            "gate",
            "gate_replaced",
            "、".join(gone),
            "、".join(came),
            f"“{'、'.join(gone)}”改为“{'、'.join(came)}”：{''.join(GATES[gate] for gate in came)}",
        )
    elif came:
        yield Change("gate", "gate_added", "没有", "、".join(came), "".join(GATES[gate] for gate in came))
    elif gone:
        yield Change("gate", "gate_removed", "、".join(gone), "没有", f"不再要求{'、'.join(gone)}。")
    if not gone and not came and old.review_mode != new.review_mode and old.kind == new.kind:
        labels = (
            before.review_paths[old.review_mode].label,
            after.review_paths[new.review_mode].label,
        )
        yield Change("review", "review_changed", *labels, f"审核方式改为{labels[1]}。")


def _own_conditions(policy: Policy, item: Item) -> list[str]:
    """What an item asks beyond what the paying items of the policy ask as a rule."""
    paying = [one for one in policy.items.values() if one.kind == MONEY]
    counted = Counter(text for one in paying for text in {condition.text for condition in one.conditions})
    common = {text for text, times in counted.items() if times > 2 and times * 2 >= len(paying)}
    return [one.text for one in item.conditions if one.text not in common]


def _condition_changes(before: Policy, after: Policy, old: Item, new: Item) -> Iterator[Change]:
    law, later = law_of(before, old), law_of(after, new)
    was, now = _own_conditions(before, old), _own_conditions(after, new)
    came = [one for one in now if one not in was]
    for text in (one for one in was if one not in now):
        like = max(came, key=lambda one: likeness(one, text), default=None)
        if like is not None and likeness(like, text) >= 0.5:
            came.remove(like)
            if _is_gate(like, before, old) or _is_gate(text, after, new):
                continue
            if only_in(text, law, later) or only_in(like, later, law):
                yield Change("condition", "condition_changed", text, like, _difference(text, like))
        elif only_in(text, law, later) and not _is_gate(text, after, new):
            yield Change("condition", "condition_removed", text, "没有", f"不再要求“{text}”。")
    for text in came:
        if only_in(text, later, law) and not _is_gate(text, before, old):
            yield Change("condition", "condition_added", "没有", text, f"多了一项条件：{text}。")


def _is_gate(text: str, other: Policy, item: Item) -> bool:
    """Whether a condition only says a gate that the other edition does not have: the gate is told by itself."""
    law = law_of(other, item)
    return any(gate in text and gate not in law for gate in GATES)


def _difference(before: str, after: str) -> str:
    found = wordwise.spans(before, after)
    new = "、".join(_bare(one.text) for one in found if one.kind == wordwise.NEW and _bare(one.text))
    gone = "、".join(_bare(one.text) for one in found if one.kind == wordwise.GONE and _bare(one.text))
    said = [f"多了“{new}”" if new else "", f"少了“{gone}”" if gone else ""]
    return f"{'，'.join(one for one in said if one) or '说法有变化'}。"


def _bare(text: str) -> str:
    return text.strip(",，、。；;：: ")


def _recurrence_changes(before: Policy, after: Policy, old: Item, new: Item) -> Iterator[Change]:
    was, now = ONCE in law_of(before, old), ONCE in law_of(after, new)
    if was != now:
        labels = (ONCE if was else "没有写明", ONCE if now else "没有写明")
        what = "同一个项目只补助一次。" if now else "能不能再次申报，原文不再写明。"
        yield Change("recurrence", "once_added" if now else "once_removed", *labels, what)
    elif old.recurrence != new.recurrence:
        labels = (old.recurrence_label, new.recurrence_label)
        yield Change("recurrence", "recurrence_changed", *labels, f"次数改为{new.recurrence_label}。")
