"""Two editions of a policy compared: what changed in each item, what that means for an applicant, and the words. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Any

from clauses import sentences, wording, wordwise
from clauses.engine import rules
from clauses.engine.policy import CASE_BY_CASE, MONEY, NOT_MONEY, REFERRED, Clause, Item, Policy, Unit
from clauses.naming import ordinal, place
from clauses.wordwise import Span

KINDS = {MONEY: "资金补助", CASE_BY_CASE: "一事一议", REFERRED: "按其他政策办理", NOT_MONEY: "不发放资金"}
ASPECTS = {
    "kind": "支持方式",
    "rate": "比例",
    "cap": "上限金额",
    "scope": "上限范围",
    "wording": "封顶的说法",
    "base": "按什么算",
    "rule": "算法",
    "gate": "审核关口",
    "condition": "条件",
    "applicant": "支持谁",
    "recurrence": "次数",
    "review": "审核方式",
    "lead": "牵头单位",
    "unit": "责任单位",
    "name": "单位名称",
    "form": "资金名称",
    "level": "重复支持的范围",
    "principle": "重复支持的原则",
    "choice": "由谁选择",
    "rules": "实施细则",
    "explains": "解释单位",
    "term": "有效期",
    "item": "事项",
    "clause": "条款",
}
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
_SCOPE = re.compile(r"(?:单个|每个|每家|每户|每项|每场|每名|每人|单项|单户)[一-鿿]{2}")
_LEAD_IN = re.compile(r"(最高不超过|不超过|最高可达|最高|上限为)\s*$")
_FORM = re.compile(r"^的?(?:一次性)?([一-鿿]{0,6}?(?:补助|补贴|奖励|支持|奖金|资助))")
_LEVELS = (("国家", "国家"), ("省", "省"), ("市", "市"))
_PRINCIPLES = ("从优", "就高", "不重复")
_EXPLAINS = re.compile(r"由([一-鿿]{2,12})负责解释")
_MAKES_RULES = re.compile(r"实施细则由([一-鿿]{2,20}?)(?:另行)?制定")
_ONCE = "一次性"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: its aspect, what kind it is, both sides in words, what it means for an applicant."""

    aspect: str
    code: str
    before: str
    after: str
    meaning: str

    @property
    def label(self) -> str:
        return ASPECTS[self.aspect]


@dataclass(frozen=True, slots=True)
class ItemPair:
    """An item in both editions, or in one of them."""

    before: Item | None
    after: Item | None
    changes: tuple[Change, ...] = ()

    @property
    def item(self) -> Item:
        return self.after or self.before  # type: ignore[return-value]

    @property
    def survives(self) -> bool:
        """Whether it pays money by a rule in both editions."""
        return bool(self.before and self.after) and self.before.kind == self.after.kind == MONEY  # type: ignore[union-attr]

    def having(self, *codes: str) -> tuple[Change, ...]:
        return tuple(one for one in self.changes if one.code in codes)


@dataclass(frozen=True, slots=True)
class ClausePair:
    """A clause in both editions with its items, its units and its words."""

    before: Clause | None
    after: Clause | None
    items: tuple[ItemPair, ...]
    changes: tuple[Change, ...]
    words: tuple[Span, ...]

    @property
    def clause(self) -> Clause:
        return self.after or self.before  # type: ignore[return-value]

    @property
    def number(self) -> str:
        return self.clause.number

    @property
    def gone(self) -> str:
        return "".join(span.text for span in self.words if span.kind == wordwise.GONE)

    @property
    def new(self) -> str:
        return "".join(span.text for span in self.words if span.kind == wordwise.NEW)

    @property
    def has_changes(self) -> bool:
        return bool(self.changes) or any(pair.changes for pair in self.items)


