"""Matching without a database: who fits, how much at most, why and why not."""

from datetime import datetime

import pytest

from clauses.inputs import InputErrors
from clauses.loader import get_matching, get_policy
from clauses.services.matching import match

POLICY = get_policy("harbin-ai-2022")
NOW = datetime(2023, 10, 16, 9)


def ask(*plans, now=NOW, **given):
    document = {
        "policy": "harbin-ai-2022",
        "plans": [dict(zip(("topic", "amount"), one, strict=False)) for one in plans],
    }
    _, found = match(document | given, now=lambda: now)
    return {one.item.id: one for one in found}


def fitting(found):
    return [one.item.id for one in found.values() if one.fits]


def faults(document):
    with pytest.raises(InputErrors) as refused:
        match(document, now=lambda: NOW)
    return {one["path"]: one["message"] for one in refused.value.errors}


def test_each_topic_leads_to_its_items():
    matching = get_matching("harbin-ai-2022")
    for topic in matching.topics:
        wanted = {code for code, topics in matching.items.items() if topic in topics}
        assert set(fitting(ask((topic,)))) == wanted


def test_possible_amounts_are_the_engines_and_rank():
    found = ask(
        ("equipment", "60000000.00"), ("platform", "60000000.00"), ("event", "300000.00"), ("talent",)
    )
    assert fitting(found) == ["2a", "2b", "9b", "7"]
    assert [found[code].amount for code in ("2a", "2b", "9b")] == ["10000000.00", "5000000.00", "150000.00"]
    assert found["7"].amount is None and found["2a"].figure == "60000000.00"


def test_without_an_amount_the_limit_is_told():
    found = ask(("equipment",), ("event", "2000000.00"))
    assert found["2a"].amount is None and found["2a"].at_most == "10000000.00"
    assert "没有填写金额，暂按上限显示。" in found["2a"].unknown
    assert fitting(found)[:2] == ["2a", "9b"]


def test_a_judged_item_is_limited_by_what_is_asked_for():
    assert ask(("research", "8000000.00"))["1"].amount == "8000000.00"
    assert ask(("research", "80000000.00"))["1"].amount == "10000000.00"


def test_why_and_what_is_still_open():
    facts = {"applicant_kind": "enterprise", "registered_in_harbin": True}
    one = ask(("equipment", "100.00"), facts=facts, on="2023-03-01")["2a"]
    texts = [why["text"] for why in one.reasons_for]
    assert texts == [
        "你计划买研发设备。",
        "企业可以申报：平台建设主体，不限单位类型。",
        "符合条件：在本市登记的独立法人。",
        "2023年3月1日在可计入的期间内。",
    ]
    assert {why["quote"] for why in one.reasons_for} <= {
        POLICY.item("2a").quote,
        POLICY.sentence("term").quote,
    }
    assert "平台项目通过评审。" in one.unknown and not [x for x in one.unknown if "独立法人" in x]


@pytest.mark.parametrize(
    ("code", "plans", "given", "said"),
    [
        (
            "3a",
            [("carrier", "1.00")],
            {"facts": {"applicant_kind": "university"}},
            "本项的申报对象是各类市场主体",
        ),
        ("9a", [("standard",)], {"facts": {"applicant_kind": "university"}}, "本项的申报对象是人工智能企业"),
        ("2a", [("equipment",)], {"facts": {"registered_in_harbin": False}}, "不是在本市登记的独立法人"),
        ("2a", [("equipment", "100.00")], {"on": "2021-03-01"}, "不在可计入的期间内"),
        ("2a", [("event",)], {}, "这一项支持的是买研发设备，你没有选。"),
    ],
)
def test_why_not(code, plans, given, said):
    one = ask(*plans, **given)[code]
    assert not one.fits and one.amount is None and one.at_most is None
    (why,) = [why for why in one.reasons_against if said in why["text"]]
    assert why["quote"] and why["clause"]


def test_after_the_end_nothing_fits():
    found = ask(("equipment", "100.00"), ("talent",), now=datetime(2024, 1, 1))
    assert fitting(found) == []
    assert "已经超过期限" in found["2a"].reasons_against[0]["text"]


def test_every_item_is_answered_and_those_that_fit_come_first():
    found = ask(("equipment",), ("standard",))
    assert set(found) == set(POLICY.items)
    flags = [one.fits for one in found.values()]
    assert flags == sorted(flags, reverse=True)


@pytest.mark.parametrize(
    ("document", "path", "said"),
    [
        ([], "", "JSON对象"),
        ({}, "policy", "请写明政策，可用的有：harbin-ai-2022"),
        ({"policy": ["x"]}, "policy", "请写明政策"),
        ({"policy": "harbin-ai-2022-draft"}, "policy", "请写明政策"),
        ({"policy": "harbin-ai-2022"}, "plans", "请至少选一项计划。"),
        ({"policy": "harbin-ai-2022", "plans": {}}, "plans", "计划应是列表。"),
        ({"policy": "harbin-ai-2022", "plans": ["x"]}, "plans[0]", "一组键和值"),
        ({"policy": "harbin-ai-2022", "plans": [{"topic": "x" * 9999}]}, "plans[0].topic", "没有这项计划"),
        ({"policy": "harbin-ai-2022", "plans": [{"topic": "event", "x": 1}]}, "plans[0].x", "不认识的键"),
        (
            {"policy": "harbin-ai-2022", "plans": [{"topic": "event", "amount": 5}]},
            "plans[0].amount",
            "写成文字",
        ),
        (
            {"policy": "harbin-ai-2022", "plans": [{"topic": "event", "amount": "五"}]},
            "plans[0].amount",
            "写法有误",
        ),
        ({"policy": "harbin-ai-2022", "plans": [{"topic": "event"}] * 2}, "plans[1].topic", "写了两次"),
        ({"policy": "harbin-ai-2022", "plans": [{"topic": "event"}], "on": "去年"}, "on", "日期要写成"),
        ({"policy": "harbin-ai-2022", "plans": [{"topic": "event"}], "facts": []}, "facts", "一组键和值"),
        (
            {"policy": "harbin-ai-2022", "plans": [{"topic": "event"}], "facts": {"dishonesty_listed": True}},
            "facts.dishonesty_listed",
            "这里不问",
        ),
        (
            {"policy": "harbin-ai-2022", "plans": [{"topic": "event"}], "facts": {"applicant_kind": "bank"}},
            "facts.applicant_kind",
            "申报单位类型只能是",
        ),
    ],
)
def test_bad_questions_are_refused_with_their_path(document, path, said):
    assert said in faults(document)[path]
