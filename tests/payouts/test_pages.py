"""Pages of payments: what each person sees and may press, and what a "no" looks like."""

import re

import pytest
from django.urls import reverse

from payouts import selectors
from payouts import services as paying
from payouts.models import Batch, BatchLine, PayeeAccount, Payment
from payouts.states import BatchStates, PaymentStates
from portal.accounts.states import Roles
from portal.kernel import issuing
from portal.kernel.models import Document, Event
from tests import making
from tests.payouts import desk

pytestmark = pytest.mark.django_db

UNDEFINED = "‼undefined"
BANK = {
    "bank_name": "中国银行哈尔滨松北支行",
    "bank_code": "104261000017",
    "account_number": "1672 0000 0000 1234",
}


@pytest.fixture
def open_as(client):
    """The page's text for a user, its status checked; a second argument posts."""

    def opened(user, address, data=None, *, status=200, follow=False):
        if user is None:
            client.logout()
        else:
            client.force_login(user)
        answer = client.get(address) if data is None else client.post(address, data, follow=follow)
        assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"))
        text = answer.content.decode() if "html" in answer.headers.get("Content-Type", "") else ""
        assert UNDEFINED not in text
        return text

    return opened


def said(text):
    return re.sub(r"\s+|<[^>]+>", "", text)


def account_page(claim):
    return reverse("payee_account", args=[claim.number])


def page(made, name="batch", *more):
    return reverse(name, args=[made.batch.number, *more])


# The applicant


def test_dues_before_any_award(open_as):
    text = said(open_as(making.organisation(), reverse("dues")))
    assert "还没有已批复的补助" in text


def test_dues_say_amount_number_state_and_what_to_do(open_as):
    award = making.awarded()
    claim = award.case.claim
    text = said(open_as(making.admin_of(claim), reverse("dues")))
    for words in (
        "10,000,000.00元",
        "1,000万元",
        "人民币壹仟万元整",
        "哈科发〔2023〕30号",
        "请提供收款账户",
        "提供收款账户",
    ):
        assert words in text
    assert claim.number not in said(open_as(making.organisation(), reverse("dues")))


def test_dues_tell_why_a_transfer_came_back(open_as):
    made = desk.released()
    claim = desk.claim_of(Payment.objects.get())
    paying.record_result(
        actor=made.clerk, line=made.lines[0], result="returned", return_reason="账号与户名不符"
    )
    text = said(open_as(making.admin_of(claim), reverse("dues")))
    assert "原因是“账号与户名不符”" in text
    assert "银行退票，请重新提供账户" in text
    assert "账号与户名不符" in said(open_as(making.admin_of(claim), account_page(claim)))


def test_dues_after_payment(open_as):
    made = desk.released()
    paying.record_result(actor=made.clerk, line=made.lines[0], result="paid", bank_reference="B1")
    claim = desk.claim_of(Payment.objects.get())
    text = open_as(making.admin_of(claim), reverse("dues"))
    assert "已拨付" in text
    assert "···· 1234" in text
    assert "167200000000" not in text
    assert account_page(claim) not in text


def test_dues_by_the_dozen_need_as_many_questions_as_one(client, django_assert_num_queries):
    admin = making.organisation()
    window = making.window("2a", "2b", "3a", "4")
    for code in ("2a", "2b", "3a"):
        making.awarded(claim=making.submitted(making.draft(admin, code, round_=window)))
    client.force_login(admin)
    with django_assert_num_queries(5):
        assert client.get(reverse("dues")).content.decode().count("<article") == 3