@dataclass(frozen=True, slots=True)
class GeneralPair:
    """A sentence outside the clauses, by its role."""

    role: str
    label: str
    changes: tuple[Change, ...]
    words: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the summary: what it is, in one sentence, and the places it concerns."""

    code: str
    title: str
    text: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    before: Policy
    after: Policy
    clauses: tuple[ClausePair, ...]
    general: tuple[GeneralPair, ...]
    findings: tuple[Finding, ...]

    @property
    def pairs(self) -> list[ItemPair]:
        return [pair for clause in self.clauses for pair in clause.items]

    def pair(self, code: str) -> ItemPair:
        """KeyError when neither edition has such an item."""
        for pair in self.pairs:
            if code in (pair.after and pair.after.id, pair.before and pair.before.id):
                return pair
        raise KeyError(code)

    def clause(self, number: str) -> ClausePair:
        """KeyError when neither edition has such a clause."""
        for pair in self.clauses:
            if pair.number == number:
                return pair
        raise KeyError(number)


def in_order(one: Policy, other: Policy) -> tuple[Policy, Policy]:
    """The earlier edition first: a draft before what it became, else by the day of issue."""

    def rank(policy: Policy) -> tuple[bool, Any]:
        return (policy.status != "draft", policy.issued_on)

    return (one, other) if rank(one) <= rank(other) else (other, one)


def compare(before: Policy, after: Policy) -> Comparison:
    """Every difference between two editions, clause by clause, with a summary made of them."""
    pairs = list(_paired(before, after))
    clauses = tuple(_clauses(before, after, pairs))
    general = tuple(_general(before, after))
    return Comparison(before, after, clauses, general, tuple(_findings(before, after, clauses, general)))


def _paired(before: Policy, after: Policy) -> Iterator[tuple[Item | None, Item | None]]:
    """Items by id; what is left over by the likeness of its sentence within the same clause."""
    left = {code: item for code, item in before.items.items() if code not in after.items}
    for item in after.items.values():
        twin = before.items.get(item.id)
        if twin is None:
            likely = [one for one in left.values() if one.clause == item.clause]
            best = max(likely, key=lambda one: _likeness(one.sentence, item.sentence), default=None)
            if best is not None and _likeness(best.sentence, item.sentence) >= 0.5:
                twin = left.pop(best.id)
        yield twin, item
    for item in left.values():
        yield item, None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, wordwise.folded(one), wordwise.folded(other), autojunk=False).ratio()


def _clauses(
    before: Policy, after: Policy, pairs: Sequence[tuple[Item | None, Item | None]]
) -> Iterator[ClausePair]:
    names = {
        name
        for policy in (before, after)
        for unit in policy.units.values()
        for name in (unit.name, *unit.other_names)
    }
    numbers = [*after.clauses, *(number for number in before.clauses if number not in after.clauses)]
    for number in numbers:
        old, new = before.clauses.get(number), after.clauses.get(number)
        items = tuple(
            ItemPair(one, other, tuple(_item_changes(before, after, one, other)))
            for one, other in pairs
            if (other or one).clause == number  # type: ignore[union-attr]
        )
        changes: list[Change] = []
        if old is None or new is None:
            code = "clause_added" if old is None else "clause_removed"
            what = "新增了这一条。" if old is None else "这一条没有了。"
            changes.append(Change("clause", code, old.title if old else "", new.title if new else "", what))
        else:
            changes += _unit_changes(before, after, number)
        words = wordwise.spans(_text(before, number), _text(after, number), names)
        yield ClausePair(old, new, items, tuple(changes), tuple(words))


def _text(policy: Policy, clause: str) -> str:
    return (
        "".join(one.text for one in sentences.sentences(policy, clause)) if clause in policy.clauses else ""
    )


def _law(policy: Policy, item: Item) -> str:
    """The words of the text an item stands on, in half-width punctuation."""
    return wordwise.folded("".join(one.text for one in sentences.of_item(policy, item)) or item.sentence)


def _item_changes(before: Policy, after: Policy, old: Item | None, new: Item | None) -> Iterator[Change]:
    if old is None or new is None:
        if new is not None:
            yield Change("item", "item_added", "", new.title, "新增的支持。")
        elif old is not None:
            yield Change("item", "item_removed", old.title, "", "不再支持。")
        return
    yield from _kind_changes(old, new)
    if old.kind == new.kind == MONEY:
        yield from _rule_changes(before, after, old, new)
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
    if _only_in(words, _law(after, new), _law(before, old)):
        yield Change("applicant", "applicant", old.who, new.who, f"支持的对象由“{old.who}”改为“{new.who}”。")
    if old.kind == new.kind == MONEY:
        yield from _recurrence_changes(before, after, old, new)


def _kind_changes(old: Item, new: Item) -> Iterator[Change]:
    if old.kind == new.kind:
        return
    if _ORDER[new.kind] > _ORDER[old.kind]:
        yield Change("kind", "support_gained", KINDS[old.kind], KINDS[new.kind], "支持比原来更明确。")
        return
    was = f"原来{wording.rule_in_words(old) or KINDS[old.kind]}"
    now = {
        CASE_BY_CASE: "现在一事一议，能不能得到、得到多少都要专门研究，不能事先算出来。",
        REFERRED: "现在按其他政策办理，能得到什么要看那份政策，本政策不再直接给。",
        NOT_MONEY: "现在不再发放资金。",
    }[new.kind]
    yield Change("kind", "money_gone", KINDS[old.kind], KINDS[new.kind], f"{was}；{now}")


def _nodes(item: Item, kind: type[rules.Node]) -> list[Any]:
    """The nodes of a kind in an item's rule, top first."""
    return [node for node in rules.walk(item.rule) if isinstance(node, kind)] if item.rule is not None else []


