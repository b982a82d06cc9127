"""What holds for every rule that can be written: exact, explained, capped, honest about what is missing."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clauses.engine import Step, batch, rules
from clauses.engine.figures import Amount
from clauses.engine.money import cut
from tests.clauses.engine.generated import (
    MONEY_FACTS,
    amounts,
    figures,
    known_facts,
    policy_with,
    trees,
    verdict_on,
    worth,
)

quick = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def again(step: Step) -> Fraction:
    """A step worked out anew from what it says it was worked out from."""
    values = step.operands
    match step.operation:
        case "given":
            (value,) = values
            return value
        case "nothing":
            return Fraction(0)
        case "sum":
            return sum(values, Fraction(0))
        case "product":
            product = Fraction(1)
            for value in values:
                product *= value
            return product
        case "least":
            return min(values)
        case "greatest":
            return max(values)
        case "excess":
            first, second = values
            return max(Fraction(0), first - second)
        case "floor":
            value, unit = values
            return value // unit * unit
    raise AssertionError(step.operation)


@quick
@given(trees, known_facts(), amounts)
def test_the_amount_is_exact_and_every_step_adds_up_to_it(
    rule: rules.Node, facts: dict[str, object], base: int
) -> None:
    verdict = verdict_on(rule, facts, base)
    exact = worth(rule, facts, base)
    assert verdict.amount == cut(exact, 100)
    assert not verdict.missing
    assert [again(step) for step in verdict.steps] == [step.value for step in verdict.steps]
    assert verdict.steps[-1].value == verdict.amount
    rounding = next(step for step in reversed(verdict.steps) if step.operation == "floor")
    assert rounding.operands[0] == exact
    assert verdict.reasons
    assert all(one.quote and one.clause for one in (*verdict.reasons, *verdict.steps))


@quick
@given(figures, trees, known_facts(), amounts)
def test_never_above_a_cap_its_reasons_name(
    cap: Amount, rule: rules.Node, facts: dict[str, object], base: int
) -> None:
    verdict = verdict_on(rules.Capped(cap, rule, "already"), facts, base)
    assert verdict.amount is not None
    assert verdict.amount <= max(0, cap.fen - facts["already"])
    named = [one for one in verdict.reasons if one.code == "cap_applied"]
    below = worth(rule, facts, base)
    assert (cut(below, 100) > verdict.amount) <= bool(named)


@quick
@given(trees, st.lists(known_facts(), min_size=1, max_size=4), st.lists(amounts, min_size=4, max_size=4))
def test_columns_pay_what_single_claims_pay(
    rule: rules.Node, claims: list[dict[str, object]], bases: list[int]
) -> None:
    columns = {key: [facts[key] for facts in claims] for key in claims[0]}
    columns["base"] = bases[: len(claims)]
    policy = policy_with(rule)
    single = [verdict_on(rule, facts, base).amount for facts, base in zip(claims, bases, strict=False)]
    assert batch.awards(policy, policy.item("2a"), columns) == single


@quick
@given(trees, known_facts(), amounts, st.sampled_from([*MONEY_FACTS, "count", "kind", "factor", "first"]))
def test_an_unknown_fact_is_named_and_never_guessed(
    rule: rules.Node, facts: dict[str, object], base: int, unknown: str
) -> None:
    whole = verdict_on(rule, facts, base)
    verdict = verdict_on(rule, {key: value for key, value in facts.items() if key != unknown}, base)
    if verdict.amount is None:
        assert verdict.missing == (unknown,)
        assert unknown in rules.asked(rule)
        assert "missing_fact" in [one.code for one in verdict.reasons]
        assert verdict.outcome == "nothing_payable"
    else:
        assert verdict.amount == whole.amount


@quick
@given(trees, known_facts())
def test_a_base_that_is_not_known_is_asked_for(rule: rules.Node, facts: dict[str, object]) -> None:
    verdict = verdict_on(rule, facts)
    assert (verdict.amount is None) == (verdict.missing == ("base",))


@pytest.mark.parametrize(("columns", "named"), [({"base": [1, None]}, "base"), ({"m1": [1]}, "base")])
def test_columns_with_a_gap_are_refused(columns: dict[str, list[int]], named: str) -> None:
    rule = rules.SumOf((rules.BaseOfCosts(), rules.BaseOfCosts()))
    policy = policy_with(rule)
    with pytest.raises(ValueError, match=named):
        batch.awards(policy, policy.item("2a"), columns)


def test_rules_that_go_cost_by_cost_have_no_columns() -> None:
    policy = policy_with(rules.EachCost(rules.BaseOfCosts()))
    with pytest.raises(ValueError, match="costs"):
        batch.awards(policy, policy.item("2a"), {"base": [1]})