@pytest.mark.parametrize("name", ["dues", "payee_account", "batches", "batch", "batch_new"])
def test_strangers_are_asked_to_sign_in(client, name):
    args = [] if name in ("dues", "batches", "batch_new") else ["X-1"]
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_the_account_step_asks_shows_again_and_then_masks(open_as):
    claim = making.awarded().case.claim
    admin = making.admin_of(claim)
    text = open_as(admin, account_page(claim))
    assert f'value="{claim.organisation.name}"' in text
    typed = {"account_name": claim.organisation.name, **BANK}
    text = open_as(admin, account_page(claim), typed)
    assert "1672 0000 0000 1234" in text
    assert "款项付到这个账户吗" in text
    assert not Payment.objects.exists()
    text = open_as(admin, account_page(claim), {**typed, "edit": "1"})
    assert 'value="1672 0000 0000 1234"' in text
    assert "有1处需要改正" not in text
    text = open_as(admin, account_page(claim), {**typed, "confirmed": "1"}, follow=True)
    assert "已提交收款账户···· 1234" in text
    text = open_as(admin, account_page(claim))
    assert "···· 1234" in text
    assert "1672" not in text
    assert '<form method="post" novalidate' not in text
    open_as(admin, account_page(claim), {**typed, "confirmed": "1"}, status=302)
    assert PayeeAccount.objects.count() == 1


def test_a_wrong_account_keeps_what_was_typed(open_as):
    claim = making.awarded().case.claim
    typed = {
        "account_name": "哈尔滨别家公司",
        "bank_name": "中行",
        "bank_code": "12",
        "account_number": "99x",
    }
    for more in ({}, {"confirmed": "1"}):
        text = open_as(making.admin_of(claim), account_page(claim), {**typed, **more})
        assert "有4处需要改正" in text
        for words in ("户名要与单位名称一致", "请写到支行", "联行号是12位数字", "账号是8到32位数字"):
            assert text.count(words) == 2
        for value in typed.values():
            assert f'value="{value}"' in text
    assert not PayeeAccount.objects.exists()


def test_last_time_s_account_is_offered_masked(open_as):
    first = making.requested()
    admin = making.admin_of(desk.claim_of(first))
    claim = making.awarded(claim=making.submitted(making.draft(admin, "2b"))).case.claim
    text = open_as(admin, account_page(claim))
    assert "沿用上次账户：中国银行哈尔滨松北支行，···· 1234" in text
    assert "16720000" not in text
    text = open_as(admin, account_page(claim), {"reuse": str(first.account_id)})
    assert "16720000" not in text
    assert "···· 1234" in text
    open_as(admin, account_page(claim), {"reuse": str(first.account_id), "confirmed": "1"}, status=302)
    assert Payment.objects.get(award__case__claim=claim).account_id == first.account_id
    other = making.awarded(claim=making.submitted(making.draft(admin, "3a"))).case.claim
    text = open_as(admin, account_page(other), {"reuse": "999999", "confirmed": "1"})
    assert not Payment.objects.filter(award__case__claim=other).exists()


def test_a_filler_reads_who_can_do_it(open_as):
    claim = making.awarded().case.claim
    admin = making.admin_of(claim)
    filler = making.filler(admin)
    text = open_as(filler, account_page(claim))
    assert "这一步由单位管理员办理" in text
    assert admin.display_name in text
    assert 'name="account_number"' not in text
    typed = {"account_name": claim.organisation.name, **BANK, "confirmed": "1"}
    text = open_as(filler, account_page(claim), typed, status=403)
    assert "这一步由单位管理员办理" in text
    assert not Payment.objects.exists()


def test_another_organisation_s_account_page_is_not_there(open_as):
    claim = making.awarded().case.claim
    open_as(making.organisation(), account_page(claim), status=404)
    open_as(making.organisation(), account_page(claim), BANK, status=404)
    open_as(making.admin_of(claim), reverse("payee_account", args=["没有"]), status=404)
    open_as(desk.clerk(), account_page(claim), status=403)
    open_as(desk.clerk(), reverse("dues"), status=403)


# The finance desk


def test_batches_empty_and_by_role(open_as):
    text = said(open_as(desk.clerk(), reverse("batches")))
    assert "还没有批次" in text
    assert "没有等待编入批次的款项" in text
    assert "新建批次" in text
    text = said(open_as(making.staff(Roles.AUDITOR), reverse("batches")))
    assert "新建批次" not in text.replace("新建批次并加入款项", "")
    for role in (Roles.INTAKE, Roles.HANDLER, Roles.EXPERT, Roles.LEADER, Roles.ADMINISTRATOR):
        open_as(making.staff(role), reverse("batches"), status=403)
    open_as(making.organisation(), reverse("batches"), status=403)


