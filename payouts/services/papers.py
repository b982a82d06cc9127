"""Papers of a released batch: a letter and a calculation sheet for each payee, summary and payment table."""

from datetime import date
from decimal import Decimal
from typing import Any

from applications import selectors as filings
from clauses import engine
from clauses import selectors as programmes
from payouts import selectors
from payouts.models import Batch, BatchLine
from portal.accounts.models import User
from portal.kernel import clock, issuing
from portal.kernel.money import ZERO, format_yuan
from review.models import CostVerification

SUMMARY = "补助资金拨付汇总表"
PAYMENT = "资金支付表"
CALCULATION = "核定与计算表"


def issue_papers(batch: Batch, *, actor: User) -> None:
    """Freeze and number every paper of `batch`; a worker draws them. A letter names its sheet by number.

    The tables stay in the office: they show the other payees of the batch.
    """
    lines = list(selectors.lines_of(batch))
    totals = {"批次": batch.number, "笔数": str(batch.count), "合计": f"{format_yuan(batch.total)}元"}
    issuing.issue(
        kind="summary",
        title=f"{SUMMARY} {batch.number}",
        subject=batch,
        decision=summary_table(batch, lines),
        template="papers/summary.html",
        actor=actor,
        thread=batch.number,
        public_summary=totals,
    )
    issuing.issue(
        kind="payment",
        title=f"{PAYMENT} {batch.number}",
        subject=batch,
        decision=payment_table(batch, lines),
        template="papers/payment.html",
        actor=actor,
        thread=batch.number,
        public_summary=totals,
    )
    for line in lines:
        claim = line.payment.award.case.claim
        summary = {
            "单位": filings.masked_name(claim.organisation.name),
            "金额": f"{format_yuan(line.amount)}元",
            "批次": batch.number,
        }
        sheet = issuing.issue(
            kind="calculation",
            title=f"{CALCULATION} {claim.number}",
            subject=line,
            decision=calculation(line),
            template="papers/calculation.html",
            actor=actor,
            thread=claim.number,
            public_summary=summary,
        )
        issuing.issue(
            kind="letter",
            title=f"拨付通知 {claim.number}",
            subject=line,
            decision=letter(line, sheet=sheet.number),
            template="papers/letter.html",
            actor=actor,
            thread=claim.number,
            public_summary=summary,
        )


def letter(line: BatchLine, *, sheet: str) -> dict[str, Any]:
    """The notice to one payee (papers/letter.html); `sheet` is the number of its calculation sheet."""
    award = line.payment.award
    claim, notice = award.case.claim, award.case.notice
    policy, rules = programmes.rules_of(claim.item)
    assert notice is not None
    handling = programmes.handling_office(policy, rules)
    return {
        "office": handling.name,
        "title": f"关于拨付{rules.title}资金的通知",
        "addressee": claim.organisation.name,
        "project": claim.project.name,
        "purpose": f"{rules.title}资金",
        "policy": {"title": policy.title, "number": policy.document_number},
        "clause": rules.place,
        "quote": rules.quote,
        "procedure": procedure(award.case.path, rules),
        "notice": {"start": notice.opens_on.isoformat(), "end": notice.closes_on.isoformat()},
        "approval": award.document_number,
        "sum": _sum(line, rules),
        "settings": named_settings(line, policy),
        "amount": f"{line.amount:.2f}",
        "review_office": programmes.objections_office(policy, rules).name,
        "review_days": 10,
        "attachments": [f"{CALCULATION}（编号{sheet}）"],
        "calculation_attachment": 1,
        "contact": {"office": f"{handling.name}承办处室", "phone": handling.phone},
    }


def procedure(path: list[str], rules: engine.Item) -> list[str]:
    """The steps a case went through, as the letter reads them: 经甲、乙和分管领导研究."""
    words = {
        "checking": "形式审查和查重",
        "expert_review": "专家评审",
        "acceptance": "验收核对",
        "listing": "年度活动清单核对",
        "verification": "逐笔核定" if rules.takes_costs else "金额核定",
        "unit_opinions": "责任单位会商",
        "proposed": "分管领导",
    }
    return [words[step] for step in path if step in words]


