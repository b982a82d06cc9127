"""Read the numbers of an official text: 20%, 5‰, 百分之五十, 万分之三, 1000万元, 三百万元, 10家, 1:0.5, 2023年12月31日."""

import re
from datetime import date
from fractions import Fraction
from functools import lru_cache

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
POINTS = r"(?:点[零〇一二三四五六七八九]+)?"
RATE = re.compile(rf"({ARABIC})\s*([%％‰])|(百分之|千分之|万分之)({CHINESE}{POINTS}|{ARABIC})")
PARTS_OF = {"%": 100, "％": 100, "‰": 1000, "百分之": 100, "千分之": 1000, "万分之": 10000}
MONEY = re.compile(rf"({ARABIC})\s*(亿元|万元|元)|({CHINESE})元")
UNITS = (
    "家|户|个月|个|名|人次|人|项|件|台|套|平方米|亩|公里|年|月|天|日|次|场|届|分|位|倍|吨|千瓦时|千瓦|兆瓦|度|课时|学时|"
    "篇|种|辆|间|张|座|米|小时|晚|夜|标准箱|架次|班次|班|列|所|条|级|期|轮|期次|册|部|集|分钟"
)
COUNT = re.compile(
    rf"(?<![0-9.第〔])(?:({ARABIC})\s*(?:万)?(?:{UNITS})|1\s*[:：]\s*({ARABIC})|({CHINESE})(?:{UNITS}))"
)
RATIO = re.compile(rf"({ARABIC})\s*[:：]\s*({ARABIC})")
SHARE_OF = re.compile(rf"({CHINESE})分之({CHINESE})")
LEADING = re.compile(rf"({ARABIC})\s*(万)?|({CHINESE})")
YEAR = re.compile(r"(?:19|20)[0-9]{2}年(?:[0-9]{1,2}月)?")
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


def spelled(text: str) -> Fraction:
    """A number in digits or in numerals, with decimals in either: 12.5, 十二点五."""
    if text[0] in "0123456789":
        return arabic(text)
    whole, _, decimals = text.partition("点")
    digits = "".join(str(DIGITS[character]) for character in decimals)
    return chinese(whole) + Fraction(int(digits or 0), 10 ** len(digits))


@lru_cache(maxsize=4096)
def rate(text: str) -> Fraction:
    """A share: "20%", "5‰", "百分之五十", "万分之三"; ValueError for anything else."""
    found = RATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return spelled(found[1] or found[4]) * Fraction(1, PARTS_OF[found[2] or found[3]])


def number(text: str) -> Fraction:
    """A count, span, coefficient or ratio with or without its unit: "10家", "三年", "1.2倍", "1:0.5" (0.5), "三分之二"."""
    if found := RATIO.fullmatch(text):
        if not arabic(found[1]):
            raise ValueError(text)
        return Fraction(arabic(found[2]), arabic(found[1]))
    if found := SHARE_OF.fullmatch(text):
        return Fraction(chinese(found[2]), chinese(found[1]))
    text = text.lstrip("前第每")
    found = LEADING.match(text)
    if found is None or any(character in NUMBER_CHARACTERS for character in text[found.end() :]):
        raise ValueError(text)
    if found[1]:
        return arabic(found[1]) * (10**4 if found[2] else 1)
    return Fraction(chinese(found[3]))


@lru_cache(maxsize=4096)
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


def counts_in(text: str) -> list[str]:
    """Every count, span, coefficient and ratio a text names, in reading order: 10家, 三年, 1:0.5.

    Not among them: calendar years and dates, ordinals (第三年), and a bare 一, which is rarely a number (一次性, 同一项).
    """
    counts = [match for match in COUNT.finditer(text) if match[3] != "一"]
    if not counts:
        return []
    spans = [match.span() for pattern in (RATE, MONEY, DAY, YEAR) for match in pattern.finditer(text)]
    return [
        match[0]
        for match in counts
        if not any(start < match.end() and match.start() < end for start, end in spans)
    ]
