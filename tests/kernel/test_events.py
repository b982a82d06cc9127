"""The chain of events: whoever edits, removes, inserts or cuts off a row is found out."""

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from portal.accounts.models import Unit
from portal.kernel import events
from portal.kernel.models import ChainHead, Event
from portal.kernel.permissions import SYSTEM
from portal.kernel.work import unit_of_work
from tests.racing import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare")]


@pytest.fixture
def unit():
    return Unit.objects.create(code="science", name="市科技局")


def happen(unit, verb, **data):
    with unit_of_work():
        events.record(verb, unit, actor=SYSTEM, data=data)


@pytest.fixture
def chain(unit):
    """Five events, and a way past the trigger that a person with the database's password has too."""
    for number in range(1, 6):
        happen(unit, f"unit.act{number}", number=number)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE kernel_event DISABLE TRIGGER event_append_only")
        yield cursor


def kinds():
    return {(fault.kind, fault.sequence) for fault in events.verify_chain()}


def test_an_untouched_chain_holds(unit):
    assert kinds() == set()
    for number in range(3):
        happen(unit, "unit.act", number=number)
    assert kinds() == set()
    assert list(Event.objects.values_list("sequence", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize("statement", ["UPDATE kernel_event SET reason = 'x'", "DELETE FROM kernel_event"])
def test_the_database_refuses_to_change_or_delete_events(unit, statement):
    happen(unit, "unit.act")
    with pytest.raises((IntegrityError, InternalError), match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "verb = 'unit.other'",
        "reason = '改过'",
        "actor_name = '别人'",
        "at = at + interval '1 microsecond'",
        "subject_id = '999'",
        "thread = 'X-1'",
        """data = '{"number": 33}'""",
    ],
)
def test_an_edited_row_is_named(chain, change):
    chain.execute(f"UPDATE kernel_event SET {change} WHERE sequence = 3")
    assert kinds() == {("edited", 3)}


def test_an_edit_with_a_digest_made_without_the_key_breaks_the_next_link(chain):
    chain.execute("UPDATE kernel_event SET reason = '改过', digest = repeat('a', 64) WHERE sequence = 3")
    assert kinds() == {("edited", 3), ("inserted", 4)}


def test_a_removed_row_is_named(chain):
    chain.execute("DELETE FROM kernel_event WHERE sequence = 3")
    assert ("removed", 3) in kinds()


def test_several_removed_rows_are_named_as_a_stretch(chain):
    chain.execute("DELETE FROM kernel_event WHERE sequence IN (2, 3)")
    assert "第2–3条记录缺失" in [fault.message for fault in events.verify_chain()]


def test_removing_and_renumbering_does_not_help(chain):
    chain.execute("DELETE FROM kernel_event WHERE sequence = 3")
    chain.execute("UPDATE kernel_event SET sequence = 3 WHERE sequence = 4")
    chain.execute("UPDATE kernel_event SET sequence = 4 WHERE sequence = 5")
    chain.execute("UPDATE kernel_chainhead SET sequence = 4")
    found = kinds()
    assert {("inserted", 3), ("edited", 3), ("edited", 4)} <= found


def test_an_inserted_row_is_named(chain):
    chain.execute("UPDATE kernel_event SET sequence = 6 WHERE sequence = 5")
    chain.execute(
        "INSERT INTO kernel_event (sequence, at, actor_name, verb, subject_type, subject_id, thread, reason, data,"
        " previous, digest) SELECT 5, at, actor_name, 'unit.forged', subject_type, subject_id, thread, reason, data,"
        " digest, repeat('b', 64) FROM kernel_event WHERE sequence = 4"
    )
    chain.execute("UPDATE kernel_chainhead SET sequence = 6")
    assert {("edited", 5), ("inserted", 6), ("edited", 6)} <= kinds()


def test_a_cut_tail_is_found_by_the_head(chain):
    chain.execute("DELETE FROM kernel_event WHERE sequence >= 4")
    assert kinds() == {("cut", 4)}


def test_a_cut_tail_with_the_head_rewound_is_found_by_the_published_head(chain):
    assert events.publish_head() == (5, ChainHead.objects.get().digest)
    chain.execute("DELETE FROM kernel_event WHERE sequence >= 4")
    chain.execute(
        "UPDATE kernel_chainhead SET sequence = 3, digest = (SELECT digest FROM kernel_event WHERE sequence = 3)"
    )
    assert kinds() == {("cut", 5)}


def test_a_chain_rewritten_with_the_key_is_found_by_the_published_head(chain, unit):
    events.publish_head()
    chain.execute("DELETE FROM kernel_event WHERE sequence = 5")
    chain.execute(
        "UPDATE kernel_chainhead SET sequence = 4, digest = (SELECT digest FROM kernel_event WHERE sequence = 4)"
    )
    happen(unit, "unit.other")
    assert kinds() == {("rewritten", 5)}


def test_everything_removed_at_once_is_found(chain):
    events.publish_head()
    chain.execute("DELETE FROM kernel_event")
    chain.execute("DELETE FROM kernel_chainhead")
    assert kinds() == {("cut", 5)}


def test_a_removed_or_altered_head_is_named(chain):
    chain.execute("UPDATE kernel_chainhead SET digest = repeat('c', 64)")
    assert kinds() == {("head", 5)}
    chain.execute("DELETE FROM kernel_chainhead")
    assert kinds() == {("head", 0)}


def test_a_wrong_key_fits_no_row(chain, settings):
    settings.EVENT_KEY = "another key"
    assert {kind for kind, _ in kinds()} == {"edited"}


def test_a_head_is_published_once_however_often_it_is_asked(unit):
    assert events.publish_head() is None
    happen(unit, "unit.act")
    events.publish_head()
    events.publish_head()
    assert len(list(events.published_heads())) == 1
    happen(unit, "unit.act")
    events.publish_head()
    assert [sequence for sequence, _ in events.published_heads()] == [1, 2]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_acts_at_once_make_one_unbroken_chain():
    unit = Unit.objects.create(code="science", name="市科技局")
    results = race([lambda number=number: happen(unit, f"unit.act{number}") for number in range(8)])
    assert results == [None] * 8
    assert list(Event.objects.values_list("sequence", flat=True)) == list(range(1, 9))
    assert kinds() == set()
