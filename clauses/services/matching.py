"""Which items fit an organisation and its plans. Every amount and refusal is the engine's. Pure: nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from clauses.engine import Policy
from clauses.engine.money import MOST_YUAN, yuan
from clauses.engine.policy import APPLICANT_KINDS, MONEY, Condition, Item
from clauses.engine.term import chinese_day
from clauses.inputs import InputErrors, Reader, fail
from clauses.loader import get_matching, get_policy, shipped_packs
from clauses.matching import Matching
from clauses.services.calculation import calculate

KEYS = {"policy", "facts", "plans", "on"}
MOST = f"{MOST_YUAN}.00"
UNDECIDED = frozenset({"missing_fact", "nothing_left", "rate_applied", "judged_amount", "base_not_used"})
"""Reasons that do not say no: something is not known yet, or the arithmetic was explained."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor said: facts of the organisation, plans with their rough amount in fen, a day."""

    policy: Policy
    matching: Matching
    facts: Mapping[str, object]
    plans: Mapping[str, int | None]
    on: date | None


@dataclass(slots=True)
class Fit:
    """One item: whether it fits, how much at most, and why. Amounts are yuan as the interface spells them."""

    item: Item
    fits: bool
    amount: str | None = None
    at_most: str | None = None
    figure: str | None = None
    reasons_for: list[dict[str, str]] = field(default_factory=list)
    reasons_against: list[dict[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def possible(self) -> Decimal:
        return Decimal(self.amount or self.at_most or "0")

    def to_json(self) -> dict[str, Any]:
        return {
            "item": self.item.id,
            "title": self.item.title,
            "clause": self.item.clause,
            "kind": self.item.kind,
            "fits": self.fits,
            "amount": self.amount,
            "at_most": self.at_most,
            "figure": self.figure,
            "quote": self.item.quote,
            "reasons_for": self.reasons_for,
            "reasons_against": self.reasons_against,
            "unknown": self.unknown,
        }


def match(document: object, *, settings_source: Any = None, now: Any = None) -> tuple[Asked, list[Fit]]:
    """Every item of a policy: those that fit first, by possible amount, then the others in the order of the text.

    InputErrors lists every fault of the document. `settings_source` and `now` are those of `calculate`.
    """
    asked = read(document)
    items = list(asked.policy.items.values())
    claims = [claim_of(asked, item) for item in items]
    answer = calculate(
        {"policy": asked.policy.id, "claims": claims}, settings_source=settings_source, now=now
    )
    found = [fit_of(asked, item, verdict) for item, verdict in zip(items, answer["claims"], strict=True)]
    return asked, sorted(found, key=lambda one: (not one.fits, -one.possible if one.fits else 0))


def offered() -> list[str]:
    """The shipped policies that are final and say what to ask."""
    return [
        pack
        for pack in shipped_packs()
        if get_policy(pack).status == "final" and get_matching(pack) is not None
    ]


def read(document: object) -> Asked:
    """The document, strictly."""
    if not isinstance(document, dict):
        fail("输入应是一个JSON对象，包含policy和plans。")
    reader = Reader()
    reader.keys(document, KEYS, "")
    name = document.get("policy")
    matching = get_matching(name) if isinstance(name, str) and name in offered() else None
    if matching is None or not isinstance(name, str):
        reader.fault("policy", f"请写明政策，可用的有：{'、'.join(offered())}。")
        raise InputErrors(reader.errors)
    policy = get_policy(name)
    facts = _facts(reader, policy, matching, document.get("facts", {}))
    plans = _plans(reader, matching, document.get("plans"))
    on = None
    if document.get("on") is not None:
        on = reader.day(document["on"], "on")
    if reader.errors:
        raise InputErrors(reader.errors)
    return Asked(policy, matching, facts, plans, on)


def _facts(reader: Reader, policy: Policy, matching: Matching, given: object) -> dict[str, object]:
    item = next(iter(policy.items.values()))
    found: dict[str, object] = {}
    for key, value in reader.mapping(given, "facts").items():
        spec = item.fact(key) if any(one.fact == key for one in matching.questions) else None
        if spec is None:
            reader.fault(f"facts.{key}", f"这里不问“{str(key)[:40]}”。")
        elif value is not None:
            read_value = reader.fact(spec, value, f"facts.{key}")
            if read_value is not None:
                found[key] = read_value
    return found


def _plans(reader: Reader, matching: Matching, given: object) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    if not isinstance(given, list) or not given:
        reader.fault("plans", "请至少选一项计划。" if given in (None, []) else "计划应是列表。")
        return found
    for index, one in enumerate(given[:200]):
        path = f"plans[{index}]"
        if not isinstance(one, dict):
            reader.fault(path, '每项计划应是一组键和值，如{"topic": "equipment"}。')
            continue
        reader.keys(one, {"topic", "amount"}, path)
        topic = one.get("topic")
        if not isinstance(topic, str) or topic not in matching.topics:
            reader.fault(f"{path}.topic", f"没有这项计划，可用的有：{'、'.join(matching.topics)}。")
        elif topic in found:
            reader.fault(f"{path}.topic", f"计划“{topic}”写了两次。")
        else:
            found[topic] = None
            if one.get("amount") is not None:
                found[topic] = reader.money(one["amount"], f"{path}.amount")
    return found


def topic_of(asked: Asked, item: Item) -> str | None:
    """The first of the item's topics that was named."""
    return next((one for one in asked.matching.items[item.id] if one in asked.plans), None)


def claim_of(asked: Asked, item: Item) -> dict[str, Any]:
    """The item's question to the engine; without a figure, at the greatest base, so that the answer is the most."""
    topic = topic_of(asked, item)
    known = asked.plans[topic] if topic else None
    figure = MOST if known is None else yuan(known)
    facts: dict[str, object] = dict(asked.facts)
    claim: dict[str, Any] = {"id": item.id, "item": item.id, "facts": facts}
    if item.takes_costs:
        if asked.on is None or item.matter is None or item.matter.on != "cost":
            claim["base"] = figure
        else:
            dates = {name: asked.on.isoformat() for name in item.cost_dates}
            claim["costs"] = [{"id": "计划", "amount": figure, **dates}]
    for key in asked.matching.money[item.id]:
        facts[key] = figure
    if asked.on is not None and item.matter is not None and item.matter.on == "claim":
        days = {name for mode in item.matter.modes.values() for name in mode.dates}
        facts |= {name: asked.on.isoformat() for name in days if item.fact(name) is not None}
    return claim


def fit_of(asked: Asked, item: Item, verdict: Mapping[str, Any]) -> Fit:
    """The engine's verdict on an item as reasons for and against."""
    topic = topic_of(asked, item)
    values = {one["id"]: one["value"] for one in verdict["settings"]}
    against = [
        {"text": one["text"], "clause": one["clause"], "quote": one["quote"]}
        for one in refusals(item, verdict)
    ]
    against += wrong_kind(asked, item, values, verdict)
    if topic is None:
        labels = [asked.matching.topics[code].label for code in asked.matching.items[item.id]]
        said = f"这一项支持的是{'、'.join(labels)}，你没有选。" if labels else "这一项没有对应的计划可选。"
        against.insert(0, {"text": said, "clause": item.clause, "quote": item.quote})
    found = Fit(item, fits=not against, reasons_against=against)
    if topic is None:
        return found
    found.reasons_for = supporting(asked, item, topic, values, refused=bool(against))
    found.unknown = unknowns(asked, item, verdict, values)
    if found.fits and item.kind == MONEY:
        figure = asked.plans[topic]
        if figure is not None:
            found.figure = yuan(figure)
            found.amount = verdict["amount"]
        elif any(one["code"] == "cap_applied" for one in verdict["reasons"]):
            found.at_most = verdict["amount"]
    return found


def refusals(item: Item, verdict: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """The reasons for which the engine pays nothing; none when it pays, or when only something is missing."""
    if verdict["outcome"] == "out_of_term":
        return list(verdict["reasons"])
    if item.kind != MONEY or verdict["outcome"] == "payable":
        return []
    if verdict["amount"] is None:
        return []
    said = [one for one in verdict["reasons"] if one["code"] not in UNDECIDED]
    excluded = {one["text"] for one in verdict["excluded_costs"]}
    return [one for one in said if not excluded or one["code"] != "outside_term"] + [
        {**one, "text": text} for one in said if one["code"] == "outside_term" for text in sorted(excluded)
    ]


def wrong_kind(
    asked: Asked, item: Item, values: Mapping[str, Any], verdict: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Items without a formula: the engine answers them before it looks at the applicant."""
    kind = asked.facts.get("applicant_kind")
    waived = item.applicants_setting and values.get(item.applicants_setting) in item.applicants_waived_by
    if item.kind == MONEY or not isinstance(kind, str) or "any" in item.applicants or waived:
        return []
    if kind in item.applicants or verdict["outcome"] == "out_of_term":
        return []
    text = f"申报单位类型为{APPLICANT_KINDS.get(kind, kind)}，本项的申报对象是{item.who}。"
    return [{"text": text, "clause": item.clause, "quote": item.quote}]


def supporting(
    asked: Asked, item: Item, topic: str, values: Mapping[str, Any], *, refused: bool
) -> list[dict[str, str]]:
    """What speaks for an item among what was said."""
    texts = [f"你计划{asked.matching.topics[topic].label}。"]
    kind = asked.facts.get("applicant_kind")
    if isinstance(kind, str) and ("any" in item.applicants or kind in item.applicants):
        texts.append(f"{APPLICANT_KINDS.get(kind, kind)}可以申报：{item.who}。")
    for condition in live(item, values):
        if condition.fact is not None and asked.facts.get(condition.fact) is condition.wanted:
            texts.append(f"符合条件：{condition.text}。")
    found = [{"text": text, "clause": item.clause, "quote": item.quote} for text in texts]
    if asked.on is not None and item.matter is not None and not refused:
        term = asked.policy.sentence("term")
        text = f"{chinese_day(asked.on)}在可计入的期间内。"
        found.append({"text": text, "clause": term.clause, "quote": term.quote})
    return found


def live(item: Item, values: Mapping[str, Any]) -> list[Condition]:
    """The conditions that hold under the readings in force."""
    return [
        one for one in item.conditions if one.setting is None or values.get(one.setting) not in one.waived_by
    ]


def unknowns(asked: Asked, item: Item, verdict: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """What is still open: conditions nobody asked about, facts the rule lacks, a day or an amount not given."""
    topic = topic_of(asked, item)
    found = [
        f"{one.text}。" for one in live(item, values) if one.fact is None or asked.facts.get(one.fact) is None
    ]
    found += [one["text"] for one in verdict["reasons"] if one["code"] == "missing_fact"]
    if "any" not in item.applicants and "applicant_kind" not in asked.facts:
        found.append(f"申报对象是{item.who}。")
    if (
        topic
        and asked.matching.topics[topic].asks_money
        and asked.plans[topic] is None
        and item.kind == MONEY
    ):
        found.append("没有填写金额，暂按上限显示。")
    if asked.on is None and item.matter is not None and item.matter.on == "cost":
        period = asked.policy.matter
        found.append(f"费用要发生在{chinese_day(period.first)}至{chinese_day(period.last)}。")
    return found


def answer_of(
    asked: Asked, fits: list[Fit], links: Mapping[str, Mapping[str, str | None]], at: datetime
) -> dict[str, Any]:
    """The interface's shape; `links` by item."""
    rows = [{**one.to_json(), "links": dict(links[one.item.id])} for one in fits]
    return {
        "policy": asked.policy.id,
        "at": at.isoformat(),
        "fits": [row for row in rows if row["fits"]],
        "others": [row for row in rows if not row["fits"]],
        "note": "这是估算，不是承诺；同一笔费用只能得到一处支持。",
    }
