"""The term to the second, and which costs fall into it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from clauses.engine.term import cost_refusal, filing_refusal, months_after
from tests.clauses.pack import POLICY, RATED, ask, codes, cost

FIRST, LAST = date(2022, 8, 24), date(2023, 12, 31)


@pytest.mark.parametrize(
    ("filed_at", "code"),
    [
        (datetime(2022, 8, 23, 23, 59, 59, 999999), "filed_early"),
        (datetime(2022, 8, 24), None),
        (datetime(2023, 12, 31, 23, 59, 59), None),
        (datetime(2023, 12, 31, 23, 59, 59, 999999), None),
        (datetime(2024, 1, 1), "filed_late"),
        (datetime(2023, 12, 31, 15, 59, 59, tzinfo=UTC), None),
        (datetime(2023, 12, 31, 16, tzinfo=UTC), "filed_late"),
        (datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=10))), None),
    ],
)
def test_filing_window_is_half_open(filed_at: datetime, code: str | None) -> None:
    reason = filing_refusal(POLICY, POLICY.item("2a"), filed_at)
    assert (reason and reason.code) == code


@pytest.mark.parametrize("item", POLICY.items)
def test_a_late_claim_is_refused_whatever_its_item(item: str) -> None:
    verdict = ask(item, filed_at=datetime(2024, 1, 1))
    assert (verdict.outcome, verdict.amount, codes(verdict)) == ("out_of_term", 0, ["filed_late"])
    assert "2023年12月31日24:00" in verdict.reasons[0].text


@pytest.mark.parametrize("item", ["2a", "2b", "3a", "4", "6a"])
@pytest.mark.parametrize(
    ("invoice", "paid", "by_default", "by_either"),
    [
        (date(2022, 8, 23), date(2022, 9, 1), "outside_term", None),
        (FIRST, FIRST, None, None),
        (LAST, LAST, None, None),
        (LAST, date(2024, 1, 5), "outside_term", None),
        (date(2022, 8, 23), date(2024, 1, 1), "outside_term", "outside_term"),
        (None, date(2023, 1, 1), "missing_fact", None),
        (date(2023, 1, 1), None, "missing_fact", None),
        (None, None, "missing_fact", "missing_fact"),
        (None, date(2024, 1, 1), "outside_term", "missing_fact"),
    ],
)
def test_invoice_and_payment(
    item: str, invoice: date | None, paid: date | None, by_default: str | None, by_either: str | None
) -> None:
    line = cost(invoice_date=invoice, paid_date=paid, contract_date=None)
    for settings, expected in (({}, by_default), ({"Q07": "either"}, by_either)):
        reason = cost_refusal(POLICY, POLICY.item(item), line, settings)
        assert (reason and reason.code) == expected


def test_the_contract_date_counts_only_where_the_setting_says_so() -> None:
    early = cost(contract_date=date(2022, 5, 1))
    assert cost_refusal(POLICY, POLICY.item("2a"), early, {}) is None
    assert cost_refusal(POLICY, POLICY.item("2a"), early, {"Q07": "with_contract"}).code == "outside_term"


@pytest.mark.parametrize(
    ("item", "dates", "code"),
    [
        ("2c", {"service_from": FIRST, "service_to": LAST}, None),
        ("2c", {"service_from": date(2022, 8, 23)}, "outside_term"),
        ("2c", {"service_to": date(2024, 1, 1)}, "outside_term"),
        ("2c", {"service_to": None}, "missing_fact"),
        ("2c", {"service_from": LAST, "service_to": FIRST}, "dates_reversed"),
        ("6b", {"expense_date": FIRST}, None),
        ("6b", {"expense_date": LAST}, None),
        ("6b", {"expense_date": date(2022, 8, 23)}, "outside_term"),
        ("6b", {"expense_date": date(2024, 1, 1)}, "outside_term"),
        ("9b", {"event_date": FIRST}, None),
        ("9b", {"event_date": LAST}, None),
        ("9b", {"event_date": date(2022, 8, 23)}, "outside_term"),
        ("9b", {"event_date": date(2024, 1, 1)}, "outside_term"),
        ("9b", {"event_date": None}, "missing_fact"),
    ],
)
def test_the_date_of_the_matter(item: str, dates: dict[str, date | None], code: str | None) -> None:
    reason = cost_refusal(POLICY, POLICY.item(item), cost(**dates), {})
    assert (reason and reason.code) == code


def test_which_years_of_service_count() -> None:
    line = cost(service_from=date(2022, 1, 1), service_to=date(2022, 12, 31))
    refusals = {
        reading: cost_refusal(POLICY, POLICY.item("2c"), line, {"Q13": reading})
        for reading in ("inside_term", "whole_2022", "only_2023")
    }
    assert {reading for reading, reason in refusals.items() if reason is None} == {"whole_2022"}


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        (FIRST, "payable"),
        (LAST, "payable"),
        (date(2022, 8, 23), "out_of_term"),
        (date(2024, 1, 1), "out_of_term"),
    ],
)
def test_the_review_date_of_item_one(day: date, outcome: str) -> None:
    facts = {"reviewed_amount": 100_00, "requested_amount": 100_00, "review_date": day}
    assert ask("1", facts=facts).outcome == outcome


@pytest.mark.parametrize("item", RATED)
def test_one_cost_out_leaves_the_others_in(item: str) -> None:
    early = date(2022, 8, 23)
    out = cost("i2", 7_00, invoice_date=early, service_from=early, expense_date=early, event_date=early)
    verdict = ask(item, costs=(cost("i1", 1000_00), out))
    assert verdict.base == 1000_00
    assert [(one.id, one.reason.code) for one in verdict.excluded_costs] == [("i2", "outside_term")]
    assert "outside_term" in codes(verdict)


def test_all_costs_out_pays_nothing() -> None:
    verdict = ask("2a", costs=(cost(paid_date=date(2024, 1, 5)),))
    assert (verdict.outcome, verdict.base, verdict.amount) == ("nothing_payable", 0, 0)


def test_months_run_on_to_the_last_day_there_is() -> None:
    assert months_after(date(2023, 8, 31), 6) == date(2024, 2, 29)
    assert months_after(date(9999, 12, 31), 1) == date.max