def _values(nodes: Sequence[rules.Node]) -> list[Fraction]:
    """The numbers that rates or caps hold."""
    return [node.figures()[0].value for node in nodes]


def _rule_changes(before: Policy, after: Policy, old: Item, new: Item) -> Iterator[Change]:
    told = False
    for aspect, name, word in (("rate", rules.RateOf, "比例"), ("cap", rules.Capped, "上限金额")):
        one, other = _nodes(old, name), _nodes(new, name)
        if _values(one) == _values(other):
            continue
        told = True
        was = "、".join(wording.numbers_of(node)[0].literal for node in one)
        now = "、".join(wording.numbers_of(node)[0].literal for node in other)
        if not was or not now:
            code, what = f"{aspect}_added" if now else f"{aspect}_dropped", "新增" if now else "取消"
            yield Change(aspect, code, was, now, f"{what}了{word}{now or was}。")
        else:
            more = sum(_values(other)) > sum(_values(one))
            yield Change(
                aspect,
                f"{aspect}_changed",
                was,
                now,
                f"{word}由{was}改为{now}，同样的投入可能{'多得' if more else '少得'}。",
            )
    said = (_shape(old), _shape(new))
    if not told and said[0] != said[1]:
        was, now = wording.rule_in_words(old), wording.rule_in_words(new)
        yield Change("rule", "rule_changed", was, now, "计算的办法变了，请重新估算。")
    yield from _scope_changes(before, after, old, new)
    yield from _form_changes(before, after, old, new)


def _shape(item: Item) -> str:
    """The rule in words without the name of its base, which is compared by itself."""
    return wording.describe(item.rule, wording.Speech(labels=wording.speech_of(item).labels))


def _cap_words(policy: Policy, item: Item) -> tuple[str, str, str]:
    """How the text speaks of the cap: whose it is, the words before the number, what the money is called."""
    law = _law(policy, item)
    for node in _nodes(item, rules.Capped):
        literal = wordwise.folded(wording.numbers_of(node)[0].literal)
        at = law.find(literal)
        if at < 0:
            continue
        phrase = re.split(r"[,。;:]", law[:at])[-1]
        lead = _LEAD_IN.search(phrase)
        form = _FORM.match(law[at + len(literal) :])
        scope = _SCOPE.search(phrase)
        return scope[0] if scope else "", lead[1] if lead else "", form[1] if form else ""
    return "", "", ""


def _scope_changes(before: Policy, after: Policy, old: Item, new: Item) -> Iterator[Change]:
    (was, old_lead, _), (now, new_lead, _) = _cap_words(before, old), _cap_words(after, new)
    if was and not now:
        point = _scope_point(after, new)
        yield Change(
            "scope",
            "cap_scope_dropped",
            was,
            "没有写明",
            f"上限是按“{was}”算，还是同一单位合用一个，原文不再写明{point}。",
        )
    elif now and not was:
        yield Change("scope", "cap_scope_added", "没有写明", now, f"写明了上限按“{now}”算。")
    elif was != now:
        yield Change("scope", "cap_scope_changed", was, now, f"上限由按“{was}”算改为按“{now}”算。")
    if old_lead and new_lead and old_lead != new_lead:
        yield Change(
            "wording",
            "cap_wording",
            old_lead,
            new_lead,
            f"“{old_lead}”改为“{new_lead}”，金额没有变，都是封顶的意思。",
        )


def _scope_point(policy: Policy, item: Item) -> str:
    """The setting that now says what the cap is counted for."""
    for node in _nodes(item, rules.Capped):
        setting = policy.settings.get(node.setting or "")
        if setting is not None:
            return f"；目前按{setting.id}的默认口径：{setting.default_reading}"
    return ""


