"""Rules made by Hypothesis, the facts they are asked with, and an oracle that works them out in the plainest way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from clauses.engine import ClaimFacts, FactSpec, Verdict, assess, rules
from clauses.engine.figures import Amount, Number, Share
from clauses.engine.money import Rate, grouped
from clauses.engine.policy import Policy
from tests.clauses.pack import POLICY

MONEY_FACTS = ("m1", "m2", "m3")
MOST = 10**13

amounts = st.integers(0, MOST)
figures = st.builds(lambda fen: Amount(fen, f"{grouped(fen)}元", f"金额{fen}"), st.integers(1, MOST))
shares = st.builds(
    lambda top, over: Share(Rate(top, top + over), f"{top}/{top + over}", "比例"),
    st.integers(1, 997),
    st.integers(0, 9999),
)
numbers = st.builds(
    lambda value: Number(value, str(value), "数"), st.fractions(Fraction(1, 20), 40, max_denominator=40)
)
comparisons = st.sampled_from(sorted(rules.COMPARISONS))

SPECS = (
    *(FactSpec(key, f"金额{key}", "money", "元", "", False, "applicant") for key in MONEY_FACTS),
    FactSpec("already", "已批准", "money", "元", "", False, "reviewer"),
    FactSpec("demand", "总需求", "money", "元", "", False, "reviewer"),
    FactSpec("count", "数量", "count", "家", "", False, "applicant"),
    FactSpec("factor", "系数", "number", "", "", False, "applicant"),
    FactSpec("loan_rate", "年利率", "rate", "", "", False, "applicant"),
    FactSpec("reference", "参考利率", "rate", "", "", False, "applicant"),
    FactSpec("first", "起息日", "date", "", "", False, "applicant"),
    FactSpec("last", "还款日", "date", "", "", False, "applicant"),
    FactSpec("kind", "类型", "choice", "", "", False, "applicant", {"a": "甲类", "b": "乙类", "c": "丙类"}),
    FactSpec("approval", "专项批准文号", "text", "", "", False, "reviewer"),
)


@st.composite
def known_facts(draw: st.DrawFn) -> dict[str, object]:
    """Every fact, with values near one another so that thresholds are met and missed."""
    first = date(2022, 1, 1) + timedelta(days=draw(st.integers(0, 900)))
    small = st.one_of(amounts, st.integers(0, 200))
    return {
        **{key: draw(small) for key in (*MONEY_FACTS, "already")},
        "demand": draw(st.integers(1, MOST)),
        "count": draw(st.integers(0, 60)),
        "factor": draw(st.fractions(0, 3, max_denominator=1000)),
        "loan_rate": draw(st.fractions(0, Fraction(1, 4), max_denominator=10_000)),
        "reference": draw(st.fractions(0, Fraction(1, 4), max_denominator=10_000)),
        "first": first,
        "last": first + timedelta(days=draw(st.integers(0, 1500))),
        "kind": draw(st.sampled_from("abc")),
        "approval": draw(st.sampled_from(["", "哈科发〔2023〕1号"])),
    }


leaves = st.one_of(
    st.just(rules.BaseOfCosts()),
    st.sampled_from([rules.FactAmount(key) for key in MONEY_FACTS]),
    st.builds(rules.JudgedAmount, st.just("m3")),
    st.builds(rules.FixedAmount, figures),
    st.builds(
        rules.PerUnit,
        figures,
        st.just(rules.FactNumber("count")),
        st.none() | numbers,
        st.none() | numbers,
        st.none() | numbers,
    ),
    st.builds(
        rules.Interest,
        st.just("m1"),
        st.just("loan_rate"),
        st.just("first"),
        st.just("last"),
        st.sampled_from([360, 365]),
        st.sampled_from([None, "reference"]),
        st.none()
        | st.builds(lambda value: Number(Fraction(value), f"{value}个月", "期限"), st.integers(1, 36)),
    ),
)


def tests_of(nodes: st.SearchStrategy[rules.Node]) -> st.SearchStrategy[rules.Test]:
    simple = st.one_of(
        st.builds(rules.Compare, comparisons, nodes, figures | nodes),
        st.builds(rules.Compare, comparisons, st.just(rules.FactNumber("count")), numbers),
        st.builds(rules.Is, st.just("kind"), st.sampled_from([("a",), ("a", "b")]), st.just("甲类")),
    )
    return st.one_of(
        simple,
        st.builds(rules.Every, st.tuples(simple, simple)),
        st.builds(rules.Some, st.tuples(simple, simple)),
        st.builds(rules.Not, simple),
    )


@st.composite
def tiers(draw: st.DrawFn, nodes: st.SearchStrategy[rules.Node]) -> rules.Node:
    bounds = sorted(
        draw(st.lists(figures, min_size=1, max_size=3, unique_by=lambda one: one.fen)),
        key=lambda one: one.fen,
    )
    rows, low, low_in = [], None, True
    for bound in bounds:
        high_in = draw(st.booleans())
        rows.append(rules.Row(low, low_in, bound, high_in, draw(nodes)))
        low, low_in = bound, not high_in
    rows.append(rules.Row(low, low_in, None, True, draw(nodes)))
    return rules.Tiers(draw(nodes), tuple(rows))


@st.composite
def brackets(draw: st.DrawFn, nodes: st.SearchStrategy[rules.Node]) -> rules.Node:
    bounds = sorted(
        draw(st.lists(figures, min_size=1, max_size=3, unique_by=lambda one: one.fen)),
        key=lambda one: one.fen,
    )
    edges = [None, *bounds, None]
    rows = tuple(rules.Bracket(low, high, draw(shares)) for low, high in pairwise(edges))
    return rules.Brackets(draw(nodes), rows)


def grown(nodes: st.SearchStrategy[rules.Node]) -> st.SearchStrategy[rules.Node]:
    pair = st.tuples(nodes, nodes)
    return st.one_of(
        st.builds(rules.RateOf, shares, nodes),
        st.builds(rules.Times, numbers | st.just("factor"), nodes),
        st.builds(rules.Pool, figures, st.just("demand"), nodes),
        st.builds(rules.Capped, figures, nodes, st.sampled_from([None, "already"])),
        st.builds(
            lambda soft, more, of: rules.SoftCap(
                soft, Amount(soft.fen + more, "更高", "更高") if more else None, "approval", of
            ),
            figures,
            st.integers(0, 10**9),
            nodes,
        ),
        st.builds(rules.Minimum, figures, nodes, st.none() | tests_of(nodes)),
        st.builds(rules.LesserOf, pair),
        st.builds(rules.GreaterOf, pair),
        st.builds(rules.SumOf, pair),
        st.builds(rules.Excess, nodes, nodes, st.just("超出部分")),
        st.builds(
            lambda one, two, rest: rules.ByFact("kind", (("a", one), ("b", two)), rest),
            nodes,
            nodes,
            st.none() | nodes,
        ),
        tiers(nodes),
        brackets(nodes),
        st.builds(rules.When, tests_of(nodes), nodes, st.none() | nodes),
        st.builds(
            lambda of, to, bound, then: rules.When(
                rules.Compare(
                    "at_least",
                    rules.Ratio(of, rules.SumOf((to, rules.FixedAmount(Amount(1, "1分", "1分")))), "增长率"),
                    bound,
                ),
                then,
            ),
            nodes,
            nodes,
            shares,
            nodes,
        ),
    )


trees = st.recursive(leaves, grown, max_leaves=7)


def policy_with(rule: rules.Node) -> Policy:
    """The Harbin policy with one item whose rule is the given one."""
    item = replace(POLICY.item("2a"), rule=rule, facts=(*POLICY.item("2a").facts, *SPECS))
    return replace(POLICY, items={"2a": item})


def verdict_on(
    rule: rules.Node, facts: Mapping[str, object], base: int | None = None, **more: Any
) -> Verdict:
    claim = ClaimFacts(id="c", item="2a", filed_at=datetime(2023, 6, 1), facts=facts, base=base, **more)
    return assess(policy_with(rule), claim)


def worth(node: rules.Node, facts: Mapping[str, Any], base: int) -> Fraction:
    """What a rule is worth, in Fractions and by recursion alone: the oracle."""

    def of(part: rules.Node) -> Fraction:
        return worth(part, facts, base)

    match node:
        case rules.BaseOfCosts():
            return Fraction(base)
        case rules.FactAmount(fact=key) | rules.FactNumber(fact=key) | rules.JudgedAmount(fact=key):
            return Fraction(facts[key])
        case rules.FixedAmount(amount=amount):
            return Fraction(amount.fen)
        case rules.PerUnit():
            units = of(node.count)
            if node.beyond:
                units = max(Fraction(0), units - node.beyond.value)
            if node.step:
                units = Fraction(units // node.step.value)
            if node.most:
                units = min(units, node.most.value)
            return units * node.amount.fen
        case rules.Interest():
            days = (facts["last"] - facts["first"]).days
            if node.months:
                total = facts["first"].month - 1 + int(node.months.value)
                year, month = facts["first"].year + total // 12, total % 12 + 1
                day = facts["first"].day
                while True:
                    try:
                        limit = date(year, month, day)
                        break
                    except ValueError:
                        day -= 1
                days = min(days, (limit - facts["first"]).days)
            rate = min(facts["loan_rate"], facts["reference"]) if node.not_above else facts["loan_rate"]
            return facts["m1"] * rate * days / node.year_days
        case rules.RateOf(share=share):
            return of(node.of) * share.rate.numerator / share.rate.denominator
        case rules.Times(factor=factor):
            return of(node.of) * (facts[factor] if isinstance(factor, str) else factor.value)
        case rules.Ratio():
            return of(node.of) / of(node.to)
        case rules.Pool():
            scale = min(Fraction(1), Fraction(node.pool.fen) / facts[node.demand])
            return of(node.of) * scale
        case rules.Capped():
            left = max(0, node.cap.fen - (facts[node.already] if node.already else 0))
            return min(of(node.of), Fraction(left))
        case rules.SoftCap():
            if not facts[node.approval]:
                return min(of(node.of), Fraction(node.soft.fen))
            return min(of(node.of), Fraction(node.hard.fen)) if node.hard else of(node.of)
        case rules.Minimum():
            enough = of(node.of) >= node.least.fen or (node.unless and holds(node.unless, facts, base))
            return of(node.of) if enough else Fraction(0)
        case rules.LesserOf():
            return min(of(part) for part in node.of)
        case rules.GreaterOf():
            return max(of(part) for part in node.of)
        case rules.SumOf():
            return sum((of(part) for part in node.of), Fraction(0))
        case rules.Excess():
            return max(Fraction(0), of(node.of) - of(node.over))
        case rules.ByFact():
            chosen = dict(node.cases).get(facts[node.fact], node.otherwise)
            return of(chosen) if chosen else Fraction(0)
        case rules.Tiers():
            return next(of(row.then) for row in node.rows if row.has(of(node.on)))
        case rules.Brackets():
            whole, total = of(node.of), Fraction(0)
            for row in node.rows:
                low, high = row.low.fen if row.low else 0, row.high.fen if row.high else whole
                total += max(Fraction(0), min(whole, Fraction(high)) - low) * row.share.rate.fraction
            return total
        case rules.When():
            chosen = node.then if holds(node.test, facts, base) else node.otherwise
            return of(chosen) if chosen else Fraction(0)
    raise TypeError(node)


def holds(test: rules.Test, facts: Mapping[str, Any], base: int) -> bool:
    """Whether a condition holds, when every fact is known."""
    match test:
        case rules.Some():
            return any(holds(part, facts, base) for part in test.of)
        case rules.Every():
            return all(holds(part, facts, base) for part in test.of)
        case rules.Not():
            return not holds(test.of, facts, base)
        case rules.Is():
            return facts[test.fact] in test.values
        case rules.Compare():
            value = worth(test.of, facts, base)
            bound = worth(test.bound, facts, base) if isinstance(test.bound, rules.Node) else test.bound.value
            return {
                "at_least": value >= bound,
                "more_than": value > bound,
                "at_most": value <= bound,
                "less_than": value < bound,
            }[test.how]
    raise TypeError(test)
