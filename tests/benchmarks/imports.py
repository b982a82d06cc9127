"""How fast costs come in by file, and how a long ledger is shown. Each measurement prints its figure and its aim."""

import statistics
import sys
import time
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from applications import selectors
from applications import services as filing
from applications.models import CostItem, ImportJob, Project
from applications.signs import signs
from portal.accounts.models import User
from portal.kernel import clock, moving
from tests import making
from tests.applications.importing import files

INVOICES = 1000
ROWS = 5000
LEDGER = 100_000
NAMED = 2000


def say(what: str, figure: str, aim: str) -> None:
    sys.stdout.write(f"{what}: {figure} (aim: {aim})\n")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _read(project: Project, kind: str, name: str, data: bytes, *, added: int) -> str:
    """Seconds from the upload to the last row; the worker's task runs in this process."""
    seconds = _seconds(lambda: files.done(project.created_by, project, kind, (name, data)))
    job = ImportJob.objects.get(project=project)
    assert (job.added, job.refused, job.failure) == (added, 0, "")
    return f"{seconds:.1f} s"


def invoices(admin: User, project: Project) -> None:
    own = admin.organisation.code
    listed = {f"{place}.xml": files.einvoice("100.00", "50.00", buyer=own) for place in range(INVOICES)}
    taken = _read(project, "invoices", "数电票.zip", files.packed(listed), added=2 * INVOICES)
    say(f"{INVOICES:,} invoice files of two lines, uploaded and read", taken, "20 s")


def rows(admin: User, project: Project) -> None:
    data = files.workbook([files.HEAD, *(files.row(place) for place in range(ROWS))])
    taken = _read(project, "workbook", "费用.xlsx", data, added=ROWS)
    say(f"{ROWS:,} Excel rows, uploaded and read", taken, "20 s")
    pasted = "\n".join("\t".join(files.row(place + ROWS)) for place in range(1999))
    text = "\t".join(files.HEAD) + "\n" + pasted
    seconds = _seconds(lambda: filing.examine_text(actor=admin, project=project, text=text))
    say("1,999 pasted rows, looked at", f"{seconds:.1f} s", "2 s")


def ledger(admin: User, project: Project) -> None:
    """A project of 100,000 costs: its first page, and one from the middle."""
    now = clock.now()
    made = CostItem.objects.bulk_create(
        (
            CostItem(
                organisation=admin.organisation,
                project=project,
                name=f"费用{place}",
                document_number=str(place),
                counterparty=f"供应商{place % 500}",
                amount="100.00",
                category="equipment",
                invoice_date="2023-03-01",
                paid_date="2023-03-09",
                evidence_key=f"other:{place}",
                created_at=now,
                created_by=admin,
            )
            for place in range(LEDGER)
        ),
        batch_size=5000,
    )
    moving.pin(clock.at(making.date(2023, 10, 16)))
    client = Client()
    client.force_login(admin)
    address = reverse("project", args=[project.pk])
    for what, path in (("first", address), ("middle", f"{address}?after={made[LEDGER // 2].pk}")):
        assert client.get(path).status_code == 200
        found = sorted(_seconds(lambda path=path: client.get(path)) for _ in range(10))
        say(f"ledger of {LEDGER:,} costs, {what} page", f"{statistics.median(found) * 1000:.0f} ms", "150 ms")
    claim = making.draft(admin, owner=project, costs=made[:1])
    filing.nominate(actor=admin, claim=claim, cost_items=made[:NAMED], version=claim.version)
    items = selectors.nominated(claim)
    seconds = _seconds(lambda: signs(claim, items))
    say(f"signs over {NAMED:,} costs of a claim", f"{seconds * 1000:.0f} ms", "150 ms")


def measure() -> None:
    with clock.shifted_to(clock.at(making.date(2023, 10, 16))):
        admin = making.organisation()
        invoices(admin, making.project(admin))
        rows(admin, making.project(admin))
        ledger(admin, making.project(admin))
