"""Bad input is refused as a whole, each fault with its path and a Chinese sentence."""

import json
import re
from pathlib import Path

import pytest

from clauses.loader import PACKS
from clauses.services import InputErrors, calculate, parse_document

GOOD = {"id": "c1", "item": "2a", "filed_at": "2023-06-01T10:00:00", "base": "100.00"}
COST = {"id": "i1", "amount": "100.00", "invoice_date": "2023-03-01", "paid_date": "2023-03-09"}


def refused(document: object, **options: object) -> dict[str, str]:
    with pytest.raises(InputErrors) as caught:
        calculate(document, **options)
    assert all(re.search("[一-鿿]", error["message"]) for error in caught.value.errors)
    return {error["path"]: error["message"] for error in caught.value.errors}


def refused_claim(**changes: object) -> dict[str, str]:
    return refused({"policy": "harbin-ai-2022", "claims": [{**GOOD, **changes}]})


def refused_cost(**changes: object) -> dict[str, str]:
    return refused_claim(base=None, costs=[{**COST, **changes}])


@pytest.mark.parametrize("document", [None, [], "x", 1, True])
def test_a_document_is_an_object(document: object) -> None:
    assert list(refused(document)) == [""]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({}, "policy"),
        ({"policy": "nowhere", "claims": [GOOD]}, "policy"),
        ({"policy": ["harbin-ai-2022"], "claims": [GOOD]}, "policy"),
        ({"policy": "harbin-ai-2022"}, "claims"),
        ({"policy": "harbin-ai-2022", "claims": []}, "claims"),
        ({"policy": "harbin-ai-2022", "claims": {}}, "claims"),
        ({"policy": "harbin-ai-2022", "claims": [1]}, "claims[0]"),
        ({"policy": "harbin-ai-2022", "claims": [GOOD], "extra": 1}, "extra"),
        ({"policy": "harbin-ai-2022", "claims": [GOOD, GOOD]}, "claims[1].id"),
        ({"pack": "/nowhere", "claims": [GOOD]}, "pack"),
    ],
)
def test_the_outer_shape(document: object, path: str) -> None:
    assert path in refused(document)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"item": "99"}, "item"),
        ({"item": 1}, "item"),
        ({"filed_at": "2023-02-30"}, "filed_at"),
        ({"filed_at": "yesterday"}, "filed_at"),
        ({"filed_at": 20230601}, "filed_at"),
        ({"filed_at": "2023-06-01T25:00:00"}, "filed_at"),
        ({"filed_at": "9999-12-31T23:59:59-12:00"}, "filed_at"),
        ({"filed_at": None}, "filed_at"),
        ({"facts": []}, "facts"),
        ({"facts": {"colour": "red"}}, "facts.colour"),
        ({"facts": {"review_passed": "yes"}}, "facts.review_passed"),
        ({"facts": {"awarded_before": 1}}, "facts.awarded_before"),
        ({"facts": {"build_from": "2023-13-01"}}, "facts.build_from"),
        ({"facts": {"applicant_kind": "bank"}}, "facts.applicant_kind"),
        ({"settings": []}, "settings"),
        ({"settings": {"Q99": "x"}}, "settings.Q99"),
        ({"settings": {"Q35": "up"}}, "settings.Q35"),
        ({"settings": {"Q35": ["fen"]}}, "settings.Q35"),
        ({"settings": {"Q39": "-1.00"}}, "settings.Q39"),
        ({"base": "-1.00"}, "base"),
        ({"base": 100}, "base"),
        ({"base": 100.5}, "base"),
        ({"base": True}, "base"),
        ({"base": "1.234"}, "base"),
        ({"base": "1e9"}, "base"),
        ({"base": "NaN"}, "base"),
        ({"base": "1,000.00"}, "base"),
        ({"base": "００１"}, "base"),
        ({"base": "1000000000000.01"}, "base"),
        ({"base": "9" * 5000}, "base"),
        ({"base": ""}, "base"),
        ({"base": None}, "costs"),
        ({"costs": []}, "base"),
        ({"base": None, "costs": {}}, "costs"),
        ({"base": None, "costs": ["x"]}, "costs[0]"),
        ({"base": None, "costs": [COST, COST]}, "costs[1].id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_claim(changes: dict[str, object], path: str) -> None:
    assert list(refused_claim(**changes)) == [f"claims[0].{path}"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"amount": "-0.01"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"amount": None}, "amount"),
        ({"id": " "}, "id"),
        ({"invoice_date": "2023-02-29"}, "invoice_date"),
        ({"paid_date": "2023/03/09"}, "paid_date"),
        ({"category": "unheard_of"}, "category"),
        ({"held_elsewhere": "true"}, "held_elsewhere"),
        ({"related_party": 1}, "related_party"),
        ({"local_customer": True}, "local_customer"),
        ({"service_from": "2023-03-02", "service_to": "2023-03-01"}, "service_to"),
    ],
)
def test_a_cost(changes: dict[str, object], path: str) -> None:
    assert list(refused_cost(**changes)) == [f"claims[0].costs[0].{path}"]


