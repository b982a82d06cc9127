"""Two texts compared by Chinese word. Punctuation that differs only in width counts as the same."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import rjieba

NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:%|％|‰|亿元|万元|元|家|年|月|日)?"
SAME, GONE, NEW = "same", "gone", "new"
_ISLAND = 1


@dataclass(frozen=True, slots=True)
class Span:
    """A run of words that both texts have, or only the earlier (`gone`) or only the later one (`new`)."""

    kind: str
    text: str


def tokens(text: str, names: Collection[str] = ()) -> list[str]:
    """The words of a text; together they are the text. Names, sums of money and rates are one word each."""
    whole = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    fixed = re.compile(f"({whole}|{NUMBER})" if whole else f"({NUMBER})")
    found: list[str] = []
    for index, part in enumerate(fixed.split(text)):
        found += [part] if index % 2 else rjieba.cut(part, False)
    return [one for one in found if one]


def folded(text: str) -> str:
    """A text with half-width punctuation, as far as full-width punctuation is the same mark."""
    return unicodedata.normalize("NFKC", text)


def spans(before: str, after: str, names: Collection[str] = ()) -> list[Span]:
    """What stands in both, what went and what came. Common words are given as the later text writes them."""
    old, new = tokens(before, names), tokens(after, names)
    matcher = SequenceMatcher(
        None, [folded(one) for one in old], [folded(one) for one in new], autojunk=False
    )
    runs: list[tuple[str, str]] = []
    for how, a, b, c, d in matcher.get_opcodes():
        if how == "equal":
            common = "".join(new[c:d])
            runs.append((common, common) if _keeps(common) else ("".join(old[a:b]), common))
        else:
            runs.append(("".join(old[a:b]), "".join(new[c:d])))
    same = [how == "equal" for how, *_ in matcher.get_opcodes()]
    return list(_merged(runs, same))


def _keeps(text: str) -> bool:
    return len(text) > _ISLAND


def _merged(runs: list[tuple[str, str]], same: list[bool]) -> Iterator[Span]:
    """Spans with single characters between two changes drawn into the change, so that it reads as one."""
    gone = new = ""
    last = len(runs) - 1
    for index, ((old, later), equal) in enumerate(zip(runs, same, strict=True)):
        if equal and (_keeps(later) or not gone + new or index == last):
            if gone:
                yield Span(GONE, gone)
            if new:
                yield Span(NEW, new)
            gone = new = ""
            yield Span(SAME, later)
            continue
        gone += old
        new += later
    if gone:
        yield Span(GONE, gone)
    if new:
        yield Span(NEW, new)
