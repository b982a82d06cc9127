"""Decisions of the papers that review issues."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from clauses import selectors as programmes
from review import selectors
from review.models import ReviewCase

ANSWER_WORKDAYS = 15


def notice_decision(
    cases: Sequence[ReviewCase], title: str, opens_on: date, closes_on: date, workdays: int
) -> dict[str, Any]:
    """The list of a public notice (papers/notice.html); objections go to another office."""
    policy, rules = selectors.rules_of(cases[0])
    objections = programmes.objections_office(policy, rules)
    rows = []
    for case in cases:
        determination = selectors.standing(case)
        _, item = selectors.rules_of(case)
        rows.append(
            {
                "organisation": case.claim.organisation.name,
                "project": case.claim.project.name,
                "clause": f"{item.place} {item.title}",
                "amount": f"{determination.amount:.2f}" if determination else "0.00",
            }
        )
    return {
        "office": policy.units[rules.lead_unit].name,
        "title": title,
        "policy": {"title": policy.title, "number": policy.document_number},
        "procedure": ["形式审查", "专家评审或核查", "逐笔核定", "责任单位会商", "集体研究"],
        "period": {"start": opens_on.isoformat(), "end": closes_on.isoformat()},
        "workdays": workdays,
        "rows": rows,
        "total": f"{sum((Decimal(row['amount']) for row in rows), Decimal(0)):.2f}",
        "business_office": f"{policy.units[rules.lead_unit].name}业务处室",
        "objection_office": objections.name,
        "objection_contact": objections.phone,
        "answer_days": ANSWER_WORKDAYS,
    }
