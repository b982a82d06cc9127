"""States of a payment, of a batch, and of a line in it."""

from django.db import models

from applications.states import Wording


class PaymentStates(models.TextChoices):
    ACCOUNT_DUE = "account_due", "待收款信息"
    REQUESTED = "requested", "待支付"
    IN_BATCH = "in_batch", "已编入批次"
    PAID = "paid", "已拨付"


APPLICANT = {
    PaymentStates.ACCOUNT_DUE: Wording("请提供收款账户", "wait"),
    PaymentStates.REQUESTED: Wording("等待编入拨付批次", "now"),
    PaymentStates.IN_BATCH: Wording("支付办理中", "now"),
    PaymentStates.PAID: Wording("已拨付", "done"),
}
OFFICE = {
    PaymentStates.ACCOUNT_DUE: Wording("等申报单位提供账户", "calm"),
    PaymentStates.REQUESTED: Wording("待编批次", "wait"),
    PaymentStates.IN_BATCH: Wording("已编入批次", "now"),
    PaymentStates.PAID: Wording("已拨付", "done"),
}


class BatchStates(models.TextChoices):
    DRAFT = "draft", "制单中"
    SUBMITTED = "submitted", "待复核"
    RELEASED = "released", "已放行，等银行结果"
    SETTLED = "settled", "已办结"
    CANCELLED = "cancelled", "已取消"


BATCH = {
    BatchStates.DRAFT: Wording("制单中", "now"),
    BatchStates.SUBMITTED: Wording("待复核", "wait"),
    BatchStates.RELEASED: Wording("已放行，等银行结果", "now"),
    BatchStates.SETTLED: Wording("已办结", "done"),
    BatchStates.CANCELLED: Wording("已取消", "calm"),
}


class Results(models.TextChoices):
    PENDING = "pending", "等银行结果"
    PAID = "paid", "支付成功"
    RETURNED = "returned", "退票"


RESULT = {
    Results.PENDING: Wording("等银行结果", "calm"),
    Results.PAID: Wording("支付成功", "done"),
    Results.RETURNED: Wording("退票", "bad"),
}
