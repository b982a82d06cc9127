"""What changed in the units answerable for a clause."""

from collections.abc import Iterator

from clauses.compare.law import text_of
from clauses.compare.records import Change
from clauses.engine.policy import Policy, Unit


def _units_of(policy: Policy, clause: str) -> list[Unit]:
    """The units of a clause in the order the text names them."""
    codes = dict.fromkeys(code for item in policy.items_of(clause) for code in item.units)
    text = text_of(policy, clause)
    return sorted(
        (policy.units[code] for code in codes),
        key=lambda unit: text.rfind(unit.name) if unit.name in text else len(text),
    )


def _same_unit(one: Unit, other: Unit) -> bool:
    return one.code == other.code or bool({one.name, *one.other_names} & {other.name, *other.other_names})


def unit_changes(before: Policy, after: Policy, number: str) -> Iterator[Change]:
    old, new = _units_of(before, number), _units_of(after, number)
    gone = [one for one in old if not any(_same_unit(one, other) for other in new)]
    came = [one for one in new if not any(_same_unit(one, other) for other in old)]
    if old and new and not _same_unit(old[0], new[0]):
        yield Change(
            "lead",
            "lead_changed",
            old[0].name,
            new[0].name,
            f"排在第一位的责任单位改为{new[0].name}，有问题先找这个单位。",
        )
    if gone:
        names = "、".join(one.name for one in gone)
        yield Change("unit", "unit_removed", names, "没有", f"责任单位里不再有{names}。")
    if came:
        names = "、".join(one.name for one in came)
        yield Change("unit", "unit_added", "没有", names, f"责任单位多了{names}。")
    for one in old:
        twin = next((other for other in new if _same_unit(one, other)), None)
        if twin is not None and twin.name != one.name:
            yield Change(
                "name",
                "unit_renamed",
                one.name,
                twin.name,
                f"{one.name}改写为{twin.name}，按同一个单位对待。",
            )