def test_batches_list_counts_and_sums(open_as, client, django_assert_num_queries):
    waiting = making.requested(code="9b")
    made = [desk.drafted([making.requested(code=code)]) for code in ("2a", "1")]
    desk.drafted([])
    text = said(open_as(made[0].clerk, reverse("batches")))
    assert "500,000.00元50万元，1笔" in text
    assert "10,000,000.00" in text
    assert "6,000,000.00" in text
    assert waiting.amount == 500000
    client.force_login(made[0].clerk)
    with django_assert_num_queries(7):
        client.get(reverse("batches"))


def test_a_new_batch(open_as):
    clerk = desk.clerk()
    text = open_as(clerk, reverse("batch_new"))
    assert "2023年10月补助资金" in text
    text = open_as(clerk, reverse("batch_new"), {"title": "  "})
    assert text.count("请填写批次标题。") == 2
    assert not Batch.objects.exists()
    text = open_as(clerk, reverse("batch_new"), {"title": "第一批"}, follow=True)
    assert "BF-2023-10-001" in text
    assert "批次里还没有款项" in text
    open_as(desk.approver(), reverse("batch_new"), status=403)


def test_adding_removing_and_submitting(open_as):
    one, two = making.requested(), making.requested(code="9b")
    made = desk.drafted([])
    text = open_as(made.clerk, page(made))
    assert text.count('name="claims"') == 2
    assert "先加入款项" in text
    text = open_as(made.clerk, page(made, "batch_add"), {})
    assert "请先勾选要加入的款项" in text
    text = open_as(made.clerk, page(made, "batch_add"), {"claims": ["没有"]})
    assert "找不到" in text
    numbers = [desk.claim_of(payment).number for payment in (one, two)]
    text = open_as(made.clerk, page(made, "batch_add"), {"claims": numbers}, follow=True)
    assert "已加入2笔" in text
    assert "人民币壹仟零伍拾万元整" in text
    assert "人工智能专项" in text
    assert "···· 1234" in text
    open_as(made.clerk, page(made, "batch_remove", numbers[1]), {}, status=302)
    open_as(made.clerk, page(made, "batch_remove", numbers[1]), {}, status=404)
    assert Payment.objects.get(pk=two.pk).state == PaymentStates.REQUESTED
    text = open_as(made.clerk, page(made, "batch_submit"), {}, follow=True)
    batch = made.fresh()
    assert batch.state == BatchStates.SUBMITTED
    assert batch.digest in text
    assert 'name="claims"' not in text
    open_as(made.clerk, page(made, "batch_submit"), {}, status=302)
    assert Event.objects.filter(verb="payouts.batch.submit").count() == 1


def test_a_payment_taken_meanwhile_is_refused_on_the_page_and_stays_ticked(open_as):
    payment, free = making.requested(), making.requested(code="2b")
    made = desk.drafted([])
    desk.drafted([payment])
    number = desk.claim_of(payment).number
    text = open_as(made.clerk, page(made, "batch_add"), {"claims": [number, desk.claim_of(free).number]})
    assert "这一步没有做" in text
    assert "不能编入批次" in text
    assert f'value="{desk.claim_of(free).number}" checked' in text
    assert not made.batch.lines.exists()


def test_a_get_changes_nothing(open_as):
    made = desk.drafted()
    number = desk.claim_of(Payment.objects.get()).number
    for name, *more in (
        ("batch_add",),
        ("batch_remove", number),
        ("batch_submit",),
        ("batch_settle",),
        ("batch_export",),
    ):
        open_as(made.clerk, page(made, name, *more), status=405)
    open_as(made.clerk, page(made, "batch_cancel"))
    assert made.fresh().state == BatchStates.DRAFT


def test_cancelling_asks_first(open_as):
    made = desk.drafted()
    text = open_as(made.clerk, page(made, "batch_cancel"))
    assert f"要取消批次{made.batch.number}吗" in text
    assert "10,000,000.00" in text
    text = open_as(made.clerk, page(made, "batch_cancel"), {}, follow=True)
    assert "已取消" in text
    assert Payment.objects.get().state == PaymentStates.REQUESTED


