"""How a component takes its inputs: what it does not know, or lacks, is refused by name (ValueError)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

TONES = ("done", "now", "wait", "bad", "calm")


def draw(component: str, **inputs: Any) -> SafeString:
    """`templates/components/<component>.html` with exactly these inputs, without the page's context."""
    return mark_safe(get_template(f"components/{component}.html").render(inputs).strip())


def refuse(component: str, name: str, wanted: str, got: object) -> ValueError:
    return ValueError(f"{component}: input “{name}” must be {wanted}, got {got!r}")


def one_of(component: str, name: str, value: str, allowed: Iterable[str]) -> str:
    if value not in (known := tuple(allowed)):
        raise refuse(component, name, "one of " + ", ".join(repr(word) for word in known), value)
    return value


def words(component: str, name: str, value: Any) -> Any:
    """Text that says something; an empty or undefined one is refused."""
    if value is None or not str(value).strip():
        raise refuse(component, name, "text", value)
    return value


def sum_of(component: str, name: str, value: Any) -> Decimal:
    """Yuan as Decimal (whole numbers too); a float is refused, it is not money."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise refuse(component, name, "a Decimal in yuan", value)
    return Decimal(value)


def row(component: str, thing: Any, needed: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
    """Read the named inputs from a mapping, a sequence (in order) or an object's attributes."""
    needed, optional = tuple(needed), tuple(optional)
    names = needed + optional
    if isinstance(thing, Mapping):
        given = dict(thing)
    elif isinstance(thing, list | tuple) and not hasattr(thing, "_fields"):
        given = dict(zip(names, thing, strict=False))
        if len(thing) > len(names):
            raise refuse(component, "row", f"at most ({', '.join(names)})", thing)
    else:
        given = {name: getattr(thing, name) for name in names if hasattr(thing, name)}
    if unknown := set(given) - set(names):
        raise ValueError(f"{component}: unknown input “{min(unknown)}”, known are {', '.join(names)}")
    if missing := [name for name in needed if name not in given]:
        raise ValueError(f"{component}: missing input “{missing[0]}” in {thing!r}")
    return {name: given.get(name, "") for name in names}


def rows(component: str, name: str, values: Any) -> list[Any]:
    """A list of things, from any iterable that is not text."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise refuse(component, name, "a list", values)
    return list(values)


def pairs(component: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Names with their values: one list of pairs, one mapping, or name and value in turn."""
    if len(values) == 1:
        given = values[0]
        listed = list(given.items()) if isinstance(given, Mapping) else rows(component, "items", given)
        return [row(component, pair, ("name", "value")) for pair in listed]
    if len(values) % 2:
        raise refuse(component, "items", "names and values in turn", values)
    return [{"name": name, "value": value} for name, value in zip(values[::2], values[1::2], strict=True)]
