"""What the engine answers: an amount or a refusal, every part of it with its sentence."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from clauses.engine.money import Rate, cut, yuan

PAYABLE = "payable"
NOTHING_PAYABLE = "nothing_payable"
OUT_OF_TERM = "out_of_term"


FAVOURABLE = frozenset(
    {"rate_applied", "condition_met", "tier_reached", "brackets_applied", "factor_applied", "greater_taken"}
    | {"special_approval", "as_computed", "judged_amount"}
)
"""Codes of reasons that say how an amount came about, not what stands in its way."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code, the clause, its exact words, and a sentence with the figures."""

    code: str
    clause: str
    quote: str
    text: str
    setting: str | None = None

    def to_json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "clause": self.clause,
            "quote": self.quote,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic. `value` is exact, in fen.

    `operation` and `operands` say how the value comes about, so that anyone can work the step out again: given, product, sum, least,
    greatest, excess (first less second, not below nothing), nothing, floor (down to a multiple of the second).
    """

    label: str
    why: str
    formula: str
    value: Fraction
    clause: str
    quote: str
    setting: str | None = None
    operation: str = "given"
    operands: tuple[Fraction, ...] = ()

    @property
    def result(self) -> str:
        """The value in yuan, cut to the fen."""
        return yuan(cut(self.value))

    def to_json(self) -> dict[str, str | None]:
        return {
            "label": self.label,
            "why": self.why,
            "formula": self.formula,
            "result": self.result,
            "clause": self.clause,
            "quote": self.quote,
            "setting": self.setting,
        }


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of an award: how much of it, in fen, after which event and how many years after the award."""

    label: str
    amount: int
    on: str
    years_later: int

    def to_json(self) -> dict[str, str | int]:
        return {
            "label": self.label,
            "amount": yuan(self.amount),
            "on": self.on,
            "years_later": self.years_later,
        }


@dataclass(frozen=True, slots=True)
class ExcludedCost:
    """A cost that does not count, with the reason that keeps it out."""

    id: str
    amount: int
    reason: Reason

    def to_json(self) -> dict[str, str]:
        return {"id": self.id, "code": self.reason.code, "text": self.reason.text}


@dataclass(frozen=True, slots=True)
class UsedSetting:
    """An open point that applied: its value, its wording, and whether it is the default, in force, or an override."""

    id: str
    title: str
    value: object
    source: str
    reading: str
    type: str = "choice"

    def to_json(self) -> dict[str, object]:
        value = yuan(self.value) if self.type == "money" and isinstance(self.value, int) else self.value
        return {"id": self.id, "value": value, "source": self.source}


class Explanation(Protocol):
    """Told once, when someone reads it."""

    @property
    def reasons(self) -> tuple[Reason, ...]: ...

    @property
    def steps(self) -> tuple[Step, ...]: ...


@dataclass(frozen=True, slots=True)
class Told:
    """An explanation that is already in words."""

    reasons: tuple[Reason, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one claim. Amounts are fen; None means the text gives no such figure or a fact is missing."""

    policy: str
    policy_hash: str
    claim: str
    item: str
    outcome: str
    base: int | None
    rate: Rate | None
    computed: int | None
    cap: int | None
    amount: int | None
    excluded_costs: tuple[ExcludedCost, ...]
    settings: tuple[UsedSetting, ...]
    explanation: Explanation
    missing: tuple[str, ...] = ()
    instalments: tuple[Instalment, ...] = ()

    @property
    def is_payable(self) -> bool:
        return self.outcome == PAYABLE

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.explanation.reasons

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.explanation.steps

    def to_json(self) -> dict[str, object]:
        """The interface's shape: amounts in yuan as text, rates as text. Instalments only where the text has them."""

        def text(fen: int | None) -> str | None:
            return None if fen is None else yuan(fen)

        found: dict[str, object] = {
            "id": self.claim,
            "item": self.item,
            "outcome": self.outcome,
            "base": text(self.base),
            "rate": None if self.rate is None else self.rate.text,
            "computed": text(self.computed),
            "cap": text(self.cap),
            "amount": text(self.amount),
            "excluded_costs": [cost.to_json() for cost in self.excluded_costs],
            "reasons": [reason.to_json() for reason in self.reasons],
            "settings": [setting.to_json() for setting in self.settings],
            "steps": [step.to_json() for step in self.steps],
        }
        if self.instalments:
            found["instalments"] = [one.to_json() for one in self.instalments]
        return found