def test_the_maker_sees_why_not_and_cannot_release(open_as):
    maker = making.staff(Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER)
    made = desk.drafted(maker=maker)
    paying.submit_batch(actor=maker, batch=made.batch)
    sentence = "这个批次由你制单，复核放行要由另一个人办理。"
    text = open_as(maker, page(made))
    assert sentence in text
    assert 'aria-disabled="true"' in text
    for data in (None, {"total": "10000000", "digest": made.fresh().digest}):
        assert sentence in open_as(maker, page(made, "batch_release"), data, status=403)
    assert made.fresh().state == BatchStates.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_releasing_wants_the_sum_and_gives_papers(open_as):
    made = desk.submitted()
    text = open_as(made.approver, page(made))
    assert "放行本批" in text
    text = open_as(made.approver, page(made, "batch_release"))
    for words in ("人民币壹仟万元整", "共1笔", made.batch.digest):
        assert words in text
    for total, words in (("", "请填写金额，单位是元。"), ("1", "填写的金额与本批合计不一致")):
        text = open_as(
            made.approver, page(made, "batch_release"), {"total": total, "digest": made.batch.digest}
        )
        assert text.count(words) == 2
        assert f'value="{total}"' in text or not total
    text = open_as(made.approver, page(made, "batch_release"), {"total": "10000000", "digest": "0" * 64})
    assert "重新提交过" in text
    assert made.fresh().state == BatchStates.SUBMITTED
    good = {"total": "10,000,000.00", "digest": made.batch.digest}
    text = open_as(made.approver, page(made, "batch_release"), good, follow=True)
    assert "已放行批次" in text
    for paper in selectors.papers_of_batch(made.batch):
        issuing.draw(paper.pk)
    text = open_as(made.approver, page(made))
    assert "已生成4份，共4份" in text
    for paper in Document.objects.filter(kind__in=["letter", "calculation", "summary", "payment"]):
        assert reverse("document", args=[paper.number]) in text
    assert "hx-get" not in text
    open_as(made.approver, page(made, "batch_release"), good, status=302)
    assert Document.objects.filter(kind="letter").count() == 1


def test_papers_not_drawn_yet_are_asked_for_again(open_as):
    made = desk.released()
    text = open_as(made.clerk, page(made))
    assert "正在生成" in text
    assert f'hx-get="{page(made, "batch_papers")}"' in text
    part = open_as(making.staff(Roles.AUDITOR), page(made, "batch_papers"))
    assert "<html" not in part
    assert "已生成0份，共4份" in part
    Document.objects.update(state="failed", failure="x")
    assert "生成失败" in open_as(made.clerk, page(made, "batch_papers"))


def test_sending_back_wants_a_reason(open_as):
    made = desk.submitted()
    text = open_as(made.approver, page(made, "batch_send_back"), {"reason": ""})
    assert text.count("退回制单要写明理由") == 2
    text = open_as(made.approver, page(made, "batch_send_back"), {"reason": "账户待核"}, follow=True)
    assert "已把批次" in text
    assert made.fresh().state == BatchStates.DRAFT
    text = open_as(made.approver, page(made, "batch_send_back"), {"reason": "再退一次"})
    assert "再退一次" in text
    assert "不能退回制单" in text


