"""Writes about requests and referrals. Both the pages and the API call these."""

from applications.requests.services.desk import (
    answer,
    decline,
    hand_over,
    pass_on,
    record_result,
)
from applications.requests.services.filing import (
    NewFile,
    add_file,
    close_answered,
    file_request,
    follow_up,
    rate,
    withdraw,
)

__all__ = [
    "NewFile",
    "add_file",
    "answer",
    "close_answered",
    "decline",
    "file_request",
    "follow_up",
    "hand_over",
    "pass_on",
    "rate",
    "record_result",
    "withdraw",
]
