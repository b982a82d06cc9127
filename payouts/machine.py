"""Tables of transitions of payments and batches."""

from collections.abc import Iterator

from applications.states import ClaimStates
from payouts import permissions as may
from payouts import selectors
from payouts.models import Batch, Payment
from payouts.states import BatchStates as B
from payouts.states import PaymentStates as P
from portal.accounts.permissions import is_finance_approver, is_finance_clerk
from portal.kernel.machine import Machine, row
from portal.kernel.refusals import Refusal


def still_owed(payment: Payment) -> Iterator[Refusal]:
    if payment.award.case.claim.state != ClaimStates.APPROVED:
        yield Refusal("这份申报现在不是已批复的状态，不能付款。", code="wrong_state")


def within_the_term(payment: Payment) -> Iterator[Refusal]:
    yield from selectors.term_faults(payment.award)


payments = Machine(
    Payment,
    P,
    [
        row(
            "request",
            "提交收款信息",
            {P.ACCOUNT_DUE},
            P.REQUESTED,
            may.may_give_account,
            still_owed,
            within_the_term,
        ),
        row("enlist", "编入批次", {P.REQUESTED}, P.IN_BATCH, is_finance_clerk, still_owed, within_the_term),
        row("drop", "移出批次", {P.IN_BATCH}, P.REQUESTED, is_finance_clerk),
        row("settle", "登记支付成功", {P.IN_BATCH}, P.PAID, is_finance_clerk, still_owed),
        row("bounce", "登记退票", {P.IN_BATCH}, P.ACCOUNT_DUE, is_finance_clerk, needs_reason=True),
    ],
    thread=lambda payment: payment.award.case.claim.number,
)


def has_lines(batch: Batch) -> Iterator[Refusal]:
    if not batch.lines.exists():
        yield Refusal("批次里还没有款项。", code="empty_batch")


def unchanged_since_frozen(batch: Batch) -> Iterator[Refusal]:
    if selectors.batch_digest(batch) != batch.digest or not selectors.lines_are_as_awarded(batch):
        yield Refusal("批次内容与制单时冻结的不一致，不能放行。请退回制单人核对。", code="digest_mismatch")


def every_line_has_a_result(batch: Batch) -> Iterator[Refusal]:
    left = selectors.open_results(batch)
    if left:
        yield Refusal(f"还有{left}笔没有登记银行结果。", code="results_missing")


batches = Machine(
    Batch,
    B,
    [
        row("submit", "提交复核", {B.DRAFT}, B.SUBMITTED, may.may_make, has_lines),
        row(
            "send_back",
            "退回制单",
            {B.SUBMITTED},
            B.DRAFT,
            is_finance_approver & may.is_impartial,
            needs_reason=True,
        ),
        row("release", "复核放行", {B.SUBMITTED}, B.RELEASED, may.may_release, unchanged_since_frozen),
        row("settle", "办结批次", {B.RELEASED}, B.SETTLED, may.may_settle, every_line_has_a_result),
        row("cancel", "取消批次", {B.DRAFT}, B.CANCELLED, may.may_make),
    ],
    thread=lambda batch: batch.number,
)
