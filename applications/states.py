"""States of a claim, worded by audience."""

from dataclasses import dataclass

from django.db import models


class ClaimStates(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待形式审查"
    CORRECTION_DUE = "correction_due", "待补正"
    ACCEPTED = "accepted", "已受理"
    UNDER_REVIEW = "under_review", "审核中"
    APPROVED = "approved", "已批复"
    CLOSED = "closed", "办结"
    REJECTED = "rejected", "不予支持"
    REFUSED = "refused", "不予受理"
    LAPSED = "lapsed", "逾期未补正"
    WITHDRAWN = "withdrawn", "已撤回"
    DISCARDED = "discarded", "已作废"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a state is called and how it looks: done, now, wait, bad or calm."""

    label: str
    tone: str


APPLICANT = {
    ClaimStates.DRAFT: Wording("草稿", "calm"),
    ClaimStates.SUBMITTED: Wording("已提交，等待形式审查", "now"),
    ClaimStates.CORRECTION_DUE: Wording("需要你补正", "wait"),
    ClaimStates.ACCEPTED: Wording("已受理", "now"),
    ClaimStates.UNDER_REVIEW: Wording("审核中", "now"),
    ClaimStates.APPROVED: Wording("已批复", "done"),
    ClaimStates.CLOSED: Wording("办结", "done"),
    ClaimStates.REJECTED: Wording("不予支持", "bad"),
    ClaimStates.REFUSED: Wording("不予受理", "bad"),
    ClaimStates.LAPSED: Wording("逾期未补正", "bad"),
    ClaimStates.WITHDRAWN: Wording("你已撤回", "calm"),
    ClaimStates.DISCARDED: Wording("草稿已作废", "calm"),
}
OFFICE = {
    ClaimStates.DRAFT: Wording("草稿", "calm"),
    ClaimStates.SUBMITTED: Wording("待形式审查", "wait"),
    ClaimStates.CORRECTION_DUE: Wording("等申报单位补正", "calm"),
    ClaimStates.ACCEPTED: Wording("已受理，待审核", "wait"),
    ClaimStates.UNDER_REVIEW: Wording("审核中", "now"),
    ClaimStates.APPROVED: Wording("已批复", "done"),
    ClaimStates.CLOSED: Wording("办结", "done"),
    ClaimStates.REJECTED: Wording("不予支持", "bad"),
    ClaimStates.REFUSED: Wording("不予受理", "bad"),
    ClaimStates.LAPSED: Wording("逾期未补正", "bad"),
    ClaimStates.WITHDRAWN: Wording("申报单位已撤回", "calm"),
    ClaimStates.DISCARDED: Wording("草稿已作废", "calm"),
}

DEAD = frozenset(
    {
        ClaimStates.REJECTED,
        ClaimStates.REFUSED,
        ClaimStates.LAPSED,
        ClaimStates.WITHDRAWN,
        ClaimStates.DISCARDED,
    }
)
WITHDRAWABLE = frozenset(
    {ClaimStates.SUBMITTED, ClaimStates.CORRECTION_DUE, ClaimStates.ACCEPTED, ClaimStates.UNDER_REVIEW}
)
EDITABLE = frozenset({ClaimStates.DRAFT, ClaimStates.CORRECTION_DUE})


class Sections(models.TextChoices):
    """Parts of a claim; a correction notice unlocks only those it lists."""

    OVERVIEW = "overview", "项目情况"
    COSTS = "costs", "费用"
    PUBLIC_MONEY = "public_money", "其他财政资金情况"
    PAPERS = "papers", "材料"


class EvidenceKinds(models.TextChoices):
    """What proves a cost; an invoice is identified by its own number, the rest by issuer, number and date."""

    INVOICE = "invoice", "发票"
    PAYROLL = "payroll", "工资表"
    FOREIGN = "foreign", "境外票据"
    OTHER = "other", "其他凭证"


class Sides(models.TextChoices):
    """A platform's income and its customer's cost are the same paper, on different sides."""

    PURCHASE = "purchase", "支出"
    SALE = "sale", "收入"


class RefusalCodes(models.TextChoices):
    """Why a claim is not taken up, with the ground for it."""

    NOT_ELIGIBLE = "not_eligible", "申报主体不符合条款规定"
    OUT_OF_SCOPE = "out_of_scope", "项目不属于该事项支持范围"
    MISSING_PAPERS = "missing_papers", "材料不全且无法补正"
    UNTRUE = "untrue", "材料不真实"
    OTHER = "other", "其他"


class Proofs(models.TextChoices):
    """How a cost is known to be its organisation's own; a typed one cannot block a stranger's."""

    TYPED = "typed", "手工录入"
    INVOICE = "invoice", "数电票"
    INTAKE = "intake", "受理核对"


class ImportKinds(models.TextChoices):
    """What an import reads."""

    INVOICES = "invoices", "数电票"
    WORKBOOK = "workbook", "Excel表格"
