"""Reads about payments and batches."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from applications.states import ClaimStates
from clauses import engine
from clauses import selectors as programmes
from clauses.engine import term
from clauses.engine.policy import COST_DATES
from payouts.models import Batch, BatchLine, PayeeAccount, Payment
from payouts.states import PaymentStates, Results
from portal.accounts.models import Organisation
from portal.accounts.states import MemberRoles
from portal.kernel.canonical import digest
from portal.kernel.models import Document
from portal.kernel.money import ZERO
from portal.kernel.refusals import Refusal
from portal.ledger import selectors as books
from portal.ledger.models import BudgetLine
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


def dues_of(organisation: Organisation, *, before: int | None = None, limit: int | None = None) -> list[Due]:
    """Awards of an organisation, newest first; `before` (a key of an award) and `limit` make a page."""
    found = awards().filter(case__claim__organisation=organisation).order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    return [Due(award, getattr(award, "payment", None)) for award in found[:limit]]


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


def lines_are_as_awarded(batch: Batch) -> bool:
    """The lines add up to the frozen count and sum, and each pays what its unchanged decision awards."""
    lines = list(lines_of(batch))
    awarded = all(
        line.amount == line.payment.amount == award.amount == Decimal(award.decision["amount"])
        and award.decision_digest == digest(award.decision)
        for line in lines
        for award in [line.payment.award]
    )
    return awarded and len(lines) == batch.count and sum((line.amount for line in lines), ZERO) == batch.total


def batch_of(number: str) -> Batch:
    """Batch.DoesNotExist for an unknown number."""
    return batches().get(number=number)


def line_of(batch: Batch, claim_number: str) -> BatchLine:
    """BatchLine.DoesNotExist when the claim is not in the batch."""
    return lines_of(batch).get(payment__award__case__claim__number=claim_number)


def listed_batches() -> QuerySet[Batch]:
    """Batches with count and sum of their lines, frozen or not."""
    return batches().annotate(line_count=Count("lines"), line_total=Sum("lines__amount"))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and how much in yuan."""

    count: int
    total: Decimal

    @property
    def said(self) -> str:
        return f"{self.count}笔"


def tally(found: QuerySet[Any]) -> Tally:
    """Count and sum of payments or of batch lines."""
    row = found.order_by().aggregate(count=Count("pk"), total=Sum("amount"))
    return Tally(row["count"], row["total"] or ZERO)


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """What a batch takes from a budget line; the money was set aside when the awards were approved."""

    line: BudgetLine
    appropriated: Decimal
    paid: Decimal
    elsewhere: Decimal
    here: Decimal
    available: Decimal


def budget_use(batch: Batch) -> list[BudgetUse]:
    """One row for each budget line the batch draws on; `here` is what is still to be paid of it."""
    here: dict[int, Decimal] = defaultdict(lambda: ZERO)
    rows = batch.lines.values("payment__award__budget_line", "result").annotate(total=Sum("amount"))
    for row in rows.order_by():
        here[row["payment__award__budget_line"]] += row["total"] if row["result"] == Results.PENDING else ZERO
    return [
        BudgetUse(
            line=one.line,
            appropriated=one.appropriated,
            paid=one.paid,
            elsewhere=one.reserved + one.committed - here[one.line.pk],
            here=here[one.line.pk],
            available=one.available,
        )
        for one in books.balances()
        if one.line.pk in here
    ]


def papers_of_batch(batch: Batch) -> QuerySet[Document]:
    """Every paper a release issued: the two tables first, then sheet and letter of each line."""
    lines = [str(pk) for pk in batch.lines.values_list("pk", flat=True)]
    return Document.objects.filter(
        Q(subject_type=Batch._meta.label_lower, subject_id=str(batch.pk))
        | Q(subject_type=BatchLine._meta.label_lower, subject_id__in=lines)
    ).order_by("pk")


def term_faults(award: Award) -> Iterator[Refusal]:
    """The second gate: the frozen facts are tested again, never today's date (what is owed does not expire)."""
    claim = award.case.claim
    policy, rules = programmes.rules_of(claim.item)
    assert claim.filed_at is not None
    late = term.filing_refusal(policy, rules, claim.filed_at)
    if late is not None:
        yield Refusal(f"{late.text}不能付款。", code=late.code)
    for cost in award.decision["question"]["claims"][0].get("costs", []):
        line = replace(engine.CostLine(id=cost["id"], amount=0), **_dates(cost))
        if any(out["id"] == cost["id"] for out in award.decision["verdict"]["excluded_costs"]):
            continue
        outside = term.cost_refusal(policy, rules, line, award.decision["question"]["claims"][0]["settings"])
        if outside is not None:
            yield Refusal(f"{outside.text}不能付款。", code=outside.code)


def _dates(cost: dict[str, str]) -> dict[str, Any]:
    return {name: date.fromisoformat(cost[name]) for name in COST_DATES if cost.get(name) is not None}


def open_results(batch: Batch) -> int:
    return batch.lines.filter(result=Results.PENDING).count()


def latest_account(organisation: Organisation) -> PayeeAccount | None:
    """The account last given."""
    return PayeeAccount.objects.filter(organisation=organisation).first()


def offered_account(organisation: Organisation) -> PayeeAccount | None:
    """The account last given, offered again at the next award; not one a transfer came back from."""
    account = latest_account(organisation)
    if account is not None and BatchLine.objects.filter(account=account, result=Results.RETURNED).exists():
        return None
    return account


def administrators_of(organisation: Organisation) -> list[str]:
    """Names of those who may give the account."""
    members = organisation.members.filter(role=MemberRoles.ADMIN, user__is_active=True)
    return list(members.order_by("pk").values_list("user__display_name", flat=True))
