"""Writes about cases. A reviewer settles bases and reasons; only the engine makes amounts."""

from review.services.decisions import (
    approve,
    close_due_notices,
    confirm_rejection,
    endorse,
    post_notice,
    propose,
    propose_rejection,
    send_back,
)
from review.services.experts import appoint, recuse, save_scores, sign_score, take_on
from review.services.handling import (
    advance,
    give_opinion,
    open_case,
    record_acceptance,
    record_approved_sum,
    record_duplicates,
    record_findings,
    record_listing,
    verify_cost,
    verify_rest,
)
from review.services.recomputing import recompute

__all__ = [
    "advance",
    "appoint",
    "approve",
    "close_due_notices",
    "confirm_rejection",
    "endorse",
    "give_opinion",
    "open_case",
    "post_notice",
    "propose",
    "propose_rejection",
    "recompute",
    "record_acceptance",
    "record_approved_sum",
    "record_duplicates",
    "record_findings",
    "record_listing",
    "recuse",
    "save_scores",
    "send_back",
    "sign_score",
    "take_on",
    "verify_cost",
    "verify_rest",
]
