"""数电票 in the ledger: their lines as proved costs, typed lines confirmed, red letters netted out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import IntegrityError, transaction

from applications.evidence import evidence_key
from applications.importing.einvoice import EInvoice
from applications.models import CostItem, Invoice, Nomination, Project
from applications.states import DEAD, EDITABLE, EvidenceKinds, Proofs, Sides
from portal.accounts.models import User
from portal.kernel import clock, events
from portal.kernel.canonical import digest
from portal.kernel.money import CENT, ZERO, format_yuan
from portal.kernel.refusals import Refusal, raise_any


@dataclass(slots=True)
class Paper:
    """An invoice to enter: where it is from, what it says, and what became of it."""

    name: str
    invoice: EInvoice
    sha256: str
    side: str = ""
    added: int = 0
    matched: int = 0
    amount: Decimal = ZERO
    faults: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class _Plan:
    """What a batch will write, gathered first so that a faulty paper leaves nothing behind."""

    invoices: list[Invoice] = field(default_factory=list)
    items: list[CostItem] = field(default_factory=list)
    proved: list[CostItem] = field(default_factory=list)
    touched: set[tuple[str, str]] = field(default_factory=set)


def enter_invoices(*, actor: User, project: Project, papers: Sequence[Paper], category: str = "") -> None:
    """Enter every paper that is right, whole; the others get their faults. The caller holds the ledger's lock.

    Refusal `stale` when somebody entered one of them by hand in this moment: nothing of the batch is kept.
    """
    for paper in papers:
        try:
            paper.side = paper.invoice.side_of(project.organisation.code)
        except Refusal as refusal:
            paper.faults += refusal.parts
    own = [paper for paper in papers if not paper.faults]
    known, entered = _known(project, own)
    plan = _Plan()
    for paper in sorted(own, key=lambda one: bool(one.invoice.reverses)):
        place = (paper.side, paper.invoice.number)
        try:
            if paper.invoice.reverses:
                _plan_red(actor, project, paper, known, plan)
            else:
                _plan_blue(actor, project, paper, category, known.get(place), entered, plan)
        except Refusal as refusal:
            paper.faults += refusal.parts
        else:
            if place not in known:
                known[place] = plan.invoices[-1]
    _write(actor, project, plan)


def _known(
    project: Project, papers: Sequence[Paper]
) -> tuple[dict[tuple[str, str], Invoice], dict[tuple[str, str], dict[str, CostItem]]]:
    """Invoices already here, and the ledger's items of these papers by their key."""
    numbers = {paper.invoice.number for paper in papers} | {paper.invoice.reverses for paper in papers} - {""}
    found = Invoice.objects.filter(organisation=project.organisation_id, number__in=numbers)
    entered: dict[tuple[str, str], dict[str, CostItem]] = defaultdict(dict)
    rows = CostItem.objects.filter(organisation=project.organisation_id, document_number__in=numbers)
    for item in rows.select_related("project"):
        entered[(item.side, item.document_number)][item.evidence_key] = item
    return {(one.side, one.number): one for one in found}, entered


def _key(paper: Paper, line: int) -> str:
    return evidence_key(
        kind=EvidenceKinds.INVOICE,
        side=paper.side,
        invoice_code="",
        document_number=paper.invoice.number,
        line=line,
        counterparty="",
        document_date=None,
    )


def _stored(actor: User, project: Project, paper: Paper) -> Invoice:
    said = paper.invoice
    plain = ("number", "issued_on", "buyer_code", "buyer_name", "seller_code", "seller_name")
    return Invoice(
        organisation_id=project.organisation_id,
        side=paper.side,
        **{name: getattr(said, name) for name in plain},
        net=said.net,
        tax=said.tax,
        total=said.total,
        reverses=said.reverses,
        lines=[
            {
                "number": line.number,
                "name": line.name,
                "quantity": line.quantity,
                "net": f"{line.net:f}",
                "rate": None if line.rate is None else f"{line.rate:f}",
                "tax": f"{line.tax:f}",
            }
            for line in said.charged()
        ],
        sha256=paper.sha256,
        imported_at=clock.now(),
        imported_by=actor,
    )


