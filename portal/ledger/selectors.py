"""Balances are sums; nothing else is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from portal.kernel.money import ZERO
from portal.ledger.models import BudgetLine, Posting
from portal.ledger.states import Accounts


@dataclass(frozen=True, slots=True)
class Balance:
    """What a line was given and where it stands, in yuan."""

    line: BudgetLine
    appropriated: Decimal
    available: Decimal
    reserved: Decimal
    committed: Decimal
    paid: Decimal


def balance(line: BudgetLine, account: Accounts, *, reference: str | None = None) -> Decimal:
    found = Posting.objects.filter(line=line, account=account)
    if reference is not None:
        found = found.filter(reference=reference)
    total: Decimal | None = found.aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def balances(*, policy: str | None = None, line: BudgetLine | None = None) -> list[Balance]:
    """Every line (or those of a policy, or one) with its balances, in two queries."""
    lines, postings = BudgetLine.objects.all(), Posting.objects.all()
    if policy:
        lines = lines.filter(policy=policy)
    if line:
        lines, postings = lines.filter(pk=line.pk), postings.filter(line=line)
    sums = {
        (row["line"], row["account"]): row["total"]
        for row in postings.values("line", "account").annotate(total=Sum("amount")).order_by()
    }
    return [
        Balance(
            line=line,
            appropriated=-sums.get((line.pk, Accounts.APPROPRIATED), ZERO),
            available=sums.get((line.pk, Accounts.AVAILABLE), ZERO),
            reserved=sums.get((line.pk, Accounts.RESERVED), ZERO),
            committed=sums.get((line.pk, Accounts.COMMITTED), ZERO),
            paid=sums.get((line.pk, Accounts.PAID), ZERO),
        )
        for line in lines
    ]


def entries_on(line: BudgetLine) -> QuerySet[Posting]:
    """The receiving leg of every entry on a line, with the entry and who made it."""
    return Posting.objects.filter(line=line, amount__gt=0).select_related("entry__posted_by")


def line_for(*, policy: str, item: str, year: int) -> BudgetLine | None:
    """The line that pays `item` in `year`; an earlier year's commitment stays on its own line."""
    return BudgetLine.objects.filter(policy=policy, year=year, items__contains=[item]).order_by("pk").first()


def postings_of(reference: str) -> QuerySet[Posting]:
    return Posting.objects.filter(reference=reference).select_related("entry", "line").order_by("pk")


def line_of(reference: str, account: Accounts) -> BudgetLine | None:
    """The line on which `reference` still has money on `account`."""
    row = (
        Posting.objects.filter(reference=reference, account=account)
        .values("line")
        .annotate(total=Sum("amount"))
        .filter(total__gt=0)
        .order_by("line")
        .first()
    )
    return BudgetLine.objects.get(pk=row["line"]) if row else None


def lines_of(references: Iterable[str], account: Accounts) -> dict[str, BudgetLine]:
    """`line_of` for many references at once, in two queries; those without money on `account` are left out."""
    found = (
        Posting.objects.filter(reference__in=list(references), account=account)
        .values("reference", "line")
        .annotate(total=Sum("amount"))
        .filter(total__gt=0)
        .order_by("-line")
    )
    holding = {row["reference"]: row["line"] for row in found}
    lines = BudgetLine.objects.in_bulk(set(holding.values()))
    return {reference: lines[line] for reference, line in holding.items()}
