"""Worked amounts, through the same service the command and the API use."""

from datetime import date, datetime

import pytest

from clauses.engine.money import ROUNDING_UNITS
from clauses.services import calculate
from clauses.settings_book import InForce
from tests.clauses.pack import worked_amounts

CASES = worked_amounts()


def claim(**changes: object) -> dict[str, object]:
    one = {"id": "c1", "item": "2a", "filed_at": "2023-06-01T10:00:00", **changes}
    return calculate({"policy": "harbin-ai-2022", "claims": [one]})["claims"][0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['item']}-{case['base']}")
@pytest.mark.parametrize(("unit", "expected"), [("yuan", "amount_yuan"), ("fen", "amount_fen")])
def test_worked_amount(case: dict[str, str], unit: str, expected: str) -> None:
    answer = claim(item=case["item"], base=case["base"], settings={"Q35": unit})
    assert (answer["outcome"], answer["computed"], answer["amount"]) == (
        "payable",
        case["computed"],
        case[expected],
    )
    assert answer["steps"][-1]["result"] == case[expected]


def test_rounds_to_the_yuan_by_default() -> None:
    assert claim(base="32456789.13")["amount"] == "6491357.00"


def test_the_contract_example() -> None:
    costs = [{"id": "i1", "amount": "60000000.00", "invoice_date": "2023-03-01", "paid_date": "2023-03-09"}]
    answer = claim(facts={}, settings={}, costs=costs)
    assert list(answer)[:11] == [
        "id",
        "item",
        "outcome",
        "base",
        "rate",
        "computed",
        "cap",
        "amount",
        "excluded_costs",
        "reasons",
        "settings",
    ]
    assert [answer[key] for key in ("base", "rate", "computed", "cap", "amount")] == [
        "60000000.00",
        "0.20",
        "12000000.00",
        "10000000.00",
        "10000000.00",
    ]
    (reason,) = [reason for reason in answer["reasons"] if reason["code"] == "cap_applied"]
    assert reason["text"] == (
        "按新购置研发设备总价的20%计算为12,000,000.00元，超过上限10,000,000.00元，按上限计。"
    )
    assert all(set(one) == {"id", "value", "source"} for one in answer["settings"])
    assert {"id": "Q35", "value": "yuan", "source": "default"} in answer["settings"]


def test_coarser_rounding_is_also_down() -> None:
    amounts = {unit: claim(base="1234567.89", settings={"Q35": unit})["amount"] for unit in ROUNDING_UNITS}
    assert amounts == {
        "fen": "246913.57",
        "yuan": "246913.00",
        "hundred_yuan": "246900.00",
        "wan_yuan": "240000.00",
    }


@pytest.mark.parametrize(
    ("reviewed", "requested", "amount", "code"),
    [
        ("8000000.00", "9000000.00", "8000000.00", "judged_amount"),
        ("9500000.00", "9000000.00", "9000000.00", "lesser_taken"),
        ("12000000.00", "11000000.00", "10000000.00", "cap_applied"),
        ("100.99", "100.99", "100.00", "rounded"),
    ],
)
def test_judged_amount_is_the_least_of_three(reviewed: str, requested: str, amount: str, code: str) -> None:
    answer = claim(item="1", facts={"reviewed_amount": reviewed, "requested_amount": requested})
    assert (answer["outcome"], answer["amount"], answer["base"], answer["rate"]) == (
        "payable",
        amount,
        None,
        None,
    )
    assert code in [reason["code"] for reason in answer["reasons"]]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"requested_amount": "1.00"}, ["评审核定金额"]),
        ({"reviewed_amount": "1.00"}, ["申请金额"]),
        ({}, ["评审核定金额", "申请金额"]),
    ],
)
def test_missing_fact_is_named_never_guessed(facts: dict[str, str], words: list[str]) -> None:
    answer = claim(item="1", facts=facts)
    assert (answer["outcome"], answer["amount"], answer["computed"]) == ("nothing_payable", None, None)
    texts = [reason["text"] for reason in answer["reasons"] if reason["code"] == "missing_fact"]
    assert texts == [f"暂不能计算：缺少{word}。补上后可以重新计算。" for word in words]


@pytest.mark.parametrize(
    ("item", "outcome"),
    [(item, "case_by_case") for item in ("3b", "5b")]
    + [(item, "referred") for item in ("5a", "5c", "7", "9a")]
    + [(item, "not_money") for item in ("8a", "8b", "8c", "8d", "9c", "10a", "10b")],
)
def test_items_without_a_formula(item: str, outcome: str) -> None:
    answer = claim(item=item)
    assert (answer["outcome"], answer["amount"], answer["cap"]) == (outcome, None, None)
    assert [reason["code"] for reason in answer["reasons"]] == [outcome]


def test_each_of_several_claims_is_answered_in_order() -> None:
    given = [{"id": name, "item": "9b", "base": "10.00", "filed_at": "2023-06-01"} for name in ("b", "a")]
    answer = calculate({"policy": "harbin-ai-2022", "claims": given})
    assert [one["id"] for one in answer["claims"]] == ["b", "a"]


def test_missing_filing_time_is_now() -> None:
    given = {"policy": "harbin-ai-2022", "claims": [{"id": "c1", "item": "2a", "base": "10.00"}]}
    late = calculate(given, now=lambda: datetime(2024, 1, 1))["claims"][0]
    assert (late["outcome"], late["amount"]) == ("out_of_term", "0.00")
    assert (
        calculate(given, now=lambda: datetime(2023, 12, 31, 23, 59, 59))["claims"][0]["outcome"] == "payable"
    )


def test_settings_in_force_come_from_their_source_and_yield_to_overrides() -> None:
    given = {
        "policy": "harbin-ai-2022",
        "claims": [{"id": "c1", "item": "2a", "base": "1.99", "filed_at": "2023-06-01"}],
    }
    asked = []

    def source(policy: str, item: str, at: datetime) -> dict[str, InForce]:
        asked.append((policy, item, at.isoformat()))
        return {"Q35": InForce("Q35", "fen", date(2023, 5, 1), "哈科规〔2023〕1号")}

    answer = calculate(given, settings_source=source)["claims"][0]
    assert asked == [("harbin-ai-2022", "2a", "2023-06-01T00:00:00+08:00")]
    assert answer["amount"] == "0.39"
    document = {"document_number": "哈科规〔2023〕1号", "effective_from": "2023-05-01"}
    assert {"id": "Q35", "value": "fen", "source": "in_force", **document} in answer["settings"]
    given["claims"][0]["settings"] = {"Q35": "yuan"}
    assert calculate(given, settings_source=source)["claims"][0]["amount"] == "0.00"
