"""The unit's side: answering, passing on, handing over, results, and the applicant's last word."""

from datetime import date, datetime, timedelta

import pytest

from applications.requests import selectors, services
from applications.requests.states import Paces
from applications.tasks import close_answered_requests
from portal.kernel import clock, issuing
from portal.kernel.models import Event
from portal.kernel.refusals import Forbidden, Refusal, Refusals
from portal.kernel.workdays import add_workdays
from tests import making
from tests.applications.requests import asking

pytestmark = pytest.mark.django_db


def test_an_answer_is_given_once_by_the_unit_that_has_it():
    asked = asking.filed()
    officer = asking.officer("reform")
    done, paper = services.answer(
        actor=officer, asked=asked, text="已转基金管理人。", in_writing=True, files=[asking.file("名单.pdf")]
    )
    assert (done.state, done.answering_unit.code, done.due_on) == ("answered", "reform", None)
    assert (
        paper is not None
        and paper.number.startswith("DF-")
        and paper.decision["text"] == ["已转基金管理人。"]
    )
    assert [one.name for one in selectors.files_of(done, from_unit=True)] == ["名单.pdf"]
    again, same = services.answer(actor=officer, asked=asked, text="已转基金管理人。", in_writing=True)
    assert (again.pk, same) == (done.pk, paper)
    assert issuing.papers_of(done, "answer").count() == 1
    with pytest.raises(Refusal) as caught:
        services.answer(actor=asking.officer("reform"), asked=asked, text="另一个答复。")
    assert caught.value.code == "wrong_state"
    assert asking.fresh(asked).answer == "已转基金管理人。"


def test_who_may_not_answer():
    asked = asking.filed()
    with pytest.raises(Forbidden, match="由另一个责任单位办理"):
        services.answer(actor=asking.officer("banking"), asked=asked, text="好")
    with pytest.raises(Forbidden, match="条款没有列明"):
        services.answer(actor=asking.officer("culture"), asked=asked, text="好")
    with pytest.raises(Forbidden, match="没有这个角色"):
        services.answer(actor=making.staff(unit="reform"), asked=asked, text="好")
    with pytest.raises(Refusal, match="请写答复"):
        services.answer(actor=asking.officer("reform"), asked=asked, text="  ")
    with pytest.raises(Refusal, match="最多3,000个字"):
        services.answer(actor=asking.officer("reform"), asked=asked, text="字" * 3001)
    assert asking.fresh(asked).state == "submitted"


def test_a_unit_passes_it_on_and_the_clock_runs_on():
    asked = asking.filed()
    officer, receiver = asking.officer("reform"), asking.officer("banking")
    with clock.shifted_to(datetime(2023, 10, 18, 9, tzinfo=clock.SHANGHAI)):
        passed = services.pass_on(
            actor=officer, asked=asked, unit=receiver.unit, reason="属于融资担保，由市金融局办理。"
        )
    assert (passed.unit, passed.due_on) == (receiver.unit, asked.due_on)
    with pytest.raises(Forbidden, match="由另一个责任单位办理"):
        services.answer(actor=officer, asked=asked, text="好")
    assert services.answer(actor=receiver, asked=asked, text="好")[0].answering_unit == receiver.unit
    event = Event.objects.get(thread=asked.number, verb="applications.servicerequest.pass_on")
    assert (event.data["from_unit"], event.data["to_unit"]) == ("reform", "banking")


def test_it_is_passed_on_only_to_units_of_the_clause_that_have_somebody():
    asked = asking.filed()
    officer = asking.officer("reform")
    stranger = asking.officer("culture")
    lonely = making.programmes.item_by_code(making.PACK, "8a")  # finance is named, nobody sits there
    assert lonely is not None and list(selectors.units_to_pass_on(asked)) == []
    for unit in (stranger.unit, officer.unit, making.Unit.objects.get(code="finance")):
        with pytest.raises(Refusal, match="有人办理的其他责任单位"):
            services.pass_on(actor=officer, asked=asked, unit=unit, reason="不属于我单位。")
    asking.officer("finance")
    assert [unit.code for unit in selectors.units_to_pass_on(asked)] == ["finance"]
    with pytest.raises(Refusal, match="要写明理由"):
        services.pass_on(actor=officer, asked=asked, unit=making.Unit.objects.get(code="finance"), reason=" ")


