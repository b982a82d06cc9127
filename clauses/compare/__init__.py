"""Two editions of a policy compared: what changed in each item, what that means for an applicant, and the words. Pure."""

from clauses.compare.editions import compare, in_order
from clauses.compare.general import levels
from clauses.compare.items import GATES
from clauses.compare.records import (
    ASPECTS,
    Change,
    ClausePair,
    Comparison,
    Finding,
    GeneralPair,
    ItemPair,
)

__all__ = [
    "ASPECTS",
    "GATES",
    "Change",
    "ClausePair",
    "Comparison",
    "Finding",
    "GeneralPair",
    "ItemPair",
    "compare",
    "in_order",
    "levels",
]
