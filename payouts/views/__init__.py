"""Pages of payments."""

from payouts.views.applicant import dues, payee_account
from payouts.views.finance import (
    batch,
    batch_add,
    batch_cancel,
    batch_export,
    batch_new,
    batch_papers,
    batch_release,
    batch_remove,
    batch_result,
    batch_send_back,
    batch_settle,
    batch_submit,
    batches,
)

__all__ = [
    "batch",
    "batch_add",
    "batch_cancel",
    "batch_export",
    "batch_new",
    "batch_papers",
    "batch_release",
    "batch_remove",
    "batch_result",
    "batch_send_back",
    "batch_settle",
    "batch_submit",
    "batches",
    "dues",
    "payee_account",
]
