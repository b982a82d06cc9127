"""Amounts in words (人民币大写), after 支付结算办法 annex 1."""

from decimal import Decimal

from portal.kernel.refusals import Refusal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
SECTIONS = ("", "万", "亿")
LIMIT = Decimal("1000000000000.00")


def in_words(amount: Decimal) -> str:
    """`amount` in yuan as 人民币…元…角…分; 整 ends a sum without jiao and fen.

    Takes 0.00 to 999,999,999,999.99 with at most two decimals and refuses anything else. TypeError for what is
    not a Decimal.
    """
    if not isinstance(amount, Decimal):
        raise TypeError("in_words takes a Decimal")
    if not amount.is_finite():
        raise Refusal("金额不是有限的数，不能写成大写。", code="amount_not_finite")
    if amount < 0:
        raise Refusal("大写金额不能为负数。", code="amount_negative")
    if amount >= LIMIT:
        raise Refusal("金额达到或超过一万亿元，不能写成大写。", code="amount_too_large")
    fen = amount * 100
    if fen != fen.to_integral_value():
        raise Refusal("金额最多保留两位小数，不能写成大写。", code="amount_too_fine")
    yuan, rest = divmod(int(fen), 100)
    jiao, fen_digit = divmod(rest, 10)
    words = _integer(yuan) + "元" if yuan or not rest else ""
    if not rest:
        return f"人民币{words}整"
    if jiao:
        words += DIGITS[jiao] + "角"
    elif yuan:
        words += "零"
    if fen_digit:
        words += DIGITS[fen_digit] + "分"
    return f"人民币{words}"


def _integer(number: int) -> str:
    if number == 0:
        return "零"
    words, gap = "", False
    for index in range(len(SECTIONS) - 1, -1, -1):
        section = number // 10000**index % 10000
        if section == 0:
            gap = gap or bool(words)
            continue
        if words and (gap or section < 1000):
            words += "零"
        words += _section(section) + SECTIONS[index]
        gap = False
    return words


def _section(number: int) -> str:
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
        gap = False
    return words
