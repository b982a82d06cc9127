"""The file page, its papers and the list of files."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from applications import services as filing
from portal.accounts.states import Roles
from portal.kernel import clock, issuing
from portal.kernel.models import Document
from portal.pages.timeline import file_of
from review import services as reviewing
from tests import making

pytestmark = pytest.mark.django_db


def page(client: Client, user: object, path: str) -> tuple[int, str]:
    client.force_login(user)
    answer = client.get(path)
    text = answer.content.decode()
    assert "‼undefined" not in text
    return answer.status_code, text


def test_the_applicant_sees_state_owner_and_limit(client: Client) -> None:
    claim = making.submitted()
    status, text = page(client, making.admin_of(claim), f"/files/{claim.number}/")
    assert status == 200
    assert "已提交，等待形式审查" in text
    assert "由受理岗办理，时限5个工作日，已用0个" in text
    assert "申报回执" in text


@pytest.mark.parametrize(
    "role",
    [Roles.INTAKE, Roles.HANDLER, Roles.LEADER, Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER, Roles.AUDITOR],
)
def test_offices_read_a_filed_claim(client: Client, role: Roles) -> None:
    claim = making.submitted()
    assert page(client, making.staff(role), f"/files/{claim.number}/")[0] == 200


def test_a_stranger_and_an_uninvolved_office_are_told_there_is_none(client: Client) -> None:
    claim = making.submitted()
    for user in (making.organisation(), making.expert(), making.staff(Roles.ADMINISTRATOR)):
        assert page(client, user, f"/files/{claim.number}/")[0] == 404


def test_a_draft_is_its_owners_alone(client: Client) -> None:
    claim = making.draft()
    assert page(client, making.staff(Roles.AUDITOR), f"/files/{claim.number}/")[0] == 404
    assert page(client, making.admin_of(claim), f"/files/{claim.number}/")[0] == 200


def test_a_unit_officer_reads_cases_of_his_own_items(client: Client) -> None:
    case = making.case(code="2a")
    path = f"/files/{case.claim.number}/"
    assert page(client, making.staff(Roles.UNIT_OFFICER, unit="development"), path)[0] in (200, 404)
    named = case.claim.item.policy.pack and making.staff(Roles.UNIT_OFFICER, unit="market")
    assert page(client, named, path)[0] == 404


def test_figures_stay_inside_until_the_notice(client: Client) -> None:
    case = making.proposed()
    owner = making.admin_of(case.claim)
    path = f"/files/{case.claim.number}/"
    assert "10,000,000.00" not in page(client, owner, path)[1].split("申报内容")[0].split("费用")[0]
    assert "拟支持金额" in page(client, making.staff(Roles.LEADER), path)[1]
    noticed = making.noticed(case)
    assert "拟支持金额" in page(client, owner, path)[1]
    assert noticed.notice is not None


def test_an_award_shows_its_steps_cuts_and_sentence(client: Client) -> None:
    award = making.awarded()
    claim = award.case.claim
    text = page(client, making.admin_of(claim), f"/files/{claim.number}/")[1]
    assert "批复金额" in text
    assert "10,000,000.00" in text
    assert "金额怎么算的" in text
    assert "一次性" in text
    assert f'href="/payouts/{claim.number}/account/"' in text
    office = page(client, making.staff(Roles.LEADER), f"/files/{claim.number}/")[1]
    assert f"/payouts/{claim.number}/account/" not in office


def test_the_auditor_recomputes_an_award(client: Client) -> None:
    award = making.awarded()
    auditor = making.staff(Roles.AUDITOR)
    status, text = page(client, auditor, f"/files/{award.case.claim.number}/recompute/")
    assert status == 200
    assert "重新计算的结果与批复时存下的完全相同" in text
    assert text.count(f"{award.amount:,.2f}元</dd>") == 3
    leader = making.staff(Roles.LEADER)
    assert page(client, leader, f"/files/{award.case.claim.number}/recompute/")[0] == 403


def test_the_timeline_tells_each_audience_its_own(client: Client) -> None:
    case = making.proposed()
    mine = file_of(case.claim, for_applicant=True)
    theirs = file_of(case.claim, for_applicant=False)
    labels = [moment.label for moment in mine.moments]
    assert "请专家评审" not in labels
    assert "请专家评审" in [moment.label for moment in theirs.moments]
    assert labels[:2] == ["开始填写", "提交申报"]
    assert [moment.label for moment in mine.moments if moment.state == "next"][-1] == "拨付"
    assert [moment.state for moment in mine.moments].count("now") == 1


def test_refusal_shows_its_reason_and_its_paper(client: Client) -> None:
    claim = making.submitted()
    filing.refuse(
        actor=making.staff(Roles.INTAKE), claim=claim, code="out_of_scope", note="项目属于一般信息化建设。"
    )
    text = page(client, making.admin_of(claim), f"/files/{claim.number}/")[1]
    assert "项目属于一般信息化建设。" in text
    assert "不予受理通知书" in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions(
    client: Client, count: int, django_assert_num_queries: object
) -> None:
    for _ in range(count):
        making.submitted()
    client.force_login(making.staff(Roles.INTAKE))
    client.get("/files/")
    with django_assert_num_queries(5):  # type: ignore[operator]
        text = client.get("/files/").content.decode()
    assert text.count('href="/files/2023-2A-') == count


def test_the_list_is_in_the_order_of_filing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "portal.kernel.paging.page_of.__kwdefaults__", {"key": "pk", "newest_first": False, "size": 1}
    )
    first_started, second_started = making.draft(), making.draft()
    early = making.submitted(second_started)
    with clock.shifted_to(clock.now() + making.DAY):
        late = making.submitted(first_started)
    client.force_login(making.staff(Roles.INTAKE))
    text = client.get("/files/", {"q": "2023"}).content.decode()
    assert late.number in text
    assert early.number not in text
    assert f"?q=2023&amp;after={late.pk}" in text
    text = client.get("/files/", {"q": "2023", "after": late.pk}).content.decode()
    assert early.number in text
    assert late.number not in text


def test_the_list_searches_and_filters(client: Client) -> None:
    one, other = making.submitted(), making.submitted()
    client.force_login(making.staff(Roles.INTAKE))
    text = client.get("/files/", {"q": one.organisation.code}).content.decode()
    assert one.number in text
    assert other.number not in text
    assert "没有符合条件的申报" in client.get("/files/", {"state": "closed"}).content.decode()


def ready(paper: Document) -> Document:
    paper.file.save("paper.pdf", ContentFile(making.PDF), save=False)
    Document.objects.filter(pk=paper.pk).update(
        file=paper.file.name, file_sha256="0" * 64, pages=1, state=Document.States.READY
    )
    return paper


def test_papers_follow_the_file(client: Client) -> None:
    claim = making.submitted()
    paper = ready(issuing.papers_of(claim, "receipt")[0])
    client.force_login(making.admin_of(claim))
    answer = client.get(f"/documents/{paper.number}/")
    assert answer["content-type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == making.PDF
    client.force_login(making.organisation())
    assert client.get(f"/documents/{paper.number}/").status_code == 404
    client.logout()
    assert client.get(f"/documents/{paper.number}/").status_code == 404


def test_a_paper_being_drawn_says_so(client: Client) -> None:
    claim = making.submitted()
    paper = issuing.papers_of(claim, "receipt")[0]
    status, text = page(client, making.admin_of(claim), f"/documents/{paper.number}/")
    assert status == 200
    assert "正在生成" in text


def test_a_notice_is_public(client: Client) -> None:
    case = making.noticed()
    assert case.notice is not None
    paper = ready(case.notice.document)
    assert client.get(f"/documents/{paper.number}/").status_code == 200


def test_withdrawal_stops_the_case_on_the_page(client: Client) -> None:
    case = making.proposed()
    filing.withdraw(actor=making.admin_of(case.claim), claim=case.claim)
    with clock.shifted_to(clock.now() + making.DAY):
        text = page(client, making.admin_of(case.claim), f"/files/{case.claim.number}/")[1]
    assert "你已撤回" in text
    with pytest.raises(Exception, match="审核已停止"):
        reviewing.endorse(actor=making.staff(Roles.LEADER), case=case)


def test_answers_read_as_people_wrote_them(client: Client) -> None:
    """A "no" is an answer and a date is written as a date."""
    claim = making.submitted()
    claim.facts = {**claim.facts, "vat_deductible": False, "build_from": "2023-01-10"}
    type(claim).objects.filter(pk=claim.pk).update(facts=claim.facts)
    text = page(client, making.admin_of(claim), f"/files/{claim.number}/")[1]
    assert "<dt>进项税可以抵扣</dt><dd>否</dd>" in text
    assert "<dt>建设开始日期</dt><dd>2023年1月10日</dd>" in text
