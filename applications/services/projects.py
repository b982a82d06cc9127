"""Projects and their cost items."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from applications.evidence import evidence_key, is_digital, normal
from applications.models import Claim, CostItem, Invoice, Project
from applications.permissions import owns
from applications.states import EDITABLE, EvidenceKinds, Proofs, Sides
from portal.accounts.models import User
from portal.accounts.permissions import is_applicant
from portal.kernel import clock, events
from portal.kernel.money import ZERO, format_yuan, yuan
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, raise_any
from portal.kernel.work import unit_of_work

EARLIEST = date(2000, 1, 1)
DATES = (
    "contract_date",
    "invoice_date",
    "paid_date",
    "service_from",
    "service_to",
    "expense_date",
    "event_date",
)
PAST_ONLY = ("contract_date", "invoice_date", "paid_date", "expense_date", "event_date")
TEXTS = ("name", "quantity", "category", "invoice_code", "document_number", "counterparty", "contract_number")
LIMITS = {field.name: field.max_length or 0 for field in CostItem._meta.fields if field.name in TEXTS}
PROJECT_LIMITS = {"name": 120, "location": 120, "leader": 40, "summary": 3000}
REQUIRED = {"name": "名称", "document_number": "发票号码或凭证号", "counterparty": "对方单位"}


def create_project(*, actor: User, name: str, location: str, leader: str, summary: str) -> Project:
    """A project of the actor's organisation. Raises Refusal when it has one of that name."""
    require(is_applicant, actor, None)
    if not name.strip():
        raise Refusal("请填写项目名称。", code="required", field="name")
    _lengths(name=name, location=location, leader=leader, summary=summary)
    with unit_of_work():
        try:
            with transaction.atomic():
                project = Project.objects.create(
                    organisation=actor.organisation,
                    name=name.strip(),
                    location=location.strip(),
                    leader=leader.strip(),
                    summary=summary.strip(),
                    created_at=clock.now(),
                    created_by=actor,
                )
        except IntegrityError as error:
            raise Refusal(
                "你单位已有同名的项目，请直接使用或换一个名称。", code="already_done", field="name"
            ) from error
        events.record("project.created", project, actor=actor, data={"name": project.name})
    return project


def update_project(*, actor: User, project: Project, location: str, leader: str, summary: str) -> Project:
    """Change what a project is described as; its name stays, since filed claims carry it."""
    require(is_applicant & owns, actor, project)
    _lengths(location=location, leader=leader, summary=summary)
    with unit_of_work():
        locked = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        locked.location, locked.leader, locked.summary = location.strip(), leader.strip(), summary.strip()
        locked.save(update_fields=["location", "leader", "summary"])
        events.record("project.updated", locked, actor=actor)
    return locked


def add_cost_item(*, actor: User, project: Project, values: Mapping[str, Any]) -> CostItem:
    """Enter a cost. Raises Refusals, one for each field, or `already_entered` for the same paper and line."""
    require(is_applicant & owns, actor, project)
    fields = checked_cost(values)
    with unit_of_work():
        within_invoice(project.organisation_id, fields)
        try:
            with transaction.atomic():
                item = CostItem.objects.create(
                    organisation=project.organisation,
                    project=project,
                    created_at=clock.now(),
                    created_by=actor,
                    **fields,
                )
        except IntegrityError as error:
            raise _already_entered(project, fields) from error
        events.record("cost.added", item, actor=actor, data=_trail(item))
    return item


def update_cost_item(*, actor: User, item: CostItem, values: Mapping[str, Any]) -> CostItem:
    """Change a cost that no filed claim names."""
    require(is_applicant & owns, actor, item)
    fields = checked_cost(values)
    with unit_of_work():
        locked = CostItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        _not_filed(locked)
        if locked.proof == Proofs.INVOICE:
            _as_invoiced(locked, fields)
        else:
            within_invoice(locked.organisation_id, fields, but=locked.pk)
        for name, value in fields.items():
            setattr(locked, name, value)
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError as error:
            raise _already_entered(item.project, fields) from error
        events.record("cost.changed", locked, actor=actor, data=_trail(locked))
    return locked


