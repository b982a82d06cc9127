"""Exact money: integer fen at the edges, fractions of a fen inside, one rounding at the end."""

import re
from dataclasses import dataclass
from fractions import Fraction

FEN_PER_YUAN = 100
MOST_YUAN = 1_000_000_000_000
YUAN_TEXT = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]{1,2}))?")
PAIR_TEXT = re.compile(r"(0|[1-9][0-9]{0,8})/([1-9][0-9]{0,8})")
RATE_TEXT = re.compile(r"(0|1)(?:\.([0-9]{1,9}))?")

ROUNDING_UNITS = {"fen": 1, "yuan": 100, "hundred_yuan": 10_000, "wan_yuan": 1_000_000}
ROUNDING_WORDS = {"fen": "分", "yuan": "元", "hundred_yuan": "百元", "wan_yuan": "万元"}


@dataclass(frozen=True, slots=True)
class Rate:
    """A share between nothing and the whole, kept as the pair of integers it was written as."""

    numerator: int
    denominator: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """Read "0.20", or a pair that never ends: "1/3"; ValueError for any other spelling or a share above one."""
        if pair := PAIR_TEXT.fullmatch(text):
            rate = cls(int(pair[1]), int(pair[2]))
            if rate.numerator > rate.denominator:
                raise ValueError(text)
            return rate
        found = RATE_TEXT.fullmatch(text)
        if found is None:
            raise ValueError(text)
        digits = found[2] or ""
        rate = cls(int(found[1] + digits), 10 ** len(digits))
        if rate.numerator > rate.denominator:
            raise ValueError(text)
        return rate

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    @property
    def text(self) -> str:
        """The spelling of the interfaces: "0.20"; a pair that never ends stays a pair: "1/3"."""
        share = self.fraction
        for places in range(2, 10):
            scaled = share * 10**places
            if scaled.denominator == 1:
                whole, rest = divmod(scaled.numerator, 10**places)
                return f"{whole}.{rest:0{places}d}"
        return f"{share.numerator}/{share.denominator}"

    @property
    def percent(self) -> str:
        """The spelling of the screens: "20%"."""
        scaled = self.fraction * 100
        return f"{decimal_text(scaled)}%" if ends(scaled) else f"{self.text}"


def ends(value: Fraction) -> bool:
    """Whether the decimal spelling of a value comes to an end."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def decimal_text(value: Fraction, *, least: int = 0) -> str:
    """A terminating value in digits with thousands separators and at least `least` decimals."""
    places = least
    while (value * 10**places).denominator != 1:
        places += 1
    whole, rest = divmod((value * 10**places).numerator, 10**places)
    return f"{whole:,}.{rest:0{places}d}" if places else f"{whole:,}"


def fen_from_yuan(text: str) -> int:
    """Read yuan with at most two decimals into fen; ValueError for anything else."""
    found = YUAN_TEXT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1]) * FEN_PER_YUAN + int((found[2] or "").ljust(2, "0"))


def yuan(fen: int) -> str:
    """Fen as the interfaces spell it: "12000000.00"."""
    whole, rest = divmod(fen, FEN_PER_YUAN)
    return f"{whole}.{rest:02d}"


def grouped(fen: int) -> str:
    """Fen as the screens spell it: "12,000,000.00"."""
    whole, rest = divmod(fen, FEN_PER_YUAN)
    return f"{whole:,}.{rest:02d}"


def spoken(value: Fraction) -> str:
    """An exact value in fen as a sentence shows it: yuan with every decimal it has, or cut to the fen."""
    in_yuan = value * Fraction(1, FEN_PER_YUAN)
    if ends(in_yuan):
        return decimal_text(in_yuan, least=2)
    return grouped(cut(value))


def cut(value: int | Fraction, unit: int = 1) -> int:
    """Round down to a whole number of `unit` fen."""
    return value.numerator // (value.denominator * unit) * unit
