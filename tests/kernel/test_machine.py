"""The executor of state tables, and every table of the house."""

import pytest

from applications.machine import claims
from portal.accounts.states import Roles
from portal.kernel import clock
from portal.kernel.machine import Machine, row
from portal.kernel.models import Document, Event
from portal.kernel.permissions import SYSTEM, predicate
from portal.kernel.refusals import Refusal, Refusals
from portal.kernel.work import unit_of_work
from portal.pages.management.commands.draw_states import MACHINES
from tests import making
from tests.refusing import refused

S = Document.States


@predicate("只有测试人员可以。")
def is_tester(actor, subject):
    return getattr(actor, "tester", False)


asked = []


def guard(*refusals):
    def check(subject):
        asked.append(subject.pk)
        return iter(refusals)

    return check


papers = Machine(
    Document,
    S,
    [
        row("fail", "记为失败", {S.PENDING}, S.FAILED, is_tester, needs_reason=True),
        row("again", "重做", {S.FAILED}, S.PENDING, is_tester, guard()),
        row(
            "never",
            "永不",
            {S.PENDING},
            S.FAILED,
            is_tester,
            guard(Refusal("一。", code="one", field="a")),
            guard(Refusal("二。", code="two")),
            needs_reason=True,
        ),
    ],
    thread=lambda document: document.number,
)


@pytest.fixture
def tester(db):
    person = making.staff()
    person.tester = True
    asked.clear()
    return person


@pytest.fixture
def paper(db):
    return Document.objects.create(
        number="T-1",
        check_code="x",
        kind="t",
        title="t",
        subject_type="t",
        subject_id="1",
        template="t",
        decision={},
        decision_digest="d",
        issued_at=clock.now(),
    )


def test_a_transition_writes_state_changes_and_one_event(paper, tester):
    done = papers.run(
        paper.pk, "fail", actor=tester, reason=" 坏了 ", changes={"failure": "x"}, data={"n": 1}
    )
    paper.refresh_from_db()
    assert (done.state, paper.state, paper.failure) == (S.FAILED, S.FAILED, "x")
    event = Event.objects.get()
    assert (event.verb, event.thread, event.reason, event.actor) == (
        "kernel.document.fail",
        "T-1",
        "坏了",
        tester,
    )
    assert event.data == {"from": "pending", "to": "failed", "n": 1}


def test_only_the_named_fields_are_written(paper, tester):
    Document.objects.filter(pk=paper.pk).update(title="另存的标题")
    papers.run(paper.pk, "fail", actor=tester, reason="坏了")
    paper.refresh_from_db()
    assert paper.title == "另存的标题"


def test_state_comes_before_permission_before_reason_before_guards(paper, tester):
    stranger = making.staff()
    with refused("wrong_state") as parts:
        papers.run(paper.pk, "again", actor=stranger)
    assert "“正在生成”" in parts[0].message
    assert "重做" in parts[0].message
    with refused("forbidden"):
        papers.run(paper.pk, "never", actor=stranger)
    with refused("reason_required", "reason"):
        papers.run(paper.pk, "never", actor=tester, reason="   ")
    assert asked == []
    with pytest.raises(Refusals) as caught:
        papers.run(paper.pk, "never", actor=tester, reason="有理由")
    assert [part.code for part in caught.value.parts] == ["one", "two"]
    paper.refresh_from_db()
    assert paper.state == S.PENDING
    assert not Event.objects.exists()


def test_the_state_is_read_anew_not_from_the_callers_copy(paper, tester):
    stale = Document.objects.get(pk=paper.pk)
    papers.run(paper.pk, "fail", actor=tester, reason="坏了")
    assert stale.state == S.PENDING
    with refused("wrong_state"):
        papers.run(stale.pk, "fail", actor=tester, reason="坏了")


def test_an_inactive_person_may_nothing(paper, tester):
    tester.is_active = False
    with refused("forbidden"):
        papers.run(paper.pk, "fail", actor=tester, reason="坏了")


def test_a_transition_joins_the_outer_unit_of_work(paper, tester):
    with pytest.raises(ValueError, match="no"), unit_of_work():
        papers.run(paper.pk, "fail", actor=tester, reason="坏了")
        raise ValueError("no")
    paper.refresh_from_db()
    assert (paper.state, Event.objects.count()) == (S.PENDING, 0)