def test_results_line_by_line_and_settling(open_as):
    made = desk.released([making.requested(), making.requested(code="9b")])
    first, second = (desk.claim_of(line.payment).number for line in made.lines)
    text = open_as(made.clerk, page(made))
    assert text.count("登记结果") == 2
    assert "还有2笔没有登记银行结果" in text
    assert "还有2笔没有登记银行结果" in open_as(made.clerk, page(made, "batch_settle"), {})
    text = open_as(made.clerk, page(made, "batch_result", first), {"result": "paid", "return_reason": "留着"})
    assert text.count("请填写银行流水号。") == 2
    assert 'value="留着"' in text
    assert "请选择支付成功或退票" in open_as(made.clerk, page(made, "batch_result", first), {})
    paid = {"result": "paid", "bank_reference": "B1", "return_reason": ""}
    for _ in range(2):
        open_as(made.clerk, page(made, "batch_result", first), paid, status=302)
    text = open_as(made.clerk, page(made, "batch_result", second), paid)
    assert text.count("这个银行流水号已经登记在另一笔上") == 2
    text = open_as(made.clerk, page(made, "batch_result", first), {**paid, "bank_reference": "B2"})
    assert "不能改动" in text
    open_as(
        made.clerk,
        page(made, "batch_result", second),
        {"result": "returned", "return_reason": "账号有误"},
        status=302,
    )
    text = open_as(made.clerk, page(made))
    assert "流水号B1" in text
    assert "账号有误" in text
    text = open_as(made.clerk, page(made, "batch_settle"), {}, follow=True)
    assert "已办结" in text
    open_as(made.clerk, page(made, "batch_result", "没有"), status=404)


def test_an_auditor_reads_and_presses_nothing(open_as):
    made = desk.released()
    auditor = making.staff(Roles.AUDITOR)
    text = open_as(auditor, page(made))
    assert "登记结果" not in text
    assert "导出" not in text
    number = desk.claim_of(Payment.objects.get()).number
    for name, *more in (
        ("batch_add",),
        ("batch_remove", number),
        ("batch_submit",),
        ("batch_cancel",),
        ("batch_send_back",),
        ("batch_release",),
        ("batch_result", number),
        ("batch_settle",),
        ("batch_export",),
    ):
        open_as(auditor, page(made, name, *more), {}, status=403)


def test_exports_download_and_are_recorded(client):
    made = desk.submitted()
    client.force_login(made.clerk)
    for kind, name in (("summary", "汇总表"), ("payment", "支付表")):
        answer = client.post(page(made, "batch_export"), {"kind": kind})
        assert answer.status_code == 200
        assert answer.content.startswith(b"PK")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "filename*=utf-8''" in answer.headers["Content-Disposition"]
        assert name
    assert Event.objects.filter(verb="batch.exported").count() == 2
    assert "没有这种表" in client.post(page(made, "batch_export"), {"kind": "x"}).content.decode()


def test_a_batch_of_three_lines_needs_as_many_questions_as_one(client, django_assert_num_queries):
    counts = []
    for codes in (("2a",), ("1", "9b", "2b")):
        made = desk.released([making.requested(code=code) for code in codes])
        client.force_login(made.clerk)
        with django_assert_num_queries(13):
            text = client.get(page(made)).content.decode()
        counts.append(text.count("登记结果<"))
    assert counts == [1, 3]


def test_a_batch_that_is_not_there(open_as):
    for name in ("batch", "batch_release", "batch_papers"):
        open_as(making.staff(Roles.FINANCE_APPROVER), reverse(name, args=["BF-0"]), status=404)


def test_long_lists_are_paged(open_as, monkeypatch):
    monkeypatch.setattr("payouts.views.finance.PAGE", 1)
    made = desk.released([making.requested(), making.requested(code="9b")])
    one, two = (desk.claim_of(line.payment).number for line in made.lines)
    text = open_as(made.clerk, page(made))
    assert one in text.split("本批明细")[1]
    assert two not in text.split("本批明细")[1]
    text = open_as(made.clerk, f"{page(made)}?after={made.lines[0].pk}").split("本批明细")[1]
    assert two in text
    assert "10,500,000.00" in text
    desk.drafted([])
    assert "?before=" in open_as(made.clerk, reverse("batches"))
    assert BatchLine.objects.count() == 2
    assert selectors.payable().count() == 0


def test_the_admin_shows_and_hides_the_number(client):
    made = desk.submitted()
    boss = making.staff(Roles.ADMINISTRATOR)
    boss.is_staff = boss.is_superuser = True
    boss.save()
    client.force_login(boss)
    for model in ("payeeaccount", "payment", "batch", "batchline"):
        assert client.get(reverse(f"admin:payouts_{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:payouts_{model}_add")).status_code == 403
    account = made.lines[0].account_id
    text = client.get(reverse("admin:payouts_payeeaccount_change", args=[account])).content.decode()
    assert "1672000000001234" not in text
