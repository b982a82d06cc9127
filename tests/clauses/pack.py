"""The Harbin pack and short ways to ask it, shared by the tests of the rule core."""

from datetime import date, datetime

from clauses.engine import ClaimFacts, CostLine, Verdict, assess
from clauses.loader import get_policy

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
