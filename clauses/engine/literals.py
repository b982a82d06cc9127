"""Read the numbers of an official text: 20%, 5‰, 百分之五十, 1000万元, 三百万元, 2023年12月31日."""

import re
from datetime import date
from fractions import Fraction

DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}
MONEY_UNITS = {"元": 1, "万元": 10**4, "亿元": 10**8}

ARABIC = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
CHINESE = r"[零〇一二两三四五六七八九十百千万亿]+"
RATE = re.compile(rf"({ARABIC})\s*([%％‰])|(百分之|千分之)({CHINESE}|{ARABIC})")
MONEY = re.compile(rf"({ARABIC})\s*(亿元|万元|元)|({CHINESE})元")
DAY = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
NUMBER_CHARACTERS = frozenset("0123456789.零〇一二两三四五六七八九十百千万亿")


def arabic(text: str) -> Fraction:
    """Digits with optional thousands separators and decimals, exactly."""
    whole, _, decimals = text.replace(",", "").partition(".")
    return Fraction(int(whole + decimals), 10 ** len(decimals))


def chinese(text: str) -> int:
    """A whole number in Chinese numerals; ValueError for characters out of place."""
    total = section = digit = 0
    for character in text:
        if character in DIGITS and not digit:
            digit = DIGITS[character]
        elif character in TENS:
            section += (digit or 1) * TENS[character]
            digit = 0
        elif character in MYRIADS and total + section + digit:
            total = (total + section + digit) * MYRIADS[character]
            section = digit = 0
        else:
            raise ValueError(text)
    return total + section + digit


def rate(text: str) -> Fraction:
    """A share: "20%", "5‰", "百分之五十"; ValueError for anything else."""
    found = RATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    if found[1]:
        return arabic(found[1]) * Fraction(1, 1000 if found[2] == "‰" else 100)
    number = Fraction(chinese(found[4])) if found[4][0] not in "0123456789" else arabic(found[4])
    return number * Fraction(1, 100 if found[3] == "百分之" else 1000)


def money(text: str) -> int:
    """An amount in fen: "1000万元", "3000元", "三百万元"; ValueError for anything else or parts of a fen."""
    found = MONEY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    number = arabic(found[1]) * MONEY_UNITS[found[2]] if found[1] else Fraction(chinese(found[3]))
    fen = number * 100
    if fen.denominator != 1:
        raise ValueError(text)
    return fen.numerator


def day(text: str) -> date:
    """A date as 2023年12月31日; ValueError for anything else."""
    found = DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return date(int(found[1]), int(found[2]), int(found[3]))


def stands_alone(literal: str, text: str) -> bool:
    """Whether a literal occurs in a text as a whole number, not as the tail or head of a longer one."""
    start = text.find(literal)
    while start >= 0:
        before = text[start - 1 : start]
        after = text[start + len(literal) : start + len(literal) + 1]
        if before not in NUMBER_CHARACTERS and not (
            literal[-1] in NUMBER_CHARACTERS and after in NUMBER_CHARACTERS
        ):
            return True
        start = text.find(literal, start + 1)
    return False


def numbers_in(text: str) -> list[str]:
    """Every share and every amount of money a text names, in reading order."""
    found = [(match.start(), match[0]) for pattern in (RATE, MONEY) for match in pattern.finditer(text)]
    return [literal for _, literal in sorted(found)]
