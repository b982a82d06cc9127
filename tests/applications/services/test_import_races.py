"""Imports at the same time as each other and as entries by hand: every paper once, every event in the chain."""

import pytest

from applications import services as filing
from applications.models import CostItem, ImportFault
from portal.kernel import events
from portal.kernel.refusals import Refusal
from tests import making
from tests.applications.importing import files
from tests.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def admin():
    return making.organisation()


@pytest.fixture
def project(admin):
    return making.project(admin)


@pytest.fixture(autouse=True)
def not_yet_read(monkeypatch):
    """Jobs wait for the race instead of being read at once."""
    monkeypatch.setattr("applications.services.imports.after_commit", lambda *_, **__: None)


def unbroken():
    assert list(events.verify_chain()) == []


def test_the_same_rows_pasted_at_once_are_entered_once(admin, project):
    text = "\n".join("\t".join(cells) for cells in [files.HEAD, *(files.row(place) for place in range(20))])
    results = race([lambda: filing.paste(actor=admin, project=project, text=text)] * 3)
    assert sorted(len(reading.good) for reading in results) == [0, 0, 20]
    assert CostItem.objects.count() == 20
    unbroken()


def test_two_workers_at_one_import_read_every_file_once(admin, project, monkeypatch):
    monkeypatch.setattr("applications.services.running.INVOICES_AT_ONCE", 3)
    own = admin.organisation.code
    named = [(f"{place}.xml", files.einvoice("10.00", buyer=own)) for place in range(12)]
    job = files.sent(admin, project, "invoices", *named)
    assert race([lambda: filing.run_import(pk=job.pk)] * 2) == [None, None]
    job.refresh_from_db()
    if job.finished_at is None:
        filing.run_import(pk=job.pk)
        job.refresh_from_db()
    assert (job.read, job.added, job.refused, CostItem.objects.count()) == (12, 12, 0, 12)
    assert not ImportFault.objects.exists()
    unbroken()


def test_an_entry_by_hand_during_an_import_is_met_by_the_key(admin, project):
    data = files.workbook([files.HEAD, *(files.row(place) for place in range(30))])
    job = files.sent(admin, project, "workbook", ("a.xlsx", data))
    by_hand = lambda: making.cost(admin, project, "5.00", document_number=f"2323{7:016d}")  # noqa: E731
    results = race([lambda: filing.run_import(pk=job.pk), by_hand])
    job.refresh_from_db()
    assert CostItem.objects.count() == 30 and job.finished_at and not job.failure
    assert job.added + job.refused == 30 and (job.added == 29) == isinstance(results[1], CostItem)
    assert isinstance(results[1], CostItem | Refusal)
    unbroken()