def _plan_blue(
    actor: User,
    project: Project,
    paper: Paper,
    category: str,
    known: Invoice | None,
    entered: dict[tuple[str, str], dict[str, CostItem]],
    plan: _Plan,
) -> None:
    said = paper.invoice
    lines = said.charged()
    here = entered[(paper.side, said.number)]
    if known is not None and (known.net, known.tax) != (said.net, said.tax):
        raise Refusal(
            "同一号码的发票已经导入过，金额与这个文件不一样。请核对文件。", code="differs", field="发票号码"
        )
    faults = [
        Refusal(
            f"手工录入的第{item.line}行，发票上没有。请先改正或删除那一笔，再导入。",
            code="not_on_invoice",
            field="明细",
        )
        for key, item in here.items()
        if item.proof != Proofs.INVOICE and key not in {_key(paper, line.number) for line in lines}
    ]
    proved, fresh = [], []
    for line in lines:
        item = here.get(_key(paper, line.number))
        if item is None:
            fresh.append(line)
        elif item.proof != Proofs.INVOICE:
            if item.amount + item.reversed + (item.tax or ZERO) not in (line.net, line.net + line.tax):
                faults.append(
                    Refusal(
                        f"第{line.number}行已手工录入{format_yuan(item.amount)}元，发票上是{format_yuan(line.net)}元。"
                        "请先改正那一笔，再导入。",
                        code="differs",
                        field=f"第{line.number}行金额",
                    )
                )
            proved.append((item, line))
    raise_any(faults)
    if not fresh and not proved:
        where = next(iter(here.values())).project
        raise Refusal(f"这张发票已经录入过（在“{where.name}”下）。", code="already_entered", field="发票号码")
    invoice = known or _stored(actor, project, paper)
    if known is None:
        plan.invoices.append(invoice)
    filed = filed_items([item.pk for item, _ in proved])
    for item, line in proved:
        item.proof, item.invoice, item.invoiced = Proofs.INVOICE, invoice, line.net
        if item.pk not in filed and not item.reversed:
            item.amount, item.tax = line.net, line.tax
        plan.proved.append(item)
    for line in fresh:
        here[_key(paper, line.number)] = CostItem(
            organisation_id=project.organisation_id,
            project=project,
            name=line.short_name,
            quantity=line.quantity,
            category=category,
            side=paper.side,
            document_number=said.number,
            line=line.number,
            counterparty=said.seller_name if paper.side == Sides.PURCHASE else said.buyer_name,
            amount=line.net,
            tax=line.tax,
            proof=Proofs.INVOICE,
            invoice=invoice,
            invoiced=line.net,
            invoice_date=said.issued_on,
            evidence_key=_key(paper, line.number),
            created_at=clock.now(),
            created_by=actor,
        )
        plan.items.append(here[_key(paper, line.number)])
    paper.added, paper.matched = len(fresh), len(proved)
    paper.amount = sum((line.net for line in fresh), ZERO)
    plan.touched.add((paper.side, said.number))


def _plan_red(
    actor: User,
    project: Project,
    paper: Paper,
    known: dict[tuple[str, str], Invoice],
    plan: _Plan,
) -> None:
    said = paper.invoice
    if (paper.side, said.number) in known:
        raise Refusal("这张红字发票已经导入过。", code="already_entered", field="发票号码")
    blue = known.get((paper.side, said.reverses))
    if blue is not None and blue.number:
        before = Invoice.objects.filter(
            organisation=project.organisation_id, side=paper.side, reverses=said.reverses
        )
        taken = sum((-one.net for one in before), ZERO) + sum(
            (-one.net for one in plan.invoices if one.reverses == said.reverses and one.side == paper.side),
            ZERO,
        )
        if taken - said.net > blue.net:
            raise Refusal(
                f"红字发票冲减的金额超过了蓝字发票{said.reverses}。", code="above_invoice", field="合计金额"
            )
    plan.invoices.append(_stored(actor, project, paper))
    paper.matched = 1
    plan.touched.add((paper.side, said.reverses))


