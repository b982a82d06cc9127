"""Writes about projects, costs and claims. Both the pages and the API call these."""

from applications.services.claims import (
    choose_holder,
    discard,
    fact_value,
    free_reservation,
    nominate,
    save_section,
    sign_commitment,
    start_claim,
    submit,
    withdraw,
)
from applications.services.decisions import (
    accept,
    approve,
    ask_correction,
    close,
    lapse,
    refuse,
    reject,
    settle_collision,
    start_review,
)
from applications.services.filling import lacking, rows_to_complete
from applications.services.imports import examine_text, opened, paste, start_import
from applications.services.papers import remove_attachment, upload
from applications.services.projects import (
    add_cost_item,
    create_project,
    remove_cost_item,
    update_cost_item,
    update_project,
)
from applications.services.running import run_import, stalled

__all__ = [
    "accept",
    "add_cost_item",
    "approve",
    "ask_correction",
    "choose_holder",
    "close",
    "create_project",
    "discard",
    "examine_text",
    "fact_value",
    "free_reservation",
    "lacking",
    "lapse",
    "nominate",
    "opened",
    "paste",
    "refuse",
    "reject",
    "remove_attachment",
    "remove_cost_item",
    "rows_to_complete",
    "run_import",
    "save_section",
    "settle_collision",
    "sign_commitment",
    "stalled",
    "start_claim",
    "start_import",
    "start_review",
    "submit",
    "update_cost_item",
    "update_project",
    "upload",
    "withdraw",
]
