"""Template filters of the papers. Amounts come as decision strings in yuan, dates as ISO strings."""

from datetime import date, datetime
from decimal import Decimal

from django import template

from portal.kernel.words import in_words

register = template.Library()


@register.filter
def yuan(amount: str | None) -> str:
    """`"9917200.00"` as 9,917,200.00; nothing as an em dash, for what does not apply."""
    return "—" if amount is None else f"{Decimal(amount):,.2f}"


@register.filter
def words(amount: str) -> str:
    return in_words(Decimal(amount))


@register.filter
def percent(rate: str | None) -> str:
    """`"0.20"` as 20%, without trailing zeros."""
    if rate is None:
        return "—"
    return f"{(Decimal(rate) * 100).normalize():f}%"


@register.filter
def day(value: str) -> str:
    """`"2024-03-19"` as 2024年3月19日."""
    when = date.fromisoformat(value[:10])
    return f"{when.year}年{when.month}月{when.day}日"


@register.filter
def day_until(value: str, start: str) -> str:
    """The end of a period: without the year when it is the year of `start`."""
    end, begin = date.fromisoformat(value), date.fromisoformat(start)
    return f"{end.month}月{end.day}日" if end.year == begin.year else day(value)


@register.filter
def second(value: str) -> str:
    """`"2023-06-01T10:00:00+08:00"` as 2023年6月1日 10:00:00."""
    when = datetime.fromisoformat(value)
    return f"{day(value)} {when:%H:%M:%S}"


@register.filter
def short_digest(value: str) -> str:
    """The first 16 of 64 digits, in fours."""
    return " ".join(value[start : start + 4] for start in range(0, 16, 4))


@register.filter
def wan(amount: str, places: int) -> str:
    """Yuan as 万元 with `places` decimals; the caller chooses enough of them to be exact."""
    return f"{Decimal(amount) / 10000:,.{places}f}"
