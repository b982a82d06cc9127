"""A request or referral with everything said about it, and its files."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.requests.states import ENDED, RUNNING, Outcomes, Ratings, RequestKinds, RequestStates
from clauses.models import Item
from portal.accounts.models import Organisation, Unit
from portal.kernel.money import MoneyField

USER = settings.AUTH_USER_MODEL


def _moment(label: str) -> models.DateTimeField:
    return models.DateTimeField(label, null=True)


def _person() -> models.ForeignKey:
    return models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")


def _pair(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{name}_at": None, f"{name}_by": None})
        | Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False}),
        name=f"request_{name}_pair",
    )


class ServiceRequest(models.Model):
    """Filed once and frozen; `unit` has it now, `due_on` is the last day of the clock that runs.

    The answer to a referral is the result of the office that pays, or why it was not handed over.
    """

    number = models.CharField("编号", max_length=30, unique=True)
    kind = models.CharField("种类", max_length=10, choices=RequestKinds)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="requests")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="requests")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="requests")
    state = models.CharField("状态", max_length=12, choices=RequestStates, default=RequestStates.SUBMITTED)
    title = models.CharField("标题", max_length=60)
    facts = models.JSONField("事项信息", default=dict)
    statement = models.TextField("情况说明", max_length=2000, blank=True)
    project = models.ForeignKey(
        "applications.Project", on_delete=models.PROTECT, null=True, related_name="requests"
    )
    public_money = models.BooleanField("有其他财政资金", null=True)
    public_money_note = models.TextField("其他财政资金说明", max_length=2000, blank=True)
    content = models.JSONField("提交内容")
    content_digest = models.CharField(max_length=64)
    filed_at = models.DateTimeField("提交时间")
    filed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    clock_from = models.DateField("计时起", null=True)
    due_on = models.DateField("时限", null=True)
    other_policy = models.CharField("所依据的政策", max_length=200, blank=True)
    other_document_number = models.CharField("政策文号", max_length=60, blank=True)
    other_office = models.CharField("办理单位", max_length=80, blank=True)
    overlap_note = models.TextField("查重结论", max_length=2000, blank=True)
    handed_over_at = _moment("转办时间")
    handed_over_by = _person()
    other_file_number = models.CharField("办理编号", max_length=60, blank=True)
    outcome = models.CharField("办理结果", max_length=15, choices=Outcomes, blank=True)
    outcome_amount = MoneyField("支持金额", null=True)
    outcome_on = models.DateField("办理日期", null=True)
    answer = models.TextField("答复", max_length=3000, blank=True)
    answered_at = _moment("答复时间")
    answered_by = _person()
    answering_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    follow_up = models.TextField("追问", max_length=1000, blank=True)
    followed_up_at = _moment("追问时间")
    followed_up_by = _person()
    second_answer = models.TextField("对追问的答复", max_length=3000, blank=True)
    second_answered_at = _moment("答复追问时间")
    second_answered_by = _person()
    second_answering_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    rating = models.CharField("评价", max_length=5, choices=Ratings, blank=True)
    rating_words = models.TextField("评价说明", max_length=500, blank=True)
    rated_at = _moment("评价时间")
    rated_by = _person()
    ended_at = _moment("办结时间")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "state", "due_on"], name="request_desk"),
            models.Index(fields=["organisation", "-id"], name="request_by_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "content_digest"],
                condition=~Q(state__in=sorted(ENDED)),
                name="request_same_once",
            ),
            *(_pair(name) for name in ("handed_over", "answered", "followed_up", "second_answered", "rated")),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", answering_unit=None)
                | Q(answered_at__isnull=False, answering_unit__isnull=False) & ~Q(answer=""),
                name="request_answer_whole",
            ),
            models.CheckConstraint(
                condition=Q(followed_up_at=None, follow_up="")
                | Q(followed_up_at__isnull=False, answered_at__isnull=False) & ~Q(follow_up=""),
                name="request_follow_up_whole",
            ),
            models.CheckConstraint(
                condition=Q(second_answered_at=None, second_answer="", second_answering_unit=None)
                | Q(
                    second_answered_at__isnull=False,
                    second_answering_unit__isnull=False,
                    followed_up_at__isnull=False,
                )
                & ~Q(second_answer=""),
                name="request_second_answer_whole",
            ),
            models.CheckConstraint(
                condition=Q(rated_at=None, rating="") | Q(rated_at__isnull=False) & ~Q(rating=""),
                name="request_rating_whole",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_at=None)
                | Q(kind=RequestKinds.REFERRAL)
                & ~Q(other_policy="")
                & ~Q(other_document_number="")
                & ~Q(other_office="")
                & ~Q(overlap_note=""),
                name="request_handed_over_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", outcome_on=None, outcome_amount=None, other_file_number="")
                | Q(
                    kind=RequestKinds.REFERRAL,
                    outcome=Outcomes.NOT_REFERRED,
                    handed_over_at=None,
                    outcome_on=None,
                    outcome_amount=None,
                )
                | Q(
                    kind=RequestKinds.REFERRAL,
                    outcome__in=[Outcomes.SUPPORTED, Outcomes.NOT_SUPPORTED],
                    handed_over_at__isnull=False,
                    outcome_on__isnull=False,
                )
                & ~Q(other_file_number=""),
                name="request_outcome_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome_amount=None) | Q(outcome=Outcomes.SUPPORTED, outcome_amount__gt=0),
                name="request_amount_of_support",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestStates.HANDED_OVER) | Q(handed_over_at__isnull=False),
                name="request_state_handed_over",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "followed_up", "closed"]) | Q(answered_at__isnull=False),
                name="request_state_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestStates.FOLLOWED_UP)
                | Q(followed_up_at__isnull=False, second_answered_at=None),
                name="request_state_followed_up",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(RUNNING), due_on__isnull=False, clock_from__isnull=False)
                | ~Q(state__in=sorted(RUNNING)) & Q(due_on=None, clock_from=None),
                name="request_state_clock",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED), ended_at__isnull=False)
                | ~Q(state__in=sorted(ENDED)) & Q(ended_at=None),
                name="request_state_ended",
            ),
            models.CheckConstraint(
                condition=Q(kind=RequestKinds.REQUEST, public_money=None, project=None, statement="")
                | Q(kind=RequestKinds.REFERRAL, public_money__isnull=False) & ~Q(statement=""),
                name="request_kind_fields",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RequestFile(models.Model):
    """A file of the applicant, or with `from_unit` one that goes with an answer. Never removed."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="files")
    from_unit = models.BooleanField("答复附件", default=False)
    name = models.CharField("文件名", max_length=160)
    file = models.FileField(upload_to="uploads/%Y/%m")
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "from_unit", "sha256"], name="request_file_once")
        ]

    def __str__(self) -> str:
        return self.name
