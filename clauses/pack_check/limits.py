"""Limits that can never work: a cap its rule cannot reach, a cap above the one around it, a least amount never reached."""

from collections.abc import Iterator
from fractions import Fraction

from clauses.engine.money import spoken
from clauses.pack_check.telling import fault
from clauses.pack_file import Fault, Pack, Place
from clauses.pack_form import (
    BracketsNode,
    ByFactNode,
    CappedNode,
    ExcessNode,
    FixedNode,
    MinimumNode,
    PerUnitNode,
    PoolNode,
    RateOfNode,
    SoftCapNode,
    SumOfNode,
    TiersNode,
    TimesNode,
    WhenNode,
)

Bound = Fraction | None


def least_bound(bounds: list[Bound]) -> Bound:
    known = [one for one in bounds if one is not None]
    return min(known) if known else None


def greatest_bound(bounds: list[Bound]) -> Bound:
    known = [one for one in bounds if one is not None]
    return max(known) if known and len(known) == len(bounds) else None


def most(part: object) -> Bound:
    """The greatest value a node can have, in fen; None when nothing limits it."""
    if part is None:
        return None
    if isinstance(part, FixedNode):
        return Fraction(part.amount.amount)
    if isinstance(part, PerUnitNode):
        return part.most.number * part.amount.amount if part.most else None
    if isinstance(part, RateOfNode):
        below = most(part.of)
        return None if below is None else below * part.rate.rate.fraction
    if isinstance(part, TimesNode):
        below = most(part.of)
        return None if below is None or isinstance(part.factor, str) else below * part.factor.number
    if isinstance(part, CappedNode):
        return least_bound([Fraction(part.cap.amount), most(part.of)])
    if isinstance(part, SoftCapNode):
        return least_bound([Fraction(part.hard.amount) if part.hard else None, most(part.of)])
    if isinstance(part, PoolNode):
        return least_bound([Fraction(part.pool.amount), most(part.of)])
    if isinstance(part, (MinimumNode, ExcessNode)):
        return most(part.of)
    if isinstance(part, WhenNode):
        return greatest_bound([most(part.then), most(part.otherwise) if part.otherwise else Fraction(0)])
    if isinstance(part, ByFactNode):
        rest = [most(part.otherwise)] if part.otherwise else []
        return greatest_bound([*map(most, part.cases.values()), *rest])
    if isinstance(part, TiersNode):
        return greatest_bound([most(row.then) for row in part.rows])
    if isinstance(part, BracketsNode):
        total = Fraction(0)
        for row in part.rows:
            if row.to is None:
                return None
            low = row.from_.amount if row.from_ else 0
            total += (row.to.amount - low) * row.rate.rate.fraction
        return total
    node = vars(part).get("node")
    if node == "lesser_of":
        return least_bound([most(one) for one in part.of])  # type: ignore[attr-defined]
    if node == "greater_of":
        return greatest_bound([most(one) for one in part.of])  # type: ignore[attr-defined]
    if isinstance(part, SumOfNode):
        parts = [most(one) for one in part.of]
        return None if None in parts else sum(parts, Fraction(0))  # type: ignore[arg-type]
    return None


def limit_faults(pack: Pack, part: object, place: Place, around: Bound = None) -> Iterator[Fault]:
    """Follow a rule down with the limit that stands around it."""
    if part is None:
        return
    if isinstance(part, CappedNode):
        # What was granted before counts against the cap, so that a single award need not reach it.
        below = None if part.already else part.of
        yield from cap_faults(
            pack, part.cap.literal, Fraction(part.cap.amount), below, (*place, "cap"), around
        )
        yield from limit_faults(
            pack, part.of, (*place, "of"), least_bound([around, Fraction(part.cap.amount)])
        )
    elif isinstance(part, SoftCapNode):
        yield from cap_faults(
            pack, part.soft.literal, Fraction(part.soft.amount), part.of, (*place, "soft"), around
        )
        hard = Fraction(part.hard.amount) if part.hard else None
        if part.hard and hard is not None:
            yield from cap_faults(pack, part.hard.literal, hard, part.of, (*place, "hard"), None)
        yield from limit_faults(pack, part.of, (*place, "of"), least_bound([around, hard]))
    elif isinstance(part, MinimumNode):
        top = most(part.of)
        if top is not None and top < part.least.amount:
            message = f"“{part.least.literal}”永远达不到，计算结果最多{spoken(top)}元"
            yield fault(pack, message, *place, "least")
        yield from limit_faults(pack, part.of, (*place, "of"), around)
    elif isinstance(part, RateOfNode):
        yield from limit_faults(
            pack, part.of, (*place, "of"), None if around is None else around / part.rate.rate.fraction
        )
    elif isinstance(part, TimesNode):
        fixed = None if around is None or isinstance(part.factor, str) else around / part.factor.number
        yield from limit_faults(pack, part.of, (*place, "of"), fixed)
    else:
        for inner, where in branches(part, place):
            yield from limit_faults(pack, inner, where, around)


def cap_faults(
    pack: Pack, literal: str, cap: Fraction, below: object, place: Place, around: Bound
) -> Iterator[Fault]:
    top = most(below)
    if top is not None and top < cap:
        yield fault(pack, f"上限“{literal}”永远达不到，计算结果最多{spoken(top)}元", *place)
    elif around is not None and cap > around:
        yield fault(pack, f"上限“{literal}”高于外面一层的上限{spoken(around)}元，永远用不到", *place)


def branches(part: object, place: Place) -> list[tuple[object, Place]]:
    """The parts of a node of which one, or the sum, is what the node yields."""
    if isinstance(part, WhenNode):
        found = [(part.then, (*place, "then")), (part.otherwise, (*place, "otherwise"))]
    elif isinstance(part, ByFactNode):
        found = [(one, (*place, "cases", name)) for name, one in part.cases.items()]
        found.append((part.otherwise, (*place, "otherwise")))
    elif isinstance(part, TiersNode):
        found = [(row.then, (*place, "rows", index, "then")) for index, row in enumerate(part.rows)]
    elif isinstance(vars(part).get("of"), list):
        found = [(one, (*place, "of", index)) for index, one in enumerate(part.of)]  # type: ignore[attr-defined]
    elif vars(part).get("node") in ("each_cost", "pool"):
        found = [(part.of, (*place, "of"))]  # type: ignore[attr-defined]
    else:
        found = []
    return [(one, where) for one, where in found if one is not None]
