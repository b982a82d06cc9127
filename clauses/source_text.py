"""Find clauses and sentences in an official text as published: clauses numbered 一、 二、 or 第一条 第二条 and so on."""

import re
from dataclasses import dataclass
from functools import lru_cache

NUMERALS = "〇零一二三四五六七八九十百千"
CLAUSE = re.compile(rf"第?([{NUMERALS}]+)(?:、|条[ 　]*)([^。\n]+)。")
# Lines that go on with the clause above them: its numbered points and the units that answer for it.
GOES_ON = re.compile(rf"[ 　]*(?:[（(](?:责任|牵头|[{NUMERALS}]+[）)]|[0-9]+[）)])|[0-9]+[.．、]|[①-⑳])")
ENDS_OF_SENTENCE = "。；"
END = re.compile(rf"[{ENDS_OF_SENTENCE}\n]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause in the text: the line it begins on, its heading and everything it says."""

    line: int
    heading: str
    text: str


@lru_cache(maxsize=8)
def outline(source: str) -> dict[str, Passage]:
    """The clauses of a text by number, in its order; a number that occurs twice names the first."""
    found: dict[str, Passage] = {}
    number, line, heading = "", 0, ""
    said: list[str] = []

    def close() -> None:
        if number and number not in found:
            found[number] = Passage(line, heading, "\n".join(said))

    for at, text in enumerate(source.splitlines(), 1):
        if match := CLAUSE.match(text):
            close()
            number, line, heading, said = match[1], at, match[2], [text.strip()]
        elif number and GOES_ON.match(text):
            said.append(text.strip())
        elif number and text.strip():
            close()
            number = ""
    close()
    return found


def clause_numbers(source: str) -> dict[str, int]:
    """The numbers of the clauses with the lines they begin on."""
    return {number: passage.line for number, passage in outline(source).items()}


def heading_of(source: str, number: str) -> str:
    """The heading of a clause: what stands between its number and the first full stop."""
    passage = outline(source).get(number)
    return passage.heading if passage else ""


def paragraph_of(source: str, number: str) -> str:
    """Everything a clause says; empty when there is none of that number."""
    passage = outline(source).get(number)
    return passage.text if passage else ""


@lru_cache(maxsize=4096)
def occurrence(source: str, quote: str) -> tuple[int, bool]:
    """Where a quote first stands in a text, below zero when it does not, and whether it stands there just once."""
    at = source.find(quote)
    return at, at >= 0 and source.find(quote, at + 1) < 0


def bounds_of_sentence(source: str, quote: str) -> tuple[bool, bool]:
    """Whether a quote begins and whether it ends where a sentence does."""
    at, _ = occurrence(source, quote)
    before = source[max(0, at - 40) : max(0, at)].rstrip(" 　")[-1:]
    after = source[at + len(quote) : at + len(quote) + 1]
    starts = before in ("", "\n", *ENDS_OF_SENTENCE)
    return starts, quote[-1] in ENDS_OF_SENTENCE or after in ("", "\n")


def sentence_around(source: str, quote: str) -> str:
    """The whole sentence a quote stands in, or the quote itself when the text does not have it."""
    at, _ = occurrence(source, quote)
    if at < 0:
        return quote
    start = max(source.rfind(end, max(0, at - 2000), at) for end in (*ENDS_OF_SENTENCE, "\n")) + 1
    if not start and at > 2000:
        start = max(source.rfind(end, 0, at) for end in (*ENDS_OF_SENTENCE, "\n")) + 1
    ending = END.search(source, at + len(quote) - 1)
    if ending is None:
        return source[start:].strip()
    return source[start : ending.start() if ending[0] == "\n" else ending.end()].strip()