def remove_cost_item(*, actor: User, item: CostItem) -> None:
    """Delete a cost that no claim but drafts names."""
    require(is_applicant & owns, actor, item)
    with unit_of_work():
        locked = CostItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        _not_filed(locked)
        if locked.attachments.exists():
            raise Refusal("这笔费用下已有上传的凭证，先移除凭证再删除费用。", code="in_use")
        events.record("cost.removed", locked, actor=actor, data=_trail(locked))
        locked.nominations.all().delete()
        locked.delete()


def within_invoice(organisation: int, fields: Mapping[str, Any], *, but: int | None = None) -> None:
    """Typed items of one invoice that is known whole may not add up to more than it; Refusal otherwise."""
    if fields["evidence_kind"] != EvidenceKinds.INVOICE:
        return
    number = normal(fields["document_number"])
    known = Invoice.objects.filter(organisation=organisation, side=fields["side"], number=number, reverses="")
    total = known.values_list("total", flat=True).first()
    if total is None:
        return
    same = CostItem.objects.filter(
        organisation=organisation, side=fields["side"], evidence_key__startswith=f"invoice:数电:{number}:"
    ).exclude(pk=but)
    taken = sum(((item.invoiced or item.amount) + (item.tax or ZERO) for item in same), fields["amount"]) + (
        fields["tax"] or ZERO
    )
    if taken > total:
        raise Refusal(
            f"这张发票的价税合计是{format_yuan(total)}元，各行加起来超过了它。",
            code="above_invoice",
            field="amount",
        )


def _as_invoiced(item: CostItem, fields: dict[str, Any]) -> None:
    """What the invoice says stays as it says; the amount may be lowered. Raises Refusals otherwise."""
    fixed = {
        "evidence_kind": "凭证",
        "side": "方向",
        "document_number": "发票号码",
        "line": "行号",
        "counterparty": "对方单位",
        "invoice_date": "开票日期",
    }
    faults = [
        Refusal(f"这笔费用来自数电票，{label}以发票为准，不能改。", code="from_invoice", field=name)
        for name, label in fixed.items()
        if fields[name] != getattr(item, name)
    ]
    most = (item.invoiced or ZERO) - item.reversed
    if fields["amount"] > most:
        faults.append(
            Refusal(f"金额不能高于发票上的{format_yuan(most)}元。", code="above_invoice", field="amount")
        )
    raise_any(faults)
    fields["tax"] = item.tax
    fields["invoice_code"] = item.invoice_code
    fields["evidence_key"] = item.evidence_key


def _lengths(**texts: str) -> None:
    raise_any(
        Refusal(f"最多{limit}个字，现在是{len(text.strip())}个字。", code="too_long", field=name)
        for name, text in texts.items()
        if len(text.strip()) > (limit := PROJECT_LIMITS[name])
    )


