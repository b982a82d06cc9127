"""The calculator on every rule shape: the worked cases of the teaching pack, asked as a visitor does."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml

from clauses.engine import assess, literals
from clauses.engine.money import yuan
from clauses.forms import EstimateForm
from clauses.loader import get_policy, shipped_packs
from clauses.views.calculator import filed_at
from clauses.views.estimate import BASE, Estimate
from portal.kernel.money import format_yuan
from tests.clauses.pages.reading import main, page

POLICY = get_policy("teaching")
CASES = yaml.safe_load((Path(shipped_packs()["teaching"]) / "cases.yaml").read_text())["cases"]
pytestmark = pytest.mark.usefixtures("policy")


def sum_of(written) -> str:
    """An amount as the cases write it, in yuan."""
    try:
        return yuan(literals.money(str(written)))
    except ValueError:
        return f"{Decimal(str(written)):.2f}"


@cache
def fields_of(code: str) -> frozenset[str]:
    return frozenset(EstimateForm(item=POLICY.item(code)).fields)


def typed(item, key, value) -> str:
    """A fact as a visitor types it."""
    match item.fact(key).type:
        case "money":
            return sum_of(value)
        case "rate":
            return f"{(Decimal(value) * 100).normalize():f}%"
        case "bool":
            return "yes" if value else "no"
    return str(value)


def spelled(item, key, value):
    """A fact as the interface spells it."""
    kind = item.fact(key).type
    if kind == "money":
        return sum_of(value)
    return str(value) if kind in ("rate", "number", "date") else value


def address(case) -> str:
    item = POLICY.item(case["item"])
    said = [("pack", "teaching"), ("item", item.id), *([(BASE, sum_of(case[BASE]))] if BASE in case else [])]
    said += [(key, typed(item, key, value)) for key, value in case.get("facts", {}).items()]
    for number, cost in enumerate(case.get("costs", []), 1):
        given = {key: value for key, value in cost.items() if key not in ("id", "amount")}
        said += [(f"c{number}-amount", sum_of(cost["amount"]))]
        said += [(f"c{number}-{key}", str(value)) for key, value in given.items()]
    return f"/calculator/?{urlencode([*said, ('rows', '')])}"


def askable(case) -> bool:
    """A case that says only what the form asks for, at the moment at which an example is calculated."""
    costs = {key for cost in case.get("costs", []) for key in cost}
    dates = {"id", "amount", "category", *POLICY.item(case["item"]).cost_dates}
    plain = not set(case) - {"name", "item", "base", "facts", "costs", "expect"}
    return plain and set(case.get("facts", {})) <= fields_of(case["item"]) and costs <= dates


ASKABLE = [case for case in CASES if askable(case)]


def test_nearly_every_case_can_be_asked():
    assert len(ASKABLE) >= len(CASES) * 8 // 10
    assert {case["item"] for case in ASKABLE} >= {
        code for code, item in POLICY.items.items() if item.rule
    } - {"23"}


def test_the_cases_of_the_pack_come_out(client):
    wrong = []
    for case in ASKABLE:
        text, expect = main(page(client, address(case))), case["expect"]
        item = POLICY.item(case["item"])
        missing = [item.fact(key) for key in expect.get("missing", [])]
        if item.rule is None:
            good = item.answer in text
        elif missing and not case.get("facts"):
            good = "计算金额" in text
        elif missing:
            good = all(f"还不能计算：缺少{spec.label}。" in text for spec in missing if spec)
            good &= "最多可得" not in text
        elif "amount" in expect or expect.get("outcome") == "nothing_payable":
            amount = Decimal(sum_of(expect.get("amount", 0)))
            good = f"最多可得\n{format_yuan(amount)}元" in text
        else:
            good = "最多可得" in text
        if not good:
            wrong.append(case["name"])
    assert wrong == []


def test_it_is_said_to_be_an_example(client):
    text = main(page(client, "/calculator/?pack=teaching&item=2&base=1000000"))
    assert "示例，不是真实的政策文件。" in text and "开始申报" not in text
    assert "（示例）" in main(page(client, "/calculator/"))


def test_a_draft_is_not_calculated(client):
    text = main(page(client, "/calculator/?pack=harbin-ai-2022-draft&item=2a&base=100"))
    assert "没有这项政策，请从下面选择事项。" in text


def test_instalments_are_a_table_that_adds_up(client):
    text = main(page(client, "/calculator/?pack=teaching&item=23"))
    if "最多可得" not in text:
        text = main(page(client, "/calculator/?pack=teaching&item=22&base=10000000"))
    assert "分期拨付" in text and "期次" in text


def test_the_curve_is_the_engines_at_every_point(policy):
    """What the columns say is what `assess` says, and nothing changes beyond the limit."""
    drawn = 0
    for case in ASKABLE:
        item = POLICY.item(case["item"])
        if "costs" in case or case["expect"].get("missing"):
            continue
        facts = {key: spelled(item, key, value) for key, value in case.get("facts", {}).items()}
        claim = {"id": "e", "item": item.id, "facts": facts}
        if BASE in case:
            claim[BASE] = sum_of(case[BASE])
        estimate = Estimate(POLICY, item, claim, filed_at=filed_at(POLICY))
        if estimate.base is None:
            continue
        points = estimate.points([0, estimate.base // 2, estimate.base, estimate.base * 3 + 7])
        for point in points:
            given = {**facts} if estimate.axis.key == BASE else {**facts, estimate.axis.key: yuan(point.base)}
            again = {"id": "e", "item": item.id, "facts": given}
            if estimate.axis.key == BASE:
                again[BASE] = yuan(point.base)
            asked = Estimate(POLICY, item, again, filed_at=filed_at(POLICY))
            assert point.amount == assess(POLICY, asked.facts).amount, (case["name"], point)
            drawn += 1
        if estimate.limit is not None:
            limit = estimate.limit
            below, at, beyond = estimate.points([max(0, limit.base - 1), limit.base, limit.base * 2 + 1])
            assert below.amount != at.amount == beyond.amount == limit.amount, case["name"]
    assert drawn > 100