def _sum(line: BatchLine, rules: engine.Item) -> dict[str, Any]:
    award = line.payment.award
    verdict = award.decision["verdict"]
    told: dict[str, Any] = {
        "kind": "judged",
        "computed": verdict["computed"],
        "cap": verdict["cap"],
        "awarded": f"{award.amount:.2f}",
    }
    if verdict["rate"] is not None:
        told |= {
            "kind": "rate",
            "base_name": rules.base_label,
            "base": verdict["base"],
            "rate": verdict["rate"],
        }
    before = min(Decimal(figure) for figure in (verdict["computed"], verdict["cap"]) if figure is not None)
    if before != award.amount:
        told["rounding"] = verdict["steps"][-1]["label"]
    return told


def used_settings(line: BatchLine, policy: engine.Policy) -> list[dict[str, str]]:
    """The points of the detailed rules that the decision used, each with its reading and the document that set it."""
    used = []
    for entry in line.payment.award.decision["verdict"]["settings"]:
        spec, value = policy.settings[entry["id"]], entry["value"]
        if spec.type == "money":
            value = int(Decimal(value).scaleb(2))
        basis = ""
        if entry["source"] == "in_force":
            day = date.fromisoformat(entry["effective_from"])
            basis = f"{entry['document_number']}，自{day.year}年{day.month}月{day.day}日起"
        used.append({"id": entry["id"], "name": spec.title, "value": spec.reading(value), "basis": basis})
    return used


def named_settings(line: BatchLine, policy: engine.Policy) -> list[dict[str, str]]:
    """The points a letter names: those about this kind of item and those a step rests on.

    Points that every item has alike stand with all the others in the calculation sheet.
    """
    payable = {item.id for item in policy.items.values() if item.rule is not None}
    steps = {step["setting"] for step in line.payment.award.decision["verdict"]["steps"]}
    return [
        one
        for one in used_settings(line, policy)
        if one["id"] in steps or not payable <= set(policy.settings[one["id"]].items)
    ]


def calculation(line: BatchLine) -> dict[str, Any]:
    """Cost items with cuts and the steps to the amount (papers/calculation.html)."""
    award = line.payment.award
    claim = award.case.claim
    policy, rules = programmes.rules_of(claim.item)
    verdict = award.decision["verdict"]
    excluded = {cost["id"]: cost["text"] for cost in verdict["excluded_costs"]}
    labels = {reason.code: reason.label for reason in policy.cut_reasons}
    costs = [
        _cost_row(row, excluded.get(str(row.cost_item_id), ""), labels)
        for row in award.case.verifications.select_related("cost_item")
    ]
    total = {
        name: f"{sum((Decimal(row[name]) for row in costs), ZERO):.2f}"
        for name in ("claimed", "verified", "cut")
    }
    return {
        "office": policy.units[rules.lead_unit].name,
        "annex": "附件",
        "organisation": {"name": claim.organisation.name, "code": claim.organisation.code},
        "claim_number": claim.number,
        "project": claim.project.name,
        "item": rules.title,
        "clause": rules.place,
        "policy": {"title": policy.title, "number": policy.document_number},
        "costs": costs,
        "total": total,
        "steps": [
            {
                "label": step["label"],
                "basis": step["why"] or "",
                "formula": step["formula"],
                "result": step["result"],
            }
            for step in verdict["steps"]
        ],
        "quote": rules.quote,
        "sentence": rules.sentence if rules.quote in rules.sentence else "",
        "settings": used_settings(line, policy),
        "amount": f"{award.amount:.2f}",
    }


