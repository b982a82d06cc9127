"""The intake desk's pages: queue, file, and its three outcomes."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from applications import services as filing
from applications.models import Claim
from applications.states import ClaimStates as S
from applications.views.intake import pace_of
from portal.accounts.states import Roles
from portal.kernel import clock, moving
from portal.kernel.models import Document
from tests import making

pytestmark = pytest.mark.django_db


def text(response):
    page = response.content.decode()
    assert "‼" not in page, page[page.index("‼") - 200 :][:400]
    return page


@pytest.fixture
def claim():
    return making.submitted()


@pytest.fixture
def clerk(client):
    person = making.staff(Roles.INTAKE)
    client.force_login(person)
    return person


def at(name, claim):
    return reverse(name, args=[claim.number])


def rows(*faults, **more):
    """A posted set of five rows."""
    data = {"faults-TOTAL_FORMS": "5", "faults-INITIAL_FORMS": "0", **more}
    for number in range(5):
        section, words = faults[number] if number < len(faults) else ("", "")
        data[f"faults-{number}-section"], data[f"faults-{number}-text"] = section, words
    return data


def state(claim):
    return Claim.objects.get(pk=claim.pk).state


def test_the_queue_shows_who_what_and_how_long(client, clerk, claim):
    page = text(client.get(reverse("intake")))
    for words in (claim.organisation.name, claim.number, claim.item.title, "还剩5个工作日", "2023年10月23日"):
        assert words in page


def test_an_empty_queue_and_drafts(client, clerk):
    draft = making.draft()
    page = text(client.get(reverse("intake")))
    assert "没有等待形式审查的申报" in page
    for name in ("intake_file", "intake_accept", "intake_correct", "intake_refuse"):
        assert client.get(at(name, draft)).status_code == 404
        assert client.post(at(name, draft), {}).status_code == (405 if name == "intake_file" else 404)
    assert client.get(reverse("intake_file", args=["nothing"])).status_code == 404


@pytest.mark.parametrize(
    ("today", "words", "tone"),
    [
        (date(2023, 10, 16), "还剩5个工作日", "now"),
        (date(2023, 10, 20), "还剩1个工作日", "wait"),
        (date(2023, 10, 22), "还剩1个工作日", "wait"),
        (date(2023, 10, 23), "今天到期", "wait"),
        (date(2023, 10, 24), "已超过时限1个工作日", "bad"),
        (date(2023, 10, 30), "已超过时限5个工作日", "bad"),
    ],
)
def test_the_clock_counts_working_days(claim, today, words, tone):
    with clock.shifted_to(datetime(today.year, today.month, today.day, 9, tzinfo=clock.SHANGHAI)):
        pace = pace_of(claim)
    assert (pace.words, pace.tone, pace.due_on) == (words, tone, date(2023, 10, 23))


def test_the_clock_starts_again_after_a_correction(claim):
    fault = {"section": "papers", "text": "缺页。"}
    filing.ask_correction(actor=making.staff(Roles.INTAKE), claim=claim, faults=[fault])
    with clock.shifted_to(datetime(2023, 10, 25, 9, tzinfo=clock.SHANGHAI)):
        again = making.submitted(Claim.objects.get(pk=claim.pk))
        assert again.filed_at == claim.filed_at
        assert pace_of(again).due_on == date(2023, 11, 1)


@pytest.mark.parametrize("code", ["2a", "1", "2b", "2c", "3a", "4", "6a", "6b", "9b"])
def test_the_file_shows_all_that_was_filed(client, clerk, code):
    claim = making.submitted(code=code)
    page = text(client.get(at("intake_file", claim)))
    for words in (
        claim.project.name,
        claim.organisation.code,
        claim.round.name,
        "按材料清单核对",
        "受理申报",
    ):
        assert words in page
    for file in claim.attachments.all():
        assert reverse("attachment", args=[file.pk]) in page
    for cost in claim.content["costs"]:
        assert cost["name"] in page
        assert cost["document_number"] in page
    assert f"{Decimal(claim.content['claimed_total']):,.2f}" in page
    receipt = Document.objects.get(kind="receipt")
    assert reverse("document", args=[receipt.number]) in page


def test_the_content_is_the_frozen_one(client, clerk, claim):
    name = claim.project.name
    type(claim.project).objects.filter(pk=claim.project_id).update(location="改过的地点")
    page = text(client.get(at("intake_file", claim)))
    assert "松北区科技创新城" in page
    assert "改过的地点" not in page
    assert name in page


def test_accepting(client, clerk, claim):
    assert "不能再退回补正" in text(client.get(at("intake_accept", claim)))
    assert state(claim) == S.SUBMITTED
    response = client.post(at("intake_accept", claim), {"seen": claim.content_digest}, follow=True)
    assert f"已受理{claim.number}" in text(response)
    assert state(claim) == S.ACCEPTED
    assert client.post(at("intake_accept", claim)).url == reverse("intake")
    client.force_login(making.staff(Roles.INTAKE))
    late = client.post(at("intake_accept", claim))
    assert late.status_code == 409
    assert "现在的状态是“已受理”" in text(late)
    for name in ("intake_file", "intake_accept", "intake_correct", "intake_refuse"):
        assert "形式审查已办结" in text(client.get(at(name, claim)))


def test_a_correction_notice_lists_all_faults(client, clerk, claim):
    page = text(client.get(at("intake_correct", claim)))
    assert "2023年10月30日" in page
    assert 'name="faults-4-text"' in page
    data = rows(("papers", "第2笔费用缺付款凭证。"), ("", ""), ("overview", "目标没有写明。"))
    response = client.post(at("intake_correct", claim), {**data, "seen": claim.content_digest}, follow=True)
    document = Document.objects.get(kind="correction")
    assert f"补正通知书{document.number}，期限到2023年10月30日" in text(response)
    asked = Claim.objects.get(pk=claim.pk)
    assert asked.state == S.CORRECTION_DUE
    assert asked.faults == [
        {"section": "papers", "text": "第2笔费用缺付款凭证。"},
        {"section": "overview", "text": "目标没有写明。"},
    ]


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ([], "补正通知至少列出一项问题。"),
        ([("papers", "")], "请写明要补正什么。"),
        ([("", "缺页。")], "请选择要补正的部分。"),
        ([("papers", "缺页。"), ("nonsense", "别处。")], "nonsense"),
        ([("papers", "长" * 501)], "最多500个字，现在是501个字。"),
    ],
)
def test_a_bad_notice_is_said_at_its_row_and_keeps_the_words(client, clerk, claim, faults, said):
    page = text(client.post(at("intake_correct", claim), rows(*faults)))
    assert said in page
    assert "有1处需要改正" in page
    for _, words in faults:
        assert words in page
    assert state(claim) == S.SUBMITTED
    assert not Document.objects.filter(kind="correction").exists()


def test_more_rows_without_script_keep_the_words(client, clerk, claim):
    data = rows(("papers", "第一处。"), ("costs", "第二处。"), more="1")
    page = text(client.post(at("intake_correct", claim), data))
    assert 'name="faults-9-text"' in page
    assert "第一处。" in page
    assert "第二处。" in page
    assert "需要改正" not in page
    assert state(claim) == S.SUBMITTED
    data = {
        **rows(("papers", "第一处。"), ("costs", "第二处。")),
        "faults-TOTAL_FORMS": "10",
        "faults-INITIAL_FORMS": "5",
        "faults-9-section": "overview",
        "faults-9-text": "第三处。",
    }
    assert client.post(at("intake_correct", claim), data).url == reverse("intake")
    assert [fault["text"] for fault in Claim.objects.get(pk=claim.pk).faults] == [
        "第一处。",
        "第二处。",
        "第三处。",
    ]


def test_a_broken_or_endless_form_is_no_crash(client, clerk, claim):
    assert client.post(at("intake_correct", claim), {}).status_code == 200
    many = {"faults-TOTAL_FORMS": "100000", "faults-INITIAL_FORMS": "0", "more": "1"}
    assert client.post(at("intake_correct", claim), many).status_code == 200
    assert state(claim) == S.SUBMITTED


def test_refusing(client, clerk, claim):
    text(client.get(at("intake_refuse", claim)))
    given = {
        "code": "not_eligible",
        "note": "不是平台建设主体。",
        "confirmed": "on",
        "seen": claim.content_digest,
    }
    response = client.post(at("intake_refuse", claim), given, follow=True)
    document = Document.objects.get(kind="refusal")
    assert document.number in text(response)
    refused = Claim.objects.get(pk=claim.pk)
    assert (refused.state, refused.refusal_code, refused.refusal_note) == (
        S.REFUSED,
        "not_eligible",
        "不是平台建设主体。",
    )
    again = text(client.post(at("intake_refuse", claim), given))
    assert "形式审查已办结" in again
    assert Document.objects.filter(kind="refusal").count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"code": ""}, "请选择不予受理的原因"),
        ({"code": "nonsense"}, "nonsense"),
        ({"note": " "}, "请填写具体说明"),
        ({"confirmed": ""}, "请勾选"),
    ],
)
def test_a_bad_refusal_keeps_the_words(client, clerk, claim, values, said):
    given = {"code": "other", "note": "具体的说明文字。", "confirmed": "on", **values}
    page = text(client.post(at("intake_refuse", claim), given))
    assert said in page
    if values.get("note") is None:
        assert "具体的说明文字。" in page
    assert state(claim) == S.SUBMITTED


def test_what_was_filed_anew_is_looked_at_anew(client, clerk, claim):
    seen = claim.content_digest
    admin = making.admin_of(claim)
    other = making.staff(Roles.INTAKE)
    filing.ask_correction(actor=other, claim=claim, faults=[{"section": "papers", "text": "缺页。"}])
    corrected = Claim.objects.get(pk=claim.pk)
    making.upload(admin, corrected, claim.attachments.first().paper, content=making.sample_pdf() + b"\n%x")
    making.submitted(Claim.objects.get(pk=claim.pk))
    words = "申报单位重新提交过"
    late = client.post(at("intake_accept", claim), {"seen": seen})
    assert late.status_code == 409
    assert words in text(late)
    page = text(client.post(at("intake_correct", claim), rows(("papers", "还缺一页。"), seen=seen)))
    assert words in page
    assert "还缺一页。" in page
    given = {"code": "other", "note": "写好的说明。", "confirmed": "on", "seen": seen}
    page = text(client.post(at("intake_refuse", claim), given))
    assert words in page
    assert "写好的说明。" in page
    assert Claim.objects.get(pk=claim.pk).content_digest in page
    assert state(claim) == S.SUBMITTED


def test_acting_on_one_already_decided_keeps_the_words(client, clerk, claim):
    filing.accept(actor=making.staff(Roles.INTAKE), claim=claim)
    page = text(client.post(at("intake_correct", claim), rows(("papers", "缺页。"))))
    assert "现在的状态是“已受理”" in page
    given = {"code": "other", "note": "说明。", "confirmed": "on"}
    assert "现在的状态是“已受理”" in text(client.post(at("intake_refuse", claim), given))
    assert state(claim) == S.ACCEPTED


def test_ones_own_organisation_is_left_to_a_colleague(client, clerk, claim):
    making.Membership.objects.create(user=clerk, organisation=claim.organisation, role="filler")
    page = text(client.get(reverse("intake")))
    assert "你单位的申报，由同事办理" in page
    assert at("intake_file", claim) not in page
    for name in ("intake_file", "intake_accept", "intake_correct", "intake_refuse"):
        said = client.get(at(name, claim))
        assert said.status_code == 403
        assert "不能办理本单位的申报件，请交给同事" in text(said)
        if name != "intake_file":
            given = {**rows(("papers", "缺页。")), "code": "other", "note": "说明。", "confirmed": "on"}
            assert client.post(at(name, claim), given).status_code == 403
    assert state(claim) == S.SUBMITTED


@pytest.mark.parametrize("role", [role for role in Roles if role != Roles.INTAKE])
def test_other_roles_do_not(client, claim, role):
    client.force_login(making.staff(role))
    assert client.get(reverse("intake")).status_code == 403
    for name in ("intake_file", "intake_accept", "intake_correct", "intake_refuse"):
        assert client.get(at(name, claim)).status_code == 403
    assert client.post(at("intake_accept", claim)).status_code == 403
    assert state(claim) == S.SUBMITTED


def test_neither_do_applicants_and_visitors(client, claim):
    assert client.get(at("intake_file", claim)).url.startswith(reverse("account_login"))
    assert client.post(at("intake_accept", claim)).status_code == 302
    client.force_login(making.admin_of(claim))
    assert client.post(at("intake_accept", claim)).status_code == 403
    assert state(claim) == S.SUBMITTED


@pytest.mark.parametrize("count", [1, 3])
def test_queries(client, clerk, count, django_assert_num_queries):
    claims = [making.submitted() for _ in range(count)]
    with django_assert_num_queries(5):
        client.get(reverse("intake"))
    with django_assert_num_queries(9):
        client.get(at("intake_file", claims[0]))


def test_the_queue_page_by_page_in_the_order_of_filing(client, clerk, monkeypatch):
    monkeypatch.setattr(
        "portal.kernel.paging.page_of.__kwdefaults__", {"key": "pk", "newest_first": False, "size": 2}
    )
    drafts = [making.draft() for _ in range(3)]
    for claim in reversed(drafts):
        making.submitted(claim)
    page = text(client.get(reverse("intake")))
    assert drafts[2].number in page
    assert drafts[1].number in page
    assert drafts[0].number not in page
    following = f"?after={drafts[1].pk}"
    assert following in page
    page = text(client.get(reverse("intake") + following))
    assert drafts[0].number in page
    assert drafts[1].number not in page


def test_a_late_claim_is_late_in_words(client, clerk, claim):
    moving.pin(datetime(2023, 10, 25, 9, tzinfo=clock.SHANGHAI))
    assert "已超过时限2个工作日" in text(client.get(reverse("intake")))
