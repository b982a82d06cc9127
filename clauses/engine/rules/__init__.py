"""How much: a tree of small nodes, each with its arithmetic, its facts and its words.

The arithmetic is written once and runs on two sheets: `sheet.Sheet` for one claim with its explanation, `batch.Columns` for many at once.
A new shape is a new node here and its model in the pack's form; nothing else changes.
"""

from clauses.engine.rules.choices import Bracket, Brackets, ByFact, Row, Tiers, When
from clauses.engine.rules.conditions import COMPARISONS, Compare, Every, Is, Not, Some, Test
from clauses.engine.rules.limits import (
    Capped,
    EachCost,
    Excess,
    GreaterOf,
    LesserOf,
    Minimum,
    SoftCap,
    SumOf,
)
from clauses.engine.rules.node import ZERO, Ask, Node, Sheet, Teller, asked, walk
from clauses.engine.rules.shares import Pool, RateOf, Ratio, Times
from clauses.engine.rules.sources import (
    BaseOfCosts,
    FactAmount,
    FactNumber,
    FixedAmount,
    Interest,
    JudgedAmount,
    PerUnit,
)

__all__ = [
    "COMPARISONS",
    "ZERO",
    "Ask",
    "BaseOfCosts",
    "Bracket",
    "Brackets",
    "ByFact",
    "Capped",
    "Compare",
    "EachCost",
    "Every",
    "Excess",
    "FactAmount",
    "FactNumber",
    "FixedAmount",
    "GreaterOf",
    "Interest",
    "Is",
    "JudgedAmount",
    "LesserOf",
    "Minimum",
    "Node",
    "Not",
    "PerUnit",
    "Pool",
    "RateOf",
    "Ratio",
    "Row",
    "Sheet",
    "SoftCap",
    "Some",
    "SumOf",
    "Teller",
    "Test",
    "Tiers",
    "Times",
    "When",
    "asked",
    "walk",
]