def filed_items(items: Iterable[int]) -> set[int]:
    """Those that a claim beyond drafts names: their amounts stay as they were filed."""
    named = Nomination.objects.filter(cost_item__in=list(items)).exclude(claim__state__in=EDITABLE | DEAD)
    return set(named.values_list("cost_item_id", flat=True))


def _write(actor: User, project: Project, plan: _Plan) -> None:
    try:
        with transaction.atomic():
            Invoice.objects.bulk_create(plan.invoices)
            CostItem.objects.bulk_create(plan.items, batch_size=500)
    except IntegrityError as error:
        raise Refusal("同时有人录入了同一张凭证，这一批没有保存。", code="stale") from error
    if plan.proved:
        CostItem.objects.bulk_update(plan.proved, ["proof", "invoice", "invoiced", "amount", "tax"])
    if not plan.invoices and not plan.items and not plan.proved:
        return
    written = [*plan.items, *plan.proved]
    events.record(
        "costs.imported",
        project,
        actor=actor,
        data={
            "source": "数电票",
            "count": len(plan.items),
            "proved": len(plan.proved),
            "invoices": [one.number for one in plan.invoices],
            "total": sum((one.amount for one in plan.items), ZERO),
            "lines": digest([[one.evidence_key, one.amount, one.proof] for one in written]),
        },
    )
    net_out(project, plan.touched, actor=actor)


def net_out(project: Project, papers: Iterable[tuple[str, str]], *, actor: User) -> None:
    """Take red letters off the costs of the invoices (side, number); filed ones keep their amount and are marked."""
    numbers = {number for _, number in papers}
    reds: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    found = Invoice.objects.filter(organisation=project.organisation_id, reverses__in=numbers)
    for red in found.order_by("pk"):
        reds[(red.side, red.reverses)] += red.lines
    if not reds:
        return
    items: dict[tuple[str, str], list[CostItem]] = defaultdict(list)
    rows = CostItem.objects.filter(organisation=project.organisation_id, document_number__in=numbers)
    for item in rows.select_related("invoice").order_by("line"):
        items[(item.side, item.document_number)].append(item)
    filed = filed_items([item.pk for listed in items.values() for item in listed])
    changed = []
    for place, lines in reds.items():
        for item, off, tax in _shares(items.get(place, []), lines):
            if item.reversed == off:
                continue
            before, item.reversed = item.reversed, off
            if item.pk not in filed:
                base = item.amount + before if item.invoiced is None else item.invoiced
                item.amount = max(ZERO, min(item.amount, base - off))
                item.tax = None if item.tax is None else tax
            changed.append(item)
    CostItem.objects.bulk_update(changed, ["reversed", "amount", "tax"])
    for item in changed:
        data = {"key": item.evidence_key, "reversed": item.reversed, "amount": item.amount}
        events.record("cost.reversed", item, actor=actor, data=data)


def _shares(items: list[CostItem], reds: list[dict[str, Any]]) -> list[tuple[CostItem, Decimal, Decimal]]:
    """How much of `reds` each item bears and the tax it keeps: first lines of the same name, then in order."""
    names = {item.pk: _line_of(item).get("name", item.name) for item in items}
    base = {
        item.pk: item.invoiced if item.invoiced is not None else item.amount + item.reversed for item in items
    }
    off = dict.fromkeys(base, ZERO)
    for red in reds:
        left = -Decimal(red["net"])
        for same in (True, False):
            for item in items:
                if same and names[item.pk] != red["name"]:
                    continue
                part = min(left, base[item.pk] - off[item.pk])
                off[item.pk] += part
                left -= part
    shares = []
    for item in items:
        line = _line_of(item)
        # A typed tax is the tax after the letters so far; an invoice's line keeps the whole one.
        tax, whole = (Decimal(line["tax"]), base[item.pk]) if line else (item.tax or ZERO, item.amount)
        kept = (base[item.pk] - off[item.pk]) / whole if whole else ZERO
        shares.append((item, off[item.pk], (tax * kept).quantize(CENT, rounding=ROUND_HALF_UP)))
    return shares


def _line_of(item: CostItem) -> dict[str, Any]:
    """The invoice's line that an item stands for; empty for a typed one."""
    if item.invoice is None:
        return {}
    return next((line for line in item.invoice.lines if line["number"] == item.line), {})
