"""The Harbin pack and short ways to ask it, shared by the tests of the rule core."""

from datetime import date, datetime

from clauses.engine import ClaimFacts, CostLine, Verdict, assess
from clauses.loader import PACKS, get_policy
from clauses.pack_file import parsed

POLICY = get_policy("harbin-ai-2022")
IN_TERM = datetime(2023, 6, 1, 10)
RATED = [item.id for item in POLICY.items.values() if item.takes_costs]
GOOD_DATES = {
    "contract_date": date(2023, 2, 1),
    "invoice_date": date(2023, 3, 1),
    "paid_date": date(2023, 3, 9),
    "service_from": date(2023, 1, 1),
    "service_to": date(2023, 6, 30),
    "expense_date": date(2023, 4, 1),
    "event_date": date(2023, 5, 1),
}


def cost(name: str = "i1", amount: int = 100_000_00, **changes: object) -> CostLine:
    return CostLine(id=name, amount=amount, **{**GOOD_DATES, **changes})


def ask(item: str, **changes: object) -> Verdict:
    return assess(POLICY, ClaimFacts(**{"id": "c1", "item": item, "filed_at": IN_TERM, **changes}))


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def worked_amounts() -> list[dict[str, str]]:
    """The amounts the Harbin pack works out: item, base, computed, and the amount in whole yuan and to the fen."""
    cases = parsed((PACKS / "harbin-ai-2022" / "cases.yaml").read_text(), "cases.yaml")["cases"]
    found: dict[tuple[str, str], dict[str, str]] = {}
    for case in cases:  # type: ignore[attr-defined]
        if "取整到" not in case["name"]:
            continue
        one = found.setdefault((case["item"], case["base"]), {"item": case["item"], "base": case["base"]})
        one["computed"] = case["expect"]["computed"]
        unit = "fen" if "settings" in case else "yuan"
        one[f"amount_{unit}"] = case["expect"]["amount"]
    return [{"amount_fen": one["amount_yuan"], **one} for one in found.values()]
