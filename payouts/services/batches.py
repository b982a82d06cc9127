"""Batches: made by one person, released by another, settled by the bank's word, never paid twice."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from applications import services as filing
from payouts import selectors
from payouts.machine import batches, payments
from payouts.models import Batch, BatchLine, Payment
from payouts.permissions import may_make, may_settle
from payouts.services.papers import issue_papers
from payouts.states import BatchStates, Results
from portal.accounts.models import User
from portal.accounts.permissions import is_finance_clerk
from portal.kernel import clock, events
from portal.kernel.numbers import next_number
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, Stale, raise_any, too_long
from portal.kernel.work import unit_of_work
from portal.ledger import services as ledger
from portal.ledger.states import Kinds

TITLE_LENGTH = 120


def create_batch(*, actor: User, title: str) -> Batch:
    """An empty batch under the actor's name."""
    require(is_finance_clerk, actor, None)
    if not title.strip():
        raise Refusal("请填写批次标题。", code="required", field="title")
    if len(title.strip()) > TITLE_LENGTH:
        raise Refusal(f"批次标题最多{TITLE_LENGTH}个字。", code="too_long", field="title")
    with unit_of_work():
        now = clock.now()
        batch = Batch.objects.create(
            number=f"BF-{now:%Y-%m}-{next_number(f'batch-{now:%Y-%m}'):03d}",
            title=title.strip(),
            made_at=now,
            made_by=actor,
        )
        events.record("batch.created", batch, actor=actor, thread=batch.number)
    return batch


def add_payments(*, actor: User, batch: Batch, chosen: Iterable[Payment]) -> list[BatchLine]:
    """Put payments into a draft batch; one that is in it already stays, all others come in or none does.

    Raises Refusal when one is in another batch or paid already.
    """
    require(may_make, actor, batch)
    with unit_of_work():
        locked = _locked(batch, BatchStates.DRAFT)
        known = {line.payment_id: line for line in locked.lines.all()}
        lines = []
        for payment in sorted(chosen, key=lambda payment: payment.pk):
            if payment.pk in known:
                lines.append(known[payment.pk])
                continue
            moved = payments.run(payment.pk, "enlist", actor=actor, data={"batch": locked.number})
            try:
                with transaction.atomic():
                    lines.append(
                        BatchLine.objects.create(
                            batch=locked, payment=moved, account=moved.account, amount=moved.amount
                        )
                    )
            except IntegrityError as error:
                raise Refusal("这笔款项已在另一个批次里。", code="already_done") from error
        require(may_make, actor, locked)
    return lines


def remove_payment(*, actor: User, batch: Batch, line: BatchLine) -> None:
    """Take a payment out of a draft batch."""
    require(may_make, actor, batch)
    with unit_of_work():
        locked = _locked(batch, BatchStates.DRAFT)
        payments.run(line.payment_id, "drop", actor=actor, data={"batch": locked.number})
        BatchLine.objects.get(pk=line.pk, batch=locked).delete()


def submit_batch(*, actor: User, batch: Batch) -> Batch:
    """Freeze count, sum and digest and hand the batch to a second person. Pressed again, nothing more happens."""
    with unit_of_work():
        locked = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if locked.state == BatchStates.SUBMITTED and locked.submitted_by_id == actor.pk:
            return locked
        total = locked.lines.aggregate(total=Sum("amount"))["total"]
        return batches.run(
            locked.pk,
            "submit",
            actor=actor,
            changes={
                "submitted_at": clock.now(),
                "submitted_by": actor,
                "count": locked.lines.count(),
                "total": total,
                "digest": selectors.batch_digest(locked),
            },
            data={"total": total},
        )


def send_back_batch(*, actor: User, batch: Batch, reason: str) -> Batch:
    """The checker returns a batch to its maker."""
    return batches.run(
        batch.pk,
        "send_back",
        actor=actor,
        reason=reason,
        changes={"submitted_at": None, "submitted_by": None, "count": None, "total": None, "digest": ""},
    )


