"""What a reviewer should look at in a claim's costs: split purchases, related parties, red letters, twins.

A sign is a reason to look, never a decision. Every sign of every cost takes a fixed number of queries.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q

from applications.evidence import normal
from applications.models import Claim, CostItem, Invoice, Nomination
from applications.states import DEAD, ClaimStates, EvidenceKinds, Proofs
from portal.accounts.models import Organisation
from portal.kernel.money import ZERO, format_yuan

NEAR = timedelta(days=7)
"""Papers of one supplier this close together may be one purchase split."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason to look at a cost; `tone` is wait, or bad where the claimed amount cannot stand as it is."""

    code: str
    text: str
    tone: str = "wait"


@dataclass(frozen=True, slots=True)
class _Paper:
    """A paper among its supplier's; `claim` is the number of another claim that names it."""

    item: CostItem
    number: str
    claim: str


def signs(claim: Claim, items: Sequence[CostItem]) -> dict[int, list[Sign]]:
    """Signs by cost item id; a cost without any is absent. `items` are the claim's nominated costs."""
    found: dict[int, list[Sign]] = defaultdict(list)
    invoices = Invoice.objects.in_bulk({item.invoice_id for item in items if item.invoice_id})
    for item in items:
        invoice = invoices.get(item.invoice_id) if item.invoice_id else None
        found[item.pk] += [*_reversal(item), *_title(claim, invoice)]
    _related(claim, items, invoices, found)
    _splits(claim, items, found)
    _twins(claim, items, found)
    return {pk: listed for pk, listed in found.items() if listed}


def _reversal(item: CostItem) -> Iterable[Sign]:
    if not item.reversed:
        return
    base, tax = item.invoiced, item.tax or ZERO
    text = f"发票已被红字发票冲减{format_yuan(item.reversed)}元"
    if base is not None and item.amount > base - item.reversed + tax:
        yield Sign("reversed", f"{text}，申报金额高于剩下的{format_yuan(base - item.reversed)}元。", "bad")
    else:
        yield Sign("reversed", f"{text}，申报的是冲减后的金额。")


def _title(claim: Claim, invoice: Invoice | None) -> Iterable[Sign]:
    if invoice is None or claim.organisation.code not in (invoice.buyer_code, invoice.seller_code):
        return
    own = invoice.buyer_name if invoice.buyer_code == claim.organisation.code else invoice.seller_name
    if normal(own) != normal(claim.organisation.name):
        yield Sign("other_title", f"发票上的单位名称是“{own}”，与申报单位的名称不一样，代码一致。")


def _related(
    claim: Claim, items: Sequence[CostItem], invoices: dict[int, Invoice], found: dict[int, list[Sign]]
) -> None:
    """The other party is the applicant itself, or a registered organisation with its legal person or telephone."""
    own = claim.organisation
    codes = {
        item.pk: one.seller_code if one.buyer_code == own.code else one.buyer_code
        for item in items
        if item.invoice_id and (one := invoices[item.invoice_id])
    }
    names = {item.counterparty.strip() for item in items}
    close = (
        Organisation.objects.filter(Q(code__in=set(codes.values())) | Q(name__in=names))
        .filter(Q(legal_person=own.legal_person) | Q(contact_phone=own.contact_phone))
        .exclude(pk=own.pk)
    )
    kin = {key: other for other in close for key in (other.code, normal(other.name))}
    for item in items:
        other = kin.get(codes.get(item.pk, "")) or kin.get(normal(item.counterparty))
        if normal(item.counterparty) == normal(own.name) and item.evidence_kind == EvidenceKinds.INVOICE:
            found[item.pk].append(Sign("own_paper", "对方单位就是申报单位自己。", "bad"))
        elif other is not None:
            same = "法定代表人" if other.legal_person == own.legal_person else "联系电话"
            found[item.pk].append(Sign("related", f"对方单位与申报单位的{same}相同，请核对是不是关联方。"))
        elif item.flags.get("related_party"):
            found[item.pk].append(Sign("related", "申报单位说明对方是关联方。"))


