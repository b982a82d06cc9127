"""Papers sent and read, the check, the one submission, taking back."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from applications import services as filing
from applications.models import Attachment, Claim
from portal.accounts.states import Roles
from portal.kernel.models import Document
from review import services as reviewing
from tests import making


def drawn_png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG")
    return buffer.getvalue()


PNG = drawn_png()


def page(name, claim):
    return reverse(name, args=[claim.number])


def file(name="合同.pdf", content=making.PDF):
    return SimpleUploadedFile(name, content)


def test_papers_are_sent_listed_and_removed(send, see):
    claim = making.draft()
    person = making.filler(making.admin_of(claim))
    making.upload(making.admin_of(claim), claim, "invoice", PNG, "旧照片.png")
    before = claim.attachments.count()
    given = {"paper": "bank_slip", "file": [file("另一份.pdf", making.PDF + b"\n"), file("照片.png", PNG)]}
    answer = send(person, page("claim_papers", claim), given)
    assert answer.status_code == 302 and answer["location"].endswith("#paper-bank_slip")
    assert claim.attachments.count() == before + 2
    text = see(person, page("claim_papers", claim))
    assert "照片.png" in text and person.display_name in text
    newest = Attachment.objects.order_by("-pk")[0]
    send(person, reverse("attachment_remove", args=[newest.pk]))
    newest.refresh_from_db()
    assert newest.removed_at is not None and newest.removed_by == person
    assert f'href="{reverse("attachment", args=[newest.pk])}"' not in see(person, page("claim_papers", claim))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (lambda: file("说明.txt", b"hello there"), "的类型不能上传"),
        (lambda: file("空.pdf", b""), "是空文件"),
        (lambda: file("照片.pdf", PNG), "与文件名的后缀不符"),
        (lambda: None, "请先选择文件，再按上传。"),
    ],
)
def test_a_file_that_cannot_be_taken_is_said_beside_its_box(send, sent, said):
    claim = making.draft()
    before = claim.attachments.count()
    given = {"paper": "invoice"} | ({"file": found} if (found := sent()) else {})
    answer = send(making.admin_of(claim), page("claim_papers", claim), given)
    text = answer.content.decode()
    assert answer.status_code == 422 and text.count(said) == 2 and 'id="id_invoice_file_error"' in text
    assert claim.attachments.count() == before


def test_an_unknown_paper_or_cost_is_no_place(send):
    claim = making.draft()
    admin = making.admin_of(claim)
    assert send(admin, page("claim_papers", claim), {"paper": "poem", "file": file()}).status_code == 404
    answer = send(
        admin, page("claim_papers", claim), {"paper": "invoice", "file": file(), "cost_item": "999"}
    )
    assert answer.status_code == 422 and "这笔费用不在本申报里" in answer.content.decode()


def test_who_may_read_a_paper(client):
    claim = making.draft()
    paper = claim.attachments.first()
    address = reverse("attachment", args=[paper.pk])

    def status(person):
        client.force_login(person)
        return client.get(address).status_code

    clerk = making.staff(Roles.INTAKE)
    assert status(making.admin_of(claim)) == 200
    assert status(clerk) == 404 and status(making.organisation()) == 404
    found = making.case(making.submitted(claim))
    for role in (Roles.INTAKE, Roles.HANDLER, Roles.LEADER, Roles.AUDITOR):
        assert status(making.staff(role)) == 200
    for role in (Roles.FINANCE_CLERK, Roles.ADMINISTRATOR):
        assert status(making.staff(role)) == 404
    assert status(making.staff(Roles.UNIT_OFFICER, unit="market")) == 404
    reviewing.record_duplicates(actor=found.handler, case=found, note="没有发现重复。")
    found = reviewing.advance(actor=found.handler, case=making.fresh(found))
    appointed = making.expert()
    invitation = reviewing.appoint(actor=found.handler, case=found, expert=appointed)
    assert status(appointed) == 404
    reviewing.take_on(actor=appointed, assignment=invitation)
    assert status(appointed) == 200 and status(making.expert()) == 404
    client.logout()
    assert client.get(address).status_code == 302


def test_a_paper_is_sent_safely(client):
    claim = making.draft()
    paper = claim.attachments.first()
    client.force_login(making.admin_of(claim))
    answer = client.get(reverse("attachment", args=[paper.pk]))
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline") and answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == making.PDF
    Attachment.objects.filter(pk=paper.pk).update(content_type="application/zip")
    answer = client.get(reverse("attachment", args=[paper.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    answer.close()


def test_the_check_shows_what_will_be_frozen(see, draft):
    text = see(making.admin_of(draft), page("claim_check", draft))
    for words in (
        "统一社会信用代码",
        "平台建设内容说明",
        "60,000,000.00",
        "乘以比例20%",
        "信用承诺",
        "修改材料",
        "提交申报",
    ):
        assert words in text


def test_what_is_missing_bars_the_button(see, send, draft):
    admin = making.admin_of(draft)
    filing.remove_attachment(actor=admin, attachment=draft.attachments.first())
    text = see(admin, page("claim_check", draft))
    assert "还不能提交" in text and 'name="committed"' not in text
    answer = send(admin, page("claim_check", draft), {"version": draft.version, "committed": "on"})
    assert answer.status_code == 422 and "上传" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_pledge_is_asked_for_at_its_box(send, draft):
    answer = send(making.admin_of(draft), page("claim_check", draft), {"version": draft.version})
    text = answer.content.decode()
    assert answer.status_code == 422 and text.count("请先阅读并签署信用承诺") == 2
    assert 'id="id_committed_error"' in text


def test_a_filler_sees_who_can_submit_and_cannot(see, send, draft):
    admin = making.admin_of(draft)
    person = making.filler(admin)
    text = see(person, page("claim_check", draft))
    assert admin.display_name in text and 'name="committed"' not in text and "由单位管理员办理" in text
    given = {"version": draft.version, "committed": "on"}
    assert send(person, page("claim_check", draft), given).status_code == 403
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_an_uncertified_organisation_is_told(see, send):
    admin = making.organisation(certified=False)
    claim = making.draft(admin)
    assert "还没有通过认证" in see(admin, page("claim_check", claim))
    given = {"version": claim.version, "committed": "on"}
    assert send(admin, page("claim_check", claim), given).status_code == 403


def test_submitting_once_and_again(send, see, draft):
    admin = making.admin_of(draft)
    given = {"version": draft.version, "committed": "on"}
    assert send(admin, page("claim_check", draft), given)["location"] == page("claim_submitted", draft)
    assert send(admin, page("claim_check", draft), given)["location"] == page("claim_submitted", draft)
    assert Document.objects.filter(kind="receipt").count() == 1
    draft.refresh_from_db()
    text = see(admin, page("claim_submitted", draft))
    for words in (
        "已提交",
        draft.number,
        draft.content_digest,
        "2023年10月16日 09:00:",
        "5个工作日",
        "2023年10月23日",
    ):
        assert words in text
    assert "正在生成" in text and 'hx-trigger="every 3s"' in text


def test_the_receipt_stops_asking_when_it_is_drawn(see, draft):
    claim = making.submitted(draft)
    admin = making.admin_of(claim)
    Document.objects.filter(kind="receipt").update(state="ready", pages=1, file_sha256="0" * 64)
    text = see(admin, page("claim_receipt", claim))
    number = Document.objects.get(kind="receipt").number
    assert "every 3s" not in text and reverse("document", args=[number]) in text
    Document.objects.filter(kind="receipt").update(state="failed")
    assert "没有生成成功" in see(admin, page("claim_receipt", claim))


def test_an_older_window_cannot_submit(send, draft):
    admin = making.admin_of(draft)
    filing.save_section(
        actor=admin, claim=draft, section="overview", values={"goals": "同事改过"}, version=draft.version
    )
    answer = send(admin, page("claim_check", draft), {"version": draft.version, "committed": "on"})
    assert answer.status_code == 409 and "没有覆盖它" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_taking_back_is_for_the_administrator_and_says_what_follows(send, see, draft):
    claim = making.submitted(draft)
    admin = making.admin_of(claim)
    address = page("claim_withdraw", claim)
    text = see(admin, address)
    assert "1笔费用会释放" in text and "不再保留" in text and "2023年12月31日 24:00" in text
    assert send(making.filler(admin), address).status_code == 403
    assert send(admin, address, {"reason": "材料有误"})["location"] == "/claims/"
    assert send(admin, address).status_code == 409
    claim.refresh_from_db()
    assert claim.state == "withdrawn" and not claim.holds.filter(released_at=None).exists()
    see(admin, address, status=409)


def test_a_draft_is_discarded_after_asking(send, see, draft):
    person = making.filler(making.admin_of(draft))
    assert "作废后不能恢复" in see(person, page("claim_discard", draft))
    assert send(person, page("claim_discard", draft))["location"] == "/claims/"
    assert Claim.objects.get(pk=draft.pk).state == "discarded"
    assert send(person, page("claim_discard", draft)).status_code == 409
    see(person, page("claim_discard", draft), status=409)


def test_a_draft_has_nothing_filed_to_show(see, draft):
    for name in ("claim_submitted", "claim_content", "claim_receipt"):
        see(making.admin_of(draft), page(name, draft), status=404)
