"""Accounts, payments, batches. What is owed is the award; what was paid is a batch line with the bank's result."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from payouts.states import BatchStates, PaymentStates, Results
from portal.accounts.models import Organisation
from portal.kernel.fields import EncryptedTextField
from portal.kernel.money import MoneyField
from review.models import Award

USER = settings.AUTH_USER_MODEL


class PayeeAccount(models.Model):
    """A bank account as the organisation gave it. Never changed: a new one replaces it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="payee_accounts")
    account_name = models.CharField("户名", max_length=120)
    bank_name = models.CharField("开户银行", max_length=120)
    bank_code = models.CharField("联行号", max_length=12)
    account_number = EncryptedTextField("账号")
    account_tail = models.CharField(max_length=4)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(bank_code__regex=r"^\d{12}$"), name="account_bank_code_shape")
        ]

    @property
    def masked(self) -> str:
        return f"···· {self.account_tail}"


class Payment(models.Model):
    """The payment of an award, from the account step to the bank's word."""

    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="payment")
    amount = MoneyField("应付金额")
    state = models.CharField(max_length=12, choices=PaymentStates, default=PaymentStates.ACCOUNT_DUE)
    account = models.ForeignKey(PayeeAccount, on_delete=models.PROTECT, null=True, related_name="payments")
    requested_at = models.DateTimeField(null=True)
    requested_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    paid_at = models.DateTimeField(null=True)
    return_reason = models.CharField("退票原因", max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(requested_at=None, requested_by=None)
                | Q(requested_at__isnull=False, requested_by__isnull=False),
                name="payment_requested_pair",
            ),
            models.CheckConstraint(
                condition=Q(state="account_due") | Q(account__isnull=False, requested_at__isnull=False),
                name="payment_state_account",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False) | ~Q(state="paid") & Q(paid_at=None),
                name="payment_state_paid",
            ),
        ]


class Batch(models.Model):
    """A list of payments that goes to the treasury together: maker, checker, frozen sum and digest."""

    number = models.CharField("批次号", max_length=30, unique=True)
    title = models.CharField("标题", max_length=120)
    state = models.CharField(max_length=10, choices=BatchStates, default=BatchStates.DRAFT)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name="制单")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField(null=True)
    total = MoneyField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="复核"
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="batch_submitted_pair",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="batch_released_pair",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "released", "settled"], count__gt=0, total__gt=0)
                & Q(submitted_at__isnull=False)
                & ~Q(digest="")
                | Q(state__in=["draft", "cancelled"]),
                name="batch_frozen_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["released", "settled"], released_at__isnull=False)
                | ~Q(state__in=["released", "settled"]) & Q(released_at=None),
                name="batch_state_released",
            ),
            models.CheckConstraint(
                condition=Q(state="settled", settled_at__isnull=False)
                | ~Q(state="settled") & Q(settled_at=None),
                name="batch_state_settled",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("made_by")), name="batch_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("submitted_by")),
                name="batch_two_persons_at_submission",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BatchLine(models.Model):
    """One instruction to the bank. A payment has at most one that is not returned."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(PayeeAccount, on_delete=models.PROTECT, related_name="+")
    amount = MoneyField("金额")
    result = models.CharField(max_length=10, choices=Results, default=Results.PENDING)
    bank_reference = models.CharField("银行流水号", max_length=60, blank=True)
    return_reason = models.CharField("退票原因", max_length=200, blank=True)
    result_at = models.DateTimeField(null=True)
    result_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=~Q(result="returned"), name="batchline_one_live"
            ),
            models.UniqueConstraint(
                fields=["bank_reference"], condition=~Q(bank_reference=""), name="batchline_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(result="pending", result_at=None, result_by=None)
                | ~Q(result="pending") & Q(result_at__isnull=False, result_by__isnull=False),
                name="batchline_result_whole",
            ),
            models.CheckConstraint(
                condition=Q(result="paid") & ~Q(bank_reference="") | ~Q(result="paid"),
                name="batchline_paid_has_reference",
            ),
            models.CheckConstraint(
                condition=Q(result="returned") & ~Q(return_reason="") | ~Q(result="returned"),
                name="batchline_returned_has_reason",
            ),
        ]
