"""The whole table of a case's transitions: from every state, every act is either open or refused."""

import pytest

from portal.accounts.states import Roles
from portal.kernel import clock
from portal.kernel.permissions import SYSTEM
from portal.kernel.refusals import Refusal
from review import machine
from review.models import Assignment, ReviewCase
from review.states import AssignmentStates, CaseStates
from tests import making
from tests.review.stages import appointed

pytestmark = pytest.mark.django_db

SOURCES = {
    "to_experts": {"checking"},
    "to_acceptance": {"checking"},
    "to_listing": {"checking"},
    "to_verification": {"checking", "expert_review", "acceptance", "listing"},
    "to_units": {"verification"},
    "propose": {"verification", "unit_opinions"},
    "propose_rejection": {
        "checking",
        "expert_review",
        "acceptance",
        "listing",
        "verification",
        "unit_opinions",
    },
    "send_back": {"proposed", "endorsed", "notice_over"},
    "send_back_rejection": {"rejection_proposed"},
    "endorse": {"proposed"},
    "confirm_rejection": {"rejection_proposed"},
    "post_notice": {"endorsed"},
    "end_notice": {"noticed"},
    "approve": {"notice_over"},
}
TARGETS = {
    "to_experts": "expert_review",
    "to_acceptance": "acceptance",
    "to_listing": "listing",
    "to_verification": "verification",
    "to_units": "unit_opinions",
    "propose": "proposed",
    "propose_rejection": "rejection_proposed",
    "send_back": "verification",
    "send_back_rejection": "checking",
    "endorse": "endorsed",
    "confirm_rejection": "rejected",
    "post_notice": "noticed",
    "end_notice": "notice_over",
    "approve": "approved",
}
HANDLED = {
    "to_experts",
    "to_acceptance",
    "to_listing",
    "to_verification",
    "to_units",
    "propose",
    "propose_rejection",
}


def in_state(case: ReviewCase, state: str, handler) -> None:
    """Put the row into a state with everything that the table's checks ask of it."""
    decided = state in ("approved", "rejected")
    ReviewCase.objects.filter(pk=case.pk).update(
        state=state,
        decided_at=clock.now() if decided else None,
        decided_by=handler if decided else None,
    )


def test_the_table_is_this_one():
    assert {name: set(row.sources) for name, row in machine.cases.rows.items()} == SOURCES
    assert {name: row.target for name, row in machine.cases.rows.items()} == TARGETS


@pytest.mark.parametrize("state", CaseStates.values)
def test_every_act_from_every_state(state):
    case = making.noticed(code="2a")
    handler, leader = case.handler, making.staff(Roles.LEADER)
    in_state(case, state, handler)
    for name, sources in SOURCES.items():
        actor = SYSTEM if name == "end_notice" else handler if name in HANDLED | {"post_notice"} else leader
        changes = {}
        if name in ("approve", "confirm_rejection"):
            changes = {"decided_at": clock.now(), "decided_by": leader}
        moved = code = None
        try:
            moved = machine.cases.run(case.pk, name, actor=actor, reason="理由", changes=changes)
        except Refusal as refusal:
            code = refusal.code
        if state not in sources:
            assert code == "wrong_state", (state, name)
            assert ReviewCase.objects.get(pk=case.pk).state == state
            continue
        assert code != "wrong_state", (state, name)
        assert (moved is not None) == (code is None)
        if moved is not None:
            assert moved.state == TARGETS[name]
            in_state(case, state, handler)


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_an_act_needs_its_person(name):
    case = making.noticed(code="2a")
    in_state(case, sorted(SOURCES[name])[0], case.handler)
    stranger = making.staff(Roles.FINANCE_CLERK)
    with pytest.raises(Refusal) as caught:
        machine.cases.run(case.pk, name, actor=stranger, reason="理由")
    assert caught.value.code == "forbidden"


@pytest.mark.parametrize("name", ["propose_rejection", "send_back", "send_back_rejection"])
def test_bad_news_needs_a_reason(name):
    case = making.noticed(code="2a")
    in_state(case, sorted(SOURCES[name])[0], case.handler)
    actor = case.handler if name == "propose_rejection" else making.staff(Roles.LEADER)
    with pytest.raises(Refusal) as caught:
        machine.cases.run(case.pk, name, actor=actor, reason="  ")
    assert (caught.value.code, caught.value.field) == ("reason_required", "reason")


ASSIGNMENT_SOURCES = {
    "take_on": {"invited"},
    "recuse": {"invited", "accepted"},
    "sign_score": {"accepted"},
}


@pytest.mark.parametrize("state", AssignmentStates.values)
def test_every_act_of_an_expert_from_every_state(state):
    for name, sources in ASSIGNMENT_SOURCES.items():
        assignment, expert = appointed()
        answered = None if state == "invited" else clock.now()
        scored = {"scored_at": clock.now(), "total": 80} if state == "scored" else {}
        Assignment.objects.filter(pk=assignment.pk).update(state=state, answered_at=answered, **scored)
        changes = {"answered_at": clock.now()}
        if name == "sign_score":
            changes = {"scored_at": clock.now(), "total": 80}
        try:
            machine.assignments.run(assignment.pk, name, actor=expert, reason="理由", changes=changes)
        except Refusal as refusal:
            assert refusal.code == "wrong_state" and state not in sources, (state, name)
        else:
            assert state in sources, (state, name)
