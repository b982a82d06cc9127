"""Budget lines and the append-only double-entry ledger over them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portal.kernel.money import MoneyField
from portal.ledger.states import Accounts, Kinds


class BudgetLine(models.Model):
    """Money given for some items of a policy in a year, with the document that gives it."""

    policy = models.SlugField("政策", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("预算项目", max_length=120)
    source = models.CharField("资金来源", max_length=80)
    function_code = models.CharField("功能科目", max_length=80)
    document_number = models.CharField("下达文号", max_length=60)
    items = ArrayField(models.CharField(max_length=10), verbose_name="适用事项")

    class Meta:
        ordering = ["year", "id"]
        constraints = [models.UniqueConstraint(fields=["policy", "year", "name"], name="budgetline_once")]

    def __str__(self) -> str:
        return f"{self.year}年{self.name}"


class Entry(models.Model):
    """One act on the books. The idempotency key makes it happen once, however often it is asked for."""

    key = models.CharField(max_length=120, unique=True)
    request_digest = models.CharField(max_length=64)
    kind = models.CharField("类型", max_length=12, choices=Kinds)
    memo = models.CharField("摘要", max_length=200)
    posted_at = models.DateTimeField("入账时间")
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"


class Posting(models.Model):
    """A leg of an entry: signed yuan on one account of one line; the legs of an entry add up to zero."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=12, choices=Accounts)
    amount = MoneyField(signed=True)
    reference = models.CharField("申报件", max_length=40, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["line", "account"], name="posting_by_account"),
            models.Index(fields=["reference", "account"], name="posting_by_reference"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="posting_not_zero"),
            models.UniqueConstraint(F("entry"), F("account"), F("line"), name="posting_one_leg"),
        ]
