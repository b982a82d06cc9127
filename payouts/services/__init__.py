"""Writes about payments: accounts, batches, the bank's word, papers."""

from payouts.services.accounts import check_account, give_account
from payouts.services.batches import (
    add_payments,
    cancel_batch,
    create_batch,
    record_result,
    release_batch,
    remove_payment,
    send_back_batch,
    settle_batch,
    submit_batch,
)
from payouts.services.exports import export_workbook

__all__ = [
    "add_payments",
    "cancel_batch",
    "check_account",
    "create_batch",
    "export_workbook",
    "give_account",
    "record_result",
    "release_batch",
    "remove_payment",
    "send_back_batch",
    "settle_batch",
    "submit_batch",
]
