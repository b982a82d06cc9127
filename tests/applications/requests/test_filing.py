"""Filing requests and referrals: what is asked, what is refused, once however often pressed."""

from datetime import date, datetime

import pytest

from applications.requests import selectors, services
from applications.requests.models import ServiceRequest
from portal.kernel import clock, issuing
from portal.kernel.models import Event
from portal.kernel.refusals import Forbidden, Refusal
from tests import making
from tests.applications.requests import asking

pytestmark = pytest.mark.django_db
LEAD = {"5a": "investment", "5c": "investment", "7": "science", "9a": "market", "9c": "market"} | {
    **dict.fromkeys(("8a", "8b", "8c", "8d"), "reform"),
    **dict.fromkeys(("10a", "10b"), "data"),
}


def refused(*, code: str = "8a", actor=None, **changed) -> Refusal:
    with pytest.raises(Refusal) as caught:
        asking.filed(actor, code, **changed)
    return caught.value


def test_every_item_without_money_goes_to_the_lead_unit_of_its_clause():
    admin = making.organisation()
    found = {code: asking.filed(admin, code) for code in LEAD}
    assert {code: one.unit.code for code, one in found.items()} == LEAD
    assert found["8a"].number.startswith("2023-8A-X") and found["5c"].number.startswith("2023-5C-Z")
    assert {one.kind for code, one in found.items() if code in ("5a", "5c", "7", "9a")} == {"referral"}


def test_the_limits_are_in_working_days():
    """2023-10-16 is a Monday without holidays after it."""
    assert asking.filed().due_on == date(2023, 10, 30)
    assert asking.referral().due_on == date(2023, 10, 23)


def test_a_filed_request_has_its_registration_and_its_event():
    asked, paper = services.file_request(
        actor=making.organisation(), item=making.item("8a"), **asking.given("8a", files=[asking.file()])
    )
    assert paper.number.startswith("DJ-2023-") and paper.decision["number"] == asked.number
    assert paper.decision["rows"] == [{"name": "需求内容", "value": "希望对接500万元股权投资。"}]
    assert paper.decision["content_digest"] == asked.content_digest
    event = Event.objects.get(thread=asked.number, verb="request.filed")
    assert event.data["unit"] == "reform"
    assert [one.name for one in selectors.files_of(asked, from_unit=False)] == ["情况介绍.pdf"]
    assert asked.content["files"][0]["sha256"] == asked.files.get().sha256


def test_the_same_request_pressed_twice_is_one():
    admin = making.organisation()
    first, paper = services.file_request(actor=admin, item=making.item("8a"), **asking.given("8a"))
    again, same = services.file_request(
        actor=making.filler(admin), item=making.item("8a"), **asking.given("8a", title=" 对接创投基金 ")
    )
    assert (again.pk, same.pk) == (first.pk, paper.pk)
    assert asking.filed(admin, title="对接第二只基金").pk != first.pk
    assert asking.filed(title="对接创投基金").pk != first.pk


def test_after_a_withdrawal_the_same_may_be_filed_again():
    admin = making.organisation()
    first = asking.filed(admin)
    services.withdraw(actor=admin, asked=first)
    assert asking.filed(admin).pk != first.pk
    assert ServiceRequest.objects.filter(organisation=admin.organisation).count() == 2


def test_after_the_policy_the_date_that_governs_is_named():
    with clock.shifted_to(datetime(2024, 1, 1, 0, 0, 5, tzinfo=clock.SHANGHAI)):
        said = refused()
    assert said.code == "filed_late"
    assert "申报截止到2023年12月31日24:00" in said.message
    with clock.shifted_to(datetime(2023, 12, 31, 23, 59, tzinfo=clock.SHANGHAI)):
        assert asking.filed().filed_at.astimezone(clock.SHANGHAI).date() == date(2023, 12, 31)


def test_who_may_file():
    with pytest.raises(Forbidden, match="还没有通过认证"):
        asking.filed(making.organisation(certified=False))
    with pytest.raises(Forbidden, match="请用申报单位的账号登录"):
        asking.filed(making.staff())
    assert refused(code="2a").code == "not_a_request"
    assert refused(code="5b").code == "not_a_request"
    said = refused(code="10a", actor=making.organisation("university"))
    assert said.code == "not_eligible" and "人工智能企业" in said.message


@pytest.mark.parametrize(
    ("code", "changed", "field"),
    [
        ("8a", {"title": " "}, "title"),
        ("8a", {"title": "长" * 61}, "title"),
        ("8a", {"facts": {}}, "request"),
        ("8a", {"facts": {"request": "字" * 2001}}, "request"),
        ("8a", {"facts": {"request": "好", "amount": "1"}}, "amount"),
        ("5c", {"statement": ""}, "statement"),
        ("5c", {"statement": "字" * 2001}, "statement"),
        ("5c", {"public_money": None}, "public_money"),
        ("5c", {"public_money": True}, "public_money_note"),
        ("5c", {"public_money": True, "public_money_note": "字" * 2001}, "public_money_note"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(code, changed, field):
    assert [part.field for part in refused(code=code, **changed).parts] == [field]
    assert not ServiceRequest.objects.exists()


def test_everything_missing_is_said_at_once():
    said = refused(code="5c", title="", statement="", public_money=None)
    assert [part.field for part in said.parts] == ["title", "statement", "public_money"]


def test_a_strangers_project_and_a_bad_file_are_refused_and_leave_nothing():
    assert refused(code="5c", project=making.project(making.organisation())).code == "not_found"
    assert refused(files=[asking.file("材料.pdf", b"MZ\x90\x00 not a paper")]).code == "mislabelled_file"
    assert not ServiceRequest.objects.exists()


def test_papers_may_be_added_while_it_waits_and_not_after():
    asked = asking.filed()
    admin = asking.owner_of(asked)
    first = services.add_file(actor=admin, asked=asked, file=asking.file())
    assert services.add_file(actor=admin, asked=asked, file=asking.file()).pk == first.pk
    assert Event.objects.filter(thread=asked.number, verb="request.file_added").count() == 1
    with pytest.raises(Forbidden, match="不属于你单位"):
        services.add_file(actor=making.organisation(), asked=asked, file=asking.file())
    asking.answered(asked)
    with pytest.raises(Refusal, match="等待答复的时候"):
        services.add_file(actor=admin, asked=asked, file=asking.file("另一份.pdf"))


def test_a_withdrawal_is_before_the_answer_and_by_the_organisation():
    asked = asking.filed()
    with pytest.raises(Forbidden, match="不属于你单位"):
        services.withdraw(actor=making.organisation(), asked=asked)
    services.withdraw(actor=asking.owner_of(asked), asked=asked, reason="已自行解决。")
    assert (asking.fresh(asked).state, asking.fresh(asked).due_on) == ("withdrawn", None)
    other = asking.answered()
    with pytest.raises(Refusal) as caught:
        services.withdraw(actor=asking.owner_of(other), asked=other)
    assert caught.value.code == "wrong_state"


def test_no_two_papers_share_a_number():
    admin = making.organisation()
    numbers = {issuing.papers_of(asking.filed(admin, title=f"需求{n}"))[0].number for n in range(3)}
    assert len(numbers) == 3
