"""What the engine answers: an amount or a refusal, every part of it with its sentence."""

from dataclasses import dataclass
from fractions import Fraction

from clauses.engine.money import Rate, cut, yuan

PAYABLE = "payable"
NOTHING_PAYABLE = "nothing_payable"
OUT_OF_TERM = "out_of_term"


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
    """One line of the arithmetic. `value` is exact, in fen."""

    label: str
    why: str
    formula: str
    value: Fraction
    clause: str
    quote: str
    setting: str | None = None

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
    reasons: tuple[Reason, ...]
    steps: tuple[Step, ...]
    settings: tuple[UsedSetting, ...]
    missing: tuple[str, ...] = ()

    @property
    def is_payable(self) -> bool:
        return self.outcome == PAYABLE

    def to_json(self) -> dict[str, object]:
        """The interface's shape: amounts in yuan as text, rates as text."""

        def text(fen: int | None) -> str | None:
            return None if fen is None else yuan(fen)

        return {
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
