"""Policies as loaded with every edition, their items as grant programmes, settings, rounds, the yearly list of events."""

from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clauses import engine, loader
from clauses.states import RoundStates, SettingStates

USER = settings.AUTH_USER_MODEL


class Policy(models.Model):
    """A loaded pack. The hash tells which edition is in use, whatever the folder of the pack holds today."""

    pack = models.SlugField("政策包", max_length=60, unique=True)
    pack_hash = models.CharField(max_length=64)
    title = models.CharField("名称", max_length=200)
    document_number = models.CharField("文号", max_length=60)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.document_number

    @property
    def content(self) -> engine.Policy:
        """The edition that was loaded; the errors of `edition_of`. Costs no query while the shipped files are that edition."""
        return edition_of(self.pack, self.pack_hash)


class PackEdition(models.Model):
    """The two texts of a pack as loaded once, kept so that a decision can be computed again; never changed or deleted."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="editions")
    hash = models.CharField(max_length=64, unique=True)
    data = models.TextField("政策数据")
    source = models.TextField("政策原文")
    engine_version = models.CharField(max_length=20)
    stored_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.hash[:12]


def edition_of(pack: str, pack_hash: str) -> engine.Policy:
    """An edition, from the shipped files while they are it, else from the texts kept of it.

    KeyError for an edition that was never kept, PackError for texts this version of the product cannot read.
    """
    files = loader.shipped(pack)
    return files if files is not None and files.hash == pack_hash else kept_edition(pack_hash)


@lru_cache(maxsize=64)
def kept_edition(pack_hash: str) -> engine.Policy:
    """An edition from its kept texts, built once in a process: a hash never means another text. Errors as above."""
    kept = PackEdition.objects.filter(hash=pack_hash).first()
    if kept is None:
        raise KeyError(pack_hash)
    return loader.policy_from(kept.data, kept.source)


class Item(models.Model):
    """One kind of support. Unit officers hold `opine_item` on the items their unit is named for."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="items")
    code = models.CharField("编号", max_length=10)
    clause = models.CharField("条", max_length=10)
    title = models.CharField("名称", max_length=80)
    ordinal = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["policy", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["policy", "code"], name="item_once")]
        permissions = [("opine_item", "代表责任单位出具意见")]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        """第二条第一项, as pages and papers name it; fetch the policy with the item."""
        return self.policy.content.item(self.code).place


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
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

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
    listed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year", "held_on"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "year", "name"], name="listedevent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.name}"


class SettingChange(models.Model):
    """A point of the detailed rules given a value from a day on: proposed by one person, decided by another.

    `value` is as the interfaces write it (money in yuan as text); `items` limits it, empty means every item of the point.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="setting_changes")
    setting = models.CharField("口径编号", max_length=20)
    value = models.JSONField("取值")
    items = models.JSONField("适用事项", default=list, blank=True)
    effective_from = models.DateField("生效日期")
    document_number = models.CharField("文号", max_length=60)
    note = models.TextField("说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=SettingStates, default=SettingStates.PROPOSED)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("决定时间", null=True)
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField("理由", blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["policy", "state", "effective_from"], name="setting_in_force")]
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}_at": None, f"{name}_by": None})
                    | Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False}),
                    name=f"setting_{name}_pair",
                )
                for name in ("decided", "withdrawn")
            ),
            models.CheckConstraint(
                condition=~Q(state="proposed") | Q(decided_at=None), name="setting_proposed_is_open"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["in_force", "refused"]) | Q(decided_at__isnull=False),
                name="setting_state_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_at=None),
                name="setting_state_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="setting_decided_by_another",
            ),
            models.CheckConstraint(condition=~Q(document_number=""), name="setting_has_document"),
        ]

    def __str__(self) -> str:
        return f"{self.setting} {self.effective_from:%Y-%m-%d}"


class SettingScope(models.Model):
    """An approved change takes its day for one item: no two for the same item, point and day."""

    change = models.ForeignKey(SettingChange, on_delete=models.PROTECT, related_name="scopes")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    setting = models.CharField(max_length=20)
    effective_from = models.DateField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "setting", "effective_from"], name="setting_one_a_day")
        ]
