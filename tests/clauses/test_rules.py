"""What counts, what is refused, and properties that hold whatever the figures."""

import ast
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import clauses.engine
from clauses.engine import rules
from clauses.engine.figures import Amount, Share
from clauses.engine.money import ROUNDING_UNITS, Rate, cut, fen_from_yuan, grouped, yuan
from clauses.engine.sheet import Sheet
from tests.clauses.pack import POLICY, RATED, ask, codes, cost

ENGINE = Path(clauses.engine.__file__).parent
amounts = st.integers(min_value=0, max_value=10**14)
units = st.sampled_from(sorted(ROUNDING_UNITS))
items = st.sampled_from(RATED)


@given(items, amounts, units)
def test_never_above_the_cap_nor_above_the_share(item: str, base: int, unit: str) -> None:
    verdict = ask(item, base=base, settings={"Q35": unit})
    exact = base * verdict.rate.fraction
    assert verdict.amount == cut(min(exact, Fraction(verdict.cap)), ROUNDING_UNITS[unit])
    assert verdict.computed <= exact < verdict.computed + 1
    assert verdict.steps[-1].value == verdict.amount
    assert verdict.outcome == ("payable" if verdict.amount else "nothing_payable")


@given(items, amounts, amounts, units)
def test_more_base_never_pays_less(item: str, one: int, other: int, unit: str) -> None:
    less, more = sorted((one, other))
    settings = {"Q35": unit}
    assert ask(item, base=less, settings=settings).amount <= ask(item, base=more, settings=settings).amount


@given(
    items,
    st.lists(amounts, max_size=8),
    st.sampled_from([None, "equipment", "freight", "unheard_of"]),
    st.booleans(),
)
def test_every_reason_quotes_the_text(item: str, bases: list[int], category: str | None, held: bool) -> None:
    lines = tuple(
        cost(f"i{index}", amount, category=category, held_elsewhere=held and index % 2 == 0)
        for index, amount in enumerate(bases)
    )
    verdict = ask(item, costs=lines)
    cited = [*verdict.reasons, *verdict.steps, *(one.reason for one in verdict.excluded_costs)]
    assert verdict.reasons
    assert all(POLICY.source_text.count(one.quote) == 1 and one.clause for one in cited)
    assert verdict.base + sum(one.amount for one in verdict.excluded_costs) == sum(bases)
    assert verdict.steps[-1].value == verdict.amount


@given(amounts, amounts)
def test_an_amount_already_granted_comes_off_the_cap(base: int, before: int) -> None:
    verdict = ask("6b", base=base, facts={"awarded_before": before})
    assert verdict.amount + before <= max(verdict.cap, before)


@given(amounts)
def test_yuan_text_and_fen_are_one(fen: int) -> None:
    assert fen_from_yuan(yuan(fen)) == fen
    assert grouped(fen).replace(",", "") == yuan(fen)


@pytest.mark.parametrize("text", ["0.20", "0.10", "0.125", "1.00", "0.005"])
def test_a_rate_keeps_its_spelling(text: str) -> None:
    assert Rate.parse(text).text == text


@pytest.mark.parametrize("text", ["1.01", "2", "-0.1", ".2", "20%", "0.2.0", "", "０.2"])
def test_a_rate_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Rate.parse(text)


@pytest.mark.parametrize(
    ("item", "category", "counts"),
    [
        ("2a", "equipment", True),
        ("2a", "software", True),
        ("2a", None, True),
        ("2a", "freight", False),
        ("2a", "training", False),
        ("2a", "spare_parts", False),
        ("2b", "fit_out", True),
        ("2b", "land", False),
        ("2b", "interest", False),
        ("2b", "working_capital", False),
    ],
)
def test_kinds_of_cost(item: str, category: str | None, counts: bool) -> None:
    verdict = ask(item, costs=(cost(category=category),))
    assert [one.reason.code for one in verdict.excluded_costs] == ([] if counts else ["not_eligible"])


def test_a_setting_turns_a_kind_of_cost_round() -> None:
    assert (
        ask("2a", costs=(cost(category="freight"),), settings={"Q11": "with_services"}).excluded_costs == ()
    )
    assert ask("2b", costs=(cost(category="land"),), settings={"Q12": "with_land"}).excluded_costs == ()


@pytest.mark.parametrize(
    ("item", "flags", "code"),
    [
        ("2a", {"related_party": True}, "related_party"),
        ("2a", {"related_party": False}, None),
        ("2a", {"second_hand": True}, "not_eligible"),
        ("2a", {"other_public_money": True}, "held_elsewhere"),
        ("2c", {"related_party": True}, "related_party"),
        ("2c", {"local_customer": False}, "not_eligible"),
        ("2c", {"local_customer": True}, None),
        ("9b", {"related_party": True}, "related_party"),
    ],
)
def test_marks_on_a_cost(item: str, flags: dict[str, bool], code: str | None) -> None:
    verdict = ask(item, costs=(cost(flags=flags),))
    assert [one.reason.code for one in verdict.excluded_costs] == ([code] if code else [])