def _form_changes(before: Policy, after: Policy, old: Item, new: Item) -> Iterator[Change]:
    was, now = _cap_words(before, old)[2], _cap_words(after, new)[2]
    if was and now and was != now:
        yield Change("form", "form_renamed", was, now, f"“{was}”改称“{now}”，算法没有因此改变。")


def _gate_changes(before: Policy, after: Policy, old: Item, new: Item) -> Iterator[Change]:
    law, later = _law(before, old), _law(after, new)
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


def _only_in(text: str, own: str, other: str) -> list[str]:
    """Words of a text that its own law has and the other law has not: what rests on a reading alone has none."""
    words = [one for one in wordwise.tokens(wordwise.folded(text)) if len(one) > 1]
    return [one for one in words if one in own and one not in other]


def _condition_changes(before: Policy, after: Policy, old: Item, new: Item) -> Iterator[Change]:
    law, later = _law(before, old), _law(after, new)
    was, now = _own_conditions(before, old), _own_conditions(after, new)
    came = [one for one in now if one not in was]
    for text in (one for one in was if one not in now):
        like = max(came, key=lambda one: _likeness(one, text), default=None)
        if like is not None and _likeness(like, text) >= 0.5:
            came.remove(like)
            if _is_gate(like, before, old) or _is_gate(text, after, new):
                continue
            if _only_in(text, law, later) or _only_in(like, later, law):
                yield Change("condition", "condition_changed", text, like, _difference(text, like))
        elif _only_in(text, law, later) and not _is_gate(text, after, new):
            yield Change("condition", "condition_removed", text, "没有", f"不再要求“{text}”。")
    for text in came:
        if _only_in(text, later, law) and not _is_gate(text, before, old):
            yield Change("condition", "condition_added", "没有", text, f"多了一项条件：{text}。")


def _is_gate(text: str, other: Policy, item: Item) -> bool:
    """Whether a condition only says a gate that the other edition does not have: the gate is told by itself."""
    law = _law(other, item)
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
    was, now = _ONCE in _law(before, old), _ONCE in _law(after, new)
    if was != now:
        labels = (_ONCE if was else "没有写明", _ONCE if now else "没有写明")
        what = "同一个项目只补助一次。" if now else "能不能再次申报，原文不再写明。"
        yield Change("recurrence", "once_added" if now else "once_removed", *labels, what)
    elif old.recurrence != new.recurrence:
        labels = (old.recurrence_label, new.recurrence_label)
        yield Change("recurrence", "recurrence_changed", *labels, f"次数改为{new.recurrence_label}。")


def _units_of(policy: Policy, clause: str) -> list[Unit]:
    """The units of a clause in the order the text names them."""
    codes = dict.fromkeys(code for item in policy.items_of(clause) for code in item.units)
    text = _text(policy, clause)
    return sorted(
        (policy.units[code] for code in codes),
        key=lambda unit: text.rfind(unit.name) if unit.name in text else len(text),
    )


def _same_unit(one: Unit, other: Unit) -> bool:
    return one.code == other.code or bool({one.name, *one.other_names} & {other.name, *other.other_names})


def _unit_changes(before: Policy, after: Policy, number: str) -> Iterator[Change]:
    old, new = _units_of(before, number), _units_of(after, number)
    gone = [one for one in old if not any(_same_unit(one, other) for other in new)]
    came = [one for one in new if not any(_same_unit(one, other) for other in old)]
    if old and new and not _same_unit(old[0], new[0]):
        yield Change(
            "lead",
            "lead_changed",
            old[0].name,
            new[0].name,
            f"排在第一位的责任单位改为{new[0].name}，有问题先找这个单位。",
        )
    if gone:
        names = "、".join(one.name for one in gone)
        yield Change("unit", "unit_removed", names, "没有", f"责任单位里不再有{names}。")
    if came:
        names = "、".join(one.name for one in came)
        yield Change("unit", "unit_added", "没有", names, f"责任单位多了{names}。")
    for one in old:
        twin = next((other for other in new if _same_unit(one, other)), None)
        if twin is not None and twin.name != one.name:
            yield Change(
                "name",
                "unit_renamed",
                one.name,
                twin.name,
                f"{one.name}改写为{twin.name}，按同一个单位对待。",
            )


def _sentence(policy: Policy, role: str) -> str:
    try:
        found = policy.sentence(role)
    except KeyError:
        return ""
    return "".join(one.text for one in sentences.of_quote(policy, found.quote)) or found.quote


