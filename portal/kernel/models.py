"""Tables of the ground floor: the event chain, the moved clock, issued papers."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ClockShift(models.Model):
    """One row: how far the demonstration's business time is from the wall clock."""

    shift = models.DurationField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="clockshift_single_row")]


class ChainHead(models.Model):
    """One row: the last link of the event chain, locked while a link is added."""

    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="chainhead_single_row")]


class Event(models.Model):
    """Something that happened: a state change, a money act, an export. Append-only and chained by HMAC."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="经手人"
    )
    actor_name = models.CharField("经手人姓名", max_length=80)
    verb = models.CharField("动作", max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    thread = models.CharField("申报件", max_length=40, blank=True)
    reason = models.TextField("理由", blank=True)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "sequence"], name="event_by_subject"),
            models.Index(fields=["thread", "sequence"], name="event_by_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.subject_type}:{self.subject_id}"


class NumberSeries(models.Model):
    """The last number given out in a series, locked while the next one is taken."""

    name = models.CharField(max_length=60, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Document(models.Model):
    """An issued paper: its decision, how it is drawn, and the drawn file."""

    class States(models.TextChoices):
        PENDING = "pending", "正在生成"
        READY = "ready", "已生成"
        FAILED = "failed", "生成失败"

    number = models.CharField("编号", max_length=60, unique=True)
    check_code = models.CharField(max_length=20)
    kind = models.CharField(max_length=30)
    title = models.CharField("标题", max_length=200)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    template = models.CharField(max_length=100)
    decision = models.JSONField()
    decision_digest = models.CharField(max_length=64)
    public_summary = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=States, default=States.PENDING)
    failure = models.TextField(blank=True)
    file = models.FileField(upload_to="papers/%Y/%m", blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(null=True)
    issued_at = models.DateTimeField("签发时间")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="document_by_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ready", pages__isnull=False) & ~Q(file_sha256="") | ~Q(state="ready"),
                name="document_ready_has_file",
            ),
        ]

    def __str__(self) -> str:
        return self.number
