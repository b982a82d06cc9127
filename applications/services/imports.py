"""Costs that come in by file or by pasting: what is right is entered, what is wrong says why, nothing by halves."""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from applications.evidence import normal
from applications.importing import sheets
from applications.importing.sheets import Column, Fault, Row, Sheet
from applications.models import CostItem, ImportJob, ImportSource, Invoice, Project
from applications.permissions import owns
from applications.services.filling import Fill, completed, fill
from applications.services.invoices import filed_items
from applications.services.projects import checked_cost
from applications.states import EvidenceKinds, ImportKinds
from portal.accounts.models import Organisation, User
from portal.accounts.permissions import is_applicant
from portal.kernel import clock, events
from portal.kernel.canonical import digest
from portal.kernel.money import ZERO, format_yuan
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.work import after_commit, unit_of_work

MOST_PASTED = 2000
MOST_FILES = 500
MOST_WAITING = 20
MOST_SUM = 100 * 1024 * 1024
PACKED = (".xml", ".zip")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row whose fields the ledger would take."""

    row: Row
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet as far as it is understood: rows to enter, rows that complete costs, faults of the others."""

    sheet: Sheet
    good: list[Candidate]
    faults: list[Fault]
    fills: list[Fill]

    @property
    def total(self) -> Decimal:
        return sum((one.fields["amount"] for one in self.good), ZERO)

    @property
    def bad_rows(self) -> list[Row]:
        wrong = {fault.row for fault in self.faults}
        return [row for row in self.sheet.rows if row.number in wrong]

    @property
    def rest(self) -> str:
        """The rows with faults as text for the box, under their head."""
        cells = [row.cells for row in self.bad_rows]
        if self.sheet.headed and cells:
            cells.insert(0, tuple(column.label if column else "原因" for column in self.sheet.head))
        return sheets.as_text(cells)


def examine(*, actor: User, project: Project, lines: Iterable[tuple[int, Sequence[Any]]]) -> Reading:
    """Read rows and judge each; nothing is written. Refusal when the sheet as a whole is unreadable."""
    require(is_applicant & owns, actor, project)
    known = sheets.columns()
    return judged(project, sheets.read(lines, known), known)


def examine_text(*, actor: User, project: Project, text: str) -> Reading:
    """What `text`, copied from a spreadsheet, would bring in."""
    require(is_applicant & owns, actor, project)
    if not text.strip():
        raise Refusal("请先从表格里复制几行，粘贴到框里。", code="required", field="text")
    lines = sheets.from_text(text.replace("\x00", ""))
    if len(lines) > MOST_PASTED:
        raise Refusal(
            f"一次最多粘贴{MOST_PASTED:,}行，现在是{len(lines):,}行。行数多的请用Excel模板上传。",
            code="too_many",
            field="text",
        )
    return examine(actor=actor, project=project, lines=lines)


def paste(*, actor: User, project: Project, text: str) -> Reading:
    """Enter the good rows of `text`; those with faults come back in `rest` with their reasons."""
    require(is_applicant & owns, actor, project)
    with unit_of_work():
        lock_ledger(project)
        reading = examine_text(actor=actor, project=project, text=text)
        fill(actor=actor, fills=reading.fills)
        if reading.good:
            enter(actor=actor, project=project, fields=[one.fields for one in reading.good], source="粘贴")
    return reading


def judged(project: Project, sheet: Sheet, known: Sequence[Column]) -> Reading:
    """Every row of `sheet` against the ledger's rules and against what is in the ledger already."""
    labels = {column.key: column.label for column in known} | {"flags": "标记"}
    faults: list[Fault] = []
    candidates: list[Candidate] = []
    for row in sheet.rows:
        found, fields = _fields(row, labels)
        faults += found
        if not found:
            candidates.append(Candidate(row, fields))
    good, fills, twins = _first_of_each(project, candidates, labels)
    good, above = _within_invoices(project, good)
    return Reading(sheet, good, sorted(faults + twins + above, key=lambda fault: fault.row), fills)


def _fields(row: Row, labels: Mapping[str, str]) -> tuple[list[Fault], dict[str, Any]]:
    named = {fault.column for fault in row.faults}
    found = list(row.faults)
    fields: dict[str, Any] = {}
    try:
        fields = checked_cost(row.values)
    except Refusal as refusal:
        for part in refusal.parts:
            label = labels.get(part.field or "", "")
            if label not in named:
                found.append(Fault(row.number, label, part.message))
    return found, fields


