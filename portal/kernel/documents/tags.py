"""Template filters of the papers. Amounts come as decision strings in yuan, dates as ISO strings."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html

from portal.kernel.words import in_words

register = template.Library()
SHANGHAI = ZoneInfo("Asia/Shanghai")


@register.filter
def yuan(amount: str | None) -> str:
    """`"9917200.00"` as 9,917,200.00; nothing as an em dash, for what does not apply."""
    return "—" if amount is None else f"{Decimal(amount):,.2f}"


@register.filter
def fit(text: str, length: int) -> str:
    """`text` in smaller type when it has more than `length` characters, so that it stays in its column."""
    return format_html('<i class="pp-long">{}</i>', text) if len(text) > length else text


@register.filter
def cell(amount: str | None) -> str:
    """`yuan` for a table cell: wide enough for 9,999,999,999.99, what is longer is set smaller."""
    return fit(yuan(amount), len("9,999,999,999.99"))


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
    """`"2024-03-19"` as 2024年3月19日; of a moment, the day in Shanghai."""
    when = date.fromisoformat(value) if len(value) == 10 else _in_shanghai(value).date()
    return f"{when.year}年{when.month}月{when.day}日"


@register.filter
def day_until(value: str, start: str) -> str:
    """The end of a period: without the year when it is the year of `start`."""
    end, begin = date.fromisoformat(value), date.fromisoformat(start)
    return f"{end.month}月{end.day}日" if end.year == begin.year else day(value)


@register.filter
def second(value: str) -> str:
    """`"2023-06-01T02:00:00+00:00"` as 2023年6月1日 10:00:00, Shanghai time."""
    return f"{day(value)} {_in_shanghai(value):%H:%M:%S}"


def _in_shanghai(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(SHANGHAI)


@register.filter
def short_digest(value: str) -> str:
    """The first 16 of 64 digits, in fours."""
    return " ".join(value[start : start + 4] for start in range(0, 16, 4))


@register.filter
def wan(amount: str, places: int) -> str:
    """Yuan as 万元 with `places` decimals; the caller chooses enough of them to be exact."""
    return f"{Decimal(amount) / 10000:,.{places}f}"


@register.filter
def listed(parts: list[str]) -> str:
    """甲、乙和丙."""
    return "和".join(part for part in ("、".join(parts[:-1]), parts[-1]) if part)


@register.filter
def quoted(sentence: str) -> str:
    """A quotation as a sentence of its own: “…。” keeps its full stop inside, otherwise one follows."""
    return f"“{sentence}”" if sentence.endswith(("。", "；")) else f"“{sentence}”。"


TITLE_LINE = 20
TITLE_BREAKS = (
    "拟支持",
    "建设补助",
    "运营补助",
    "补助资金",
    "资助资金",
    "资金",
    "项目公示",
    "的通知",
)


@register.filter
def title_lines(title: str) -> list[str]:
    """A title of size 2 in one line of at most 20 characters, or in two that keep words whole and are about as long."""
    if len(title) <= TITLE_LINE or len(title) > 2 * TITLE_LINE:
        return [title]
    places = [place for word in TITLE_BREAKS if (place := title.find(word)) > 0]
    fitting = [place for place in places if max(place, len(title) - place) <= TITLE_LINE]
    middle = (len(title) + 1) // 2
    place = min(fitting, key=lambda found: abs(found - middle), default=middle)
    return [title[:place], title[place:]]
