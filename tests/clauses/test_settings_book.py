"""Which value holds: by item, by the day of first filing, and by the day of asking where a point acts on pending claims."""

from datetime import date, datetime

import pytest

from clauses.engine.term import SHANGHAI
from clauses.loader import get_policy
from clauses.settings_book import Book, InForce, holding, inside, outside

POLICY = get_policy("harbin-ai-2022")


def entry(setting="Q35", value="fen", day=date(2023, 11, 1), items=(), document="一号"):
    return InForce(setting, value, day, document, frozenset(items))


def at(day, hour=0):
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("filed", "expected"),
    [
        (datetime(2023, 10, 31, 23, 59, 59), {}),
        (datetime(2023, 11, 1), {"Q35": "fen"}),
        (datetime.fromisoformat("2023-10-31T16:00:00+00:00"), {"Q35": "fen"}),
        (datetime.fromisoformat("2023-10-31T15:59:59+00:00"), {}),
    ],
)
def test_a_value_holds_from_midnight_in_shanghai(filed, expected):
    assert Book(POLICY, [entry()]).values("2a", filed) == expected


def test_a_value_for_some_items_leaves_the_others_alone():
    book = Book(POLICY, [entry(items=["2a", "2b"])])
    later = at(date(2023, 12, 1))
    assert (book.values("2a", later), book.values("3a", later)) == ({"Q35": "fen"}, {})


def test_a_point_is_silent_about_items_it_does_not_have():
    book = Book(POLICY, [entry("Q11", "with_services")])
    later = at(date(2023, 12, 1))
    assert (book.values("2a", later), book.values("2b", later)) == ({"Q11": "with_services"}, {})


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([entry(value="fen"), entry(value="wan_yuan", day=date(2023, 11, 5))], "wan_yuan"),
        ([entry(value="wan_yuan", day=date(2023, 11, 5)), entry(value="fen")], "wan_yuan"),
        ([entry(items=["2a"]), entry(value="wan_yuan", day=date(2023, 11, 5))], "wan_yuan"),
        ([entry(value="wan_yuan"), entry(value="fen", day=date(2023, 11, 5), items=["2a"])], "fen"),
        ([entry(value="wan_yuan"), entry(value="fen", day=date(2023, 11, 5), items=["2b"])], "wan_yuan"),
    ],
)
def test_the_last_to_take_effect_holds_whatever_its_breadth(entries, expected):
    assert Book(POLICY, entries).values("2a", at(date(2023, 12, 1))) == {"Q35": expected}


def test_book_and_desk_ask_one_function_which_value_holds():
    first, second = entry(value="fen"), entry(value="wan_yuan", items=["2a"])
    later = entry(value="yuan", day=date(2023, 11, 5), items=["2b"])
    values = [later, first, second]
    held = {
        (item, day.day): getattr(holding(values, item, day), "value", None)
        for item in ("2a", "2b", "3a")
        for day in (date(2023, 10, 31), date(2023, 11, 1), date(2023, 11, 5))
    }
    assert held == {
        ("2a", 31): None, ("2a", 1): "wan_yuan", ("2a", 5): "wan_yuan",
        ("2b", 31): None, ("2b", 1): "fen", ("2b", 5): "yuan",
        ("3a", 31): None, ("3a", 1): "fen", ("3a", 5): "fen",
    }  # fmt: skip


def test_only_a_point_that_acts_on_pending_claims_follows_the_day_of_asking():
    book = Book(POLICY, [entry(), entry("Q37", "not_checked")])
    filed, now = at(date(2023, 10, 1)), at(date(2023, 11, 2))
    assert book.values("2a", filed, now) == {"Q37": "not_checked"}
    assert book.values("2a", filed) == {}
    assert book.values("2a", now, filed) == {"Q35": "fen", "Q37": "not_checked"}


def test_a_book_with_one_more_entry_leaves_the_first_as_it_was():
    book = Book(POLICY, [])
    more = book.with_entry(entry())
    later = at(date(2023, 12, 1))
    assert (book.values("2a", later), more.values("2a", later)) == ({}, {"Q35": "fen"})


def test_money_is_yuan_outside_and_fen_inside():
    spec = POLICY.settings["Q39"]
    assert (inside(spec, "100000.00"), outside(spec, 10_000_000)) == (10_000_000, "100000.00")
    assert outside(POLICY.settings["Q35"], "fen") == "fen"
