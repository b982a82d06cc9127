"""The sentences of an official text: where each begins, its lasting anchor, and which numbers in it a rule uses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from clauses import wording
from clauses.engine.literals import DAY, day
from clauses.engine.policy import Item, Policy
from clauses.source_text import CLAUSE, ENDS_OF_SENTENCE

_SENTENCE = re.compile(rf"[^{ENDS_OF_SENTENCE}]*[{ENDS_OF_SENTENCE}]?")
_CLOSING = "”’）)》』」"
BEFORE, AFTER = "head", "end"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; `start` counts characters of the whole text, `clause` is empty outside the clauses."""

    anchor: str
    text: str
    start: int
    clause: str = ""
    order: int = 1

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text; `anchor` is set on the line that opens a clause."""

    anchor: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """A number of the text and the line of an item's rule that uses it."""

    start: int
    end: int
    item: str
    line: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters: plain, marked, a number that a rule uses, or a date of the policy."""

    text: str
    item: str = ""
    line: int = 0
    is_date: bool = False
    marked: bool = False


def paragraphs(policy: Policy) -> tuple[Paragraph, ...]:
    """The whole text, every character of it but the line ends, with an anchor for each sentence.

    Anchors count within their clause (`c2-s3`), so that a change elsewhere does not move them.
    """
    return _paragraphs(
        policy.source_text, tuple((one.number, one.ordinal) for one in policy.clauses.values())
    )


@lru_cache(maxsize=64)
def _paragraphs(source: str, clauses: tuple[tuple[str, int], ...]) -> tuple[Paragraph, ...]:
    ordinals = dict(clauses)
    lines = source.splitlines(keepends=True)
    owners = _owners(lines, list(ordinals))
    counts: dict[str, int] = {}
    found = []
    at = 0
    opened = set()
    for line, owner in zip(lines, owners, strict=True):
        text = line.rstrip("\r\n")
        if text.strip():
            prefix = f"c{ordinals[owner]}" if owner in ordinals else owner
            parts = []
            for start, part in sentences_in(text):
                counts[prefix] = counts.get(prefix, 0) + 1
                parts.append(
                    Sentence(
                        f"{prefix}-s{counts[prefix]}",
                        part,
                        at + start,
                        owner if owner in ordinals else "",
                        counts[prefix],
                    )
                )
            first = owner in ordinals and owner not in opened
            opened.add(owner)
            found.append(Paragraph(f"clause-{ordinals[owner]}" if first else "", tuple(parts)))
        at += len(line)
    return tuple(found)


def sentences_in(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of one line with their places; closing marks stay with the sentence they close."""
    start = 0
    for match in _SENTENCE.finditer(text):
        end = match.end()
        if end <= start:
            continue
        while end < len(text) and text[end] in _CLOSING:
            end += 1
        yield start, text[start:end]
        start = end


def _owners(lines: Sequence[str], numbers: Sequence[str]) -> list[str]:
    """For each line the clause it belongs to; a last line in brackets still belongs to the last clause."""
    opens: dict[int, str] = {}
    for index, line in enumerate(lines):
        match = CLAUSE.match(line)
        if match and match[1] in numbers and match[1] not in opens.values():
            opens[index] = match[1]
    last = max(opens, default=-1)
    owners = []
    current = BEFORE
    for index, line in enumerate(lines):
        if index in opens:
            current = opens[index]
        elif index > last >= 0 and line.strip() and not line.lstrip(" 　").startswith(("（", "(")):
            current = AFTER
        owners.append(current)
    return owners


def sentences(policy: Policy, clause: str | None = None) -> list[Sentence]:
    """All sentences in order, or those of one clause; an empty clause means those outside the clauses."""
    return [
        sentence
        for paragraph in paragraphs(policy)
        for sentence in paragraph.sentences
        if clause is None or sentence.clause == clause
    ]


def sentence_at(policy: Policy, place: int) -> Sentence | None:
    """The sentence that holds a character of the text."""
    for sentence in sentences(policy):
        if sentence.start <= place < sentence.end:
            return sentence
    return None


def anchor_of(policy: Policy, quote: str) -> str:
    """The anchor of the sentence a quote stands in; of the first one when it spans several."""
    place = policy.source_text.find(quote) if quote else -1
    found = sentence_at(policy, place) if place >= 0 else None
    return found.anchor if found else ""


def uses(policy: Policy) -> tuple[Use, ...]:
    """Every number of the text that a rule uses, in reading order; one number may serve several lines."""
    found = []
    for item in policy.items.values():
        for line in wording.lines(item):
            for number in line.numbers:
                place = place_of(policy, number, item.quote)
                if place >= 0:
                    found.append(Use(place, place + len(number.literal), item.id, line.order))
    return tuple(sorted(found, key=lambda use: (use.start, use.end)))


def place_of(policy: Policy, number: wording.Number, quote: str) -> int:
    """Where a rule's number stands in the text; -1 when it does not."""
    source = policy.source_text
    at = source.find(number.quote or quote)
    if at < 0:
        return -1
    at = source.find(number.words, at)
    return -1 if at < 0 else source.find(number.literal, at)


def pieces(
    policy: Policy, sentence: Sentence, marks: Sequence[str] = (), used: Sequence[Use] | None = None
) -> list[Piece]:
    """A sentence cut at the numbers it names and at the words to mark. Together the pieces are the sentence."""
    text, base = sentence.text, sentence.start
    owner: list[Use | bool | None] = [None] * len(text)
    days = {policy.in_force.first, policy.in_force.last, policy.issued_on}
    for match in DAY.finditer(text):
        if _day(match[0]) in days:
            owner[match.start() : match.end()] = [True] * (match.end() - match.start())
    for use in uses(policy) if used is None else used:
        start, end = use.start - base, use.end - base
        if start >= 0 and end <= len(text) and owner[start] is None:
            owner[start:end] = [use] * (end - start)
    marked = [False] * len(text)
    for mark in marks:
        at = text.find(mark)
        if at >= 0:
            marked[at : at + len(mark)] = [True] * len(mark)
    found: list[Piece] = []
    start = 0
    for index in range(1, len(text) + 1):
        if index < len(text) and owner[index] is owner[start] and marked[index] == marked[start]:
            continue
        here = owner[start]
        run = text[start:index]
        if isinstance(here, Use):
            found.append(Piece(run, here.item, here.line, marked=marked[start]))
        else:
            found.append(Piece(run, is_date=here is True, marked=marked[start]))
        start = index
    return found


def _day(text: str) -> date | None:
    """A date of the text; nothing for a day that does not exist."""
    try:
        return day(text)
    except ValueError:
        return None


def of_quote(policy: Policy, quote: str) -> list[Sentence]:
    """The sentences a quote touches."""
    start = policy.source_text.find(quote) if quote else -1
    if start < 0:
        return []
    end = start + len(quote)
    return [one for one in sentences(policy) if one.start < end and one.end > start]


def of_item(policy: Policy, item: Item) -> list[Sentence]:
    """The sentences an item stands on, in their order."""
    found: dict[str, Sentence] = {}
    for quote in (item.quote, *getattr(item, "more_quotes", ())):
        found |= {one.anchor: one for one in of_quote(policy, quote)}
    return sorted(found.values(), key=lambda one: one.start)
