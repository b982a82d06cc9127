"""Amounts in words: the table of the domain notes, and what is refused."""

from decimal import Decimal

import pytest

from portal.kernel.refusals import Refusal
from portal.kernel.words import in_words

TABLE = {
    "0": "人民币零元整",
    "0.00": "人民币零元整",
    "0.01": "人民币壹分",
    "0.10": "人民币壹角",
    "10.00": "人民币壹拾元整",
    "15.05": "人民币壹拾伍元零伍分",
    "325.04": "人民币叁佰贰拾伍元零肆分",
    "1409.50": "人民币壹仟肆佰零玖元伍角",
    "1680.32": "人民币壹仟陆佰捌拾元叁角贰分",
    "6007.14": "人民币陆仟零柒元壹角肆分",
    "16409.02": "人民币壹万陆仟肆佰零玖元零贰分",
    "100007.00": "人民币壹拾万零柒元整",
    "107000.53": "人民币壹拾万柒仟元伍角叁分",
    "500000.00": "人民币伍拾万元整",
    "3333333.33": "人民币叁佰叁拾叁万叁仟叁佰叁拾叁元叁角叁分",
    "9917200.00": "人民币玖佰玖拾壹万柒仟贰佰元整",
    "10000000.00": "人民币壹仟万元整",
    "10001000.00": "人民币壹仟万壹仟元整",
    "20050000.30": "人民币贰仟零伍万元叁角",
    "100000001.00": "人民币壹亿零壹元整",
    "100007000.00": "人民币壹亿零柒仟元整",
    "1234567890.12": "人民币壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分",
    "9999999999.99": "人民币玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    "999999999999.99": "人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}


@pytest.mark.parametrize(("amount", "words"), TABLE.items())
def test_table(amount, words):
    assert in_words(Decimal(amount)) == words


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("-0.01", "amount_negative"),
        ("NaN", "amount_not_finite"),
        ("Infinity", "amount_not_finite"),
        ("1000000000000.00", "amount_too_large"),
        ("0.001", "amount_too_fine"),
    ],
)
def test_refused(amount, code):
    with pytest.raises(Refusal) as refusal:
        in_words(Decimal(amount))
    assert refusal.value.code == code


@pytest.mark.parametrize("amount", [1, 1.0, "1.00"])
def test_only_decimals(amount):
    with pytest.raises(TypeError):
        in_words(amount)
