"""Reads about payments and batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from applications.states import ClaimStates
from clauses import engine
from clauses import selectors as programmes
from clauses.engine import term
from clauses.engine.policy import COST_DATES
from payouts.models import Batch, BatchLine, PayeeAccount, Payment
from payouts.states import PaymentStates, Results
from portal.accounts.models import Organisation
from portal.kernel.canonical import digest
from portal.kernel.refusals import Refusal
from review.models import Award


@dataclass(frozen=True, slots=True)
class Due:
    """An award with its payment, if one was opened yet."""

    award: Award
    payment: Payment | None

    @property
    def state(self) -> str:
        return self.payment.state if self.payment else PaymentStates.ACCOUNT_DUE


def awards() -> QuerySet[Award]:
    return Award.objects.select_related(
        "case__claim__organisation",
        "case__claim__project",
        "case__claim__item__policy",
        "case__claim__round",
        "determination",
        "budget_line",
        "payment__account",
    )


def award_of(claim_number: str) -> Award:
    """Award.DoesNotExist while the claim is not approved."""
    return awards().get(case__claim__number=claim_number)


def dues_of(organisation: Organisation) -> list[Due]:
    """Every award of an organisation, newest first."""
    found = awards().filter(case__claim__organisation=organisation).order_by("-pk")
    return [Due(award, getattr(award, "payment", None)) for award in found]


def awaiting_account() -> QuerySet[Award]:
    """Awards whose payee has not given an account, or whose transfer came back."""
    owed = awards().filter(case__claim__state=ClaimStates.APPROVED)
    return owed.filter(payment=None) | owed.filter(payment__state=PaymentStates.ACCOUNT_DUE)


def payments() -> QuerySet[Payment]:
    return Payment.objects.select_related(
        "award__case__claim__organisation",
        "award__case__claim__project",
        "award__case__claim__item__policy",
        "award__case__notice",
        "award__case__handler",
        "award__determination",
        "award__budget_line",
        "account",
    )


def payable() -> QuerySet[Payment]:
    """Payments that may be put into a batch."""
    return payments().filter(state=PaymentStates.REQUESTED).order_by("requested_at")


def batches() -> QuerySet[Batch]:
    return Batch.objects.select_related("made_by", "submitted_by", "released_by")


def lines_of(batch: Batch) -> QuerySet[BatchLine]:
    return BatchLine.objects.filter(batch=batch).select_related(
        "account",
        "payment__award__case__claim__organisation",
        "payment__award__case__claim__project",
        "payment__award__case__claim__item__policy",
        "payment__award__case__notice",
        "payment__award__determination",
        "payment__award__budget_line",
    )


def batch_digest(batch: Batch) -> str:
    """SHA-256 over the lines as the treasury will read them; what the checker releases is what the maker froze."""
    return digest(
        [
            {
                "claim": line.payment.award.case.claim.number,
                "award": line.payment.award.decision_digest,
                "account_name": line.account.account_name,
                "account_number": line.account.account_number,
                "bank_code": line.account.bank_code,
                "amount": f"{line.amount:.2f}",
            }
            for line in lines_of(batch)
        ]
    )


def term_faults(award: Award) -> Iterator[Refusal]:
    """The second gate: the frozen facts are tested again, never today's date (what is owed does not expire)."""
    claim = award.case.claim
    policy, rules = programmes.rules_of(claim.item)
    assert claim.filed_at is not None
    late = term.filing_refusal(policy, rules, claim.filed_at)
    if late is not None:
        yield Refusal(f"{late.text}不能付款。", code=late.code)
    for cost in award.decision["question"]["claims"][0].get("costs", []):
        line = engine.CostLine(
            id=cost["id"], amount=0, **{name: day for name, day in _dates(cost).items() if day}
        )
        if any(out["id"] == cost["id"] for out in award.decision["verdict"]["excluded_costs"]):
            continue
        outside = term.cost_refusal(policy, rules, line, award.decision["question"]["claims"][0]["settings"])
        if outside is not None:
            yield Refusal(f"{outside.text}不能付款。", code=outside.code)


def _dates(cost: dict[str, str]) -> dict[str, date]:
    return {
        name: date.fromisoformat(cost[name]) for name in COST_DATES if cost.get(name) is not None
    }


def open_results(batch: Batch) -> int:
    return batch.lines.filter(result=Results.PENDING).count()


def latest_account(organisation: Organisation) -> PayeeAccount | None:
    """The account last given, offered again at the next award."""
    return PayeeAccount.objects.filter(organisation=organisation).first()
