"""Whether the numbers of a rule are those of the text, and all of them."""

import itertools
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from clauses.engine import literals
from clauses.engine.policy import MONEY
from clauses.pack_check.telling import fault, nodes_under
from clauses.pack_file import Fault, Pack, Place
from clauses.pack_form import AmountModel, ItemModel, NumberModel, RateModel

UNITS = {
    "rate": "%、‰、百分之、千分之、万分之",
    "amount": "元、万元、亿元",
    "number": "数量单位，如家、年、倍，或1:0.5",
}


def number_faults(
    pack: Pack, item: ItemModel, place: Place, nodes: list[tuple[object, Place]]
) -> Iterator[Fault]:
    """Each number of a rule is the number its literal says, and each number of the quote is in the rule."""
    if item.kind != MONEY:
        return
    used: Counter[str] = Counter()
    shares = nodes_under(item.instalments, (*place, "instalments"))
    for part, where in itertools.chain(nodes, shares):
        if not isinstance(part, (AmountModel, RateModel, NumberModel)):
            continue
        used[part.literal] += 1
        quote = next((one for one in (item.quote, *item.more_quotes) if part.words in one), item.quote)
        if not literals.stands_alone(part.literal, quote):
            yield fault(pack, f"引文中没有数字“{part.literal}”", *where, "literal")
        if part.words not in quote:
            yield fault(pack, f"引文中没有“{part.words}”", *where, "words")
        elif part.literal not in part.words:
            yield fault(pack, f"“{part.words}”中没有“{part.literal}”", *where, "words")
        name = next(key for key in UNITS if key in part.__dict__)
        try:
            if isinstance(part, RateModel):
                same = literals.rate(part.literal) == part.rate.fraction
            elif isinstance(part, NumberModel):
                same = literals.number(part.literal) == part.number
            else:
                same = Fraction(literals.money(part.literal)) == part.amount
        except ValueError:
            yield fault(
                pack,
                f"数字“{part.literal}”不能识别，单位只能是{UNITS[name]}",
                *where,
                "literal",
            )
            continue
        if not same:
            yield fault(pack, f"“{part.literal}”与规则中的{written(part)}不一致", *where, name)
    quotes = (item.quote, *item.more_quotes)
    for index, other in enumerate(item.other_numbers):
        where = (*place, "other_numbers", index)
        if not any(literals.stands_alone(other.literal, text) for text in quotes):
            yield fault(pack, f"引文中没有数字“{other.literal}”", *where)
        elif used[other.literal]:
            yield fault(pack, f"“{other.literal}”用在规则里，不能再列为不影响金额的数字", *where)
        used[other.literal] += 1
    for literal in [one for text in quotes for one in literals.numbers_in(text) + literals.counts_in(text)]:
        if not used[literal]:
            message = f"引文中的“{literal}”没有用在规则里；不影响金额的，写进other_numbers并说明理由"
            yield fault(pack, message, *place, "rule")


def written(figure: AmountModel | RateModel | NumberModel) -> str:
    """The value of a figure as the pack gives it."""
    if isinstance(figure, AmountModel):
        return f"{figure.amount // 100}元"
    return figure.rate.text if isinstance(figure, RateModel) else str(figure.number)
