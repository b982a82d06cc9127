"""Pages of payments."""

from payouts.views.batches import (
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
from payouts.views.dues import dues, payee_account

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