def test_what_is_open_to_whom(paper, tester):
    assert [one.name for one in papers.available(paper, tester)] == ["fail", "never"]
    assert papers.available(paper, making.staff()) == []
    assert papers.allows("fail", paper, tester)
    assert not papers.allows("again", paper, tester)


def test_a_row_nobody_wrote_is_a_mistake(paper, tester):
    with pytest.raises(KeyError):
        papers.run(paper.pk, "fly", actor=tester)


@pytest.fixture(params=MACHINES, ids=lambda one: one[2].model.__name__)
def machine(request):
    return request.param[2]


def test_no_machine_is_forgotten():
    from django.apps import apps

    drawn = {machine.model for _, _, machine in MACHINES}
    stateful = {
        model
        for model in apps.get_models()
        if model._meta.app_label in ("applications", "review", "payouts")
        and any(field.name == "state" for field in model._meta.fields)
    }
    assert {model.__name__ for model in stateful - drawn} == {"Notice"}


def test_rows_have_one_name_each_and_real_states(machine):
    states = set(machine.states.values)
    for name, item in machine.rows.items():
        assert name == item.name
        assert name.isidentifier()
        assert item.label
        assert item.sources
        assert item.sources <= states
        assert item.target in states


def test_a_doubled_name_would_lose_a_row():
    """Rows are kept by name: the modules must not write the same one twice."""
    import ast
    from pathlib import Path

    from django.conf import settings

    for app in ("applications", "review", "payouts"):
        tree = ast.parse((Path(settings.BASE_DIR) / app / "machine.py").read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Machine":
                names = [one.args[0].value for one in call.args[2].elts]
                assert len(names) == len(set(names)), app


def test_every_state_is_reached_from_the_first_and_some_end_is_reached_from_every_state(machine):
    first = machine.model._meta.get_field("state").default
    arrows = {(source, item.target) for item in machine.rows.values() for source in item.sources}
    ends = set(machine.states.values) - {source for source, _ in arrows}
    if machine.model.__name__ == "ReviewCase":
        assert ends == {"approved", "rejected"}
    assert ends

    def spread(start, pairs):
        known, edge = set(start), set(start)
        while edge:
            edge = {target for source, target in pairs if source in edge} - known
            known |= edge
        return known

    assert spread({first}, arrows) == set(machine.states.values)
    assert spread(ends, {(target, source) for source, target in arrows}) == set(machine.states.values)


def test_decisions_against_somebody_need_a_reason():
    needing = {
        f"{machine.model.__name__}.{item.name}"
        for _, _, machine in MACHINES
        for item in machine.rows.values()
        if item.needs_reason
    }
    assert {
        "Claim.refuse",
        "Claim.reject",
        "ReviewCase.propose_rejection",
        "ReviewCase.send_back",
        "ReviewCase.send_back_rejection",
        "Assignment.recuse",
        "Payment.bounce",
        "Batch.send_back",
    } <= needing


@pytest.mark.django_db
def test_a_reason_of_spaces_is_none():
    claim = making.submitted()
    clerk = making.staff(Roles.INTAKE)
    with refused("reason_required", "reason"):
        claims.run(claim.pk, "refuse", actor=clerk, reason=" \n\t　")
    with refused("forbidden"):
        claims.run(claim.pk, "refuse", actor=SYSTEM, reason="理由")


def test_every_wording_covers_every_state():
    from applications import states as filing
    from payouts import states as paying
    from review import states as reviewing

    for words, states in [
        (filing.APPLICANT, filing.ClaimStates),
        (filing.OFFICE, filing.ClaimStates),
        (reviewing.APPLICANT, reviewing.CaseStates),
        (reviewing.OFFICE, reviewing.CaseStates),
        (paying.APPLICANT, paying.PaymentStates),
        (paying.OFFICE, paying.PaymentStates),
        (paying.BATCH, paying.BatchStates),
    ]:
        assert set(words) == set(states)
        assert {one.tone for one in words.values()} <= {"done", "now", "wait", "bad", "calm"}
