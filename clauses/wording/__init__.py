"""A rule in words: one phrase for the whole tree, and a line for each of its nodes. Pure; made from the rule alone."""

from clauses.wording.award import BY_RULE, JUDGED, basis, instalments
from clauses.wording.outline import Line, lines, tree
from clauses.wording.phrases import COMPARED, between, describe, rule_in_words, say, test_in_words
from clauses.wording.speech import BASE, Number, Speech, numbers_of, speech_of

__all__ = [
    "BASE",
    "BY_RULE",
    "COMPARED",
    "JUDGED",
    "Line",
    "Number",
    "Speech",
    "basis",
    "between",
    "describe",
    "instalments",
    "lines",
    "numbers_of",
    "rule_in_words",
    "say",
    "speech_of",
    "test_in_words",
    "tree",
]
