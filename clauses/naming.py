"""How places of a policy are named: 第二条第一项; and how an item supports: 资金补助."""

from collections.abc import Sequence

from clauses.engine.policy import CASE_BY_CASE, MONEY, NOT_MONEY, REFERRED, Item, Policy

KIND_LABELS = {
    MONEY: "资金补助",
    CASE_BY_CASE: "一事一议",
    REFERRED: "按其他政策办理",
    NOT_MONEY: "不发放资金",
}
_DIGITS = "一二三四五六七八九"


def ordinal(number: int) -> str:
    """1 to 99 as a Chinese numeral."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones - 1]
    return ("" if tens == 1 else _DIGITS[tens - 1]) + "十" + (_DIGITS[ones - 1] if ones else "")


def order_among(item: str, siblings: Sequence[str]) -> str:
    """第一项; empty when the clause has this item alone."""
    return f"第{ordinal(siblings.index(item) + 1)}项" if len(siblings) > 1 else ""


def place_among(clause: str, item: str, siblings: Sequence[str]) -> str:
    """第二条第一项, for an item among those of its clause."""
    return f"第{clause}条{order_among(item, siblings)}"


def order(policy: Policy, item: Item) -> str:
    return order_among(item.id, [one.id for one in policy.items_of(item.clause)])


def place(policy: Policy, item: Item) -> str:
    return place_among(item.clause, item.id, [one.id for one in policy.items_of(item.clause)])