def _first_of_each(
    project: Project, candidates: list[Candidate], labels: Mapping[str, str]
) -> tuple[list[Candidate], list[Fill], list[Fault]]:
    """Candidates whose paper and line are new, and rows that complete what the organisation has entered."""
    keys = [one.fields["evidence_key"] for one in candidates]
    found = CostItem.objects.filter(organisation=project.organisation_id, evidence_key__in=keys)
    entered = {item.evidence_key: item for item in found.select_related("project")}
    filed = filed_items([item.pk for item in entered.values()]) if entered else set()
    seen: dict[str, int] = {}
    good: list[Candidate] = []
    fills: list[Fill] = []
    faults: list[Fault] = []
    for one in candidates:
        key, number = one.fields["evidence_key"], one.row.number
        if key in seen:
            message = f"与第{seen[key]}行是同一张凭证的同一行。一张发票有多行的，请填不同的行号。"
            faults.append(Fault(number, "发票号码或凭证号", message))
            continue
        seen[key] = number
        item = entered.get(key)
        if item is None:
            good.append(one)
            continue
        added = completed(one.row, one.fields, item, labels, filed=item.pk in filed)
        if isinstance(added, Fill):
            fills.append(added)
        else:
            faults += added
    return good, fills, faults


def _within_invoices(project: Project, candidates: list[Candidate]) -> tuple[list[Candidate], list[Fault]]:
    """Candidates that, with what is entered, do not add up to more than their invoice where it is known whole."""
    numbers = {
        normal(one.fields["document_number"])
        for one in candidates
        if one.fields["evidence_kind"] == EvidenceKinds.INVOICE
    }
    found = Invoice.objects.filter(organisation=project.organisation_id, number__in=numbers, reverses="")
    left = {(side, number): total for side, number, total in found.values_list("side", "number", "total")}
    if not left:
        return candidates, []
    same = CostItem.objects.filter(
        organisation=project.organisation_id, document_number__in=[number for _, number in left]
    )
    for item in same:
        place = (item.side, item.document_number)
        if place in left:
            left[place] -= (item.invoiced or item.amount) + (item.tax or ZERO)
    good, faults = [], []
    for one in candidates:
        place = (one.fields["side"], normal(one.fields["document_number"]))
        asked = one.fields["amount"] + (one.fields["tax"] or ZERO)
        if place in left and asked > left[place]:
            message = f"这张发票已导入，还没有录入的只剩{format_yuan(max(left[place], ZERO))}元。"
            faults.append(Fault(one.row.number, "金额", message))
            continue
        if place in left:
            left[place] -= asked
        good.append(one)
    return good, faults


def entered_keys(organisation: int, keys: Iterable[str]) -> dict[str, str]:
    """Keys that the organisation has entered already, with the project's name."""
    found = CostItem.objects.filter(organisation=organisation, evidence_key__in=list(keys))
    return dict(found.values_list("evidence_key", "project__name"))


def lock_ledger(project: Project) -> None:
    """One import at a time writes to an organisation's ledger; entries by hand are met by the unique key."""
    list(Organisation.objects.select_for_update(no_key=True, of=("self",)).filter(pk=project.organisation_id))


def enter(
    *, actor: User, project: Project, fields: Sequence[Mapping[str, Any]], source: str
) -> list[CostItem]:
    """Enter checked costs, all or none, as one event over all of them. The caller holds `lock_ledger`.

    Refusal when somebody entered one of them by hand in this moment.
    """
    if not fields:
        return []
    now = clock.now()
    rows = [
        CostItem(
            organisation_id=project.organisation_id,
            project=project,
            created_at=now,
            created_by=actor,
            **one,
        )
        for one in fields
    ]
    try:
        with transaction.atomic():
            made = CostItem.objects.bulk_create(rows, batch_size=500)
    except IntegrityError as error:
        raise Refusal("同时有人录入了同一张凭证，这一批没有保存。请再按一次。", code="stale") from error
    lines = [[one.evidence_key, one.amount] for one in made]
    total = sum((one.amount for one in made), ZERO)
    events.record(
        "costs.imported",
        project,
        actor=actor,
        data={"source": source, "count": len(made), "total": total, "lines": digest(lines)},
    )
    return made


