"""Where a fault stands and how a long quote is shortened."""

from collections.abc import Iterator

from pydantic import BaseModel

from clauses.pack_file import POLICY_FILE, Fault, Pack, Place


def fault(pack: Pack, message: str, *place: str | int) -> Fault:
    return Fault(POLICY_FILE, pack.line(*place), message)


def short(quote: str) -> str:
    return quote if len(quote) <= 24 else f"{quote[:12]}…{quote[-10:]}"


def nodes_under(part: object, place: Place) -> Iterator[tuple[BaseModel, Place]]:
    """Every part of a rule with its place, top first."""
    if isinstance(part, BaseModel):
        yield part, place
        for name, inner in part.__dict__.items():
            if isinstance(inner, (BaseModel, list, dict)):
                yield from nodes_under(inner, (*place, name.rstrip("_")))
    elif isinstance(part, dict):
        for key, inner in part.items():
            yield from nodes_under(inner, (*place, key))
    elif isinstance(part, list):
        for index, inner in enumerate(part):
            yield from nodes_under(inner, (*place, index))
