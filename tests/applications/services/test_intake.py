"""The formal check: accept, one correction notice, refuse; and what applicants may still do."""

import pytest

from applications import selectors
from applications import services as filing
from applications.models import Claim
from applications.states import ClaimStates
from portal.accounts.states import Roles
from portal.kernel.models import Document
from portal.kernel.workdays import add_workdays
from portal.ledger.selectors import balance
from portal.ledger.states import Accounts
from tests import making
from tests.refusing import refused

pytestmark = pytest.mark.django_db
FAULT = {"section": "papers", "text": "第一笔缺发票。"}


@pytest.fixture
def claim():
    return making.submitted()


@pytest.fixture
def clerk():
    return making.staff(Roles.INTAKE)


def test_accepting_is_recorded_with_who_and_when(claim, clerk):
    accepted = filing.accept(actor=clerk, claim=claim)
    assert (accepted.state, accepted.accepted_by) == (ClaimStates.ACCEPTED, clerk)
    with refused("wrong_state"):
        filing.accept(actor=clerk, claim=claim)


def test_only_the_intake_desk_examines_and_never_its_own(claim, clerk):
    own = making.staff(Roles.INTAKE)
    making.Membership.objects.create(user=own, organisation=claim.organisation, role="filler")
    acts = [
        lambda who: filing.accept(actor=who, claim=claim),
        lambda who: filing.ask_correction(actor=who, claim=claim, faults=[FAULT]),
        lambda who: filing.refuse(actor=who, claim=claim, code="other", note="原因。"),
    ]
    for who in (making.admin_of(claim), making.staff(Roles.HANDLER), making.staff(Roles.AUDITOR), own):
        for act in acts:
            with refused("forbidden"):
                act(who)
    assert Claim.objects.get(pk=claim.pk).state == ClaimStates.SUBMITTED


def test_one_notice_lists_every_fault_and_its_limit(claim, clerk):
    faults = [FAULT, {"section": "overview", "text": " 平台地点不详。 "}]
    asked, notice = filing.ask_correction(actor=clerk, claim=claim, faults=faults)
    assert asked.faults == [FAULT, {"section": "overview", "text": "平台地点不详。"}]
    assert asked.correction_due_on == add_workdays(making.clock.today(), 10)
    assert notice.decision["deadline"] == asked.correction_due_on.isoformat()
    assert [reason["text"] for reason in notice.decision["reasons"]] == ["第一笔缺发票。", "平台地点不详。"]
    assert [reason["code"] for reason in notice.decision["reasons"]] == ["材料", "项目情况"]


@pytest.mark.parametrize(
    ("faults", "code", "field"),
    [
        ([], "required", "faults"),
        ([{"section": "papers", "text": "  "}], "required", "faults-0-text"),
        ([FAULT, {"section": "weather", "text": "雨。"}], "bad_choice", "faults-1-section"),
    ],
)
def test_a_notice_without_clear_faults_is_not_sent(claim, clerk, faults, code, field):
    with refused(code, field):
        filing.ask_correction(actor=clerk, claim=claim, faults=faults)
    assert not Document.objects.filter(kind="correction").exists()


def test_refusing_needs_a_listed_ground_and_words(claim, clerk):
    with refused("bad_choice", "code"):
        filing.refuse(actor=clerk, claim=claim, code="mood", note="原因。")
    with refused("reason_required", "reason"):
        filing.refuse(actor=clerk, claim=claim, code="other", note="  ")
    ended, paper = filing.refuse(actor=clerk, claim=claim, code="not_eligible", note="不是平台建设主体。")
    assert (ended.state, ended.refusal_code, ended.refusal_note) == (
        "refused",
        "not_eligible",
        "不是平台建设主体。",
    )
    assert paper.decision["reasons"][0]["text"] == "不是平台建设主体。"
    assert paper.decision["reasons"][0]["code"] == "申报主体不符合条款规定"
    assert paper.decision["reasons"][0]["quote"] in making.programmes.rules_of(claim.item)[0].source_text
    assert "复核" in paper.decision["remedy"]


def test_until_approval_the_administrator_may_withdraw(claim, clerk):
    admin = making.admin_of(claim)
    for actor in (making.filler(admin), making.organisation(), clerk):
        with refused("forbidden"):
            filing.withdraw(actor=actor, claim=claim)
    case = making.proposed(making.verified(making.case(claim)))
    line = making.BudgetLine.objects.get()
    assert balance(line, Accounts.RESERVED) > 0
    filing.withdraw(actor=admin, claim=case.claim)
    assert Claim.objects.get(pk=claim.pk).state == ClaimStates.WITHDRAWN
    assert balance(line, Accounts.RESERVED) == 0
    with refused("wrong_state"):
        filing.withdraw(actor=admin, claim=claim)


def test_after_approval_nothing_is_withdrawn(claim):
    admin = making.admin_of(claim)
    making.awarded(making.noticed(making.proposed(making.verified(making.case(claim)))))
    with refused("wrong_state"):
        filing.withdraw(actor=admin, claim=claim)


def test_who_accepted_a_claim_does_not_open_its_review(claim):
    both = making.staff(Roles.INTAKE, Roles.HANDLER)
    accepted = filing.accept(actor=both, claim=claim)
    with refused("forbidden") as parts:
        filing.start_review(actor=both, claim=accepted)
    assert "另一个人" in parts[0].message
    assert selectors.claim_by_number(claim.number).state == ClaimStates.ACCEPTED
