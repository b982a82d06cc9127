"""The table of transitions of requests and referrals."""

from collections.abc import Iterator

from applications.requests import permissions as may
from applications.requests.models import ServiceRequest
from applications.requests.states import CLOSE_WORKDAYS, RequestKinds
from applications.requests.states import RequestStates as S
from portal.kernel import clock
from portal.kernel.machine import Machine, row
from portal.kernel.refusals import Refusal
from portal.kernel.workdays import add_workdays


def is_request(asked: ServiceRequest) -> Iterator[Refusal]:
    if asked.kind != RequestKinds.REQUEST:
        yield Refusal("这是转办事项，请转办并登记结果，或者写明不予转办的理由。", code="wrong_kind")


def is_referral(asked: ServiceRequest) -> Iterator[Refusal]:
    if asked.kind != RequestKinds.REFERRAL:
        yield Refusal("这件需求由你单位直接答复，不需要转办。", code="wrong_kind")


def not_followed_up(asked: ServiceRequest) -> Iterator[Refusal]:
    if asked.followed_up_at is not None:
        yield Refusal("每件需求可以追问一次，这一次已经用过。", code="already_done")


def nobody_spoke(asked: ServiceRequest) -> Iterator[Refusal]:
    answered = asked.second_answered_at or asked.answered_at
    assert answered is not None
    if clock.today() <= add_workdays(answered.astimezone(clock.SHANGHAI).date(), CLOSE_WORKDAYS):
        yield Refusal("单位追问和评价的期限还没有到。", code="too_early")


requests = Machine(
    ServiceRequest,
    S,
    [
        row("pass_on", "移交其他责任单位", {S.SUBMITTED}, S.SUBMITTED, may.may_handle, needs_reason=True),
        row("answer", "答复", {S.SUBMITTED}, S.ANSWERED, may.may_handle, is_request),
        row("hand_over", "转办", {S.SUBMITTED}, S.HANDED_OVER, may.may_handle, is_referral),
        row("decline", "不予转办", {S.SUBMITTED}, S.ANSWERED, may.may_handle, is_referral, needs_reason=True),
        row("record_result", "登记办理结果", {S.HANDED_OVER}, S.ANSWERED, may.may_handle),
        row("follow_up", "追问", {S.ANSWERED}, S.FOLLOWED_UP, may.may_speak, not_followed_up),
        row(
            "pass_on_follow_up",
            "移交其他责任单位",
            {S.FOLLOWED_UP},
            S.FOLLOWED_UP,
            may.may_handle,
            needs_reason=True,
        ),
        row("answer_follow_up", "答复追问", {S.FOLLOWED_UP}, S.ANSWERED, may.may_handle),
        row("rate", "评价", {S.ANSWERED}, S.CLOSED, may.may_speak),
        row("close", "期满办结", {S.ANSWERED}, S.CLOSED, may.may_close, nobody_spoke),
        row("withdraw", "撤回", {S.SUBMITTED}, S.WITHDRAWN, may.may_speak),
    ],
    thread=lambda asked: asked.number,
)
