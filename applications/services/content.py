"""What is frozen at filing, and the receipt that proves it."""

from datetime import datetime
from typing import Any

from applications import selectors
from applications.models import Claim
from applications.states import Sections
from clauses import selectors as programmes
from portal.kernel.canonical import plain

COST_FIELDS = (
    "name",
    "quantity",
    "category",
    "side",
    "evidence_kind",
    "invoice_code",
    "document_number",
    "line",
    "counterparty",
    "amount",
    "tax",
    "proof",
    "contract_number",
    "contract_date",
    "invoice_date",
    "paid_date",
    "service_from",
    "service_to",
    "expense_date",
    "event_date",
    "flags",
    "evidence_key",
)


def filed_content(claim: Claim) -> dict[str, Any]:
    """The whole claim as data: what the digest on the receipt is about."""
    policy, rules = programmes.rules_of(claim.item)
    costs = selectors.nominated(claim) if rules.takes_costs else []
    content: dict[str, Any] = plain(
        {
            "claim": claim.number,
            "policy": policy.id,
            "policy_hash": policy.hash,
            "item": rules.id,
            "round": claim.round.number,
            "organisation": {
                "code": claim.organisation.code,
                "name": claim.organisation.name,
                "kind": claim.organisation.kind,
                "district": claim.organisation.district,
            },
            "project": _project(claim),
            "facts": claim.facts,
            "public_money": claim.public_money,
            "public_money_note": claim.public_money_note,
            "claimed_total": claimed_total(claim),
            "costs": [
                {"id": item.pk, **{name: getattr(item, name) for name in COST_FIELDS}} for item in costs
            ],
            "papers": [
                {
                    "paper": file.paper,
                    "cost_item": file.cost_item_id,
                    "name": file.name,
                    "sha256": file.sha256,
                }
                for file in selectors.attachments(claim)
            ],
        }
    )
    return content


def _project(claim: Claim) -> dict[str, Any]:
    """The project's description; as filed before, when a correction does not open that part."""
    if claim.content is not None and Sections.OVERVIEW not in selectors.unlocked(claim):
        return dict(claim.content["project"])
    project = claim.project
    return {name: getattr(project, name) for name in ("name", "location", "leader", "summary")}


def claimed_total(claim: Claim) -> str:
    """Sum of the nominated costs in yuan; the requested sum where the item has no costs."""
    _, rules = programmes.rules_of(claim.item)
    if not rules.takes_costs:
        return str(claim.facts.get("requested_amount") or "0.00")
    return f"{selectors.totals(claim)[1]:.2f}"


def receipt(claim: Claim, *, submitted_at: datetime) -> dict[str, Any]:
    """The decision printed on the receipt (papers/receipt.html)."""
    policy, rules = programmes.rules_of(claim.item)
    verdict = selectors.estimate(claim)
    labels = {paper.code: paper.label for paper in rules.papers}
    handling = programmes.handling_office(policy, rules)
    assert claim.content is not None
    return {
        "office": handling.name,
        "organisation": {"name": claim.organisation.name, "code": claim.organisation.code},
        "claim_number": claim.number,
        "project": claim.project.name,
        "item": rules.title,
        "clause": rules.place,
        "policy": {"title": policy.title, "number": policy.document_number},
        "round": claim.round.name,
        "submitted_at": submitted_at.replace(microsecond=0).isoformat(),
        "cost_count": len(claim.content["costs"]),
        "claimed_total": claim.content["claimed_total"],
        "estimate": None if verdict.amount is None else f"{selectors.yuan(verdict.amount):.2f}",
        "content_digest": claim.content_digest,
        "papers": [
            {"name": labels.get(file.paper, file.paper), "filename": file.name, "sha256": file.sha256}
            for file in selectors.attachments(claim)
        ],
        "next_steps": [
            "受理岗在5个工作日内完成形式审查，需要补正的一次告知全部问题。",
            "审核中的每一步都可以在“我的申报”里看到，包括由谁办理和时限。",
        ],
        "contact": {"office": handling.name, "phone": handling.phone},
    }