def start_import(
    *,
    actor: User,
    project: Project,
    kind: str,
    files: Sequence[tuple[str, int, IO[bytes]]],
    category: str = "",
) -> ImportJob:
    """Keep the files (name, size, content) and let the worker read them. The same files under way are one import."""
    require(is_applicant & owns, actor, project)
    if kind not in ImportKinds.values:
        raise Refusal("请选择要导入的内容。", code="bad_choice", field="kind")
    named = {
        code for column in sheets.columns() if column.key == "category" for code in column.choices.values()
    }
    if category and category not in named:
        raise Refusal("请在列出的类别里选择。", code="bad_choice", field="category")
    kept = _acceptable(kind, files)
    fingerprint = digest({"kind": kind, "category": category, "files": sorted(sha for _, _, sha in kept)})
    with unit_of_work():
        lock_ledger(project)
        running = ImportJob.objects.filter(project=project, fingerprint=fingerprint, finished_at=None).first()
        if running is not None:
            return running
        waiting = ImportJob.objects.filter(organisation=project.organisation_id, finished_at=None)
        if waiting.count() >= MOST_WAITING:
            raise Refusal(
                f"你单位已有{MOST_WAITING}次导入在等待处理，请等前面的完成后再上传。",
                code="busy",
                field="file",
            )
        now = clock.now()
        job = ImportJob.objects.create(
            organisation_id=project.organisation_id,
            project=project,
            kind=kind,
            category=category,
            fingerprint=fingerprint,
            created_at=now,
            created_by=actor,
            touched_at=now,
        )
        sources: list[ImportSource] = []
        for name, data, sha in kept:
            source = ImportSource(job=job, name=name, size=len(data), sha256=sha)
            source.file.save(f"{job.pk}-{len(sources) + 1}", ContentFile(data), save=False)
            sources.append(source)
        ImportSource.objects.bulk_create(sources)
        events.record(
            "import.started",
            job,
            actor=actor,
            data={"kind": kind, "project": project.pk, "files": [one.sha256 for one in sources]},
        )
        after_commit("applications.run_import", pk=job.pk)
    return job


def _acceptable(kind: str, files: Sequence[tuple[str, int, IO[bytes]]]) -> list[tuple[str, bytes, str]]:
    """Names, contents and digests, each content once; Refusal for what is no file of this kind at all."""
    if not files:
        raise Refusal("请先选择文件，再按上传。", code="required", field="file")
    if kind == ImportKinds.WORKBOOK and len(files) > 1:
        raise Refusal("Excel表格一次上传一份。", code="too_many", field="file")
    if len(files) > MOST_FILES:
        raise Refusal(
            f"一次最多选{MOST_FILES}个文件，现在是{len(files):,}个。请打成一个压缩包（.zip）上传。",
            code="too_many",
            field="file",
        )
    if sum(size for _, size, _ in files) > MOST_SUM:
        raise Refusal("这些文件一共超过100MB，请分几次上传。", code="file_too_large", field="file")
    kept: dict[str, tuple[str, bytes, str]] = {}
    for given, size, stream in files:
        name = "".join(char for char in given if char.isprintable())[-160:] or "文件"
        if not size:
            raise Refusal(f"“{name}”是空文件，请重新导出后再上传。", code="empty_file", field="file")
        if size > settings.UPLOAD_MAX_BYTES:
            raise Refusal(f"“{name}”超过20MB，请拆成几份上传。", code="file_too_large", field="file")
        lower = name.lower()
        if kind == ImportKinds.WORKBOOK and not lower.endswith(".xlsx"):
            raise Refusal(
                f"“{name}”不是.xlsx表格。请下载模板填写，或把表格另存为.xlsx。",
                code="type_not_allowed",
                field="file",
            )
        if kind == ImportKinds.INVOICES and not lower.endswith(PACKED):
            raise Refusal(
                f"“{name}”不能在这里读取。请选数电票的XML文件，或装着它们的.zip压缩包。",
                code="type_not_allowed",
                field="file",
            )
        data = stream.read()
        sha = hashlib.sha256(data).hexdigest()
        kept.setdefault(sha, (name, data, sha))
    return list(kept.values())


def opened(source: ImportSource) -> io.BytesIO:
    with source.file.open("rb") as stream:
        return io.BytesIO(stream.read())