def _cost_row(row: CostVerification, excluded: str, labels: dict[str, str]) -> dict[str, Any]:
    verified = ZERO if excluded else row.verified
    words = "；".join(part for part in (labels.get(row.cut_code, ""), row.note, excluded) if part)
    item = row.cost_item
    day = item.invoice_date or item.expense_date or item.event_date or item.service_to
    return {
        "name": item.name,
        "evidence": item.document_number,
        "date": day.isoformat() if day else None,
        "claimed": f"{row.claimed:.2f}",
        "verified": f"{verified:.2f}",
        "cut": f"{row.claimed - verified:.2f}",
        "reason": words if row.claimed != verified else "",
    }


def summary_table(batch: Batch, lines: list[BatchLine]) -> dict[str, Any]:
    """补助资金拨付汇总表 (papers/summary.html), columns of the usual fund table."""
    rows = []
    for line in lines:
        award = line.payment.award
        claim = award.case.claim
        _, rules = programmes.rules_of(claim.item)
        verdict = award.decision["verdict"]
        content = claim.content or {}
        rows.append(
            {
                "organisation": {"name": claim.organisation.name, "code": claim.organisation.code},
                "project": claim.project.name,
                "clause": f"{rules.place} {rules.title}",
                "mode": rules.review_mode,
                "claimed_base": content.get("claimed_total") if verdict["base"] is not None else None,
                "audited_base": verdict["base"],
                "rate": verdict["rate"],
                "cap": verdict["cap"],
                "computed": verdict["computed"],
                "overlap": overlap(line),
                "approved": f"{award.amount:.2f}",
                "paid": "0.00",
                "payment": f"{line.amount:.2f}",
                "balance": f"{award.amount - line.amount:.2f}",
                "remark": award.document_number,
            }
        )
    total = {
        name: f"{sum((Decimal(row[name]) for row in rows), ZERO):.2f}"
        for name in ("approved", "paid", "payment", "balance")
    }
    return {
        "office": office_of(lines),
        "batch": batch.number,
        "date": clock.today().isoformat(),
        "rows": rows,
        "total": total,
        "signers": signers(batch),
    }


def overlap(line: BatchLine) -> str:
    """What other public money meant for this award: costs left out, money declared, or nothing."""
    award = line.payment.award
    left_out = {
        cost["id"] for cost in award.decision["verdict"]["excluded_costs"] if cost["code"] == "held_elsewhere"
    }
    left_out |= {
        str(pk)
        for pk in award.case.verifications.filter(cut_code="duplicate").values_list("cost_item", flat=True)
    }
    if left_out:
        return f"{len(left_out)}笔已用其他资金的费用未计入"
    return "有其他财政资金，费用不重复" if award.case.claim.public_money else "无重复"


def payment_table(batch: Batch, lines: list[BatchLine]) -> dict[str, Any]:
    """资金支付表 for the treasury (papers/payment.html); not public, it shows account numbers."""
    rows = [
        {
            "account_name": line.account.account_name,
            "bank": line.account.bank_name,
            "account_number": line.account.account_number,
            "bank_code": line.account.bank_code,
            "amount": f"{line.amount:.2f}",
            "budget_item": line.payment.award.budget_line.name,
            "function_code": line.payment.award.budget_line.function_code,
            "purpose": f"{line.payment.award.case.claim.item.title} {line.payment.award.case.claim.number}",
        }
        for line in lines
    ]
    return {
        "office": office_of(lines),
        "batch": batch.number,
        "date": clock.today().isoformat(),
        "rows": rows,
        "total": f"{batch.total:.2f}",
        "signers": signers(batch),
    }


def office_of(lines: list[BatchLine]) -> str:
    policy, rules = programmes.rules_of(lines[0].payment.award.case.claim.item)
    return policy.units[rules.lead_unit].name


def signers(batch: Batch) -> dict[str, str]:
    return {
        "maker": batch.made_by.display_name,
        "checker": batch.released_by.display_name if batch.released_by else "",
    }
