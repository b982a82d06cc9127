"""The claim's table of transitions. Rows that review and payouts trigger are run by their services."""

from collections.abc import Iterator

from applications import permissions as may
from applications.models import Claim
from applications.states import WITHDRAWABLE
from applications.states import ClaimStates as S
from portal.accounts.permissions import is_finance_clerk
from portal.kernel import clock
from portal.kernel.machine import Machine, row
from portal.kernel.refusals import Refusal


def correction_still_open(claim: Claim) -> Iterator[Refusal]:
    if claim.correction_due_on is None or clock.legal_now().date() > claim.correction_due_on:
        yield Refusal("补正期限已过，不能再提交补正。", code="correction_late")


def correction_is_over(claim: Claim) -> Iterator[Refusal]:
    if claim.correction_due_on is None or clock.legal_now().date() <= claim.correction_due_on:
        yield Refusal("补正期限还没有到。", code="correction_open")


claims = Machine(
    Claim,
    S,
    [
        row("submit", "提交", {S.DRAFT}, S.SUBMITTED, may.may_submit),
        row("discard", "作废草稿", {S.DRAFT}, S.DISCARDED, may.may_edit),
        row("ask_correction", "退回补正", {S.SUBMITTED}, S.CORRECTION_DUE, may.may_examine),
        row("resubmit", "提交补正", {S.CORRECTION_DUE}, S.SUBMITTED, may.may_submit, correction_still_open),
        row("lapse", "记为逾期未补正", {S.CORRECTION_DUE}, S.LAPSED, may.may_lapse, correction_is_over),
        row("accept", "受理", {S.SUBMITTED}, S.ACCEPTED, may.may_examine),
        row("refuse", "不予受理", {S.SUBMITTED}, S.REFUSED, may.may_examine, needs_reason=True),
        row("withdraw", "撤回", WITHDRAWABLE, S.WITHDRAWN, may.may_withdraw),
        row("start_review", "转入审核", {S.ACCEPTED}, S.UNDER_REVIEW, may.may_open_review),
        row("approve", "批复", {S.UNDER_REVIEW}, S.APPROVED, may.may_decide),
        row("reject", "不予支持", {S.UNDER_REVIEW}, S.REJECTED, may.may_decide, needs_reason=True),
        row("close", "办结", {S.APPROVED}, S.CLOSED, is_finance_clerk & may.is_impartial),
    ],
    thread=lambda claim: claim.number,
)
