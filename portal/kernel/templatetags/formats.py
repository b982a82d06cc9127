"""How amounts, dates and numbers are written on the screen; registered as filters by `pt`."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from portal.kernel.money import format_wan, format_yuan
from portal.kernel.templatetags.drawing import one_of, refuse, sum_of

_PHONE = re.compile(r"(?<![0-9-])[0-9]{3,4}-[0-9]{3,4} ?[0-9]{4}(?![0-9])")


def yuan(value: Decimal) -> str:
    """1234 as 1,234.00, for columns whose caption names the unit."""
    return format_yuan(sum_of("yuan", "value", value))


def in_wan(value: Decimal) -> str:
    """12000000 yuan as 1,200, for columns in 万元."""
    return format_wan(sum_of("in_wan", "value", value))


def percent(value: Decimal) -> str:
    """0.2 as 20%."""
    return f"{(sum_of('percent', 'value', value) * 100).normalize():f}%"


def _local(value: Any) -> Any:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    if not isinstance(value, date):
        raise refuse("date filter", "value", "a date or a datetime", value)
    return value


def _day(value: date) -> str:
    day = _local(value)
    return f"{day.year}年{day.month}月{day.day}日"


def _tight(text: str) -> SafeString:
    return format_html('<span class="pt-tight">{}</span>', text)


def cn_date(value: Any) -> str:
    """2023年12月31日, unbroken; nothing for nothing."""
    return _tight(_day(value)) if value else ""


def cn_datetime(value: Any, precision: str = "minute") -> str:
    """2023年11月28日 16:20, or with `"second"` 16:20:35."""
    if not value:
        return ""
    one_of("cn_datetime", "precision", precision, ("minute", "second"))
    return _tight(f"{_day(value)} {_local(value):{'%H:%M' if precision == 'minute' else '%H:%M:%S'}}")


def cn_deadline(value: Any) -> str:
    """A limit: midnight is written as 24:00 of the day before; a bare day ends at its 24:00."""
    if not value:
        return ""
    limit = _local(value)
    if not isinstance(limit, datetime):
        return _tight(f"{_day(limit)} 24:00")
    if (limit.hour, limit.minute, limit.second) == (0, 0, 0):
        return _tight(f"{_day(limit.date() - timedelta(days=1))} 24:00")
    return _tight(f"{_day(limit)} {limit:%H:%M}")


def iso_date(value: Any) -> str:
    """2023-12-31, for columns."""
    return _local(value).strftime("%Y-%m-%d") if value else ""


def phones(value: Any) -> SafeString:
    """A sentence with its telephone numbers (0451-0000 0001) unbroken."""
    return mark_safe(_PHONE.sub(r'<span class="pt-tight">\g<0></span>', conditional_escape(value)))


def mask_tail(value: str, shown: int = 4) -> str:
    """An account number as 尾号3306."""
    return f"尾号{str(value)[-shown:]}" if value else ""


def kept_key(tags: str | None) -> str:
    """The `keep:<key>` among a message's tags: the form whose typed text is now safe on the server."""
    return next(
        (tag.removeprefix("keep:") for tag in (tags or "").split() if tag.startswith("keep:")),
        "",
    )


FILTERS = (
    yuan,
    in_wan,
    percent,
    cn_date,
    cn_datetime,
    cn_deadline,
    iso_date,
    phones,
    mask_tail,
    kept_key,
)
