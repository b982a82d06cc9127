"""Many hands at once, each on a connection of its own: one line, one release, one payment."""

import pytest
from django.db.models import Sum

from payouts import selectors
from payouts import services as paying
from payouts.models import Batch, BatchLine, Payment
from payouts.states import BatchStates, PaymentStates
from portal.kernel import events
from portal.kernel.models import Document, Event
from portal.kernel.refusals import Refusal
from portal.ledger.models import Entry, Posting
from portal.ledger.states import Accounts, Kinds
from tests import making
from tests.payouts import desk
from tests.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

HANDS = 8


def refusals_of(results):
    odd = [result for result in results if isinstance(result, Exception) and not isinstance(result, Refusal)]
    assert odd == []
    return [result for result in results if isinstance(result, Refusal)]


def test_one_payment_into_many_batches_is_one_line():
    payment = making.requested()
    clerks = [desk.clerk() for _ in range(HANDS)]
    batches = [paying.create_batch(actor=clerk, title="首批") for clerk in clerks]

    def put(clerk, batch):
        return lambda: paying.add_payments(actor=clerk, batch=batch, chosen=[payment])

    results = race([put(clerk, batch) for clerk, batch in zip(clerks, batches, strict=True)])
    assert len(refusals_of(results)) == HANDS - 1
    assert {refusal.code for refusal in refusals_of(results)} <= {"wrong_state", "already_done"}
    assert BatchLine.objects.count() == 1
    assert Payment.objects.get().state == PaymentStates.IN_BATCH
    assert list(events.verify_chain()) == []


def test_release_pressed_many_times_is_one_release():
    made = desk.submitted([making.requested(), making.requested(code="9b")])
    results = race([lambda: paying.release_batch(actor=made.approver, batch=made.batch)] * HANDS)
    assert refusals_of(results) == []
    assert Event.objects.filter(verb="payouts.batch.release").count() == 1
    assert sorted(selectors.papers_of_batch(made.batch).values_list("kind", flat=True)) == [
        "calculation",
        "calculation",
        "letter",
        "letter",
        "payment",
        "summary",
    ]


def test_many_approvers_release_once():
    made = desk.submitted()
    approvers = [desk.approver() for _ in range(HANDS)]
    results = race([lambda one=one: paying.release_batch(actor=one, batch=made.batch) for one in approvers])
    assert len(refusals_of(results)) == HANDS - 1
    assert Batch.objects.get().state == BatchStates.RELEASED
    assert Document.objects.filter(kind="letter").count() == 1


def test_result_recorded_many_times_is_one_posting():
    made = desk.released()
    (line,) = made.lines
    results = race(
        [lambda: paying.record_result(actor=made.clerk, line=line, result="paid", bank_reference="B1")]
        * HANDS
    )
    assert refusals_of(results) == []
    assert Entry.objects.filter(kind=Kinds.PAY).count() == 1
    paid = Posting.objects.filter(account=Accounts.PAID).aggregate(total=Sum("amount"))["total"]
    assert paid == line.amount
    assert list(events.verify_chain()) == []


def test_paid_and_returned_at_once_is_one_of_them():
    made = desk.released()
    (line,) = made.lines
    words = [{"result": "paid", "bank_reference": "B1"}, {"result": "returned", "return_reason": "账号有误"}]
    results = race(
        [
            lambda word=word: paying.record_result(actor=made.clerk, line=line, **word)
            for word in words * (HANDS // 2)
        ]
    )
    assert len(refusals_of(results)) == HANDS // 2
    line.refresh_from_db()
    entries = Entry.objects.filter(kind=Kinds.PAY).count()
    assert (line.result, entries) in {("paid", 1), ("returned", 0)}


def test_adding_while_submitting_is_in_the_frozen_sum_or_not_in_the_batch():
    made = desk.drafted()
    late = [making.requested(code=code) for code in ("2b", "3a", "4", "6a", "9b", "1", "6b")]
    results = race(
        [
            lambda: paying.submit_batch(actor=made.clerk, batch=made.batch),
            *(
                lambda one=one: paying.add_payments(actor=made.clerk, batch=made.batch, chosen=[one])
                for one in late
            ),
        ]
    )
    refusals_of(results)
    batch = made.fresh()
    assert batch.state == BatchStates.SUBMITTED
    assert batch.total == selectors.tally(batch.lines.all()).total
    assert batch.count == batch.lines.count()
    assert batch.digest == selectors.batch_digest(batch)


def test_one_account_given_many_times_is_one_account():
    award = making.awarded()
    admin = making.admin_of(award.case.claim)
    results = race([lambda: making.requested(selectors.award_of(award.case.claim.number))] * HANDS)
    assert refusals_of(results) == []
    payment = Payment.objects.get()
    assert payment.account.given_by == admin
    assert award.case.claim.organisation.payee_accounts.count() == 1
