"""The pages of both sides, from the item's page to the rating."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from applications.requests.models import ServiceRequest
from portal.kernel import clock, issuing, moving
from portal.pages import todo
from tests import making
from tests.applications.requests import asking
from tests.conftest import BUSINESS_DAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pinned_clock(db: None, business_time: None) -> None:
    moving.pin(BUSINESS_DAY)


class Person:
    """Somebody at a browser; every page is whole and has the status expected."""

    def __init__(self, user):
        self.user, self.client = user, Client()
        self.client.force_login(user)

    def see(self, name, *args, status=200, query=""):
        return self._whole(self.client.get(reverse(name, args=args) + query), status)

    def send(self, name, *args, status=302, query="", **data):
        return self._whole(self.client.post(reverse(name, args=args) + query, data), status)

    def _whole(self, answer, status):
        text = answer.content.decode() if not answer.streaming else ""
        assert answer.status_code == status, (answer.status_code, text[-2000:])
        assert "‼undefined" not in text
        return text


def groups(user):
    return {one.title: one.count for one in todo.groups_for(user)}


def test_a_request_from_the_items_page_to_the_rating():
    admin = Person(making.organisation())
    officer = Person(asking.officer("reform"))
    assert "提交需求" in admin.see("item", making.PACK, "8a") and "提交需求" in admin.see(
        "clause", making.PACK, "8"
    )
    assert "?item=8a" in admin.see("guide", making.PACK, "8a")
    assert "10个工作日内答复" in admin.see("request_new", query="?item=8a")
    assert "科技风险投资基金" in admin.see("request_new")
    again = admin.send("request_new", query="?item=8a", title="", request="", status=422)
    assert "请用一句话写明标题" in again and "请填写需求内容" in again
    admin.send("request_new", query="?item=8a", title="对接创投", request="希望对接。", files=making_file())
    asked = ServiceRequest.objects.get()
    page = admin.see("request", asked.number)
    assert "已提交，等待办理" in page and "还剩10个工作日" in page and "需求登记表" in page
    assert asked.number in admin.see("requests")
    assert groups(officer.user)["需求和转办"] == 1
    assert "对接创投" in officer.see("request_desk") and "答复申报单位" in officer.see(
        "request_desk_file", asked.number
    )
    assert "请写答复" in officer.send("request_answer", asked.number, text="", status=422)
    officer.send(
        "request_answer", asked.number, text="一周内联系。", in_writing="on", files=making_file("名单.pdf")
    )
    assert "现在不能办理这一步" in officer.see("request_answer", asked.number)
    assert groups(admin.user)["需求和转办已答复"] == 1 and "需求和转办" not in groups(officer.user)
    page = admin.see("request", asked.number)
    assert "一周内联系。" in page and "名单.pdf" in page and "答复书" in page
    assert "还要问什么" in admin.send("request_follow_up", asked.number, follow_up=" ", status=422)
    admin.send("request_follow_up", asked.number, follow_up="联系人是谁？")
    assert "联系人是谁？" in officer.see("request_answer", asked.number)
    officer.send("request_answer", asked.number, text="基金部张工。")
    assert "哪里不满意" in admin.send("request_rate", asked.number, rating="bad", status=422)
    admin.send("request_rate", asked.number, rating="fair")
    page = admin.see("request", asked.number)
    assert "基本满意" in page and "提交评价" not in page
    assert "基本满意" in officer.see("request_desk", query="?show=done")


def making_file(name="介绍.pdf"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, making.PDF)


def test_a_referral_is_checked_handed_over_and_its_result_shown():
    user = making.organisation()
    admin, officer = Person(user), Person(asking.officer("investment"))
    project = making.project(user)
    claim = making.submitted(making.draft(user, owner=project))
    wrong = admin.send("request_new", query="?item=5c", title="落户", status=422)
    assert "请写明做了什么" in wrong and "请选择“有”或“没有”" in wrong
    admin.send(
        "request_new", query="?item=5c", title="落户", statement="设立总部。", project=project.pk,
        public_money="true", public_money_note="区级奖励20万元。", other_policy="哈政规〔2022〕15号",
        other_office="", other_file_number="",
    )  # fmt: skip
    asked = ServiceRequest.objects.get()
    page = officer.see("request_hand_over", asked.number)
    assert claim.number in page and "同一项目" in page and "区级奖励20万元。" in page
    assert "请写查重的结论" in officer.send("request_hand_over", asked.number, status=422)
    officer.send("request_hand_over", asked.number, **asking.LETTER)
    letter = issuing.papers_of(asked, "handover").get()
    assert letter.number in admin.see("request", asked.number)
    assert admin.client.get(reverse("document", args=[letter.number])).status_code == 200
    assert Client().get(reverse("document", args=[letter.number])).status_code == 404
    assert "写成2023-03-01" in officer.send(
        "request_result", asked.number, outcome="supported", outcome_on="昨天", text="好",
        other_file_number="1", status=422,
    )  # fmt: skip
    officer.send(
        "request_result", asked.number, outcome="supported", outcome_on="2023-10-16", amount="500000",
        text="已列入奖励。", other_file_number="ZB-1",
    )  # fmt: skip
    page = admin.see("request", asked.number)
    assert "500,000.00元" in page and "已列入奖励。" in page


def test_passing_on_declining_and_withdrawing():
    admin = Person(making.organisation())
    asked, other = asking.filed(admin.user), asking.referral(admin.user)
    officer = Person(asking.officer("reform"))
    assert "没有可以移交的单位" in officer.see("request_pass_on", asked.number)
    bank = asking.officer("banking")
    assert "请选择移交给哪个单位" in officer.send(
        "request_pass_on", asked.number, reason="不归我办", status=422
    )
    officer.send("request_pass_on", asked.number, unit=bank.unit_id, reason="属于融资担保。")
    assert "由另一个责任单位办理" in officer.see("request_desk_file", asked.number)
    officer.see("request_answer", asked.number, status=403)
    assert "属于融资担保。" in admin.see("request", asked.number)
    investment = Person(asking.officer("investment"))
    investment.send("request_decline", other.number, reason="不在名单内。")
    assert "不予转办" in admin.see("request", other.number)
    assert "撤回“对接创投基金”" in admin.see("request_withdraw", asked.number)
    admin.send("request_withdraw", asked.number, reason="已解决")
    admin.send("request_withdraw", asked.number)
    assert "你已撤回" in admin.see("request", asked.number)


def test_after_the_policy_and_before_certification_the_form_says_why():
    pending = Person(making.organisation(certified=False))
    assert "还没有通过认证" in pending.see("request_new", query="?item=8a")
    pending.send("request_new", query="?item=8a", title="对接", request="好", status=422)
    university = Person(making.organisation("university"))
    assert "不能提交" in university.see("request_new", query="?item=10a")
    assert university.client.get(reverse("request_new") + "?item=2a").status_code == 404
    moving.pin(datetime(2024, 1, 2, 9, tzinfo=clock.SHANGHAI))
    late = Person(making.organisation())
    assert "申报截止到2023年12月31日24:00" in late.see("request_new", query="?item=8a")
    assert "申报截止到2023年12月31日24:00" in late.send(
        "request_new", query="?item=8a", title="对接", request="好", status=422
    )
    assert "申报期已经结束" in late.see("request_new")
    assert "request_new" not in late.see("item", making.PACK, "8a") and "提交需求" not in late.see(
        "item", making.PACK, "8a"
    )


def test_the_lists_take_a_number_of_queries_that_does_not_grow(django_assert_max_num_queries):
    admin, officer = Person(making.organisation()), Person(asking.officer("reform"))
    counted = []
    for number in (1, 3):
        while ServiceRequest.objects.count() < number:
            asking.filed(admin.user, title=f"需求{ServiceRequest.objects.count()}")
        with django_assert_max_num_queries(40) as seen:
            admin.see("requests")
            officer.see("request_desk")
        counted.append(len(seen))
    assert counted[0] == counted[1]
