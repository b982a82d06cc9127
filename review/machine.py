"""The case's table of transitions, and that of an expert's assignment."""

from collections.abc import Iterator

from applications.states import ClaimStates
from portal.accounts.permissions import is_expert
from portal.kernel import clock
from portal.kernel.machine import Guard, Machine, row
from portal.kernel.permissions import predicate
from portal.kernel.refusals import Refusal
from review import permissions as may
from review import selectors
from review.models import Assignment, ReviewCase
from review.states import BEFORE_PROPOSAL, AssignmentStates
from review.states import CaseStates as S


def still_under_review(case: ReviewCase) -> Iterator[Refusal]:
    if case.claim.state != ClaimStates.UNDER_REVIEW:
        yield Refusal(
            f"申报单位的申报现在是“{case.claim.get_state_display()}”，审核已停止。", code="wrong_state"
        )


def next_on_path(target: S) -> Guard:
    """The path of the review mode leads from the case's state to `target`."""

    def check(case: ReviewCase) -> Iterator[Refusal]:
        if selectors.next_step(case) != target:
            yield Refusal(f"这一事项的审核方式里，现在不能进入“{target.label}”。", code="off_path")

    return check


def duplicates_settled(case: ReviewCase) -> Iterator[Refusal]:
    if case.state == S.CHECKING and not case.duplicate_note.strip():
        yield Refusal("请先写明查重结论。", code="required", field="duplicate_note")


def experts_agree(case: ReviewCase) -> Iterator[Refusal]:
    if case.state == S.EXPERT_REVIEW:
        yield from selectors.scoring_faults(case)


def acceptance_recorded(case: ReviewCase) -> Iterator[Refusal]:
    if case.state == S.ACCEPTANCE and case.acceptance_on is None:
        yield Refusal("请先登记验收日期和验收文号。", code="required", field="acceptance_on")


def event_is_listed(case: ReviewCase) -> Iterator[Refusal]:
    if case.state == S.LISTING and case.listed_event_id is None:
        yield Refusal("请先选定年度活动清单里的活动。", code="required", field="listed_event")


def all_verified(case: ReviewCase) -> Iterator[Refusal]:
    if case.state == S.VERIFICATION:
        yield from selectors.verification_faults(case)


def all_units_answered(case: ReviewCase) -> Iterator[Refusal]:
    if case.state == S.UNIT_OPINIONS:
        yield from selectors.opinion_faults(case)


def notice_ran_its_course(case: ReviewCase) -> Iterator[Refusal]:
    if case.notice is None or clock.legal_now().date() <= case.notice.closes_on:
        yield Refusal("公示期还没有满。", code="notice_open")


cases = Machine(
    ReviewCase,
    S,
    [
        row(
            "to_experts",
            "送专家评审",
            {S.CHECKING},
            S.EXPERT_REVIEW,
            may.may_handle,
            still_under_review,
            next_on_path(S.EXPERT_REVIEW),
            duplicates_settled,
        ),
        row(
            "to_acceptance",
            "转入验收核对",
            {S.CHECKING},
            S.ACCEPTANCE,
            may.may_handle,
            still_under_review,
            next_on_path(S.ACCEPTANCE),
            duplicates_settled,
        ),
        row(
            "to_listing",
            "转入年度清单核对",
            {S.CHECKING},
            S.LISTING,
            may.may_handle,
            still_under_review,
            next_on_path(S.LISTING),
            duplicates_settled,
        ),
        row(
            "to_verification",
            "转入逐笔核定",
            {S.CHECKING, S.EXPERT_REVIEW, S.ACCEPTANCE, S.LISTING},
            S.VERIFICATION,
            may.may_handle,
            still_under_review,
            next_on_path(S.VERIFICATION),
            duplicates_settled,
            experts_agree,
            acceptance_recorded,
            event_is_listed,
        ),
        row(
            "to_units",
            "送责任单位会商",
            {S.VERIFICATION},
            S.UNIT_OPINIONS,
            may.may_handle,
            still_under_review,
            next_on_path(S.UNIT_OPINIONS),
            all_verified,
        ),
        row(
            "propose",
            "提出拟支持意见",
            {S.VERIFICATION, S.UNIT_OPINIONS},
            S.PROPOSED,
            may.may_handle,
            still_under_review,
            next_on_path(S.PROPOSED),
            all_verified,
            all_units_answered,
        ),
        row(
            "propose_rejection",
            "提出不予支持意见",
            BEFORE_PROPOSAL,
            S.REJECTION_PROPOSED,
            may.may_handle,
            still_under_review,
            needs_reason=True,
        ),
        row(
            "send_back",
            "退回重新核定",
            {S.PROPOSED, S.ENDORSED, S.NOTICE_OVER},
            S.VERIFICATION,
            may.may_endorse,
            still_under_review,
            needs_reason=True,
        ),
        row(
            "send_back_rejection",
            "退回重新审核",
            {S.REJECTION_PROPOSED},
            S.CHECKING,
            may.may_endorse,
            still_under_review,
            needs_reason=True,
        ),
        row("endorse", "审定同意", {S.PROPOSED}, S.ENDORSED, may.may_endorse, still_under_review),
        row(
            "confirm_rejection",
            "审定不予支持",
            {S.REJECTION_PROPOSED},
            S.REJECTED,
            may.may_endorse,
            still_under_review,
        ),
        row("post_notice", "发布公示", {S.ENDORSED}, S.NOTICED, may.may_handle, still_under_review),
        row(
            "end_notice",
            "结束公示",
            {S.NOTICED},
            S.NOTICE_OVER,
            may.may_end_notice,
            still_under_review,
            notice_ran_its_course,
        ),
        row("approve", "批复", {S.NOTICE_OVER}, S.APPROVED, may.may_endorse, still_under_review),
    ],
    thread=lambda case: case.claim.number,
)


@predicate("这份评审任务不是你的。")
def is_own(actor: object, assignment: Assignment) -> bool:
    return assignment.expert_id == getattr(actor, "pk", None)


@predicate("你与申报单位有关联，不能评审，请声明回避。")
def is_free_of_ties(actor: object, assignment: Assignment) -> bool:
    return may.is_impartial(actor, assignment.case)


@predicate("你没有被请来评审这份申报。")
def is_appointed(actor: object, assignment: Assignment) -> bool:
    return may.is_appointed(actor, assignment.case)


may_score = is_expert & is_own & is_free_of_ties & is_appointed


def scoring_is_on(assignment: Assignment) -> Iterator[Refusal]:
    if assignment.case.state != S.EXPERT_REVIEW or assignment.case.claim.state != ClaimStates.UNDER_REVIEW:
        yield Refusal("这份申报的专家评审已经结束。", code="wrong_state")


def open_points(case: ReviewCase, name: str) -> list[Refusal]:
    """What the guards of row `name` would say now, in full; the acting itself asks them again."""
    return [refusal for guard in cases.rows[name].guards for refusal in guard(case)]


A = AssignmentStates
assignments = Machine(
    Assignment,
    AssignmentStates,
    [
        row("take_on", "接受评审", {A.INVITED}, A.ACCEPTED, may_score, scoring_is_on),
        row("recuse", "声明回避", {A.INVITED, A.ACCEPTED}, A.RECUSED, is_own, needs_reason=True),
        row("sign_score", "提交评分", {A.ACCEPTED}, A.SCORED, may_score, scoring_is_on),
    ],
    thread=lambda assignment: assignment.case.claim.number,
)
