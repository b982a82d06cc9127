"""Who may pay what, once: accounts, batches, the gate of the term, the bank's word."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from applications.states import ClaimStates
from payouts import selectors
from payouts import services as paying
from payouts.models import Batch, BatchLine, PayeeAccount, Payment
from payouts.states import BatchStates, PaymentStates, Results
from portal.accounts.models import Membership
from portal.accounts.states import MemberRoles, Roles
from portal.kernel import clock, events
from portal.kernel.models import Document, Event
from portal.kernel.refusals import Forbidden, Stale
from portal.ledger.models import Entry, Posting
from portal.ledger.states import Accounts, Kinds
from review.models import Award
from tests import making
from tests.payouts import desk
from tests.refusing import refused

pytestmark = pytest.mark.django_db

BANK = {
    "bank_name": "中国银行哈尔滨松北支行",
    "bank_code": "104261000017",
    "account_number": "1672000000001234",
}


def account_of(award, **changes):
    return {"account_name": award.case.claim.organisation.name, **BANK, **changes}


# What an account must be


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("account_name", "哈尔滨另一家公司", "name_mismatch"),
        ("account_name", "", "name_mismatch"),
        ("bank_name", "中行", "required"),
        ("bank_name", "行" * 121, "required"),
        ("bank_code", "10426100001", "bad_bank_code"),
        ("bank_code", "10426100001x", "bad_bank_code"),
        ("account_number", "1234567", "bad_account"),
        ("account_number", "1" * 33, "bad_account"),
        ("account_number", "六二二二", "bad_account"),
    ],
)
def test_a_wrong_account_is_refused_at_its_field_and_nothing_is_kept(field, value, code):
    award = making.awarded()
    with refused(code, field):
        paying.give_account(
            actor=making.admin_of(award.case.claim), award=award, **account_of(award, **{field: value})
        )
    assert not Payment.objects.exists()
    assert not PayeeAccount.objects.exists()


def test_widths_and_spaces_are_folded():
    admin = making.organisation(name="哈尔滨智能（集团）有限公司")
    award = making.awarded(claim=making.submitted(making.draft(admin)))
    payment = paying.give_account(
        actor=admin,
        award=award,
        **account_of(
            award,
            account_name=" 哈尔滨智能(集团)有限公司 ",
            bank_code="１０４２ 6100 0017",
            account_number="1672-0000 0000１２３４",
        ),
    )
    assert (payment.account.bank_code, payment.account.account_number) == ("104261000017", "1672000000001234")
    assert payment.account.account_name == "哈尔滨智能（集团）有限公司"
    assert payment.account.masked == "···· 1234"


def test_the_number_is_not_readable_in_the_table():
    payment = making.requested()
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_number FROM payouts_payeeaccount")
        (stored,) = cursor.fetchone()
    assert "1672" not in stored
    assert PayeeAccount.objects.get().account_number == payment.account.account_number


def test_only_the_unit_administrator_gives_the_account():
    award = making.awarded()
    admin = making.admin_of(award.case.claim)
    for actor in (making.filler(admin), making.organisation(), desk.clerk()):
        with pytest.raises(Forbidden):
            paying.give_account(actor=actor, award=award, **account_of(award))
    assert not Payment.objects.exists()


def test_the_same_account_twice_is_one_act_and_another_one_is_refused():
    payment = making.requested()
    award = payment.award
    admin = making.admin_of(award.case.claim)
    again = paying.give_account(actor=admin, award=award, **account_of(award))
    assert again.pk == payment.pk
    assert PayeeAccount.objects.count() == 1
    with refused("wrong_state"):
        paying.give_account(actor=admin, award=award, **account_of(award, account_number="99990000"))
    assert PayeeAccount.objects.count() == 1


# An account from last time


def second_award(payment):
    admin = making.admin_of(desk.claim_of(payment))
    return admin, making.awarded(claim=making.submitted(making.draft(admin, "2b")))


def test_last_time_s_account_may_be_used_again():
    first = making.requested()
    admin, award = second_award(first)
    payment = paying.give_account(actor=admin, award=award, reuse=first.account_id)
    assert payment.account_id == first.account_id
    assert PayeeAccount.objects.count() == 1
    assert paying.give_account(actor=admin, award=award, reuse=first.account_id).pk == payment.pk


def test_no_other_organisation_s_account_may_be_used():
    other = making.requested()
    award = making.awarded()
    with refused("not_offered", "reuse"):
        paying.give_account(actor=making.admin_of(award.case.claim), award=award, reuse=other.account_id)
    assert not Payment.objects.filter(award=award).exists()


def test_an_account_that_was_returned_is_not_offered_again():
    made = desk.released()
    (line,) = made.lines
    paying.record_result(actor=made.clerk, line=line, result="returned", return_reason="账号有误")
    payment = Payment.objects.get()
    organisation = desk.claim_of(payment).organisation
    assert selectors.offered_account(organisation) is None
    with refused("not_offered", "reuse"):
        paying.give_account(
            actor=making.admin_of(desk.claim_of(payment)), award=payment.award, reuse=line.account_id
        )


def test_an_account_in_an_old_name_is_not_used_again():
    first = making.requested()
    admin, award = second_award(first)
    organisation = award.case.claim.organisation
    organisation.name = "哈尔滨改名后的公司"
    organisation.save(update_fields=["name"])
    with refused("name_mismatch", "reuse"):
        paying.give_account(
            actor=admin, award=selectors.award_of(award.case.claim.number), reuse=first.account_id
        )


# The second gate of the term


def tamper(award, change):
    decision = dict(award.decision)
    change(decision)
    Award.objects.filter(pk=award.pk).update(decision=decision)
    return selectors.award_of(award.case.claim.number)


def test_a_cost_outside_the_term_cannot_be_requested():
    award = making.awarded()

    def late(decision):
        decision["question"]["claims"][0]["costs"][0]["invoice_date"] = "2024-01-02"

    award = tamper(award, late)
    with refused("outside_term"):
        paying.give_account(actor=making.admin_of(award.case.claim), award=award, **account_of(award))
    assert not Payment.objects.exists()


def test_a_claim_filed_late_cannot_be_requested_nor_put_into_a_batch():
    payment = making.requested()
    claim = desk.claim_of(payment)
    late = clock.at(datetime(2024, 1, 1).date())
    type(claim).objects.filter(pk=claim.pk).update(filed_at=late)
    with refused("filed_late"):
        desk.drafted([payment])
    assert not BatchLine.objects.exists()


def test_what_was_filed_in_time_is_paid_however_late():
    award = making.awarded()
    with clock.shifted_to(clock.at(datetime(2024, 11, 4).date())):
        made = desk.released([making.requested(award)])
        paying.record_result(actor=made.clerk, line=made.lines[0], result="paid", bank_reference="B2024")
    payment = Payment.objects.get()
    assert payment.state == PaymentStates.PAID
    assert payment.paid_at.year == 2024
    assert made.batch.number.startswith("BF-2024-11-")


# Two persons


def test_the_maker_cannot_release_even_with_the_approver_s_role():
    maker = making.staff(Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER)
    made = desk.drafted(maker=maker)
    paying.submit_batch(actor=maker, batch=made.batch)
    with pytest.raises(Forbidden, match="复核放行要由另一个人办理"):
        paying.release_batch(actor=maker, batch=made.batch)
    assert made.fresh().state == BatchStates.SUBMITTED
    assert not Document.objects.filter(kind="letter").exists()


def test_whoever_submitted_cannot_release_either():
    made = desk.drafted()
    second = making.staff(Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER)
    paying.submit_batch(actor=second, batch=made.batch)
    with pytest.raises(Forbidden, match="另一个人"):
        paying.release_batch(actor=second, batch=made.batch)


@pytest.mark.parametrize("column", ["made_by_id", "submitted_by_id"])
def test_the_database_itself_wants_two_persons(column):
    made = desk.submitted()
    one = getattr(made.batch, column)
    other = made.approver.pk if column == "submitted_by_id" else made.batch.made_by_id
    if column == "submitted_by_id":
        Batch.objects.filter(pk=made.batch.pk).update(made_by=other)
    with (
        pytest.raises(IntegrityError, match="batch_two_persons"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE payouts_batch SET state='released', released_at=now(), released_by_id=%s WHERE id=%s",
            [one, made.batch.pk],
        )


@pytest.mark.parametrize("role", [role for role in Roles if role != Roles.FINANCE_APPROVER])
def test_no_other_role_releases(role):
    made = desk.submitted()
    with pytest.raises(Forbidden):
        paying.release_batch(actor=making.staff(role), batch=made.batch)


def test_a_member_of_a_payee_neither_makes_nor_releases_its_batch():
    payment = making.requested()
    organisation = desk.claim_of(payment).organisation
    related = desk.approver()
    Membership.objects.create(user=related, organisation=organisation, role=MemberRoles.FILLER)
    made = desk.submitted([payment])
    with pytest.raises(Forbidden, match="与你有关联的单位"):
        paying.release_batch(actor=related, batch=made.batch)
    maker = desk.clerk()
    Membership.objects.create(user=maker, organisation=organisation, role=MemberRoles.FILLER)
    paying.send_back_batch(actor=made.approver, batch=made.batch, reason="换人办理。")
    paying.cancel_batch(actor=made.clerk, batch=made.batch)
    with pytest.raises(Forbidden, match="与你有关联的单位"):
        desk.drafted([Payment.objects.get()], maker=maker)
    assert not BatchLine.objects.exists()


# What is frozen


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payouts_batchline SET amount = amount + 1",
        "UPDATE payouts_payeeaccount SET bank_code = '999999999999'",
        "UPDATE payouts_payeeaccount SET account_name = '另一家'",
        "UPDATE payouts_batch SET digest = repeat('0', 64) WHERE state = 'submitted'",
        "UPDATE payouts_batch SET total = total + 1 WHERE state = 'submitted'",
        "UPDATE payouts_batch SET count = count + 1 WHERE state = 'submitted'",
        "UPDATE review_award SET decision_digest = repeat('0', 64)",
        "UPDATE review_award SET amount = amount + 1",
        "UPDATE review_award SET decision = jsonb_set(decision, '{document_number}', '\"假\"')",
    ],
)
def test_a_batch_changed_behind_its_back_is_not_released(sql):
    made = desk.submitted()
    with connection.cursor() as cursor:
        cursor.execute(sql)
    with refused("digest_mismatch"):
        paying.release_batch(actor=made.approver, batch=made.batch)
    assert made.fresh().state == BatchStates.SUBMITTED


def test_a_frozen_batch_takes_nothing_in_and_gives_nothing_out():
    made = desk.submitted()
    with refused("wrong_state"):
        paying.add_payments(actor=made.clerk, batch=made.batch, chosen=[making.requested(code="2b")])
    with refused("wrong_state"):
        paying.remove_payment(actor=made.clerk, batch=made.batch, line=made.lines[0])
    with refused("wrong_state"):
        paying.cancel_batch(actor=made.clerk, batch=made.batch)


def test_what_the_checker_saw_is_what_is_released():
    made = desk.submitted()
    seen = made.batch.digest
    paying.send_back_batch(actor=made.approver, batch=made.batch, reason="再加一笔。")
    paying.add_payments(actor=made.clerk, batch=made.fresh(), chosen=[making.requested(code="9b")])
    paying.submit_batch(actor=made.clerk, batch=made.batch)
    with pytest.raises(Stale):
        paying.release_batch(actor=made.approver, batch=made.batch, digest=seen)
    with refused("total_mismatch", "total"):
        paying.release_batch(actor=made.approver, batch=made.batch, total=Decimal("1.00"))
    now = made.fresh()
    assert (
        paying.release_batch(
            actor=made.approver, batch=now, digest=now.digest, total=Decimal("10500000.00")
        ).state
        == BatchStates.RELEASED
    )


def test_sending_back_needs_a_reason_and_unfreezes():
    made = desk.submitted()
    with refused("reason_required", "reason"):
        paying.send_back_batch(actor=made.approver, batch=made.batch, reason="  ")
    batch = paying.send_back_batch(actor=made.approver, batch=made.batch, reason="账户待核。")
    assert (batch.state, batch.total, batch.count, batch.digest) == (BatchStates.DRAFT, None, None, "")
    assert Event.objects.get(verb="payouts.batch.send_back").reason == "账户待核。"


def test_an_empty_batch_is_not_submitted_and_a_title_is_asked_for():
    made = desk.drafted([])
    with refused("empty_batch"):
        paying.submit_batch(actor=made.clerk, batch=made.batch)
    for title in ("  ", "长" * 121):
        with pytest.raises(Exception, match="批次标题"):
            paying.create_batch(actor=made.clerk, title=title)
    assert Batch.objects.count() == 1


def test_a_payment_stands_in_one_batch_only():
    payment = making.requested()
    made = desk.drafted([payment])
    with refused("wrong_state"):
        desk.drafted([payment])
    assert [
        line.pk for line in paying.add_payments(actor=made.clerk, batch=made.batch, chosen=[payment])
    ] == [made.lines[0].pk]
    with pytest.raises(IntegrityError, match="batchline_one_live"), transaction.atomic():
        BatchLine.objects.create(
            batch=made.batch, payment=payment, account=payment.account, amount=payment.amount
        )


def test_all_chosen_come_in_or_none():
    taken, free = making.requested(), making.requested(code="2b")
    desk.drafted([taken])
    other = desk.drafted([])
    with refused("wrong_state"):
        paying.add_payments(actor=other.clerk, batch=other.batch, chosen=[free, taken])
    assert not other.batch.lines.exists()
    assert Payment.objects.get(pk=free.pk).state == PaymentStates.REQUESTED


def test_a_cancelled_batch_gives_its_payments_back():
    made = desk.drafted()
    for _ in range(2):
        assert paying.cancel_batch(actor=made.clerk, batch=made.batch).state == BatchStates.CANCELLED
    assert Payment.objects.get().state == PaymentStates.REQUESTED
    assert desk.released([Payment.objects.get()]).batch.state == BatchStates.RELEASED


# The bank's word


def paid_sum():
    return Posting.objects.filter(account=Accounts.PAID).aggregate(total=Sum("amount"))["total"] or Decimal(0)


def test_a_paid_line_is_booked_once_and_closes_the_claim():
    made = desk.released()
    (line,) = made.lines
    for _ in range(3):
        noted = paying.record_result(actor=made.clerk, line=line, result="paid", bank_reference=" B1 ")
        assert (noted.result, noted.bank_reference) == (Results.PAID, "B1")
    assert Entry.objects.filter(kind=Kinds.PAY).count() == 1
    assert paid_sum() == line.amount
    assert desk.claim_of(Payment.objects.get()).state == ClaimStates.CLOSED
    batch = paying.settle_batch(actor=made.clerk, batch=made.batch)
    assert paying.settle_batch(actor=made.clerk, batch=made.batch).settled_at == batch.settled_at
    paying.record_result(actor=made.clerk, line=line, result="paid", bank_reference="B1")
    assert paid_sum() == line.amount
    assert list(events.verify_chain()) == []


@pytest.mark.parametrize(
    "other",
    [
        {"result": "paid", "bank_reference": "B2"},
        {"result": "returned", "return_reason": "账号有误"},
    ],
)
def test_a_different_word_on_the_same_line_is_refused(other):
    made = desk.released()
    (line,) = made.lines
    paying.record_result(actor=made.clerk, line=line, result="paid", bank_reference="B1")
    with refused("already_done"):
        paying.record_result(actor=made.clerk, line=line, **other)
    line.refresh_from_db()
    assert (line.result, line.bank_reference, line.return_reason) == ("paid", "B1", "")


def test_one_bank_reference_stands_for_one_line():
    made = desk.released([making.requested(), making.requested(code="9b")])
    first, second = made.lines
    paying.record_result(actor=made.clerk, line=first, result="paid", bank_reference="B1")
    with refused("already_done", "bank_reference"):
        paying.record_result(actor=made.clerk, line=second, result="paid", bank_reference="B1")
    assert paid_sum() == first.amount
    with refused("results_missing"):
        paying.settle_batch(actor=made.clerk, batch=made.batch)


@pytest.mark.parametrize(
    ("word", "code", "field"),
    [
        ({"result": "paid"}, "required", "bank_reference"),
        ({"result": "returned", "return_reason": " "}, "required", "return_reason"),
        ({"result": ""}, "bad_choice", "result"),
        ({"result": "pending"}, "bad_choice", "result"),
    ],
)
def test_an_incomplete_word_is_refused_at_its_field(word, code, field):
    made = desk.released()
    with refused(code, field):
        paying.record_result(actor=made.clerk, line=made.lines[0], **word)
    assert BatchLine.objects.get().result == Results.PENDING


def test_no_word_before_the_release():
    made = desk.submitted()
    with refused("wrong_state"):
        paying.record_result(actor=made.clerk, line=made.lines[0], result="paid", bank_reference="B1")
    assert not Entry.objects.filter(kind=Kinds.PAY).exists()


def test_a_returned_transfer_goes_back_to_the_account_step_and_is_paid_once():
    made = desk.released()
    (dead,) = made.lines
    paying.record_result(actor=made.clerk, line=dead, result="returned", return_reason="账号与户名不符")
    paying.settle_batch(actor=made.clerk, batch=made.batch)
    payment = Payment.objects.get()
    award = selectors.award_of(desk.claim_of(payment).number)
    assert (payment.state, payment.account, payment.return_reason) == ("account_due", None, "账号与户名不符")
    assert award in selectors.awaiting_account()
    assert paid_sum() == 0
    admin = making.admin_of(award.case.claim)
    payment = paying.give_account(
        actor=admin, award=award, **account_of(award, account_number="880000005678")
    )
    second = desk.released([payment])
    paying.record_result(actor=second.clerk, line=second.lines[0], result="paid", bank_reference="B9")
    with refused("already_done"):
        paying.record_result(actor=made.clerk, line=dead, result="paid", bank_reference="B10")
    assert sorted(BatchLine.objects.values_list("account__account_tail", "result")) == [
        ("1234", "returned"),
        ("5678", "paid"),
    ]
    assert paid_sum() == award.amount
    assert Payment.objects.get().return_reason == ""
    assert list(events.verify_chain()) == []


def test_the_ledger_s_paid_is_what_the_lines_paid():
    made = desk.released([making.requested(code=code) for code in ("2a", "1", "9b")])
    for number, line in enumerate(made.lines[:2]):
        paying.record_result(actor=made.clerk, line=line, result="paid", bank_reference=f"B{number}")
    paying.record_result(actor=made.clerk, line=made.lines[2], result="returned", return_reason="账号有误")
    paid = BatchLine.objects.filter(result="paid").aggregate(total=Sum("amount"))["total"]
    assert paid_sum() == paid == Decimal("16000000.00")
    assert Posting.objects.aggregate(total=Sum("amount"))["total"] == 0


def test_budget_use_adds_up():
    made = desk.released([making.requested(), making.requested(code="9b")])
    paying.record_result(actor=made.clerk, line=made.lines[0], result="paid", bank_reference="B1")
    (use,) = selectors.budget_use(made.batch)
    assert use.here == Decimal("500000.00")
    assert use.paid == Decimal("10000000.00")
    assert use.appropriated == use.paid + use.elsewhere + use.here + use.available


class BatchTotals(HypothesisCase):
    """Whatever the awards, a frozen batch is the sum of its lines, and its digest moves with each of them."""

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.decimals(min_value="1000", max_value="60000000", places=2, allow_nan=False),
            min_size=1,
            max_size=3,
        )
    )
    def test_total(self, amounts):
        with clock.shifted_to(clock.at(datetime(2023, 10, 16).date())):
            payments = [making.requested(amounts=[str(amount)]) for amount in amounts]
            made = desk.submitted(payments)
        assert made.batch.total == sum(payment.award.amount for payment in payments)
        assert made.batch.total == made.batch.total.quantize(Decimal(1))
        assert made.batch.count == len(amounts)
        assert made.batch.digest == selectors.batch_digest(made.batch)
