"""What comes in by file: 数电票 as their XML says them, and imports with their progress and faults."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.states import ImportKinds, Sides
from portal.accounts.models import Organisation
from portal.kernel.money import MoneyField

USER = settings.AUTH_USER_MODEL


class Invoice(models.Model):
    """A 数电票 of an organisation, on its side of it. A red one has negative sums and names the one it reverses.

    `lines` are those of the file: number, name, quantity, net, rate, tax.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invoices")
    side = models.CharField("方向", max_length=10, choices=Sides)
    number = models.CharField("发票号码", max_length=20)
    issued_on = models.DateField("开票日期")
    buyer_code = models.CharField("购买方代码", max_length=30)
    buyer_name = models.CharField("购买方", max_length=120)
    seller_code = models.CharField("销售方代码", max_length=30)
    seller_name = models.CharField("销售方", max_length=120)
    net = MoneyField("不含税金额", signed=True)
    tax = MoneyField("税额", signed=True)
    total = MoneyField("价税合计", signed=True)
    reverses = models.CharField("冲减的发票", max_length=20, blank=True)
    lines = models.JSONField("明细")
    sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["organisation", "reverses"], condition=~Q(reverses=""), name="invoice_reversals"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "side", "number"], name="invoice_once"),
            models.CheckConstraint(
                condition=Q(reverses="", total__gt=0) | ~Q(reverses="") & Q(total__lt=0),
                name="invoice_red_reverses",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ImportJob(models.Model):
    """Files on their way into a project's ledger; the counts grow in the same transaction as the rows they count.

    `read` of `total` rows or files are done: `added` costs entered, `matched` costs proved, completed or reversed,
    `refused` rows or files with faults, `skipped` files that are no invoices.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="import_jobs")
    project = models.ForeignKey("applications.Project", on_delete=models.PROTECT, related_name="import_jobs")
    kind = models.CharField("内容", max_length=10, choices=ImportKinds)
    category = models.CharField("类别", max_length=30, blank=True)
    fingerprint = models.CharField(max_length=64)
    total = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    amount = MoneyField("录入金额", default=0)
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "fingerprint"],
                condition=Q(finished_at=None),
                name="importjob_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(failure="") | Q(finished_at__isnull=False), name="importjob_failed_is_over"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class ImportSource(models.Model):
    """One uploaded file of an import, kept as it came."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="sources")
    name = models.CharField("文件名", max_length=160)
    file = models.FileField(upload_to="imports/%Y/%m")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class ImportFault(models.Model):
    """Why a row or a file did not come in: its place, the column, the reason. `cells` is the row as it was."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="faults")
    place = models.CharField("位置", max_length=200)
    column = models.CharField("列", max_length=30, blank=True)
    message = models.CharField("原因", max_length=400)
    cells = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.place} {self.message}"
