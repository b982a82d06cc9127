"""Policies as loaded, their items as grant programmes, rounds, and the yearly list of events."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clauses.states import RoundStates


class Policy(models.Model):
    """A loaded pack. The hash tells which edition is in use; the content stays in the pack."""

    pack = models.SlugField("政策包", max_length=60, unique=True)
    pack_hash = models.CharField(max_length=64)
    title = models.CharField("名称", max_length=200)
    document_number = models.CharField("文号", max_length=60)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.document_number


class Item(models.Model):
    """One kind of support. Unit officers hold `opine_item` on the items their unit is named for."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="items")
    code = models.CharField("编号", max_length=10)
    clause = models.CharField("条", max_length=4)
    title = models.CharField("名称", max_length=80)
    ordinal = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["policy", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["policy", "code"], name="item_once")]
        permissions = [("opine_item", "代表责任单位出具意见")]

    def __str__(self) -> str:
        return self.title


class Round(models.Model):
    """A call for claims: notice, window to the minute, items."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="rounds")
    number = models.CharField("批次编号", max_length=20, unique=True)
    name = models.CharField("批次", max_length=80)
    document_number = models.CharField("通知文号", max_length=60)
    guide = models.TextField("申报指南")
    opens_at = models.DateTimeField("开放时间")
    closes_at = models.DateTimeField("截止时间")
    items = models.ManyToManyField(Item, related_name="rounds", verbose_name="事项")
    opened_at = models.DateTimeField("发布时间")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-opens_at"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_window_forward")
        ]

    def __str__(self) -> str:
        return self.name

    def state_at(self, moment: datetime) -> RoundStates:
        """Half-open window: at `closes_at` to the second the round is closed."""
        if moment < self.opens_at:
            return RoundStates.UPCOMING
        return RoundStates.OPEN if moment < self.closes_at else RoundStates.CLOSED


class ListedEvent(models.Model):
    """An event on the year list that staff keep (clause 九: 年度活动清单); only its organiser may claim."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="listed_events")
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("活动名称", max_length=120)
    organiser_code = models.CharField("主办机构代码", max_length=18)
    organiser_name = models.CharField("主办机构", max_length=120)
    held_on = models.DateField("举办日期")
    document_number = models.CharField("清单文号", max_length=60)
    listed_at = models.DateTimeField("列入时间")
    listed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year", "held_on"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "year", "name"], name="listedevent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.name}"
