"""Numbers and quotes of the shipped packs, changed one at a time: the check must notice at least 98 of 100."""

import copy
import re
import sys
from collections.abc import Iterator

import pytest

from clauses.loader import shipped_packs
from clauses.pack_check import content_faults
from clauses.pack_check.cases import case_faults
from clauses.pack_file import Pack, PackError, Place, read_pack, understood

AT_LEAST = 200
FIGURES = ("amount", "rate", "number")
TEXTS = ("literal", "words", "quote", "first_literal", "last_literal", "base_label")
DIGIT = re.compile("[0-9]")


def leaves(part: object, place: Place = ()) -> Iterator[tuple[Place, object]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from leaves(value, (*place, key))
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from leaves(value, (*place, index))
    else:
        yield place, part


def other_number(value: object, name: str) -> object:
    """A number of the same form with another value."""
    if isinstance(value, int):
        return value + 1
    assert isinstance(value, str)
    if name == "rate":
        decimals = value.partition(".")[2]
        return f"0.{int(decimals) + 1:0{len(decimals)}d}"
    return DIGIT.sub(lambda match: str((int(match[0]) + 1) % 10 or 1), value, count=1)


def changes(place: Place, value: object) -> Iterator[tuple[str, object]]:
    """What may go wrong with one number or quote as somebody types it."""
    name = str(place[-1])
    if "items" not in place and "general" not in place and "literal" not in name:
        return
    if name in FIGURES and not str(value)[0].isalpha():
        yield "another number", other_number(value, name)
        if name == "amount" and isinstance(value, str):
            swapped = {"万元": "亿元", "亿元": "万元"}
            unit = next((unit for unit in swapped if value.endswith(unit)), None)
            if unit:
                yield "another unit", value.removesuffix(unit) + swapped[unit]
    elif name in TEXTS or "more_quotes" in place:
        assert isinstance(value, str)
        if digit := DIGIT.search(value):
            turned = str((int(digit[0]) + 1) % 10 or 1)
            yield "another digit", value[: digit.start()] + turned + value[digit.end() :]
            yield "a digit more", value[: digit.end()] + "0" + value[digit.end() :]
        if len(value) > 6:
            middle = len(value) // 2
            yield "a character dropped", value[:middle] + value[middle + 1 :]
        if name == "quote":
            yield "cut at the front", value.partition("，")[2] or value[2:]
            yield "cut at the end", value[:-8]


def spot(raw: object, place: Place) -> tuple[object, object]:
    for step in place[:-1]:
        raw = raw[step]  # type: ignore[index]
    return raw, place[-1]


def caught(base: Pack, place: Place, value: object) -> bool:
    raw = copy.deepcopy(base.raw)
    holder, key = spot(raw, place)
    holder[key] = value  # type: ignore[index]
    try:
        pack = understood(base.directory, raw, base.source, base.text)  # type: ignore[arg-type]
    except PackError:
        return True
    vars(pack)["lines"] = base.lines
    return bool(content_faults(pack) or case_faults(pack))


@pytest.mark.parametrize("name", shipped_packs())
def test_changed_numbers_and_quotes_are_caught(name: str) -> None:
    base = read_pack(shipped_packs()[name])
    assert not content_faults(base)
    every = [
        (place, how, value, changed)
        for place, value in leaves(base.raw)
        for how, changed in changes(place, value)
        if changed != value
    ]
    tried = every[:: max(1, len(every) // AT_LEAST)]
    escaped = [
        f"{'.'.join(map(str, place))}: {how}: {value} → {changed}"
        for place, how, value, changed in tried
        if not caught(base, place, changed)
    ]
    told = [f"{name}: {len(tried)} of {len(every)} changed, {len(escaped)} not noticed", *escaped]
    sys.stdout.write("\n".join(told) + "\n")
    assert len(tried) >= AT_LEAST
    assert len(escaped) <= len(tried) * 0.02, escaped


@pytest.mark.parametrize("name", shipped_packs())
def test_changed_numbers_of_the_text_are_caught(name: str) -> None:
    base = read_pack(shipped_packs()[name])
    start = base.source.index(base.data.items[0].quote)
    every = [
        match.start()
        for match in re.finditer(r"[0-9]+(?=[%‰万亿元家项人名]|平方米|个月)", base.source[start:])
    ]
    spots = every[:: max(1, len(every) // 30)]
    for at in spots:
        where = start + at
        turned = str((int(base.source[where]) + 1) % 10 or 1)
        source = base.source[:where] + turned + base.source[where + 1 :]
        pack = understood(base.directory, base.raw, source, base.text)  # type: ignore[arg-type]
        vars(pack)["lines"] = base.lines
        assert content_faults(pack), base.source[where - 8 : where + 8]
    assert len(spots) > 15
