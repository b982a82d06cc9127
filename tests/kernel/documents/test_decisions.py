"""The canonical form, and decisions that do not fit their paper."""

import copy
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from portal.kernel import documents

EXAMPLES = Path(__file__).parent / "examples"


def example(name):
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def test_canonical_form():
    assert documents.canonical({"b": [1, None, True], "a": "元"}) == '{"a":"元","b":[1,null,true]}'.encode()
    assert documents.digest({"a": 1, "b": 2}) == documents.digest({"b": 2, "a": 1})
    assert documents.digest({"a": "1"}) != documents.digest({"a": 1})


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), Decimal("1.00"), date(2024, 1, 1), (1,), b"x", {1: "a"}],
)
def test_what_has_no_canonical_form(value):
    with pytest.raises(TypeError, match=r"decision\.rows\[0\]\.amount"):
        documents.canonical({"rows": [{"amount": value}]})


@pytest.mark.parametrize("template", documents.SCHEMAS)
def test_every_paper_has_an_example_that_fits(template):
    decision = example(Path(template).stem)
    assert documents.validated(template, decision)
    documents.check(template, decision)


def test_unknown_paper():
    with pytest.raises(documents.BadDecision, match=r"papers/x\.html"):
        documents.validated("papers/x.html", {})


@pytest.mark.parametrize(
    ("name", "path", "value", "said"),
    [
        ("letter", ["amount"], "9917200", "amount"),
        ("letter", ["amount"], "-1.00", "amount"),
        ("letter", ["amount"], 9917200, "amount"),
        ("letter", ["issued_at"], "2024-04-15T10:00:00", "issued_at"),
        ("letter", ["issued_at"], "2024-04-15", "issued_at"),
        ("letter", ["notice", "end"], "2024-03-01", "ends before"),
        ("letter", ["notice", "end"], "20240325", "notice.end"),
        ("letter", ["sum", "rate"], "1.5", "sum.rate"),
        ("letter", ["sum", "computed"], "9917200.01", "base × rate"),
        ("letter", ["sum", "awarded"], "9917201.00", "computed less deducted"),
        ("summary", ["rows", 0, "overlap"], "", "overlap"),
        ("letter", ["sum", "cap"], "9000000.00", "over the cap"),
        (
            "letter",
            ["sum"],
            {"kind": "judged", "awarded": "9917200.00", "deducted": "1.00"},
            "a deduction needs its reason",
        ),
        ("letter", ["paid_before"], "0.01", "more than the award"),
        ("letter", ["calculation_attachment"], 3, "attachment"),
        ("letter", ["surprise"], "x", "surprise"),
        ("letter", ["addressee"], "", "addressee"),
        ("summary", ["total", "payment"], "21415800.01", "do not add up"),
        ("summary", ["rows", 2, "balance"], "0.00", "balance"),
        ("summary", ["rows", 0, "organisation", "code"], "91230102", "code"),
        ("payment", ["total"], "1.00", "do not add up"),
        ("payment", ["rows", 0, "bank_code"], "123", "bank_code"),
        ("calculation", ["costs", 0, "cut"], "0.00", "cut"),
        ("calculation", ["costs", 0, "reason"], "", "reason"),
        ("calculation", ["amount"], "1.00", "last step"),
        ("calculation", ["sentence"], "别的话", "quote"),
        ("notice", ["total"], "1.00", "do not add up"),
        ("notice", ["objection_office"], "市科技局高新技术处", "another office"),
        ("decision", ["deadline"], None, "deadline"),
        ("decision", ["reasons"], [], "reasons"),
        ("receipt", ["content_digest"], "abc", "content_digest"),
    ],
)
def test_a_decision_that_does_not_fit(name, path, value, said):
    decision = copy.deepcopy(example(name))
    place = decision
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(documents.BadDecision, match=said):
        documents.check(f"papers/{name}.html", decision)


@pytest.mark.parametrize(
    ("amounts", "shown"),
    [
        (["9917200.00", "500000.00"], ["991.72", "50.00", "1,041.72"]),
        (["246913.00", "500000.00"], ["24.6913", "50.0000", "74.6913"]),
        (["246913.57", "0.01"], ["24.691357", "0.000001", "24.691358"]),
    ],
)
def test_a_notice_in_wan_is_exact(amounts, shown):
    from portal.kernel.documents.tags import wan

    decision = example("notice")
    decision["rows"] = [decision["rows"][0] | {"amount": amount} for amount in amounts]
    decision["total"] = str(sum(map(Decimal, amounts)))
    notice = documents.validated("papers/notice.html", decision)
    assert [wan(amount, notice.places) for amount in [*amounts, decision["total"]]] == shown


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("补正通知书", ["补正通知书"]),
        (
            "关于拨付人工智能共性技术研发平台建设补助资金的通知",
            ["关于拨付人工智能共性技术研发平台", "建设补助资金的通知"],
        ),
        (
            "2023年度第二批人工智能试验区政策拟支持项目公示",
            ["2023年度第二批人工智能试验区政策", "拟支持项目公示"],
        ),
        ("甲" * 25, ["甲" * 13, "甲" * 12]),
        ("乙" * 41, ["乙" * 41]),
    ],
)
def test_titles_break_between_words(title, lines):
    from portal.kernel.documents.tags import title_lines

    assert title_lines(title) == lines


def test_moments_are_shown_in_shanghai():
    from portal.kernel.documents.tags import day, second

    assert second("2023-12-31T16:00:01+00:00") == "2024年1月1日 00:00:01"
    assert day("2023-12-31T16:00:01+00:00") == "2024年1月1日"
    assert day("2023-12-31") == "2023年12月31日"


def test_the_manual_shows_the_examples():
    manual = (Path(__file__).parents[3] / "docs" / "papers.md").read_text(encoding="utf-8")
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", manual, re.DOTALL)]
    assert shown == [example(Path(template).stem) for template in documents.SCHEMAS]
