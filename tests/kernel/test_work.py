"""The unit of work: all or nothing, events last, tasks after."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Unit
from portal.kernel import events, work
from portal.kernel.models import Document, Event
from portal.kernel.permissions import SYSTEM
from portal.kernel.work import after_commit, enqueue, unit_of_work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare")]


@pytest.fixture
def unit():
    return Unit.objects.create(code="science", name="市科技局")


def note(unit, verb):
    events.record(verb, unit, actor=SYSTEM)


def verbs():
    return list(Event.objects.order_by("sequence").values_list("verb", flat=True))


def test_an_event_outside_a_unit_of_work_is_a_mistake(unit):
    with pytest.raises(RuntimeError, match="unit_of_work"):
        note(unit, "unit.act")
    with unit_of_work():
        pass
    with pytest.raises(RuntimeError):
        note(unit, "unit.act")


def test_a_rollback_takes_its_events_along(unit):
    with pytest.raises(ValueError, match="no"), unit_of_work():
        unit.name = "别名"
        unit.save()
        note(unit, "unit.renamed")
        raise ValueError("no")
    unit.refresh_from_db()
    assert (unit.name, verbs()) == ("市科技局", [])
    with unit_of_work():
        note(unit, "unit.later")
    assert verbs() == ["unit.later"]


def test_an_inner_rollback_takes_only_its_own_events_along(unit):
    with unit_of_work():
        note(unit, "first")
        with pytest.raises(ValueError, match="no"), unit_of_work():
            note(unit, "second")
            with unit_of_work():
                note(unit, "third")
            raise ValueError("no")
        with unit_of_work():
            note(unit, "fourth")
    assert verbs() == ["first", "fourth"]


def test_events_are_written_last_and_in_order(unit):
    with CaptureQueriesContext(connection) as captured, unit_of_work():
        note(unit, "first")
        with unit_of_work():
            note(unit, "second")
        Unit.objects.filter(pk=unit.pk).update(name="市科学技术局")
    statements = [query["sql"] for query in captured]
    business = next(place for place, sql in enumerate(statements) if "市科学技术局" in sql)
    chain = [
        place
        for place, sql in enumerate(statements)
        if '"kernel_chainhead"' in sql or '"kernel_event"' in sql
    ]
    assert min(chain) > business
    assert verbs() == ["first", "second"]


def test_a_unit_of_work_without_events_does_not_touch_the_chain():
    with CaptureQueriesContext(connection) as captured, unit_of_work():
        pass
    assert not any("kernel_" in query["sql"] for query in captured)


def test_a_failing_flush_undoes_the_whole(unit, monkeypatch):
    def fail(pending):
        raise OSError("no chain")

    monkeypatch.setattr(work, "_flushers", [fail])
    with pytest.raises(OSError, match="no chain"), unit_of_work():
        unit.name = "别名"
        unit.save()
        note(unit, "unit.renamed")
    unit.refresh_from_db()
    assert unit.name == "市科技局"


def test_tasks_wait_for_the_commit(unit, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(work, "enqueue", lambda task, **arguments: sent.append((task, arguments)))
    with django_capture_on_commit_callbacks(execute=True), unit_of_work():
        after_commit("kernel.render_document", pk=7)
        assert sent == []
    assert sent == [("kernel.render_document", {"pk": 7})]


def test_tasks_of_what_was_rolled_back_never_run(monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(work, "enqueue", lambda task, **arguments: sent.append(task))
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ValueError, match="no"),
        unit_of_work(),
    ):
        after_commit("kernel.render_document", pk=7)
        raise ValueError("no")
    assert sent == []


def test_a_task_nobody_has_is_a_mistake():
    with pytest.raises(KeyError):
        enqueue("kernel.make_coffee")


def test_every_named_task_is_registered():
    from celery import current_app
    from django.conf import settings

    current_app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in current_app.tasks
    assert not Document.objects.exists()