def test_a_referral_shows_the_organisations_live_claims_with_the_same_project_first():
    admin = making.organisation()
    owner = making.project(admin)
    claim = making.submitted(making.draft(admin, owner=owner))
    other = making.submitted(making.draft(admin))
    making.draft(admin)
    making.submitted()
    asked = asking.referral(admin, owner=owner)
    assert [
        (one.claim.pk, one.same_project, one.costs, one.held) for one in selectors.live_claims(asked)
    ] == [
        (claim.pk, True, 1, 1),
        (other.pk, False, 1, 1),
    ]
    earlier = asking.referral(admin, "9a")
    assert [one.pk for one in selectors.other_referrals(asked)] == [earlier.pk]
    handed = asking.handed_over(asked)
    paper = issuing.papers_of(handed, "handover").get()
    assert [line["name"] for line in paper.decision["claims"]] == [claim.number, other.number]
    assert "同一项目" in paper.decision["claims"][0]["value"]


def test_a_hand_over_is_numbered_once_and_waits_for_the_result():
    asked = asking.referral()
    officer = asking.officer("investment")
    with pytest.raises(Refusals) as caught:
        services.hand_over(
            actor=officer, asked=asked, **{**asking.LETTER, "other_policy": "", "overlap_note": " "}
        )
    assert [part.field for part in caught.value.parts] == ["other_policy", "overlap_note"]
    handed, paper = services.hand_over(actor=officer, asked=asked, **asking.LETTER)
    assert paper.number.startswith("ZB-2023-") and paper.decision["applied"]["number"] == "哈政规〔2022〕15号"
    assert (handed.state, handed.due_on) == ("handed_over", add_workdays(date(2023, 10, 16), 30))
    assert services.hand_over(actor=officer, asked=asked, **asking.LETTER)[1] == paper
    done = asking.resolved(handed)
    assert (done.state, str(done.outcome_amount), done.other_file_number) == (
        "answered",
        "500000.00",
        "ZB-118",
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"outcome": "not_referred"}, "outcome"),
        ({"outcome": ""}, "outcome"),
        ({"other_file_number": ""}, "other_file_number"),
        ({"outcome_on": None}, "outcome_on"),
        ({"outcome_on": date(2023, 10, 17)}, "outcome_on"),
        ({"outcome_on": date(2023, 10, 13)}, "outcome_on"),
        ({"amount": "0"}, "amount"),
        ({"amount": "很多"}, "amount"),
        ({"outcome": "not_supported"}, "amount"),
        ({"text": ""}, "text"),
    ],
)
def test_a_wrong_result_is_said_at_its_field(changed, field):
    with pytest.raises(Refusal) as caught:
        asking.resolved(**changed)
    assert [part.field for part in caught.value.parts] == [field]


def test_a_referral_is_not_answered_and_a_request_is_not_handed_over():
    officer = asking.officer("investment")
    with pytest.raises(Refusal) as caught:
        services.answer(actor=officer, asked=asking.referral(), text="好")
    assert caught.value.code == "wrong_kind"
    with pytest.raises(Refusal) as caught:
        services.hand_over(actor=asking.officer("reform"), asked=asking.filed(), **asking.LETTER)
    assert caught.value.code == "wrong_kind"


def test_declining_a_referral_needs_a_reason_which_is_the_answer():
    asked = asking.referral()
    officer = asking.officer("investment")
    with pytest.raises(Refusal, match="要写明理由"):
        services.decline(actor=officer, asked=asked, reason="")
    done = services.decline(actor=officer, asked=asked, reason="名单之外的企业不适用该政策。")
    assert (done.state, done.outcome, done.answer) == (
        "answered",
        "not_referred",
        "名单之外的企业不适用该政策。",
    )
    assert services.decline(actor=officer, asked=asked, reason="名单之外的企业不适用该政策。").pk == asked.pk