def test_required_keys_are_named() -> None:
    assert set(refused({"policy": "harbin-ai-2022", "claims": [{}]})) == {
        "claims[0].id",
        "claims[0].item",
        "claims[0].filed_at",
    }
    assert set(refused_claim(base=None, costs=[{}])) == {"claims[0].costs[0].id", "claims[0].costs[0].amount"}


def test_every_fault_is_told_at_once() -> None:
    costs = [{**COST, "amount": "-1.00"}, {**COST, "id": "i2", "amount": "1.999"}]
    assert refused_claim(base=None, costs=costs) == {
        "claims[0].costs[0].amount": "金额不能为负数。",
        "claims[0].costs[1].amount": "金额最多两位小数。",
    }


def test_one_bad_claim_leaves_no_answer_for_the_good_one() -> None:
    assert list(
        refused({"policy": "harbin-ai-2022", "claims": [GOOD, {**GOOD, "id": "c2", "base": "x"}]})
    ) == ["claims[1].base"]


@pytest.mark.parametrize("held", ["held", "held_elsewhere"])
def test_both_spellings_of_a_hold(held: str) -> None:
    claim = {**GOOD, "base": None, "costs": [{**COST, held: True}]}
    (answer,) = calculate({"policy": "harbin-ai-2022", "claims": [claim]})["claims"]
    assert [(one["id"], one["code"]) for one in answer["excluded_costs"]] == [("i1", "held_elsewhere")]


def test_a_directory_only_where_it_is_allowed(tmp_path: Path) -> None:
    document = {"pack": str(PACKS / "harbin-ai-2022"), "claims": [GOOD]}
    assert list(refused(document)) == ["pack"]
    assert calculate(document, allow_directory=True)["claims"][0]["amount"] == "20.00"
    assert list(refused({**document, "policy": "harbin-ai-2022"}, allow_directory=True)) == ["pack"]
    assert list(refused({**document, "pack": str(tmp_path)}, allow_directory=True)) == ["pack"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": -Infinity}',
        '{"a": 1, "a": 2}',
        "[" * 100_000,
        '{"a": ' + "9" * 5000 + "}",
        b"\xff\xfe",
    ],
    ids=["empty", "cut", "nan", "infinity", "minus-infinity", "twice", "deep", "huge", "bytes"],
)
def test_text_that_is_no_document(text: str | bytes) -> None:
    with pytest.raises(InputErrors):
        parse_document(text)


def test_text_with_a_byte_order_mark_is_read() -> None:
    document = {"policy": "harbin-ai-2022", "claims": [GOOD]}
    assert parse_document(b"\xef\xbb\xbf" + json.dumps(document).encode()) == document
