"""Which way a bound of the text points: 以上、以下 include the number, 超过、不满 do not (民法典第一千二百五十九条)."""

import re
from collections.abc import Iterator

from clauses.pack_check.telling import fault
from clauses.pack_file import Fault, Pack, Place
from clauses.pack_form import CompareModel, FigureModel, TiersNode

AT_LEAST, MORE_THAN, AT_MOST, LESS_THAN = "at_least", "more_than", "at_most", "less_than"
SAID = {
    AT_LEAST: "以上、不低于、达到",
    MORE_THAN: "超过、高于",
    AT_MOST: "以下、不超过",
    LESS_THAN: "不满、低于",
}
BEFORE = (
    (("不低于", "不少于", "不小于", "至少", "达到", "达", "满", "起点为"), AT_LEAST),
    (("不超过", "不高于", "不大于", "不多于", "未超过", "最高", "至多", "最多", "至", "至第", "前"), AT_MOST),
    (("超过", "高于", "大于", "多于", "突破", "超"), MORE_THAN),
    (("低于", "不足", "不满", "不到", "少于", "小于", "未满", "未达到", "未达"), LESS_THAN),
)
AFTER = (
    (("及以上", "以上", "起", "至"), AT_LEAST),
    (("及以下", "以下", "以内", "之内"), AT_MOST),
    (("以外", "之外"), MORE_THAN),
)
WITHOUT = {AT_LEAST: MORE_THAN, AT_MOST: LESS_THAN}
BRACKET = re.compile(r"^[（(](不?)含[^）)]*[）)]")


def ways(words: str, literal: str) -> set[str]:
    """The comparisons that the words around a number can mean; none when they do not say."""
    before, _, after = words.partition(literal)
    found: set[str] = set()
    shut = False
    if bracket := BRACKET.match(after):
        shut, after = bool(bracket[1]), after[bracket.end() :]
    ending = max(
        ((word, way) for group, way in BEFORE for word in group if before.rstrip().endswith(word)),
        key=lambda pair: len(pair[0]),
        default=None,
    )
    if ending:
        found.add(ending[1])
    for group, way in AFTER:
        for word in group:
            if after.startswith(word):
                bracket = BRACKET.match(after[len(word) :])
                found.add(WITHOUT.get(way, way) if shut or (bracket and bracket[1]) else way)
    return found


def direction_faults(pack: Pack, nodes: list[tuple[object, Place]]) -> Iterator[Fault]:
    """The comparison of a test or a tier is the one its words say."""
    for part, where in nodes:
        if isinstance(part, CompareModel) and part.bound is not None:
            yield from way_faults(pack, part.bound, part.test, (*where, "bound"), needed=True)
        elif isinstance(part, TiersNode):
            shared = [figure.literal for row in part.rows for figure in bounds(row)]
            for index, row in enumerate(part.rows):
                for name, way in (
                    ("from_", AT_LEAST),
                    ("above", MORE_THAN),
                    ("to", AT_MOST),
                    ("below", LESS_THAN),
                ):
                    figure = getattr(row, name)
                    if figure is not None:
                        place = (*where, "rows", index, name.rstrip("_"))
                        needed = shared.count(figure.literal) < 2
                        yield from way_faults(pack, figure, way, place, needed=needed)


def bounds(row: object) -> list[FigureModel]:
    """The bounds a tier has."""
    named = (getattr(row, name) for name in ("from_", "above", "to", "below"))
    return [figure for figure in named if figure is not None]


def way_faults(pack: Pack, figure: FigureModel, way: str, place: Place, *, needed: bool) -> Iterator[Fault]:
    said = ways(figure.words, figure.literal)
    if not said and needed:
        yield fault(pack, f"从“{figure.words}”看不出是否含“{figure.literal}”，words要带上方向的字", *place)
    elif said and way not in said:
        names = "或".join(sorted(SAID[one] for one in said))
        yield fault(pack, f"“{figure.words}”的意思是{names}，规则写的是{SAID[way]}", *place)
