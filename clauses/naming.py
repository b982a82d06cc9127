"""How places of a policy are named: 第二条第一项."""

from clauses.engine.policy import Item, Policy

_DIGITS = "一二三四五六七八九"


def ordinal(number: int) -> str:
    """1 to 99 as a Chinese numeral."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones - 1]
    return ("" if tens == 1 else _DIGITS[tens - 1]) + "十" + (_DIGITS[ones - 1] if ones else "")


def order(policy: Policy, item: Item) -> str:
    """第一项; empty when the clause has this item alone."""
    siblings = [one.id for one in policy.items_of(item.clause)]
    return f"第{ordinal(siblings.index(item.id) + 1)}项" if len(siblings) > 1 else ""


def place(policy: Policy, item: Item) -> str:
    """第二条第一项."""
    return f"第{item.clause}条{order(policy, item)}"
