"""The demonstration's data, made once for the module (and once before, to see that it comes out the same)."""

import unicodedata
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from applications import selectors as filings
from applications import services as filing
from applications.models import Claim
from applications.requests import selectors as requests
from applications.requests.models import ServiceRequest
from applications.requests.states import KIND_OF_ITEM, Paces, RequestStates
from applications.states import ClaimStates
from clauses import selectors as programmes
from payouts.models import Batch, BatchLine, Payment
from payouts.states import BatchStates, PaymentStates, Results
from portal.accounts.models import Organisation, User
from portal.accounts.states import Roles
from portal.kernel import clock, events, moving
from portal.kernel.models import ClockShift, Event
from portal.kernel.permissions import SYSTEM
from portal.kernel.work import unit_of_work
from portal.ledger.selectors import balances
from portal.pages.demonstration import making
from portal.pages.demonstration.diary import Diary
from portal.pages.demonstration.people import EXPERTS, OFFICERS, PASSWORD
from portal.pages.demonstration.plan import PLANS, TODAY
from review import services as reviewing
from review.models import Assignment, Award, ReviewCase
from review.states import AssignmentStates, CaseStates

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demonstration")]
EVERYWHERE = {
    CaseStates.CHECKING,
    CaseStates.VERIFICATION,
    CaseStates.PROPOSED,
    CaseStates.REJECTION_PROPOSED,
    CaseStates.ENDORSED,
    CaseStates.NOTICED,
    CaseStates.NOTICE_OVER,
}
BY_MODE = {
    "评审": EVERYWHERE | {CaseStates.EXPERT_REVIEW, CaseStates.UNIT_OPINIONS},
    "核定": EVERYWHERE | {CaseStates.UNIT_OPINIONS},
    "验收": EVERYWHERE | {CaseStates.ACCEPTANCE},
    "年度清单": EVERYWHERE | {CaseStates.LISTING, CaseStates.UNIT_OPINIONS},
}


def run() -> str:
    told = StringIO()
    call_command("demo", stderr=told)
    return told.getvalue()


def cut_off_run() -> list[int]:
    """What is there after a run that was interrupted early in March."""
    usual, steps = Diary._await, iter(range(200))

    def cut_off(self, life):
        if next(steps, None) is None:
            assert Organisation.objects.exists()
            raise KeyboardInterrupt
        usual(self, life)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Diary, "_await", cut_off)
        with pytest.raises(KeyboardInterrupt):
            run()
    return [model.objects.count() for model in (Organisation, User, Event)]


def snapshot():
    claims = Claim.objects.order_by("number").values_list(
        "number", "organisation__name", "state", "filed_at__date"
    )
    awards = Award.objects.order_by("case__claim__number").values_list("case__claim__number", "amount")
    batches = Batch.objects.order_by("number").values_list("number", "state", "total")
    return list(claims), list(awards), list(batches), Event.objects.count()


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """What two runs came out as. The second stays until the module ends; tests run in savepoints on top of it."""
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
    ):
        with transaction.atomic():
            left = cut_off_run()
            run()
            first = snapshot()
            transaction.set_rollback(True)
        with transaction.atomic():
            told = run()
            shift = ClockShift.objects.get().shift
            yield {"left_by_cut_off_run": left, "first": first, "told": told, "now": timezone.now() + shift}
            transaction.set_rollback(True)
    clock.forget()


def test_it_says_what_it_does(made):
    assert "正在生成演示数据" in made["told"]
    assert f"{len(PLANS)}份申报" in made["told"]


def test_two_runs_come_out_the_same(made):
    assert snapshot() == made["first"]


def test_every_state_of_every_machine_occurs(made):
    for model, field, states in (
        (Claim, "state", ClaimStates),
        (ReviewCase, "state", CaseStates),
        (Assignment, "state", AssignmentStates),
        (Payment, "state", PaymentStates),
        (Batch, "state", BatchStates),
        (BatchLine, "result", Results),
        (ServiceRequest, "state", RequestStates),
    ):
        assert set(model.objects.values_list(field, flat=True)) == set(states.values), model


def test_requests_stand_at_every_light_of_the_clock(made):
    with clock.shifted_to(TODAY):
        paces = [requests.pace(asked) for asked in ServiceRequest.objects.all()]
    with clock.shifted_to(TODAY):
        assert {one.light for one in paces if one} == set(Paces)


@pytest.mark.parametrize("mode", BY_MODE)
def test_every_step_of_every_review_path_has_a_live_case(made, mode):
    live = ReviewCase.objects.filter(claim__state=ClaimStates.UNDER_REVIEW).select_related(
        "claim__item__policy"
    )
    found = {case.state for case in live if programmes.rules_of(case.claim.item)[1].review_mode == mode}
    assert found >= BY_MODE[mode]


def test_the_nine_money_items_all_come_up_to_an_award(made):
    assert set(Award.objects.values_list("case__claim__item__code", flat=True)) == set(making.MONEY_ITEMS)


