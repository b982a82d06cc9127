"""What changed in the sentences outside the clauses: overlap with other policies, detailed rules, term."""

import re
from collections.abc import Iterator

from clauses import wordwise
from clauses.compare.law import sentence_of
from clauses.compare.records import Change, GeneralPair
from clauses.engine.policy import Policy

LEVELS = (("国家", "国家"), ("省", "省"), ("市", "市"))
PRINCIPLES = ("从优", "就高", "不重复")
MATCHING = "配套"
CHOOSES = "自愿选择"
_EXPLAINS = re.compile(r"由([一-鿿]{2,12})负责解释")
_MAKES_RULES = re.compile(r"实施细则由([一-鿿]{2,20}?)(?:另行)?制定")


def general_pairs(before: Policy, after: Policy) -> Iterator[GeneralPair]:
    seen = set()
    for role, label, tell in (
        ("overlap", "同时符合其他政策", _overlap_changes),
        ("choice", "由谁选择", _choice_changes),
        ("detailed_rules", "实施细则和解释", _rules_changes),
        ("term", "有效期", _term_changes),
    ):
        old, new = sentence_of(before, role), sentence_of(after, role)
        words = () if (old, new) in seen else tuple(wordwise.spans(old, new))
        seen.add((old, new))
        changes = tuple(tell(before, after, old, new))
        if words or changes:
            yield GeneralPair(role, label, changes, words)


def levels(text: str) -> list[str]:
    """The levels of government an overlap rule names; 我市 and 市其他 both mean the city."""
    return [label for word, label in LEVELS if word in text.replace("市级配套", "")]


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
    if (MATCHING in old) != (MATCHING in new):
        named = MATCHING in new
        yield Change(
            "level",
            "matching_named" if named else "matching_dropped",
            "没有写明配套资金" if named else "写明配套资金",
            "写明配套资金" if named else "没有写明配套资金",
            "国家和省要求市里出的配套资金也算同类支持。" if named else "配套资金算不算同类支持，不再写明。",
        )
    said = ["、".join(one for one in PRINCIPLES if one in text) for text in (old, new)]
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
    was, now = CHOOSES in old, CHOOSES in new
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
