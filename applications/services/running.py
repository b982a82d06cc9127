"""An import at work: chunk by chunk, each with its progress in one transaction, so that a broken run goes on."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from applications.importing import archives, einvoice, workbooks
from applications.importing.archives import Member
from applications.models import ImportFault, ImportJob
from applications.permissions import owns
from applications.services.filling import fill
from applications.services.imports import Candidate, enter, entered_keys, examine, lock_ledger, opened
from applications.services.invoices import Paper, enter_invoices
from applications.states import ImportKinds
from portal.accounts.permissions import is_applicant
from portal.kernel import clock, events
from portal.kernel.money import ZERO
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.work import unit_of_work

T = TypeVar("T")
INVOICES_AT_ONCE = 50
ROWS_AT_ONCE = 500
TRIES = 3


class Elsewhere(Exception):
    """Another worker is at this import, further on: this one steps back."""


def run_import(*, pk: int) -> None:
    """Read an import's files to the end. A second run starts where the first stopped; a finished one stays."""
    job = ImportJob.objects.select_related("project__organisation", "created_by").filter(pk=pk).first()
    if job is None or job.finished_at is not None:
        return
    try:
        require(is_applicant & owns, job.created_by, job.project)
        if job.kind == ImportKinds.WORKBOOK:
            _read_workbook(job)
        else:
            _read_invoices(job)
    except Elsewhere:
        return
    except Refusal as refusal:
        _finish(job, failure=refusal.message)
    else:
        _finish(job)


def _read_workbook(job: ImportJob) -> None:
    """Every row judged first, those with faults noted, then the good ones entered."""
    source = job.sources.get()
    reading = examine(actor=job.created_by, project=job.project, lines=workbooks.rows_of(opened(source)))
    total = len(reading.sheet.rows)
    if job.total == 0:
        with unit_of_work():
            lock_ledger(job.project)
            locked = _locked(job, 0)
            if locked.total == 0:
                notes = [f"没有读“{label}”这一列。" for label in reading.sheet.ignored]
                faults = [ImportFault(job=job, place="表头", message=note[:400]) for note in notes]
                rows = {row.number: list(row.cells) for row in reading.bad_rows}
                faults += [
                    ImportFault(
                        job=job,
                        place=f"第{fault.row}行",
                        column=fault.column[:30],
                        message=fault.message[:400],
                        cells=rows[fault.row],
                    )
                    for fault in reading.faults
                ]
                ImportFault.objects.bulk_create(faults, batch_size=1000)
                fill(actor=job.created_by, fills=reading.fills)
                filled = len(reading.fills)
                _save(locked, total=total, read=len(rows) + filled, refused=len(rows), matched=filled)
    job.refresh_from_db(fields=["read"])
    at = job.read
    for chunk in _chunks(reading.good, ROWS_AT_ONCE):
        _again(lambda chunk=chunk, at=at: _enter_rows(job, chunk, at))
        at += len(chunk)


def _enter_rows(job: ImportJob, chunk: list[Candidate], at: int) -> None:
    with unit_of_work():
        lock_ledger(job.project)
        locked = _locked(job, at)
        entered = entered_keys(job.organisation_id, [one.fields["evidence_key"] for one in chunk])
        fresh = [one.fields for one in chunk if one.fields["evidence_key"] not in entered]
        ImportFault.objects.bulk_create(
            ImportFault(
                job=job,
                place=f"第{one.row.number}行",
                column="发票号码或凭证号",
                message="同一张凭证的这一行刚刚由别人录入了。",
                cells=list(one.row.cells),
            )
            for one in chunk
            if one.fields["evidence_key"] in entered
        )
        made = enter(actor=job.created_by, project=job.project, fields=fresh, source="Excel表格")
        _save(
            locked,
            read=locked.read + len(chunk),
            added=locked.added + len(made),
            refused=locked.refused + len(chunk) - len(made),
            amount=locked.amount + sum((one.amount for one in made), ZERO),
        )


def _read_invoices(job: ImportJob) -> None:
    sources = list(job.sources.all())
    total = sum(archives.count(opened(source)) for source in sources)
    if job.total != total:
        with unit_of_work():
            _save(_locked(job, job.read), total=total)
    found = (one for source in sources for one in archives.members(opened(source), source.name))
    job.refresh_from_db(fields=["read"])
    at = job.read
    for chunk in _chunks(islice(found, at, None), INVOICES_AT_ONCE):
        _again(lambda chunk=chunk, at=at: _enter_papers(job, chunk, at))
        at += len(chunk)


def _enter_papers(job: ImportJob, chunk: list[Member], at: int) -> None:
    """Enter the invoices of a chunk; each comes in whole or leaves its reasons."""
    papers: list[Paper] = []
    faults: list[tuple[str, Refusal]] = []
    for member in chunk:
        if member.skip:
            continue
        try:
            if member.refusal is not None:
                raise member.refusal
            papers.append(
                Paper(member.name, einvoice.read(member.data), hashlib.sha256(member.data).hexdigest())
            )
        except Refusal as refusal:
            faults += [(member.name, part) for part in refusal.parts]
    with unit_of_work():
        lock_ledger(job.project)
        locked = _locked(job, at)
        enter_invoices(actor=job.created_by, project=job.project, papers=papers, category=job.category)
        faults += [(paper.name, part) for paper in papers for part in paper.faults]
        ImportFault.objects.bulk_create(
            ImportFault(job=job, place=name[:200], column=(part.field or "")[:30], message=part.message[:400])
            for name, part in faults
        )
        good = [paper for paper in papers if not paper.faults]
        _save(
            locked,
            read=locked.read + len(chunk),
            added=locked.added + sum(paper.added for paper in good),
            matched=locked.matched + sum(paper.matched for paper in good),
            refused=locked.refused + len({name for name, _ in faults}),
            skipped=locked.skipped + sum(member.skip for member in chunk),
            amount=locked.amount + sum((paper.amount for paper in good), ZERO),
        )


def _again(work: Any) -> None:
    """Do it; when somebody entered the same paper by hand meanwhile, look again and repeat."""
    for last in range(TRIES):
        try:
            work()
            return
        except Refusal as refusal:
            if refusal.code != "stale" or last == TRIES - 1:
                raise


def _chunks(found: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(found)
    while chunk := list(islice(rest, size)):
        yield chunk


def _locked(job: ImportJob, at: int) -> ImportJob:
    """The job's row, locked, where it is still `at` so many rows. Elsewhere when another worker went on."""
    locked = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if locked.finished_at is not None or locked.read != at:
        raise Elsewhere
    return locked


def _save(job: ImportJob, **values: int | Decimal) -> None:
    for name, value in values.items():
        setattr(job, name, value)
    job.touched_at = clock.now()
    job.save(update_fields=[*values, "touched_at"])


def _finish(job: ImportJob, *, failure: str = "") -> None:
    with unit_of_work():
        locked = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if locked.finished_at is not None:
            return
        locked.failure, locked.finished_at, locked.touched_at = failure, clock.now(), clock.now()
        locked.save(update_fields=["failure", "finished_at", "touched_at"])
        counts = {name: getattr(locked, name) for name in ("total", "added", "matched", "refused", "skipped")}
        events.record("import.finished", locked, actor=locked.created_by, data={**counts, "failure": failure})


def stalled() -> list[int]:
    """Imports that nobody has touched for five minutes: their worker is gone."""
    edge = clock.now() - timedelta(minutes=5)
    return list(ImportJob.objects.filter(finished_at=None, touched_at__lt=edge).values_list("pk", flat=True))