def test_the_chain_of_events_holds_and_follows_time(made):
    assert list(events.verify_chain()) == []
    moments = list(Event.objects.order_by("sequence").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= TODAY


def test_business_time_starts_at_the_pinned_date(made):
    assert abs(made["now"] - TODAY) < timedelta(minutes=10)


def test_the_books_agree_with_the_bank(made):
    lines = balances()
    for line in lines:
        assert min(line.available, line.reserved, line.committed, line.paid) >= 0
        assert line.appropriated == line.available + line.reserved + line.committed + line.paid
    paid = sum(BatchLine.objects.filter(result=Results.PAID).values_list("amount", flat=True), Decimal(0))
    assert paid == sum((line.paid for line in lines), Decimal(0)) > 0


def test_every_award_recomputes_the_same(made):
    awards = list(Award.objects.select_related("determination"))
    assert all(reviewing.recompute(award)["same"] for award in awards)
    assert any(award.amount == award.determination.cap for award in awards)
    assert any(award.amount < award.determination.cap for award in awards)


def test_a_second_run_only_goes_on_with_the_clock(made):
    before = snapshot()
    told = run()
    assert "已有数据" in told and "2023-10-16 09:00" in told
    assert snapshot() == before


def test_business_time_goes_on_one_minute_after_the_last_event(made):
    moved = clock.at(TODAY.date() + timedelta(days=60)).replace(hour=10)
    with clock.shifted_to(moved), unit_of_work():
        events.record("clock.moved", ClockShift.objects.get(), actor=SYSTEM)
    told = run()
    assert "2023-12-15 10:01" in told
    now = timezone.now() + ClockShift.objects.get().shift
    assert timedelta(minutes=1) <= now - moved < timedelta(minutes=2)
    moving.pin(TODAY)


def test_a_run_that_is_cut_off_leaves_nothing(made):
    assert made["left_by_cut_off_run"] == [0, 0, 0]


def test_it_is_refused_outside_a_demonstration(settings):
    settings.DEMONSTRATION = False
    for command in ("demo", "demo_accounts"):
        with pytest.raises(CommandError, match="演示环境"):
            call_command(command)


def test_the_enterprise_of_the_walk_is_ready_for_2a(made):
    admin = User.objects.get(username="guanli")
    item = programmes.item_by_code(making.PACK, "2a")
    (window,) = programmes.open_rounds(item=item)
    assert admin.organisation.state == "certified"
    assert not Claim.objects.filter(organisation=admin.organisation, item=item, round=window).exists()
    project = next(one for one in filings.projects_of(admin.organisation) if one.claim_count == 0)
    costs = list(filings.cost_items_of(project))
    assert len(costs) == 3
    assert sum(cost.amount for cost in costs) == Decimal("60000000.00")
    claim = filing.start_claim(actor=admin, project=project, item=item, window=window)
    claim = filing.nominate(actor=admin, claim=claim, cost_items=costs, version=claim.version)
    assert filings.yuan(filings.estimate(claim).computed) == Decimal("12000000.00")


def test_the_university_of_the_walk_has_a_project_for_item_1(made):
    admin = User.objects.get(username="daxue")
    assert admin.organisation.kind == "university"
    assert [
        project.name for project in filings.projects_of(admin.organisation) if not project.claim_count
    ] == ["寒地工业大模型关键技术攻关（演示）"]


def test_one_invoice_is_contested_and_one_cost_is_named_twice(made):
    conflicts = [
        conflict
        for claim in filings.claims().exclude(filed_at=None)
        for conflict in filings.conflicts(claim).values()
    ]
    assert {conflict.own is None for conflict in conflicts} == {True, False}


def test_every_unit_that_the_items_name_has_an_officer(made):
    policy = programmes.pack(making.PACK)
    named = {unit for code in making.MONEY_ITEMS for unit in policy.item(code).units}
    asked = [one for one in programmes.pack(making.PACK).items.values() if one.kind in KIND_OF_ITEM]
    officers = {officer.unit for officer in OFFICERS if officer.role == Roles.UNIT_OFFICER}
    assert named | {one.lead_unit for one in asked} <= officers
    assert officers <= named | {unit for one in asked for unit in one.units}
    assert len(EXPERTS) == 8


def test_accounts_are_printed_one_a_role_in_straight_columns(made):
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    *rows, password = out.getvalue().splitlines()
    assert password.endswith(PASSWORD)
    text = out.getvalue()
    assert all(role.label in text for role in Roles)

    def column(line: str, word: str) -> int:
        head = line[: line.index(word)]
        return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in head)

    assert len({column(row, row.split()[1]) for row in rows}) == 1
    assert len({column(row, row.split()[2]) for row in rows}) == 1


def test_the_printed_accounts_sign_in(made, settings):
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    names = [row.split()[0] for row in out.getvalue().splitlines()[1:-1]]
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    assert all(authenticate(username=name, password=PASSWORD) for name in names)
    assert set(User.objects.values_list("demonstration", flat=True)) == {True}
