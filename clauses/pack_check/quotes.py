"""Whether a quote stands in the text, once, with everything of its sentence that matters."""

import itertools
import re
from collections.abc import Iterator

from clauses.engine import literals
from clauses.pack_check.telling import fault, short
from clauses.pack_file import Fault, Pack, Place
from clauses.pack_form import GeneralModel, ItemModel
from clauses.source_text import bounds_of_sentence, occurrence, sentence_around

MARKS = frozenset(["", *"，,、；;：:。！？（）()《》“” \n　"])
PAIRS = ("“”", "（）", "()", "《》")
CONDITION = re.compile("[^，,、；。（(]*的(?=[，,])")


def quote_faults(
    pack: Pack,
    part: GeneralModel | ItemModel,
    text: str,
    place: Place,
    where: str = "原文",
) -> Iterator[Fault]:
    """A quote occurs once, and one cut short says by its anchors which words carry its condition and object."""
    if not occurrence(pack.source, part.quote)[1]:
        times = pack.source.count(part.quote)
        yield fault(
            pack,
            f"引文在原文中出现{times}次，应为1次：“{short(part.quote)}”",
            *place,
            "quote",
        )
        return
    if part.quote not in text:
        yield fault(pack, f"引文不在{where}中：“{short(part.quote)}”", *place, "quote")
    for index, anchor in enumerate(part.anchors):
        if anchor not in part.quote:
            yield fault(pack, f"引文中没有“{anchor}”", *place, "anchors", index)
    if all(bounds_of_sentence(pack.source, part.quote)):
        return
    if cut_through(pack.source, part.quote):
        yield fault(pack, "引文断在词或括号、引号中间，要从标点之后开始、到标点为止", *place, "quote")
    if len(set(part.anchors)) < 2:
        yield fault(
            pack,
            "引文不是整句，要用anchors写明它的条件和对象各是哪几个字",
            *place,
            "quote",
        )
    for left in left_out(pack, part.quote):
        for literal in numbers_of(left):
            yield fault(pack, f"引文漏了同一句里的数字“{literal}”", *place, "quote")
        for condition in CONDITION.findall(left):
            yield fault(pack, f"引文漏了同一句里的条件“{condition}”", *place, "quote")


def cut_through(source: str, quote: str) -> bool:
    """Whether a quote begins or ends in the middle of a phrase, or leaves a bracket or quotation mark open."""
    at, _ = occurrence(source, quote)
    before, after = source[at - 1 : at], source[at + len(quote) : at + len(quote) + 1]
    inside = before not in MARKS or not (quote[-1] in MARKS or after in MARKS)
    return inside or any(quote.count(left) != quote.count(right) for left, right in PAIRS)


def left_out(pack: Pack, quote: str) -> list[str]:
    """The parts of a quote's sentence that neither it nor any other quote of the pack takes up."""
    further = (one for item in pack.data.items for one in item.more_quotes)
    whole = sentence_around(pack.source, quote)
    taken = [False] * len(whole)
    for other in {quote, *(one.quote for one in (*pack.data.items, *pack.data.general)), *further}:
        at = whole.find(other)
        if at < 0 and (whole in other):
            at, other = 0, whole
        if at >= 0:
            taken[at : at + len(other)] = [True] * len(other)
    parts = itertools.groupby(zip(whole, taken, strict=True), key=lambda pair: pair[1])
    return ["".join(character for character, _ in group) for used, group in parts if not used]


def more_quote_faults(pack: Pack, item: ItemModel, place: Place) -> Iterator[Fault]:
    """Further quotes stand in the text once, and each gives the rule a number or a condition."""
    for index, quote in enumerate(item.more_quotes):
        if not occurrence(pack.source, quote)[1]:
            times = pack.source.count(quote)
            message = f"引文在原文中出现{times}次，应为1次：“{short(quote)}”"
            yield fault(pack, message, *place, "more_quotes", index)
        elif not all(bounds_of_sentence(pack.source, quote)):
            for literal in [one for left in left_out(pack, quote) for one in numbers_of(left)]:
                yield fault(pack, f"引文漏了同一句里的数字“{literal}”", *place, "more_quotes", index)


def numbers_of(text: str) -> list[str]:
    """Every number that a text names, of whatever kind."""
    return literals.numbers_in(text) + literals.counts_in(text)