def checked_cost(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a cost item, checked; every fault at once."""
    faults: list[Refusal] = []
    fields: dict[str, Any] = {name: str(values.get(name) or "").strip() for name in TEXTS}
    for name, label in REQUIRED.items():
        if not fields[name]:
            faults.append(Refusal(f"请填写{label}。", code="required", field=name))
    for name in TEXTS:
        limit = LIMITS[name]
        if len(fields[name]) > limit:
            faults.append(
                Refusal(f"最多{limit}个字，现在是{len(fields[name])}个字。", code="too_long", field=name)
            )
    try:
        fields["amount"] = yuan(values.get("amount", ""), field="amount", positive=True)
    except Refusal as fault:
        faults.append(fault)
    fields["tax"] = None
    try:
        if values.get("tax") not in (None, ""):
            fields["tax"] = yuan(values["tax"], field="tax")
    except Refusal as fault:
        faults.append(fault)
    fields["evidence_kind"] = _choice(values, "evidence_kind", EvidenceKinds, EvidenceKinds.INVOICE, faults)
    fields["side"] = _choice(values, "side", Sides, Sides.PURCHASE, faults)
    line = 1 if values.get("line") in (None, "") else values["line"]
    if isinstance(line, bool) or not re.fullmatch(r"[0-9]{1,4}", str(line)) or not int(line):
        faults.append(Refusal("行号是1到9999的整数。", code="bad_line", field="line"))
        line = 1
    fields["line"] = int(line)
    for name in DATES:
        fields[name] = _day(values, name, faults)
    today = clock.today()
    for name in PAST_ONLY:
        if fields[name] and fields[name] > today:
            faults.append(Refusal(f"日期不能晚于今天（{today:%Y-%m-%d}）。", code="future_date", field=name))
    if fields["service_from"] and fields["service_to"] and fields["service_to"] < fields["service_from"]:
        faults.append(Refusal("服务结束日期早于开始日期。", code="backward_period", field="service_to"))
    flags = values.get("flags") or {}
    if not isinstance(flags, dict) or any(not isinstance(mark, bool) for mark in flags.values()):
        faults.append(Refusal("标记只能是“是”或“否”。", code="bad_flag", field="flags"))
        flags = {}
    fields["flags"] = {str(key): mark for key, mark in flags.items()}
    raise_any(faults)
    if fields["evidence_kind"] == EvidenceKinds.INVOICE and is_digital(fields["document_number"]):
        fields["document_number"] = normal(fields["document_number"])
    fields["evidence_key"] = evidence_key(
        kind=fields["evidence_kind"],
        side=fields["side"],
        invoice_code=fields["invoice_code"],
        document_number=fields["document_number"],
        line=fields["line"],
        counterparty=fields["counterparty"],
        document_date=fields["invoice_date"] or fields["expense_date"],
    )
    return fields


def _choice(values: Mapping[str, Any], name: str, choices: Any, default: str, faults: list[Refusal]) -> str:
    value = str(values.get(name) or default)
    if value not in choices.values:
        faults.append(Refusal("请在列出的选项里选择。", code="bad_choice", field=name))
        return default
    return value


def _day(values: Mapping[str, Any], name: str, faults: list[Refusal]) -> date | None:
    value = values.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, date):
        day = value
    else:
        try:
            day = date.fromisoformat(str(value).strip())
        except ValueError:
            faults.append(Refusal("日期要写成2023-03-01这样。", code="bad_date", field=name))
            return None
    if day < EARLIEST:
        faults.append(Refusal("日期早于2000年，请检查年份。", code="bad_date", field=name))
        return None
    return day


def _not_filed(item: CostItem) -> None:
    filed = Claim.objects.filter(nominations__cost_item=item).exclude(state__in=EDITABLE).first()
    if filed is not None:
        raise Refusal(
            f"这笔费用已写进提交的申报{filed.number}，不能再改。要更正请先撤回那份申报。", code="in_use"
        )
    correcting = Claim.objects.filter(
        nominations__cost_item=item, filed_at__isnull=False, state__in=EDITABLE
    ).first()
    if correcting is not None and not any(fault["section"] == "costs" for fault in correcting.faults):
        raise Refusal("补正通知没有要求改动费用，这笔费用保持提交时的内容。", code="locked")


def _already_entered(project: Project, fields: Mapping[str, Any]) -> Refusal:
    twin = CostItem.objects.select_related("project").filter(
        organisation=project.organisation, evidence_key=fields["evidence_key"]
    )
    where = twin[0].project.name if twin else project.name
    return Refusal(
        f"同一张凭证的这一行已经录入过（在“{where}”下）。一张发票有多行的，请改行号。",
        code="already_entered",
        field="document_number",
    )


def _trail(item: CostItem) -> dict[str, str | Decimal]:
    return {"key": item.evidence_key, "amount": item.amount, "name": item.name}
