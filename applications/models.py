"""Projects, their cost items, claims, nominations and holds, uploaded papers."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.imported import ImportFault as ImportFault
from applications.imported import ImportJob as ImportJob
from applications.imported import ImportSource as ImportSource
from applications.imported import Invoice as Invoice
from applications.requests.models import RequestFile as RequestFile
from applications.requests.models import ServiceRequest as ServiceRequest
from applications.states import DEAD, ClaimStates, EvidenceKinds, Proofs, RefusalCodes, Sides
from clauses.models import Item, Round
from portal.accounts.models import Organisation
from portal.kernel.money import MoneyField

USER = settings.AUTH_USER_MODEL


class Project(models.Model):
    """A project or platform of an organisation; cost items belong to it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="projects")
    name = models.CharField("项目名称", max_length=120)
    location = models.CharField("建设地点", max_length=120)
    leader = models.CharField("负责人", max_length=40)
    summary = models.TextField("建设内容", max_length=3000)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="project_name_once")]

    def __str__(self) -> str:
        return self.name


class CostItem(models.Model):
    """One cost or income with its evidence key: what makes two entries the same cost.

    `amount` is yuan without `tax`; where the tax is not known apart, as it was typed (Q08). `invoiced` is what the
    invoice's line says and `reversed` what red letters took off it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cost_items")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="cost_items")
    name = models.CharField("名称", max_length=120)
    quantity = models.CharField("数量", max_length=30, blank=True)
    category = models.CharField("类别", max_length=30, blank=True)
    side = models.CharField("方向", max_length=10, choices=Sides, default=Sides.PURCHASE)
    evidence_kind = models.CharField(
        "凭证", max_length=10, choices=EvidenceKinds, default=EvidenceKinds.INVOICE
    )
    invoice_code = models.CharField("发票代码", max_length=12, blank=True)
    document_number = models.CharField("发票号码或凭证号", max_length=40)
    line = models.PositiveSmallIntegerField("行号", default=1)
    counterparty = models.CharField("对方单位", max_length=120)
    amount = MoneyField("金额")
    tax = MoneyField("税额", null=True, blank=True)
    proof = models.CharField("依据", max_length=10, choices=Proofs, default=Proofs.TYPED)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="cost_items"
    )
    invoiced = MoneyField("发票金额", null=True, blank=True)
    reversed = MoneyField("已红冲", default=0)
    contract_number = models.CharField("合同号", max_length=60, blank=True)
    contract_date = models.DateField("合同日期", null=True, blank=True)
    invoice_date = models.DateField("开票日期", null=True, blank=True)
    paid_date = models.DateField("付款日期", null=True, blank=True)
    service_from = models.DateField("服务开始", null=True, blank=True)
    service_to = models.DateField("服务结束", null=True, blank=True)
    expense_date = models.DateField("支出日期", null=True, blank=True)
    event_date = models.DateField("活动日期", null=True, blank=True)
    flags = models.JSONField("标记", default=dict, blank=True)
    evidence_key = models.CharField(max_length=160, db_index=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["project", "id"], name="costitem_by_project"),
            models.Index(fields=["organisation", "document_number"], name="costitem_by_paper"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "evidence_key"], name="costitem_key_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount=0, reversed__gt=0), name="costitem_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(proof=Proofs.INVOICE, invoice__isnull=False, invoiced__isnull=False)
                | ~Q(proof=Proofs.INVOICE) & Q(invoice=None, invoiced=None),
                name="costitem_proof_has_invoice",
            ),
            models.CheckConstraint(
                condition=Q(service_to=None) | Q(service_from=None) | Q(service_to__gte=F("service_from")),
                name="costitem_service_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Claim(models.Model):
    """One filing for one support item. Content is frozen at submission."""

    number = models.CharField("申报号", max_length=30, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="claims")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="claims")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="claims")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="claims")
    state = models.CharField("状态", max_length=20, choices=ClaimStates, default=ClaimStates.DRAFT)
    version = models.PositiveIntegerField(default=1)
    facts = models.JSONField("事项信息", default=dict, blank=True)
    public_money = models.BooleanField("有其他财政资金", null=True)
    public_money_note = models.TextField("其他财政资金说明", max_length=2000, blank=True)
    limit_key = models.CharField("次数限制", max_length=120, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField("承诺签署时间", null=True)
    committed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField("首次提交时间", null=True)
    filed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    content = models.JSONField("提交内容", null=True)
    content_digest = models.CharField(max_length=64, blank=True)
    faults = models.JSONField("补正清单", default=list, blank=True)
    correction_due_on = models.DateField("补正期限", null=True)
    accepted_at = models.DateTimeField("受理时间", null=True)
    accepted_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    refusal_code = models.CharField(max_length=20, choices=RefusalCodes, blank=True)
    refusal_note = models.TextField(blank=True)
    ended_at = models.DateTimeField("终止时间", null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "filed_at"], name="claim_queue"),
            models.Index(fields=["organisation", "-id"], name="claim_by_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "item", "round"],
                condition=~Q(state__in=sorted(DEAD)),
                name="claim_one_live_per_round",
            ),
            models.UniqueConstraint(
                fields=["limit_key"],
                condition=~Q(state__in=sorted(DEAD)) & ~Q(limit_key="") & Q(filed_at__isnull=False),
                name="claim_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(filed_at=None, filed_by=None, content=None, content_digest="")
                | Q(filed_at__isnull=False, filed_by__isnull=False, content__isnull=False)
                & ~Q(content_digest=""),
                name="claim_filed_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"], filed_at=None)
                | ~Q(state__in=["draft", "discarded"]) & Q(filed_at__isnull=False),
                name="claim_state_filed",
            ),
            models.CheckConstraint(
                condition=Q(committed_at=None, committed_by=None)
                | Q(committed_at__isnull=False, committed_by__isnull=False),
                name="claim_committed_pair",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="claim_accepted_pair",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "under_review", "approved", "closed", "rejected"])
                | Q(accepted_at__isnull=False),
                name="claim_state_accepted",
            ),
            models.CheckConstraint(
                condition=Q(state="correction_due", correction_due_on__isnull=False)
                | ~Q(state="correction_due"),
                name="claim_correction_has_limit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(DEAD | {ClaimStates.CLOSED}), ended_at__isnull=False)
                | ~Q(state__in=sorted(DEAD | {ClaimStates.CLOSED})) & Q(ended_at=None),
                name="claim_state_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Nomination(models.Model):
    """A claim names a cost item. Not exclusive: the hold is."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="nominations")
    cost_item = models.ForeignKey(CostItem, on_delete=models.PROTECT, related_name="nominations")

    class Meta:
        ordering = ["cost_item_id"]
        constraints = [models.UniqueConstraint(fields=["claim", "cost_item"], name="nomination_once")]


class Hold(models.Model):
    """A submitted claim has a cost item to itself within an overlap group; one live hold per key and group."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="holds")
    cost_item = models.ForeignKey(CostItem, on_delete=models.PROTECT, related_name="holds")
    evidence_key = models.CharField(max_length=160)
    overlap_group = models.CharField(max_length=60)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    release_cause = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evidence_key", "overlap_group"],
                condition=Q(released_at=None),
                name="hold_one_live",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, release_cause="")
                | Q(released_at__isnull=False) & ~Q(release_cause=""),
                name="hold_release_pair",
            ),
        ]


class Attachment(models.Model):
    """An uploaded paper. Kept when replaced, so that what was filed can be shown again."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="attachments")
    paper = models.CharField("材料", max_length=40)
    cost_item = models.ForeignKey(CostItem, on_delete=models.PROTECT, null=True, related_name="attachments")
    name = models.CharField("文件名", max_length=160)
    file = models.FileField(upload_to="uploads/%Y/%m")
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                F("claim"),
                F("paper"),
                F("sha256"),
                F("cost_item"),
                condition=Q(removed_at=None),
                name="attachment_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="attachment_removed_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name
