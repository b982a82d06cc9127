"""What changed in how an item is reckoned: rates, caps, whose the cap is, what the money is called."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from clauses import wording, wordwise
from clauses.compare.law import law_of
from clauses.compare.records import Change
from clauses.engine import rules
from clauses.engine.policy import Item, Policy

_SCOPE = re.compile(r"(?:单个|每个|每家|每户|每项|每场|每名|每人|单项|单户)[一-鿿]{2}")
_LEAD_IN = re.compile(r"(最高不超过|不超过|最高可达|最高|上限为)\s*$")
_FORM = re.compile(r"^的?(?:一次性)?([一-鿿]{0,6}?(?:补助|补贴|奖励|支持|奖金|资助))")


def nodes_of(item: Item, kind: type[rules.Node]) -> list[Any]:
    """The nodes of a kind in an item's rule, top first."""
    return [node for node in rules.walk(item.rule) if isinstance(node, kind)] if item.rule is not None else []


def _values(nodes: Sequence[rules.Node]) -> list[Fraction]:
    """The numbers that rates or caps hold."""
    return [node.figures()[0].value for node in nodes]


def rule_changes(before: Policy, after: Policy, old: Item, new: Item) -> Iterator[Change]:
    told = False
    for aspect, name, word in (("rate", rules.RateOf, "比例"), ("cap", rules.Capped, "上限金额")):
        one, other = nodes_of(old, name), nodes_of(new, name)
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
    law = law_of(policy, item)
    for node in nodes_of(item, rules.Capped):
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
    for node in nodes_of(item, rules.Capped):
        setting = policy.settings.get(node.setting or "")
        if setting is not None:
            return f"；目前按{setting.id}的默认口径：{setting.default_reading}"
    return ""


def _form_changes(before: Policy, after: Policy, old: Item, new: Item) -> Iterator[Change]:
    was, now = _cap_words(before, old)[2], _cap_words(after, new)[2]
    if was and now and was != now:
        yield Change("form", "form_renamed", was, now, f"“{was}”改称“{now}”，算法没有因此改变。")
