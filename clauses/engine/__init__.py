"""The rule core: frozen facts in, an explained verdict out. Standard library only, no clock, no database."""

from clauses.engine.assessment import assess
from clauses.engine.facts import ClaimFacts, CostLine
from clauses.engine.policy import (
    Clause,
    Criterion,
    FactSpec,
    Item,
    Paper,
    Policy,
    SettingSpec,
    Unit,
)
from clauses.engine.verdict import FAVOURABLE, Reason, Step, Verdict

VERSION = "1"
"""Edition of the arithmetic; stored with every decision."""

__all__ = [
    "FAVOURABLE",
    "VERSION",
    "ClaimFacts",
    "Clause",
    "CostLine",
    "Criterion",
    "FactSpec",
    "Item",
    "Paper",
    "Policy",
    "Reason",
    "SettingSpec",
    "Step",
    "Unit",
    "Verdict",
    "assess",
]
