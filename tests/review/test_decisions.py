"""From a proposal to an award: budget, notice, approval, and the decision that can be asked again."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.accounts.states import Roles
from portal.kernel import clock, events
from portal.kernel.models import Event
from portal.kernel.permissions import SYSTEM
from portal.kernel.workdays import add_workdays, workdays_between
from portal.ledger import selectors as books
from portal.ledger.models import Entry
from portal.ledger.states import Accounts
from review import selectors, services
from review.machine import cases as table
from review.models import Award, Determination, Notice, ReviewCase
from review.tasks import close_due_notices
from tests import making
from tests.racing import race
from tests.refusing import refused
from tests.review import stages

pytestmark = pytest.mark.django_db

PAPER = "哈科发〔2023〕30号"


def morning(day: date) -> datetime:
    return clock.at(day).replace(hour=9)


def balances(line):
    return {account.value: books.balance(line, account) for account in Accounts if account != "appropriated"}


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2023, 12, 27), 5, date(2024, 1, 4)),
        (date(2023, 9, 27), 5, date(2023, 10, 10)),
        (date(2022, 9, 29), 5, date(2022, 10, 11)),
        (date(2023, 1, 18), 5, date(2023, 1, 30)),
        (date(2023, 12, 25), 7, date(2024, 1, 4)),
        (date(2023, 10, 16), 5, date(2023, 10, 23)),
        (date(2023, 10, 16), 0, date(2023, 10, 16)),
    ],
)
def test_working_days(start, count, end):
    assert add_workdays(start, count) == end
    assert workdays_between(start, end) == count


@pytest.mark.parametrize(
    ("posted", "closes"),
    [(date(2023, 12, 27), date(2024, 1, 4)), (date(2023, 9, 27), date(2023, 10, 10))],
)
def test_a_notice_runs_five_working_days_over_the_holidays(posted, closes):
    case = making.proposed(code="1")
    services.endorse(actor=making.staff(Roles.LEADER), case=case)
    with clock.shifted_to(morning(posted)):
        notice = services.post_notice(actor=case.handler, chosen=[making.fresh(case)])
    assert (notice.opens_on, notice.closes_on, notice.workdays) == (posted, closes, 5)


def test_a_notice_ends_after_its_last_day_and_not_before():
    case = making.noticed(code="1")
    leader = making.staff(Roles.LEADER)
    last = case.notice.closes_on
    with refused("wrong_state"):
        services.approve(actor=leader, case=case, document_number=PAPER)
    with clock.shifted_to(clock.at(last).replace(hour=23, minute=59)):
        assert close_due_notices() == 0
        assert making.fresh(case).state == "noticed"
        with refused("wrong_state"):
            services.approve(actor=leader, case=case, document_number=PAPER)
    with clock.shifted_to(clock.at(last + timedelta(days=1))):
        assert close_due_notices() == 1
        assert close_due_notices() == 0
        assert making.fresh(case).state == "notice_over"
        assert Notice.objects.get().state == "over"
        award = services.approve(actor=leader, case=case, document_number=PAPER)
    assert award.amount == 6000000


def test_only_the_clock_ends_a_notice():
    case = making.noticed(code="1")
    with refused("forbidden"):
        table.run(case.pk, "end_notice", actor=making.staff(Roles.LEADER))
    with refused("notice_open"):
        table.run(case.pk, "end_notice", actor=SYSTEM)


def test_approval_needs_its_paper():
    case = making.noticed(code="1")
    ReviewCase.objects.filter(pk=case.pk).update(state="notice_over")
    with refused("required", "document_number"):
        services.approve(actor=making.staff(Roles.LEADER), case=case, document_number="  ")


def test_budget_from_proposal_to_award():
    line = making.budget("10000000.00")
    case = making.proposed(code="1")
    assert balances(line) == {"available": 4000000, "reserved": 6000000, "committed": 0, "paid": 0}
    award = making.awarded(making.noticed(case))
    assert balances(line) == {"available": 4000000, "reserved": 0, "committed": 6000000, "paid": 0}
    assert award.budget_line == line


def test_a_proposal_beyond_the_budget_writes_nothing():
    making.budget("5999999.99")
    case = making.verified(code="1")
    before = (Determination.objects.count(), Entry.objects.count(), Event.objects.count())
    with refused("insufficient_budget"):
        services.propose(actor=case.handler, case=case)
    assert (Determination.objects.count(), Entry.objects.count(), Event.objects.count()) == before
    again = making.fresh(case)
    assert (again.state, again.proposed_at) == ("verification", None)


def test_a_proposal_without_a_line_writes_nothing():
    case = making.verified(code="1")
    with refused("insufficient_budget"):
        services.propose(actor=case.handler, case=case)
    assert not Determination.objects.exists() and making.fresh(case).state == "verification"


def test_nothing_payable_cannot_be_proposed():
    making.budget()
    case = making.verified(code="1")
    services.record_approved_sum(actor=case.handler, case=case, amount="0", reason="没有通过论证。")
    with refused("nothing_payable"):
        services.propose(actor=case.handler, case=case)
    assert not Determination.objects.exists()


@pytest.mark.parametrize("step", ["proposed", "endorsed", "notice_over"])
def test_sending_back_voids_the_figures_and_frees_the_budget(step):
    line = making.budget("10000000.00")
    case = making.proposed(code="1")
    leader = making.staff(Roles.LEADER)
    if step != "proposed":
        services.endorse(actor=leader, case=case)
    if step == "notice_over":
        services.post_notice(actor=case.handler, chosen=[making.fresh(case)])
        with clock.shifted_to(morning(making.fresh(case).notice.closes_on + timedelta(days=1))):
            close_due_notices()
    services.send_back(actor=leader, case=making.fresh(case), reason="请核对申请金额。")
    again = making.fresh(case)
    assert (again.state, again.proposed_by, again.endorsed_by, again.notice) == (
        "verification",
        None,
        None,
        None,
    )
    assert selectors.standing(again) is None
    assert Determination.objects.exclude(voided_at=None).count() == 1
    assert balances(line) == {"available": 10000000, "reserved": 0, "committed": 0, "paid": 0}
    services.record_approved_sum(actor=case.handler, case=again, amount="5000000", reason="复核后调整。")
    services.propose(actor=case.handler, case=making.fresh(case))
    assert selectors.standing(again).amount == 5000000
    assert balances(line)["reserved"] == 5000000


def test_an_award_cannot_be_sent_back():
    award = making.awarded(code="1")
    with refused("wrong_state"):
        services.send_back(actor=making.staff(Roles.LEADER), case=award.case, reason="理由")


@pytest.mark.parametrize("step", ["checking", "verification", "proposed", "noticed"])
def test_withdrawing_during_review_frees_everything(step):
    line = making.budget("100000000.00")
    if step == "checking":
        case = making.case(code="2a")
    elif step == "verification":
        case = making.verified(code="2a")
    else:
        case = making.proposed(code="2a") if step == "proposed" else making.noticed(code="2a")
    claim = case.claim
    assert selectors.filings.live_holds(claim).exists()
    making.filing.withdraw(actor=making.admin_of(claim), claim=claim, reason="不再申报")
    assert not selectors.filings.live_holds(claim).exists()
    assert balances(line) == {"available": 100000000, "reserved": 0, "committed": 0, "paid": 0}
    case = making.fresh(case)
    assert case not in selectors.live()
    leader = making.staff(Roles.LEADER)
    acts = {
        "checking": lambda: services.record_duplicates(actor=case.handler, case=case, note="没有重复"),
        "verification": lambda: services.advance(actor=case.handler, case=case),
        "proposed": lambda: services.endorse(actor=leader, case=case),
    }
    if step in acts:
        with refused("wrong_state"):
            acts[step]()
    else:
        with clock.shifted_to(morning(case.notice.closes_on + timedelta(days=1))):
            assert close_due_notices() == 0
        assert making.fresh(case).state == "noticed"


def test_a_rejection_ends_the_claim():
    line = making.budget("100000000.00")
    case = making.case(code="2a")
    with refused("reason_required", "reason"):
        services.propose_rejection(actor=case.handler, case=case, reason=" ")
    services.propose_rejection(actor=case.handler, case=case, reason="项目不属于支持范围。")
    services.confirm_rejection(actor=making.staff(Roles.LEADER), case=case)
    claim = making.fresh(case).claim
    assert (claim.state, making.fresh(case).state) == ("rejected", "rejected")
    assert not selectors.filings.live_holds(claim).exists()
    assert balances(line)["available"] == 100000000


def test_a_rejection_sent_back_starts_the_checks_anew():
    case = making.case(code="2a")
    services.propose_rejection(actor=case.handler, case=case, reason="项目不属于支持范围。")
    services.send_back(actor=making.staff(Roles.LEADER), case=making.fresh(case), reason="请再核对。")
    again = making.fresh(case)
    assert (again.state, again.rejection_reason, again.proposed_by) == ("checking", "", None)


def test_a_unit_that_disagrees_stops_the_proposal():
    making.budget()
    case = making.verified(code="2a")
    services.advance(actor=case.handler, case=case)
    with refused("opinion_missing"):
        services.propose(actor=case.handler, case=making.fresh(case))
    first, second = selectors.named_units(case)
    officer = making.staff(Roles.UNIT_OFFICER, unit=first.code)
    with refused("required", "text"):
        services.give_opinion(actor=officer, case=making.fresh(case), opinion="disagree", text="")
    services.give_opinion(actor=officer, case=making.fresh(case), opinion="disagree", text="重复建设。")
    with refused("already_done"):
        services.give_opinion(actor=officer, case=making.fresh(case), opinion="agree", text="")
    other = making.staff(Roles.UNIT_OFFICER, unit=second.code)
    services.give_opinion(actor=other, case=making.fresh(case), opinion="remarks", text="注意共享。")
    with refused("unit_disagrees"):
        services.propose(actor=case.handler, case=making.fresh(case))
    assert making.fresh(case).state == "unit_opinions"


def test_a_notice_lists_one_policy_and_only_endorsed_cases():
    case = making.proposed(code="1")
    with refused("required", "cases"):
        services.post_notice(actor=case.handler, chosen=[])
    with refused("wrong_state"):
        services.post_notice(actor=case.handler, chosen=[case])
    assert not Notice.objects.exists()


def test_the_decision_can_be_asked_again():
    award = making.awarded(code="2a")
    answer = services.recompute(award)
    assert answer["same"] and answer["amount"] == answer["stored_amount"] == "10000000.00"
    assert list(events.verify_chain()) == []


@pytest.mark.parametrize(
    "tamper",
    [
        lambda decision: decision.update(amount="10000001.00"),
        lambda decision: decision["verdict"].update(amount="10000001.00"),
        lambda decision: decision["question"]["claims"][0]["costs"][0].update(amount="1.00"),
        lambda decision: decision.update(document_number="哈科发〔2023〕31号"),
    ],
)
def test_a_tampered_decision_shows(tamper):
    award = making.awarded(code="2a")
    tamper(award.decision)
    Award.objects.filter(pk=award.pk).update(decision=award.decision)
    assert not services.recompute(Award.objects.get(pk=award.pk))["same"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_leaders_approve_at_once():
    line = making.budget("10000000.00")
    case = making.noticed(making.proposed(code="1"))
    leaders = [making.staff(Roles.LEADER) for _ in range(2)]
    with clock.shifted_to(morning(case.notice.closes_on + timedelta(days=1))):
        close_due_notices()
        found = making.fresh(case)
        results = race(
            [
                lambda one=one: services.approve(actor=one, case=found, document_number=PAPER)
                for one in leaders
            ]
        )
    assert sorted(type(one).__name__ for one in results) == ["Award", "Refusal"]
    assert next(one.code for one in results if not isinstance(one, Award)) == "wrong_state"
    assert Award.objects.count() == 1
    assert Entry.objects.filter(kind="commit").count() == 1
    assert balances(line) == {
        "available": Decimal(4000000),
        "reserved": 0,
        "committed": Decimal(6000000),
        "paid": 0,
    }
    assert list(events.verify_chain()) == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_proposals_race_for_the_last_of_the_budget():
    line = making.budget("10000000.00")
    cases = [making.verified(code="1") for _ in range(2)]
    results = race([lambda one=one: services.propose(actor=one.handler, case=one) for one in cases])
    codes = [getattr(one, "code", "proposed") for one in results]
    assert sorted(codes) == ["insufficient_budget", "proposed"]
    assert balances(line)["available"] == 4000000


def test_an_ended_claim_gives_its_listed_event_up():
    case = stages.checked(code="9b")
    event = selectors.filings.listed_event(case.claim)
    services.record_listing(actor=case.handler, case=case, event=event)
    owner = making.admin_of(case.claim)
    making.filing.withdraw(actor=owner, claim=case.claim)
    again = stages.checked(making.case(making.submitted(making.draft(owner, "9b", owner=case.claim.project))))
    services.record_listing(actor=again.handler, case=again, event=event)
    assert (making.fresh(case).listed_event, making.fresh(again).listed_event) == (None, event)