def test_a_cost_held_elsewhere_cites_the_overlap_sentence() -> None:
    verdict = ask("2a", costs=(cost(held_elsewhere=True),))
    (excluded,) = verdict.excluded_costs
    assert excluded.reason.code == "held_elsewhere"
    assert "从优、就高、不重复" in excluded.reason.quote


def test_verified_costs_are_the_same_lines_at_other_amounts() -> None:
    claimed = cost(amount=26_400_000_00)
    assert ask("2a", costs=(claimed.with_amount(24_200_000_00),)).amount == 4_840_000_00


@pytest.mark.parametrize(
    ("item", "facts", "code"),
    [
        ("2a", {"review_passed": False}, "not_eligible"),
        ("2c", {"platform_recognised": False}, "not_eligible"),
        ("4", {"government_invested": True}, "not_eligible"),
        ("6a", {"acceptance_passed": False}, "not_eligible"),
        ("9b", {"event_listed": False}, "not_eligible"),
        ("3a", {"applicant_kind": "university"}, "not_eligible"),
        ("2b", {"applicant_kind": "social"}, "not_eligible"),
        ("2a", {"already_supported": True}, "already_supported"),
        ("2a", {"registered_in_harbin": False}, "not_eligible"),
        ("2a", {"dishonesty_listed": True}, "not_eligible"),
    ],
)
def test_a_condition_the_facts_deny(item: str, facts: dict[str, object], code: str) -> None:
    verdict = ask(item, base=1000_00, facts=facts)
    assert (verdict.outcome, verdict.amount, codes(verdict)) == ("nothing_payable", 0, [code])


def test_conditions_the_facts_confirm_or_leave_open_are_met() -> None:
    assert ask("2a", base=1000_00, facts={"review_passed": True}).is_payable
    assert ask(
        "3a", base=1000_00, facts={"applicant_kind": "university"}, settings={"Q19": "everyone"}
    ).is_payable


def test_investment_is_not_above_the_filed_total() -> None:
    verdict = ask("4", base=10_000_000_00, facts={"filed_total": 8_000_000_00})
    assert verdict.amount == 2_400_000_00
    assert "lesser_taken" in codes(verdict)


def test_an_amount_below_the_smallest_grant_is_not_paid() -> None:
    verdict = ask("9b", base=1000_00, settings={"Q39": 100_000_00})
    assert (verdict.outcome, verdict.amount) == ("nothing_payable", 0)
    assert "below_smallest" in codes(verdict)
    assert next(one for one in verdict.settings if one.id == "Q39").reading == "100,000.00元"


def test_neither_costs_nor_base_is_a_missing_fact() -> None:
    verdict = ask("2a")
    assert (verdict.outcome, verdict.amount, verdict.missing) == ("nothing_payable", None, ("base",))


def test_costs_and_base_exclude_each_other() -> None:
    with pytest.raises(ValueError):
        ask("2a", base=1, costs=())


@pytest.mark.parametrize(("name", "error"), [("Q99", KeyError), ("Q35", ValueError)])
def test_a_setting_that_cannot_be(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask("2a", base=1, settings={name: "nonsense"})


def test_rules_compose() -> None:
    third = Share(Rate(1, 3), "三分之一", "三分之一")
    rule = rules.SumOf(
        (
            rules.Capped(Amount(100_00, "100元", "最高100元"), rules.RateOf(third, rules.BaseOfCosts())),
            rules.PerUnit(Amount(50_00, "50元", "每个50元"), rules.FactNumber("posts")),
            rules.FixedAmount(Amount(1_00, "1元", "1元")),
        )
    )
    sheet = Sheet({"posts": 3}, Fraction(1000_00), None)
    assert rule.value(sheet) == 100_00 + 150_00 + 1_00
    assert sheet.trace[-1][:2] == (rule, 251_00)
    assert len(list(rules.walk(rule))) == 7


def test_settings_the_engine_applies_are_those_the_pack_ties_to_it() -> None:
    tied = {POLICY.rounding_setting, POLICY.smallest_setting}
    for item in POLICY.items.values():
        parts = [*item.conditions, *item.cost_tests, *item.categories]
        tied |= {
            part.setting
            for part in parts
            if getattr(part, "waived_by", ()) or getattr(part, "flipped_by", ())
        }
        tied |= {item.applicants_setting} if item.applicants_setting else set()
        tied |= {item.matter.setting} if item.matter and item.matter.setting else set()
    assert tied == {one.id for one in POLICY.settings.values() if one.applied_by == "engine"}


def test_the_engine_never_uses_floats() -> None:
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            where = f"{path.name}:{getattr(node, 'lineno', 0)}"
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), where
            assert not (isinstance(node, ast.Name) and node.id == "float"), where
            assert not (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)), where
            assert not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "round"
            ), where


def test_the_engine_imports_the_standard_library_only() -> None:
    import sys

    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names or name.startswith("clauses.engine"), (
                    path.name
                )


@pytest.mark.parametrize("thing", [POLICY, POLICY.item("2a"), cost()])
def test_engine_values_are_frozen(thing: object) -> None:
    with pytest.raises(AttributeError):
        setattr(thing, fields(thing)[0].name, "x")
