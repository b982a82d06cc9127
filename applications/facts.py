"""A stored fact as a person reads it."""

from datetime import date
from decimal import Decimal
from typing import Any

from clauses import engine
from portal.kernel.money import format_yuan


def in_words(fact: engine.FactSpec, value: Any) -> str:
    """`value` as stored (JSON), not empty, by the fact's type and unit."""
    match fact.type:
        case "money":
            return f"{format_yuan(Decimal(value))}元"
        case "date":
            day = date.fromisoformat(value)
            return f"{day.year}年{day.month}月{day.day}日"
        case "bool":
            return "是" if value else "否"
        case "choice":
            return fact.choices.get(value, str(value))
        case "year":
            return f"{value}年"
        case "count" | "number":
            return f"{value}{fact.unit}"
        case "rate":
            return f"{(Decimal(value) * 100).normalize():f}%"
    return str(value)
