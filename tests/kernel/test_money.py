"""Amounts as people write them, as tables keep them, as screens show them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.canonical import plain
from portal.kernel.money import LARGEST, MoneyField, format_wan, format_yuan, yuan
from tests.refusing import refused

AMOUNTS = st.decimals(min_value=0, max_value=LARGEST, places=2, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0", "0.00"),
        ("1", "1.00"),
        ("1.5", "1.50"),
        ("007", "7.00"),
        ("1234567.89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("１，２３４．５０", "1234.50"),
        ("￥1,000", "1000.00"),
        ("¥1000元", "1000.00"),
        ("  88 元 ", "88.00"),
        ("99999999999.99", "99999999999.99"),
        ("1.10000", "1.10"),
        (5, "5.00"),
        (Decimal("3.20"), "3.20"),
    ],
)
def test_reads_what_people_write(written, value):
    assert yuan(written) == Decimal(value)
    assert yuan(written).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "bad_amount"),
        ("abc", "bad_amount"),
        ("1万", "bad_amount"),
        ("1e3", "bad_amount"),
        ("1E3", "bad_amount"),
        ("NaN", "bad_amount"),
        ("Infinity", "bad_amount"),
        ("+1", "bad_amount"),
        ("1_000", "bad_amount"),
        ("1,23", "bad_amount"),
        ("1234,567", "bad_amount"),
        (",123", "bad_amount"),
        (".5", "bad_amount"),
        ("5.", "bad_amount"),
        ("1.2.3", "bad_amount"),
        ("0x10", "bad_amount"),
        ("٣", "bad_amount"),
        ("1 000", "bad_amount"),
        (None, "bad_amount"),
        (True, "bad_amount"),
        ("-1", "negative_amount"),
        ("−1", "negative_amount"),
        ("－1", "negative_amount"),
        ("-abc", "negative_amount"),
        ("0.001", "too_precise"),
        ("1.999", "too_precise"),
        ("100000000000.00", "too_large"),
        ("9" * 40, "too_large"),
    ],
)
def test_says_what_is_wrong_at_the_field(written, code):
    with refused(code, "amount"):
        yuan(written, field="amount")


def test_nothing_is_no_positive_amount():
    with refused("zero_amount"):
        yuan("0.00", positive=True)
    assert yuan("0.01", positive=True) == Decimal("0.01")


@given(AMOUNTS)
def test_what_is_shown_is_read_back(value):
    assert yuan(format_yuan(value)) == value
    assert yuan(f"{value:f}") == value
    assert yuan(plain(value)) == value


@given(AMOUNTS)
def test_wan_loses_nothing(value):
    assert Decimal(format_wan(value).replace(",", "")) * 10000 == value


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_refusal(text):
    try:
        value = yuan(text)
    except Exception as error:
        assert type(error).__name__ == "Refusal"
    else:
        assert 0 <= value <= LARGEST


@pytest.mark.parametrize(
    ("value", "in_yuan", "in_wan"),
    [
        ("12000000.00", "12,000,000.00", "1,200"),
        ("12345678.90", "12,345,678.90", "1,234.56789"),
        ("0.00", "0.00", "0"),
        ("0.01", "0.01", "0.000001"),
        ("-500.00", "−500.00", "−0.05"),
    ],
)
def test_amounts_on_screens(value, in_yuan, in_wan):
    assert (format_yuan(Decimal(value)), format_wan(Decimal(value))) == (in_yuan, in_wan)


def test_a_money_column_is_exact_and_not_negative_unless_it_says_so():
    plain_field, signed = MoneyField(), MoneyField(signed=True)
    assert (plain_field.max_digits, plain_field.decimal_places) == (16, 2)
    with pytest.raises(ValidationError):
        plain_field.run_validators(Decimal("-0.01"))
    signed.run_validators(Decimal("-0.01"))
    assert signed.deconstruct()[3] == {"signed": True}
    assert plain_field.deconstruct()[3] == {}


@pytest.mark.parametrize("nothing", ["", "  ", "元", None])
def test_nothing_written_is_asked_for(nothing):
    with refused("bad_amount") as parts:
        yuan(nothing)
    assert parts[0].message == "请填写金额，单位是元。"
