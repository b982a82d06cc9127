"""Rows about costs that are entered already: what was left empty is filled in, what differs is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from applications.importing import sheets, workbooks
from applications.importing.sheets import Fault, Row
from applications.models import CostItem, Project
from applications.services.invoices import filed_items
from applications.services.projects import DATES
from portal.accounts.models import User
from portal.kernel import events
from portal.kernel.canonical import digest
from portal.kernel.money import ZERO
from portal.kernel.refusals import Refusal

FILLABLE = ("category", "quantity", "contract_number", *DATES)


@dataclass(frozen=True, slots=True)
class Fill:
    """A row that completes an entered cost: its empty fields with their values."""

    row: Row
    item: CostItem
    changes: dict[str, Any]


def completed(
    row: Row, fields: Mapping[str, Any], item: CostItem, labels: Mapping[str, str], *, filed: bool
) -> Fill | list[Fault]:
    """What the row adds to `item`, or why it adds nothing."""
    number = "发票号码或凭证号"
    again = f"同一张凭证的这一行已经录入过（在“{item.project.name}”下）。一张发票有多行的，请改行号。"
    if fields["amount"] not in (item.amount, item.amount + (item.tax or ZERO), item.invoiced):
        return [Fault(row.number, number, again)]
    changes: dict[str, Any] = {}
    faults: list[Fault] = []
    for name in FILLABLE:
        given, stored = fields[name], getattr(item, name)
        if given in ("", None) or given == stored:
            continue
        if stored in ("", None):
            changes[name] = given
        else:
            text = f"这笔费用已录入，{labels.get(name, name)}是{stored}，与这一行不同。要改请到那一笔里改。"
            faults.append(Fault(row.number, labels.get(name, ""), text))
    marks = {name: mark for name, mark in fields["flags"].items() if name not in item.flags}
    if marks:
        changes["flags"] = {**item.flags, **marks}
    since, until = (changes.get(name) or getattr(item, name) for name in ("service_from", "service_to"))
    if since and until and until < since:
        faults.append(Fault(row.number, labels["service_to"], "服务结束日期早于开始日期。"))
    if faults:
        return faults
    if not changes:
        return [Fault(row.number, number, again)]
    if filed:
        return [Fault(row.number, number, "这笔费用已写进提交的申报，不能再补填。")]
    return Fill(row, item, changes)


def fill(*, actor: User, fills: Sequence[Fill]) -> None:
    """Write the fills, all or none, as one event. The caller holds the ledger's lock.

    Refusal `stale` when one of the costs was filed or removed in the meantime.
    """
    if not fills:
        return
    wanted = {one.item.pk: one for one in fills}
    locked = list(CostItem.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    if len(locked) != len(wanted) or filed_items(wanted):
        raise Refusal("有的费用刚刚被提交或删除，这一批没有补填。请再试一次。", code="stale")
    for item in locked:
        for name, value in wanted[item.pk].changes.items():
            setattr(item, name, value)
    CostItem.objects.bulk_update(locked, [*FILLABLE, "flags"], batch_size=500)
    data = {"count": len(locked), "lines": digest([[pk, sorted(one.changes)] for pk, one in wanted.items()])}
    events.record("costs.completed", locked[0].project, actor=actor, data=data)


def lacking(project: Project) -> QuerySet[CostItem]:
    """The project's costs without a category or a payment date."""
    return CostItem.objects.filter(project=project).filter(Q(category="") | Q(paid_date=None)).order_by("pk")


def rows_to_complete(project: Project) -> list[list[str]]:
    """Those costs as rows of the template, as many as one workbook takes."""
    columns = sheets.columns()
    return [sheets.shown(item, columns) for item in lacking(project)[: workbooks.MOST_ROWS]]
