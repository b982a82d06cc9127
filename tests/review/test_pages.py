"""The desks and the public notices: what each shows, and what a post that fails leaves alone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.accounts.states import Roles
from portal.kernel import clock, issuing
from review import selectors, services
from review.models import Award, Notice, ReviewCase
from tests import making
from tests.review import stages

pytestmark = pytest.mark.django_db

CASES_QUERIES = 6
APPROVALS_QUERIES = 14
NOTICE_QUERIES = 4


def at_desk(client, *roles, **kwargs):
    person = making.staff(*(roles or (Roles.HANDLER,)), **kwargs)
    client.force_login(person)
    return person


def test_opening_a_case(client):
    at_desk(client)
    assert "现在没有审核中的申报件" in stages.page(client.get(reverse("cases")))
    claim = making.submitted(code="2a")
    making.filing.accept(actor=making.staff(Roles.INTAKE), claim=claim)
    assert "转入审核" in stages.page(client.get(reverse("cases")))
    text = stages.page(client.post(reverse("case_open", args=[claim.number]), follow=True))
    assert "由你经办" in text and "查重核查" in text
    assert client.post(reverse("case_open", args=[claim.number])).status_code == 409
    assert ReviewCase.objects.count() == 1


def test_the_list_filters_by_step_and_marks_what_is_late(client, django_assert_num_queries):
    case = making.case(code="2a")
    client.force_login(case.handler)
    address = reverse("cases")
    client.get(address)
    with django_assert_num_queries(CASES_QUERIES):
        text = stages.page(client.get(address))
    assert case.claim.number in text and "还剩10个工作日" in text and "已超时" not in text
    making.case(code="2b")
    making.case(code="4")
    with django_assert_num_queries(CASES_QUERIES):
        client.get(address)
    assert case.claim.number not in stages.page(client.get(address, {"step": "verification"}))
    text = stages.page(client.get(address, {"mine": "1"}))
    assert case.claim.number in text and text.count('class="pt-key"') == 1
    with clock.shifted_to(clock.now() + timedelta(days=30)):
        text = stages.page(client.get(address))
        assert "已超时" in text and "pt-row--bad" in text and "已超过12个工作日" in text
    making.filing.withdraw(actor=making.admin_of(case.claim), claim=case.claim, reason="不再申报")
    assert case.claim.number not in stages.page(client.get(address))
    assert "申报单位已撤回" in stages.page(client.get(address, {"step": "ended"}))


def test_the_list_has_pages(client, monkeypatch):
    monkeypatch.setattr(
        "portal.kernel.paging.page_of.__kwdefaults__", {"key": "pk", "newest_first": False, "size": 2}
    )
    cases = [making.case(code="2a") for _ in range(3)]
    at_desk(client)
    text = stages.page(client.get(reverse("cases")))
    assert cases[1].claim.number in text and cases[2].claim.number not in text and "看后面的" in text
    text = stages.page(client.get(reverse("cases"), {"after": cases[1].pk}))
    assert cases[2].claim.number in text and "回到第一页" in text and "看后面的" not in text


def test_the_duplicate_check(client):
    case = making.case(code="2a")
    client.force_login(case.handler)
    address = reverse("case", args=[case.claim.number])
    text = stages.page(client.get(address))
    assert "查重结论" in text and "请先写明查重结论" in text and "送专家评审" in text
    assert "请先写明查重结论。" in stages.page(client.post(address, {"act": "advance"}))
    data = {"act": "duplicates", "seen": selectors.stamp("")}
    assert "请写明查重结论。" in stages.page(client.post(address, {**data, "duplicate_note": ""}))
    assert "已登记" in stages.page(
        client.post(address, {**data, "duplicate_note": "没有重复。"}, follow=True)
    )
    text = stages.page(client.post(address, {**data, "duplicate_note": "旧窗口里写的。"}))
    assert "新版本" in text and "旧窗口里写的。" in text and "没有重复。" in text
    assert making.fresh(case).duplicate_note == "没有重复。"
    text = stages.page(client.post(address, {"act": "advance"}, follow=True))
    assert "已转入“专家评审”" in text and "选择专家" in text
    assert client.post(address, data).status_code == 409


def test_acceptance_on_the_hub(client):
    case = stages.checked(code="6a")
    client.force_login(case.handler)
    address = reverse("case", args=[case.claim.number])
    text = stages.page(client.post(address, {"act": "acceptance", "acceptance_on": "昨天"}))
    assert "日期要写成2023-03-01这样。" in text and "请填写验收文号。" in text and "昨天" in text
    data = {"act": "acceptance", "acceptance_on": "2023-10-17", "acceptance_document": "哈科验〔2023〕6号"}
    text = stages.page(client.post(address, data))
    assert "验收日期不能晚于今天。" in text and "哈科验〔2023〕6号" in text
    assert making.fresh(case).acceptance_on is None
    text = stages.page(client.post(address, {**data, "acceptance_on": "2023-09-01"}, follow=True))
    assert "已登记" in text and "2023年9月1日" in text


def test_listing_on_the_hub(client):
    case = stages.checked(code="9b")
    client.force_login(case.handler)
    address = reverse("case", args=[case.claim.number])
    text = stages.page(client.post(address, {"act": "listing", "listed_event": ""}))
    assert "请选择清单里的活动。" in text
    event = selectors.filings.listed_event(case.claim)
    assert "已登记" in stages.page(
        client.post(address, {"act": "listing", "listed_event": event.pk}, follow=True)
    )
    assert making.fresh(case).listed_event == event


@pytest.mark.parametrize("code", ["1", "2a", "2b", "2c", "3a", "4", "6a", "6b", "9b"])
def test_every_item_shows_on_its_way(client, code):
    case = making.case(code=code)
    client.force_login(case.handler)
    for found in (case, making.verified(case)):
        for name in ("case", "case_costs", "case_findings"):
            stages.page(client.get(reverse(name, args=[found.claim.number])))
    assert client.get(reverse("case", args=["2023-XX-0001"])).status_code == 404


def test_proposing_on_its_page(client):
    case = making.verified(code="1")
    client.force_login(case.handler)
    address = reverse("case_propose", args=[case.claim.number])
    text = stages.page(client.get(address))
    assert "没有适用于这一事项的预算项目" in text
    line = making.budget("5000000.00")
    text = stages.page(client.post(address))
    assert "不够" in text and making.fresh(case).state == "verification"
    making.budget()
    type(line).objects.filter(pk=line.pk).update(items=[])
    text = stages.page(client.get(address))
    assert "6,000,000.00" in text and "人民币陆佰万元整" in text and "94,000,000.00元" in text
    text = stages.page(client.post(address, follow=True))
    assert "已提出拟支持意见" in text and "拟支持，待审定" in text
    assert client.post(address).status_code == 409
    assert case.determinations.count() == 1


def test_proposing_too_early_lists_what_is_open(client):
    case = stages.consulting(code="2a")
    making.budget()
    client.force_login(case.handler)
    address = reverse("case_propose", args=[case.claim.number])
    assert "市发改委还没有出具意见" in stages.page(client.get(address))
    text = stages.page(client.post(address))
    assert "市发改委还没有出具意见。" in text and "市工信局还没有出具意见。" in text
    assert "市发改委还没有出具意见。" in stages.page(client.get(reverse("case", args=[case.claim.number])))
    assert not case.determinations.exists()
    other = making.case(code="2b")
    assert client.get(reverse("case_propose", args=[other.claim.number])).status_code == 404


def test_proposing_a_rejection(client):
    case = making.case(code="2a")
    client.force_login(case.handler)
    address = reverse("case_reject", args=[case.claim.number])
    assert "请写明理由。" in stages.page(client.post(address, {"reason": " "}))
    text = stages.page(client.post(address, {"reason": "项目不属于支持范围。"}, follow=True))
    assert "拟不支持，待审定" in text and "项目不属于支持范围。" in text


def test_the_officers_desk(client):
    case = stages.consulting(code="2a")
    at_desk(client, Roles.UNIT_OFFICER, unit="reform")
    text = stages.page(client.get(reverse("opinions")))
    assert case.claim.number in text and "还剩5个工作日" in text
    address = reverse("opinion", args=[case.claim.number])
    assert "10,000,000.00" in stages.page(client.get(address))
    assert "请选择意见。" in stages.page(client.post(address, {"text": "写了一半"}))
    text = stages.page(client.post(address, {"opinion": "remarks", "text": ""}))
    assert "请写明意见的内容。" in text
    text = stages.page(client.post(address, {"opinion": "remarks", "text": "注意开放共享。"}, follow=True))
    assert "已代表市发改委出具意见" in text and "没有等你单位出具意见的申报" in text
    text = stages.page(client.post(address, {"opinion": "agree"}))
    assert "已经出具过意见" in text or "注意开放共享。" in text
    assert case.opinions.get(unit__code="reform").opinion == "remarks"
    at_desk(client, Roles.UNIT_OFFICER, unit="health")
    assert client.get(address).status_code == 404


def test_endorsing_several_reports_each(client, django_assert_num_queries):
    first = making.proposed(code="1")
    leader = at_desk(client, Roles.LEADER)
    address = reverse("approvals")
    client.get(address)
    with django_assert_num_queries(APPROVALS_QUERIES):
        text = stages.page(client.get(address))
    assert "6,000,000.00" in text and "评审定额" in text and "最高不超过1000万元" in text
    second = making.proposed(code="4")
    third = making.proposed(code="2b")
    with django_assert_num_queries(APPROVALS_QUERIES):
        client.get(address)
    assert "请先勾选申报件" in stages.page(client.post(address, {"act": "endorse"}))
    services.send_back(actor=leader, case=third, reason="请核对。")
    chosen = [one.claim.number for one in (first, second, third)]
    text = stages.page(client.post(address, {"act": "endorse", "case": chosen}, follow=True))
    assert f"{chosen[0]}已审定同意" in text and f"{chosen[1]}已审定同意" in text
    assert f"{chosen[2]}没有办成" in text
    assert "没有等你审定或批复的申报" in text


def test_the_leaders_page_of_a_proposal(client):
    case = making.proposed(code="2a")
    at_desk(client, Roles.LEADER)
    address = reverse("approval", args=[case.claim.number])
    text = stages.page(client.get(address))
    assert "人民币壹仟万元整" in text and "审定同意" in text and "同意" in text
    assert "请写明理由。" in stages.page(client.post(address, {"act": "send_back", "reason": ""}))
    text = stages.page(client.post(address, {"act": "send_back", "reason": "请核对第一笔。"}, follow=True))
    assert "已退回经办" in text
    assert making.fresh(case).state == "verification"
    assert client.post(address, {"act": "endorse"}).status_code == 409
    stages.page(client.get(address))


def test_confirming_a_rejection(client):
    case = making.case(code="2a")
    services.propose_rejection(actor=case.handler, case=case, reason="项目不属于支持范围。")
    at_desk(client, Roles.LEADER)
    assert "项目不属于支持范围。" in stages.page(client.get(reverse("approvals")))
    address = reverse("approval", args=[case.claim.number])
    assert "这一步不能撤销" in stages.page(client.get(address))
    text = stages.page(client.post(address, {"act": "confirm_rejection"}, follow=True))
    assert "已审定不予支持" in text
    assert client.post(address, {"act": "confirm_rejection"}).status_code == 409


def test_posting_a_notice(client):
    case = making.proposed(code="2a")
    client.force_login(case.handler)
    address = reverse("notice_desk")
    assert "没有待公示的申报" in stages.page(client.get(address))
    services.endorse(actor=making.staff(Roles.LEADER), case=case)
    text = stages.page(client.get(address))
    assert "10,000,000.00" in text and "2023年10月23日 24:00" in text
    assert "请选择要公示的申报" in stages.page(client.post(address, {"title": "我拟的标题"}))
    data = {"case": [case.claim.number], "title": "第二批拟支持项目公示"}
    text = stages.page(client.post(address, data, follow=True))
    assert "公示到2023年10月23日" in text and "5个工作日" in text
    assert "不能发布公示" in stages.page(client.post(address, data))
    assert Notice.objects.get().title == "第二批拟支持项目公示"


def noticed():
    return making.noticed(code="2a").notice


def test_the_public_notice(client, django_assert_num_queries):
    notice = noticed()
    text = stages.page(client.get(reverse("notices")))
    assert notice.document.number in text and "公示中" in text
    address = reverse("notice", args=[notice.document.number])
    with django_assert_num_queries(NOTICE_QUERIES):
        text = stages.page(client.get(address))
    for words in ("5,000.00", "6,000.00", "20%", "1,000.00", "已到上限", "5个工作日", "政策法规处"):
        assert (words in text) is (words != "5,000.00"), words
    assert "2023年10月16日" in text and "2023年10月23日" in text and "怎样提出异议" in text
    assert f"/verify/{notice.document.number}-{notice.document.check_code}/" in text
    case = notice.cases.get()
    assert case.handler.display_name not in text and case.claim.project.leader not in text
    with clock.shifted_to(clock.at(notice.closes_on) + timedelta(days=1)):
        assert "公示期满" in stages.page(client.get(address))
    assert client.get(reverse("notice", args=["GS-2023-9999"])).status_code == 404
    assert client.post(address).status_code == 405


def test_a_withdrawn_case_is_struck_out(client):
    notice = noticed()
    claim = notice.cases.get().claim
    making.filing.withdraw(actor=making.admin_of(claim), claim=claim, reason="不再申报")
    text = stages.page(client.get(reverse("notice", args=[notice.document.number])))
    assert "pt-struck" in text and "申报单位已撤回" in text


def test_a_case_sent_back_after_its_notice_is_struck_out(client):
    notice = noticed()
    case = notice.cases.get()
    with clock.shifted_to(clock.at(notice.closes_on) + timedelta(days=1)):
        services.close_due_notices()
        services.send_back(actor=making.staff(Roles.LEADER), case=making.fresh(case), reason="金额有误。")
        text = stages.page(client.get(reverse("notice", args=[notice.document.number])))
    assert "pt-struck" in text and "公示后退回重新核定" in text


@pytest.mark.django_db(transaction=True)
def test_the_paper_of_a_notice_is_public(client):
    notice = noticed()
    issuing.draw(notice.document.pk)
    address = reverse("notice_pdf", args=[notice.document.number])
    response = client.get(address)
    assert response.status_code == 200 and response["content-type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    type(notice.document).objects.filter(pk=notice.document.pk).update(state="pending")
    assert client.get(address).status_code == 404
    assert "PDF正在生成" in stages.page(client.get(reverse("notice", args=[notice.document.number])))


def test_approving_on_the_pages(client):
    first = making.noticed(making.proposed(code="1"))
    second = making.noticed(making.proposed(code="4"))
    at_desk(client, Roles.LEADER)
    address = reverse("approvals")
    with clock.shifted_to(clock.at(first.notice.closes_on) + timedelta(days=1)):
        services.close_due_notices()
        text = stages.page(client.get(address))
        assert first.notice.document.number in text
        data = {"act": "approve", "case": [first.claim.number], "document_number": ""}
        text = stages.page(client.post(address, data))
        assert "请填写批复文号。" in text and not Award.objects.exists()
        text = stages.page(
            client.post(address, {**data, "document_number": "哈科发〔2023〕30号"}, follow=True)
        )
        assert f"{first.claim.number}已批复" in text
        page = reverse("approval", args=[second.claim.number])
        assert "请填写批复文号。" in stages.page(client.post(page, {"act": "approve"}))
        text = stages.page(
            client.post(page, {"act": "approve", "document_number": "哈科发〔2023〕31号"}, follow=True)
        )
        assert "已批复" in text
        again = client.post(page, {"act": "approve", "document_number": "哈科发〔2023〕31号"})
        assert "不能批复" in stages.page(again)
    assert Award.objects.count() == 2


def test_the_notices_for_programs(client):
    empty = client.get(reverse("api:api_notices")).json()
    assert empty == {"results": [], "next": None}
    notice = noticed()
    (row,) = client.get(reverse("api:api_notices")).json()["results"]
    assert (row["number"], row["state"], row["closes_on"]) == (notice.document.number, "open", "2023-10-23")
    found = client.get(reverse("api:api_notice", args=[notice.document.number])).json()
    assert found["total"] == "10000000.00"
    (line,) = found["rows"]
    assert (line["amount"], line["base"], line["rate"], line["cap"], line["note"]) == (
        "10000000.00",
        "60000000.00",
        "20%",
        "10000000.00",
        "",
    )
    missing = client.get(reverse("api:api_notice", args=["GS-2023-9999"]))
    assert missing.status_code == 404 and missing.json()["code"] == "not_found"


def test_where_a_claim_stands_for_programs(client):
    case = stages.checked(code="2a")
    _, expert = stages.appointed(case)
    address = reverse("api:api_claim_review", args=[case.claim.number])
    assert client.get(address).status_code == 401
    client.force_login(making.admin_of(case.claim))
    answer = client.get(address)
    assert answer.json() == {
        "number": case.claim.number,
        "step": "expert_review",
        "label": "专家评审",
        "since": making.fresh(case).step_since.astimezone(clock.SHANGHAI).isoformat(),
        "owner": "评审专家",
        "clock": {"limit": 15, "used": 0, "due_on": "2023-11-06", "late": False},
    }
    assert expert.display_name not in answer.content.decode()
    client.force_login(making.organisation())
    assert client.get(address).status_code == 404
    client.force_login(case.handler)
    assert client.get(address).status_code == 403
    claim = making.draft(code="2a")
    client.force_login(making.admin_of(claim))
    assert client.get(reverse("api:api_claim_review", args=[claim.number])).status_code == 404


def test_who_reviews_reads_the_papers(client):
    case = stages.consulting(code="2a")
    paper = reverse("attachment", args=[case.claim.attachments.first().pk])
    for person, status in (
        (making.staff(Roles.UNIT_OFFICER, unit="reform"), 200),
        (making.staff(Roles.UNIT_OFFICER, unit="health"), 404),
        (case.assignments.first().expert, 200),
        (making.expert(), 404),
    ):
        client.force_login(person)
        assert client.get(paper).status_code == status
