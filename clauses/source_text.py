"""Find clauses and sentences in an official text as published: one paragraph for a clause, numbered 一、 二、 and so on."""

import re

CLAUSE = re.compile(r"([一二三四五六七八九十百]+)、([^。]+)。")
ENDS_OF_SENTENCE = "。；"


def clause_numbers(source: str) -> dict[str, int]:
    """The numbers of the clauses with the lines they begin on."""
    found = {}
    for line, text in enumerate(source.splitlines(), 1):
        if match := CLAUSE.match(text):
            found[match[1]] = line
    return found


def heading_of(source: str, number: str) -> str:
    """The heading of a clause: what stands between its number and the first full stop."""
    match = CLAUSE.match(paragraph_of(source, number))
    return match[2] if match else ""


def paragraph_of(source: str, number: str) -> str:
    """The whole paragraph of a clause; empty when there is none."""
    for line in source.splitlines():
        if line.startswith(f"{number}、"):
            return line.strip()
    return ""


def bounds_of_sentence(source: str, quote: str) -> tuple[bool, bool]:
    """Whether a quote begins and whether it ends where a sentence does."""
    at = source.find(quote)
    before = source[:at].rstrip(" 　")[-1:]
    after = source[at + len(quote) :][:1]
    starts = before in ("", "\n", *ENDS_OF_SENTENCE)
    return starts, quote[-1] in ENDS_OF_SENTENCE or after in ("", "\n")


def sentence_around(source: str, quote: str) -> str:
    """The whole sentence a quote stands in, or the quote itself when the text does not have it."""
    at = source.find(quote)
    if at < 0:
        return quote
    start = max(source.rfind(end, 0, at) for end in (*ENDS_OF_SENTENCE, "\n")) + 1
    end = at + len(quote)
    while not all(bounds_of_sentence(source, source[start:end])) and end < len(source):
        end += 1
    return source[start:end].strip()
