"""Review cases and what is found in them: scores, verified costs, opinions, determinations, notices, awards."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models import Claim, CostItem
from clauses.models import ListedEvent
from portal.accounts.models import Unit
from portal.kernel.models import Document
from portal.kernel.money import MoneyField
from portal.ledger.models import BudgetLine
from review.states import AssignmentStates, CaseStates, NoticeStates, Opinions

USER = settings.AUTH_USER_MODEL


class Notice(models.Model):
    """公示: a list of proposed awards, open to the public for a number of working days."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="notice")
    title = models.CharField("标题", max_length=160)
    state = models.CharField(max_length=10, choices=NoticeStates, default=NoticeStates.OPEN)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("结束日期")
    workdays = models.PositiveSmallIntegerField("工作日")
    posted_at = models.DateTimeField("发布时间")
    posted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gt=F("opens_on")), name="notice_forward"),
            models.CheckConstraint(condition=Q(workdays__gte=5), name="notice_five_workdays"),
        ]

    def __str__(self) -> str:
        return self.title


class ReviewCase(models.Model):
    """The review of one accepted claim. `path` is the pack's list of steps, frozen when the case is opened.

    Experts hold the guardian permission `score_reviewcase` on the cases they are appointed to.
    """

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="case")
    state = models.CharField("步骤", max_length=20, choices=CaseStates, default=CaseStates.CHECKING)
    path = models.JSONField()
    handler = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name="经办人")
    opened_at = models.DateTimeField()
    step_since = models.DateTimeField("本步开始")
    duplicate_note = models.TextField("查重结论", blank=True)
    score = models.DecimalField("评审得分", max_digits=5, decimal_places=2, null=True)
    acceptance_on = models.DateField("验收日期", null=True)
    acceptance_document = models.CharField("验收文号", max_length=60, blank=True)
    listed_event = models.OneToOneField(
        ListedEvent, on_delete=models.PROTECT, null=True, related_name="case", verbose_name="清单活动"
    )
    findings = models.JSONField("核查认定", default=dict, blank=True)
    approved_sum = MoneyField("评审核定金额", null=True)
    approved_sum_reason = models.TextField("核定理由", blank=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    endorsed_at = models.DateTimeField(null=True)
    endorsed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    rejection_reason = models.TextField("不予支持理由", blank=True)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="cases")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "step_since"], name="case_queue")]
        permissions = [("score_reviewcase", "评审指定的申报件")]
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}_at": None, f"{name}_by": None})
                    | Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False}),
                    name=f"case_{name}_pair",
                )
                for name in ("verified", "proposed", "endorsed", "decided")
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["endorsed", "noticed", "notice_over", "approved"])
                | Q(endorsed_at__isnull=False),
                name="case_state_endorsed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "rejected"], decided_at__isnull=False)
                | ~Q(state__in=["approved", "rejected"]) & Q(decided_at=None),
                name="case_state_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["noticed", "notice_over", "approved"]) | Q(notice__isnull=False),
                name="case_state_noticed",
            ),
            models.CheckConstraint(
                condition=~Q(endorsed_by=F("proposed_by")) | Q(endorsed_by=None),
                name="case_endorsed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.claim.number


class Assignment(models.Model):
    """An expert's appointment to a case."""

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="assignments")
    expert = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=10, choices=AssignmentStates, default=AssignmentStates.INVITED)
    appointed_at = models.DateTimeField()
    appointed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    conflict = models.TextField("回避理由", blank=True)
    total = models.DecimalField("总分", max_digits=5, decimal_places=2, null=True)
    comment = models.TextField("评审意见", blank=True)
    cost_advice = models.TextField("费用意见", blank=True)
    scored_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "expert"], name="assignment_once"),
            models.CheckConstraint(
                condition=Q(state="scored", scored_at__isnull=False, total__isnull=False)
                | ~Q(state="scored") & Q(scored_at=None, total=None),
                name="assignment_scored_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="invited", answered_at=None)
                | ~Q(state="invited") & Q(answered_at__isnull=False),
                name="assignment_answered_when",
            ),
        ]


class Score(models.Model):
    """Points for one criterion of the rubric; none yet while only the reason is written."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="scores")
    criterion = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField("得分", null=True)
    reason = models.TextField("理由", blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["assignment", "criterion"], name="score_once")]


class CostVerification(models.Model):
    """The verified amount of one cost item, with the reason for every cut."""

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="verifications")
    cost_item = models.ForeignKey(CostItem, on_delete=models.PROTECT, related_name="verifications")
    claimed = MoneyField("申报金额")
    verified = MoneyField("核定金额")
    cut_code = models.CharField("核减原因", max_length=40, blank=True)
    note = models.TextField("说明", blank=True)
    verified_at = models.DateTimeField()
    verified_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["cost_item_id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "cost_item"], name="verification_once"),
            models.CheckConstraint(condition=Q(verified__lte=F("claimed")), name="verification_not_raised"),
            models.CheckConstraint(
                condition=Q(verified=F("claimed"), cut_code="")
                | Q(verified__lt=F("claimed")) & ~Q(cut_code=""),
                name="verification_cut_has_reason",
            ),
        ]


class UnitOpinion(models.Model):
    """What a responsible unit says about a case."""

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="opinions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="opinions")
    asked_at = models.DateTimeField()
    opinion = models.CharField("意见", max_length=10, choices=Opinions, blank=True)
    text = models.TextField("说明", blank=True)
    given_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "unit"], name="opinion_once"),
            models.CheckConstraint(
                condition=Q(given_at=None, given_by=None, opinion="")
                | Q(given_at__isnull=False, given_by__isnull=False) & ~Q(opinion=""),
                name="opinion_given_pair",
            ),
        ]


class Determination(models.Model):
    """The engine's answer on the verified base, frozen with everything needed to compute it again.

    `setting_sources` gives the document and day of those settings of the question that were in force, by id.
    """

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="determinations")
    question = models.JSONField()
    setting_sources = models.JSONField(default=dict)
    verdict = models.JSONField()
    pack_hash = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    base = MoneyField("核定基数", null=True)
    computed = MoneyField("测算金额", null=True)
    cap = MoneyField("上限", null=True)
    amount = MoneyField("拟支持金额")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(voided_at=None), name="determination_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(cap=None) | Q(amount__lte=F("cap")), name="determination_within_cap"
            ),
        ]


class Award(models.Model):
    """批复: what is owed. The decision is frozen; payouts pay it."""

    case = models.OneToOneField(ReviewCase, on_delete=models.PROTECT, related_name="award")
    determination = models.OneToOneField(Determination, on_delete=models.PROTECT, related_name="award")
    amount = MoneyField("批复金额")
    document_number = models.CharField("批复文号", max_length=60)
    decision = models.JSONField()
    decision_digest = models.CharField(max_length=64)
    budget_line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="awards")
    approved_at = models.DateTimeField("批复时间")
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="award_positive")]

    def __str__(self) -> str:
        return f"{self.case.claim.number} {self.amount}"
