"""States of a review case, of an expert's assignment, and what units may say."""

from django.db import models

from applications.states import Wording


class CaseStates(models.TextChoices):
    CHECKING = "checking", "查重核查"
    EXPERT_REVIEW = "expert_review", "专家评审"
    ACCEPTANCE = "acceptance", "验收核对"
    LISTING = "listing", "年度清单核对"
    VERIFICATION = "verification", "逐笔核定"
    UNIT_OPINIONS = "unit_opinions", "责任单位会商"
    PROPOSED = "proposed", "拟支持，待审定"
    REJECTION_PROPOSED = "rejection_proposed", "拟不支持，待审定"
    ENDORSED = "endorsed", "已审定，待公示"
    NOTICED = "noticed", "公示中"
    NOTICE_OVER = "notice_over", "公示期满，待批复"
    APPROVED = "approved", "已批复"
    REJECTED = "rejected", "不予支持"


TONES = {
    CaseStates.PROPOSED: "wait",
    CaseStates.REJECTION_PROPOSED: "wait",
    CaseStates.ENDORSED: "wait",
    CaseStates.NOTICE_OVER: "wait",
    CaseStates.APPROVED: "done",
    CaseStates.REJECTED: "bad",
}
OFFICE = {state: Wording(state.label, TONES.get(state, "now")) for state in CaseStates}
APPLICANT = {
    state: Wording(
        {
            CaseStates.PROPOSED: "等待审定",
            CaseStates.REJECTION_PROPOSED: "等待审定",
            CaseStates.ENDORSED: "已审定，即将公示",
            CaseStates.NOTICE_OVER: "公示期满，等待批复",
        }.get(state, state.label),
        {CaseStates.APPROVED: "done", CaseStates.REJECTED: "bad"}.get(state, "now"),
    )
    for state in CaseStates
}

OWNERS = {
    CaseStates.CHECKING: "处室经办",
    CaseStates.EXPERT_REVIEW: "评审专家",
    CaseStates.ACCEPTANCE: "处室经办",
    CaseStates.LISTING: "处室经办",
    CaseStates.VERIFICATION: "处室经办",
    CaseStates.UNIT_OPINIONS: "责任单位",
    CaseStates.PROPOSED: "分管领导",
    CaseStates.REJECTION_PROPOSED: "分管领导",
    CaseStates.ENDORSED: "处室经办",
    CaseStates.NOTICED: "社会公众",
    CaseStates.NOTICE_OVER: "分管领导",
    CaseStates.APPROVED: "财务制单",
    CaseStates.REJECTED: "",
}
LIMITS = {
    CaseStates.CHECKING: 10,
    CaseStates.EXPERT_REVIEW: 15,
    CaseStates.ACCEPTANCE: 10,
    CaseStates.LISTING: 5,
    CaseStates.VERIFICATION: 10,
    CaseStates.UNIT_OPINIONS: 5,
    CaseStates.PROPOSED: 5,
    CaseStates.REJECTION_PROPOSED: 5,
    CaseStates.ENDORSED: 3,
    CaseStates.NOTICED: 5,
    CaseStates.NOTICE_OVER: 10,
}
"""Working days a step may take; common practice, not law (domain notes 2.1)."""

BEFORE_PROPOSAL = frozenset(
    {
        CaseStates.CHECKING,
        CaseStates.EXPERT_REVIEW,
        CaseStates.ACCEPTANCE,
        CaseStates.LISTING,
        CaseStates.VERIFICATION,
        CaseStates.UNIT_OPINIONS,
    }
)


class AssignmentStates(models.TextChoices):
    INVITED = "invited", "待专家答复"
    ACCEPTED = "accepted", "评审中"
    RECUSED = "recused", "已回避"
    SCORED = "scored", "已评分"


class Opinions(models.TextChoices):
    AGREE = "agree", "同意"
    REMARKS = "remarks", "同意，有意见"
    DISAGREE = "disagree", "不同意"


class NoticeStates(models.TextChoices):
    OPEN = "open", "公示中"
    OVER = "over", "公示期满"


NOTICE = {NoticeStates.OPEN: Wording("公示中", "now"), NoticeStates.OVER: Wording("公示期满", "done")}