def test_one_follow_up_with_a_clock_of_its_own():
    asked = asking.answered()
    admin = asking.owner_of(asked)
    with pytest.raises(Forbidden):
        services.follow_up(actor=making.organisation(), asked=asked, text="还有呢")
    with pytest.raises(Refusal, match="还要问什么"):
        services.follow_up(actor=admin, asked=asked, text=" ")
    asked = services.follow_up(actor=admin, asked=asked, text="联系人是谁？")
    assert (asked.state, asked.due_on) == ("followed_up", date(2023, 10, 23))
    assert services.follow_up(actor=admin, asked=asked, text="联系人是谁？").pk == asked.pk
    done, _ = services.answer(actor=asking.officer("reform"), asked=asked, text="基金部张工。")
    assert (done.state, done.second_answer) == ("answered", "基金部张工。")
    assert done.answer == "已安排基金管理人与你单位联系。"
    with pytest.raises(Refusal) as caught:
        services.follow_up(actor=admin, asked=done, text="再问一次")
    assert caught.value.code == "already_done"


def test_satisfaction_is_asked_once_and_ends_the_request():
    asked = asking.answered()
    admin = asking.owner_of(asked)
    for rating, words, code in (
        ("great", "", "bad_choice"),
        ("bad", " ", "required"),
        ("good", "字" * 501, "too_long"),
    ):
        with pytest.raises(Refusal) as caught:
            services.rate(actor=admin, asked=asked, rating=rating, words=words)
        assert caught.value.code == code
    done = services.rate(actor=admin, asked=asked, rating="bad", words="没有说明联系人。")
    assert (done.state, done.rating) == ("closed", "bad")
    assert services.rate(actor=admin, asked=asked, rating="bad", words="没有说明联系人。").pk == asked.pk
    with pytest.raises(Refusal) as caught:
        services.rate(actor=making.filler(admin), asked=asked, rating="good")
    assert caught.value.code == "already_done"
    assert selectors.ratings(asked.unit) == {"bad": 1}


def test_an_answer_nobody_speaks_to_is_closed_by_the_clock():
    asked = asking.answered()
    assert close_answered_requests() == 0
    last = add_workdays(date(2023, 10, 16), 10)
    with clock.shifted_to(clock.at(last).replace(hour=23)):
        assert close_answered_requests() == 0
    with clock.shifted_to(clock.at(last + timedelta(days=1)).replace(hour=1)):
        assert close_answered_requests() == 1
    assert (asking.fresh(asked).state, asking.fresh(asked).rating) == ("closed", "")


@pytest.mark.parametrize(
    ("day", "light", "words"),
    [
        ("2023-10-16", Paces.GREEN, "还剩10个工作日"),
        ("2023-10-25", Paces.GREEN, "还剩3个工作日"),
        ("2023-10-26", Paces.AMBER, "还剩2个工作日"),
        ("2023-10-30", Paces.AMBER, "今天到期"),
        ("2023-10-31", Paces.RED, "已超时1个工作日"),
    ],
)
def test_the_clock_is_green_amber_red(day, light, words):
    asked = asking.filed()
    with clock.shifted_to(clock.at(date.fromisoformat(day)).replace(hour=9)):
        pace = selectors.pace(asked)
    assert pace is not None
    with clock.shifted_to(clock.at(date.fromisoformat(day)).replace(hour=9)):
        assert (pace.light, pace.words) == (light, words)


def test_requests_without_anybody_to_handle_them_are_seen_by_the_administrator():
    asked = asking.filed()
    assert [one.pk for one in selectors.without_officer()] == [asked.pk]
    asking.officer("reform")
    assert list(selectors.without_officer()) == []


def test_lists_take_the_same_number_of_queries(django_assert_num_queries):
    unit = asking.officer("reform").unit
    admin = making.organisation()
    for count in (1, 3):
        while selectors.due_of(unit).count() < count:
            asking.filed(admin, title=f"需求{selectors.due_of(unit).count()}")
        with django_assert_num_queries(1):
            assert [one.organisation.name for one in selectors.due_of(unit)]