def _general(before: Policy, after: Policy) -> Iterator[GeneralPair]:
    seen = set()
    for role, label, tell in (
        ("overlap", "同时符合其他政策", _overlap_changes),
        ("choice", "由谁选择", _choice_changes),
        ("detailed_rules", "实施细则和解释", _rules_changes),
        ("term", "有效期", _term_changes),
    ):
        old, new = _sentence(before, role), _sentence(after, role)
        words = () if (old, new) in seen else tuple(wordwise.spans(old, new))
        seen.add((old, new))
        changes = tuple(tell(before, after, old, new))
        if words or changes:
            yield GeneralPair(role, label, changes, words)


def levels(text: str) -> list[str]:
    """The levels of government an overlap rule names; 我市 and 市其他 both mean the city."""
    return [label for word, label in _LEVELS if word in text.replace("市级配套", "")]


def _overlap_changes(before: Policy, after: Policy, old: str, new: str) -> Iterator[Change]:
    was, now = levels(old), levels(new)
    if was != now:
        wider = set(was) < set(now)
        yield Change(
            "level",
            "overlap_wider" if wider else "overlap_changed",
            "、".join(was),
            "、".join(now),
            f"{'不只是' + '、'.join(was) + '，' if wider else ''}{'、'.join(now)}的同类政策都要查重，申报前先理清拿过哪些钱。",
        )
    if ("配套" in old) != ("配套" in new):
        named = "配套" in new
        yield Change(
            "level",
            "matching_named" if named else "matching_dropped",
            "没有写明配套资金" if named else "写明配套资金",
            "写明配套资金" if named else "没有写明配套资金",
            "国家和省要求市里出的配套资金也算同类支持。" if named else "配套资金算不算同类支持，不再写明。",
        )
    said = ["、".join(one for one in _PRINCIPLES if one in text) for text in (old, new)]
    if said[0] != said[1]:
        yield Change(
            "principle",
            "principle_changed",
            said[0],
            said[1],
            f"原则由“{said[0]}”改为“{said[1]}”：仍然不能重复拿，但可以就高、从优。"
            if "就高" in said[1]
            else f"原则改为“{said[1]}”。",
        )


def _choice_changes(before: Policy, after: Policy, old: str, new: str) -> Iterator[Change]:
    was, now = "自愿选择" in old, "自愿选择" in new
    if was != now:
        sides = ("申报主体自愿选择" if was else "没有写明", "申报主体自愿选择" if now else "没有写明")
        yield Change("choice", "choice_changed", *sides, "由谁来选的规定变了。")


def _rules_changes(before: Policy, after: Policy, old: str, new: str) -> Iterator[Change]:
    was, now = _MAKES_RULES.search(old), _MAKES_RULES.search(new)
    if was and now and was[1] != now[1]:
        yield Change("rules", "rules_by", was[1], now[1], f"细则改由{now[1]}制定。")
    explains = [_EXPLAINS.search(policy.source_text) for policy in (before, after)]
    sides = [one[1].removeprefix("本政策") if one else "没有写明" for one in explains]
    if sides[0] != sides[1]:
        what = "原文不再写由谁解释。" if explains[1] is None else f"由{sides[1]}解释。"
        code = "explains_dropped" if explains[1] is None else "explains_changed"
        yield Change("explains", code, sides[0], sides[1], what)


def _term_changes(before: Policy, after: Policy, old: str, new: str) -> Iterator[Change]:
    if before.in_force.last != after.in_force.last:
        sides = [
            f"{one.year}年{one.month}月{one.day}日" for one in (before.in_force.last, after.in_force.last)
        ]
        yield Change("term", "term_changed", sides[0], sides[1], f"有效期改为到{sides[1]}。")


def _findings(
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
    was = f"原来{wording.rule_in_words(pair.before) or KINDS[pair.before.kind]}"
    return f"（{was}，现在{KINDS[pair.after.kind] if pair.after else '没有这一项'}）"


def _figures(before: Policy, after: Policy, pairs: Sequence[ItemPair]) -> Iterator[Finding]:
    alive = [pair for pair in pairs if pair.survives]
    for aspect, code, word, name in (
        ("rate", "rates", "比例", rules.RateOf),
        ("cap", "caps", "上限金额", rules.Capped),
    ):
        bearing = [
            pair
            for pair in alive
            if _nodes(pair.before, name) or _nodes(pair.after, name)  # type: ignore[arg-type]
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