def release_batch(
    *, actor: User, batch: Batch, digest: str | None = None, total: Decimal | None = None
) -> Batch:
    """复核放行 by another person than the maker; letters, summary and payment table are issued.

    `digest` is what the checker saw: Stale when the batch was frozen anew since. `total` is the sum he read on
    his own paper: Refusal when it is another. Pressed again by the same person, nothing more happens.
    """
    with unit_of_work():
        locked = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if locked.released_by_id == actor.pk:
            return locked
        if digest is not None and locked.state == BatchStates.SUBMITTED and digest != locked.digest:
            raise Stale("这个批次在你打开之后退回并重新提交过，内容可能不同，没有放行。请重新核对。")
        if total is not None and locked.state == BatchStates.SUBMITTED and total != locked.total:
            raise Refusal(
                "填写的金额与本批合计不一致，没有放行。请对照付款申请核对。",
                code="total_mismatch",
                field="total",
            )
        released = batches.run(
            locked.pk,
            "release",
            actor=actor,
            changes={"released_at": clock.legal_now(), "released_by": actor},
            data={"digest": locked.digest, "total": locked.total},
        )
        issue_papers(released, actor=actor)
    return released


def cancel_batch(*, actor: User, batch: Batch) -> Batch:
    """Give a draft up; its payments wait for another batch."""
    with unit_of_work():
        locked = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        require(may_make, actor, locked)
        if locked.state == BatchStates.CANCELLED:
            return locked
        for line in list(locked.lines.select_related("payment")):
            remove_payment(actor=actor, batch=locked, line=line)
        return batches.run(locked.pk, "cancel", actor=actor)


def record_result(
    *,
    actor: User,
    line: BatchLine,
    result: str,
    bank_reference: str = "",
    return_reason: str = "",
) -> BatchLine:
    """The bank's word on one line, once. Paid: the ledger books it and the claim is closed.

    Returned: the instruction is dead, the payment goes back to the applicant's account step. The same word
    again changes nothing; another word is refused.
    """
    require(may_settle, actor, line.batch)
    reference, reason = bank_reference.strip(), return_reason.strip()
    if result == Results.PAID and not reference:
        raise Refusal("请填写银行流水号。", code="required", field="bank_reference")
    if result == Results.RETURNED and not reason:
        raise Refusal("请填写退票原因。", code="required", field="return_reason")
    if result not in (Results.PAID, Results.RETURNED):
        raise Refusal("请选择支付成功或退票。", code="bad_choice", field="result")
    raise_any(too_long(60, bank_reference=reference) + too_long(200, return_reason=reason))
    with unit_of_work():
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=line.batch_id)
        locked = BatchLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
        if locked.result != Results.PENDING:
            if (locked.result, locked.bank_reference, locked.return_reason) == (result, reference, reason):
                return locked
            raise Refusal(
                f"这一笔已经登记为“{locked.get_result_display()}”，不能改动。请刷新页面看最新状态。",
                code="already_done",
            )
        if batch.state != BatchStates.RELEASED:
            raise _wrong_state(batch)
        now = clock.legal_now()
        locked.result, locked.bank_reference, locked.return_reason = result, reference, reason
        locked.result_at, locked.result_by = now, actor
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError as error:
            raise Refusal(
                "这个银行流水号已经登记在另一笔上。", code="already_done", field="bank_reference"
            ) from error
        if result == Results.PAID:
            _book(locked, actor=actor, moment=now)
        else:
            payments.run(
                locked.payment_id,
                "bounce",
                actor=actor,
                reason=reason,
                changes={
                    "account": None,
                    "requested_at": None,
                    "requested_by": None,
                    "return_reason": reason,
                },
                data={"batch": line.batch.number},
            )
    return locked


def settle_batch(*, actor: User, batch: Batch) -> Batch:
    """办结 once every line has its result. Pressed again, nothing more happens."""
    with unit_of_work():
        locked = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        require(may_settle, actor, locked)
        if locked.state == BatchStates.SETTLED:
            return locked
        return batches.run(locked.pk, "settle", actor=actor, changes={"settled_at": clock.now()})


def _book(line: BatchLine, *, actor: User, moment: object) -> None:
    paid = payments.run(
        line.payment_id,
        "settle",
        actor=actor,
        changes={"paid_at": moment, "return_reason": ""},
        data={"batch": line.batch.number, "bank_reference": line.bank_reference, "amount": line.amount},
    )
    claim = paid.award.case.claim
    ledger.post(
        key=f"pay:{claim.number}:{line.pk}",
        kind=Kinds.PAY,
        line=paid.award.budget_line,
        amount=line.amount,
        reference=claim.number,
        actor=actor,
        memo=f"{line.batch.number} {line.bank_reference}",
    )
    filing.close(actor=actor, claim=claim)


def _locked(batch: Batch, state: BatchStates) -> Batch:
    locked = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.state != state:
        raise _wrong_state(locked)
    return locked


def _wrong_state(batch: Batch) -> Refusal:
    return Refusal(
        f"批次现在是“{batch.get_state_display()}”，不能做这件事。请刷新页面看最新状态。", code="wrong_state"
    )