def _splits(claim: Claim, items: Sequence[CostItem], found: dict[int, list[Sign]]) -> None:
    """Papers of one supplier with numbers in a row, or several within a week, here and in other live claims."""
    suppliers: dict[str, list[_Paper]] = defaultdict(list)
    for item in items:
        suppliers[normal(item.counterparty)].append(_Paper(item, normal(item.document_number), ""))
    elsewhere = (
        Nomination.objects.filter(
            claim__organisation=claim.organisation_id,
            cost_item__counterparty__in={item.counterparty for item in items},
        )
        .exclude(claim=claim)
        .exclude(claim__state__in=DEAD | {ClaimStates.DRAFT})
        .exclude(cost_item__in=[item.pk for item in items])
        .select_related("cost_item", "claim")
    )
    for named in elsewhere:
        other = _Paper(named.cost_item, normal(named.cost_item.document_number), named.claim.number)
        suppliers[normal(named.cost_item.counterparty)].append(other)
    for papers in suppliers.values():
        rows = _rows(papers)
        weeks = _weeks(papers)
        for paper in papers:
            if paper.claim:
                continue
            if paper.number in rows:
                found[paper.item.pk].append(_row_sign(rows[paper.number]))
            elif paper.item.pk in weeks:
                found[paper.item.pk].append(_week_sign(weeks[paper.item.pk]))


def _rows(papers: list[_Paper]) -> dict[str, list[_Paper]]:
    """By number: the papers whose numbers follow one another without a gap, where there are at least two."""
    numbers: dict[int, list[_Paper]] = defaultdict(list)
    for paper in papers:
        if paper.number.isascii() and paper.number.isdigit():
            numbers[int(paper.number)].append(paper)
    found: dict[str, list[_Paper]] = {}
    chain: list[int] = []
    for value in [*sorted(numbers), None]:
        if chain and (value is None or value != chain[-1] + 1):
            if len(chain) > 1:
                together = [paper for one in chain for paper in numbers[one]]
                found |= {paper.number: together for paper in together}
            chain = []
        if value is not None:
            chain.append(value)
    return found


def _weeks(papers: list[_Paper]) -> dict[int, list[_Paper]]:
    """By cost: the papers of the stretch it lies in, each within a week of the one before, of two papers or more."""
    dated = sorted(
        ((paper.item.invoice_date, paper.item.pk, paper) for paper in papers if paper.item.invoice_date),
        key=lambda entry: entry[:2],
    )
    found: dict[int, list[_Paper]] = {}
    stretch: list[_Paper] = []
    last = None
    for day, _, paper in dated:
        if last is not None and day - last > NEAR:
            _note(stretch, found)
            stretch = []
        stretch.append(paper)
        last = day
    _note(stretch, found)
    return found


def _note(stretch: list[_Paper], found: dict[int, list[_Paper]]) -> None:
    if len({paper.number for paper in stretch}) > 1:
        found |= {paper.item.pk: stretch for paper in stretch}


def _sum(papers: list[_Paper]) -> Decimal:
    return sum((paper.item.amount for paper in {paper.item.pk: paper for paper in papers}.values()), ZERO)


def _claims(papers: list[_Paper]) -> str:
    others = sorted({paper.claim for paper in papers if paper.claim})
    return f"，其中有的用在申报{'、'.join(others)}里" if others else ""


def _row_sign(papers: list[_Paper]) -> Sign:
    count = len({paper.number for paper in papers})
    text = f"同一对方单位的{count}张发票号码相连，合计{format_yuan(_sum(papers))}元{_claims(papers)}。"
    return Sign("consecutive", text + "请核对是不是同一笔采购拆开的。")


def _week_sign(papers: list[_Paper]) -> Sign:
    count = len({paper.number for paper in papers})
    text = f"同一对方单位在相近几天开了{count}张发票，合计{format_yuan(_sum(papers))}元{_claims(papers)}。"
    return Sign("same_supplier", text + "请核对是不是同一笔采购拆开的。")


def _twins(claim: Claim, items: Sequence[CostItem], found: dict[int, list[Sign]]) -> None:
    """The same paper in another organisation's ledger; who that is stays with the staff who settle it."""
    own = {item.evidence_key: item for item in items}
    others = CostItem.objects.filter(evidence_key__in=list(own)).exclude(organisation=claim.organisation_id)
    proofs: dict[str, set[str]] = defaultdict(set)
    for key, proof in others.values_list("evidence_key", "proof"):
        proofs[key].add(proof)
    for key, known in proofs.items():
        item = own[key]
        if Proofs.INVOICE in known and item.proof != Proofs.INVOICE:
            text = "另一个单位用数电票文件证明了这张发票是它的，本单位是手工录入的。"
            found[item.pk].append(Sign("twin", text, "bad"))
        elif item.proof == Proofs.INVOICE and Proofs.INVOICE not in known:
            found[item.pk].append(Sign("twin", "另一个单位也手工录入了这张发票，本单位有数电票文件。"))
        else:
            found[item.pk].append(Sign("twin", "另一个单位也录入了同一张凭证，请核对。"))
