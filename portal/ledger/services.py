"""The one function that posts, and the opening of lines."""

from decimal import Decimal
from typing import Any

from portal.accounts.permissions import is_administrator
from portal.kernel import clock, events
from portal.kernel.canonical import digest
from portal.kernel.money import format_yuan
from portal.kernel.permissions import SYSTEM, require
from portal.kernel.refusals import Refusal, raise_any
from portal.kernel.work import unit_of_work
from portal.ledger import selectors
from portal.ledger.models import BudgetLine, Entry, Posting
from portal.ledger.states import BY_REFERENCE, MOVES, Accounts, Kinds


def post(
    *,
    key: str,
    kind: Kinds,
    line: BudgetLine,
    amount: Decimal,
    reference: str,
    actor: Any,
    memo: str = "",
) -> Entry:
    """Move `amount` yuan between two accounts of a line, once per `key`.

    The line's row is locked before its balance is read, so nobody spends the same yuan. Raises Refusal:
    insufficient_budget, or key_reused when the key came with other content before.
    """
    source, target = MOVES[kind]
    request = digest({"kind": kind.value, "line": line.pk, "amount": f"{amount:.2f}", "reference": reference})
    with unit_of_work():
        BudgetLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
        known = Entry.objects.filter(key=key).first()
        if known is not None:
            if known.request_digest != request:
                raise Refusal("同一笔记账请求的内容前后不一致，没有入账。", code="key_reused")
            return known
        if amount <= 0:
            raise Refusal("记账金额要大于0。", code="zero_amount", field="amount")
        if source is not Accounts.APPROPRIATED:
            scope = reference if source in BY_REFERENCE else None
            held = selectors.balance(line, source, reference=scope)
            if held < amount:
                raise Refusal(
                    f"“{line}”的{source.label}余额为{format_yuan(held)}元，"
                    f"不够{kind.label}{format_yuan(amount)}元。",
                    code="insufficient_budget",
                )
        entry = Entry.objects.create(
            key=key,
            request_digest=request,
            kind=kind,
            memo=memo or kind.label,
            posted_at=clock.now(),
            posted_by=None if actor is SYSTEM else actor,
        )
        Posting.objects.bulk_create(
            [
                Posting(entry=entry, line=line, account=source, amount=-amount, reference=reference),
                Posting(entry=entry, line=line, account=target, amount=amount, reference=reference),
            ]
        )
        events.record(
            f"ledger.{kind.value}",
            entry,
            actor=actor,
            thread=reference,
            data={"line": line.pk, "amount": amount, "key": key},
        )
    return entry


def open_line(
    *,
    policy: str,
    year: int,
    name: str,
    source: str,
    function_code: str,
    document_number: str,
    items: list[str],
    amount: Decimal,
    actor: Any,
) -> BudgetLine:
    """A budget line with its appropriation; both carry the document number."""
    require(is_administrator, actor, None)
    raise_any(
        Refusal(message, code="required", field=field)
        for field, given, message in (
            ("name", name.strip(), "请填写预算项目。"),
            ("document_number", document_number.strip(), "预算要写明下达文号。"),
            ("items", items, "请选择适用事项。"),
        )
        if not given
    )
    with unit_of_work():
        line, made = BudgetLine.objects.get_or_create(
            policy=policy,
            year=year,
            name=name,
            defaults={
                "source": source,
                "function_code": function_code,
                "document_number": document_number,
                "items": items,
            },
        )
        if not made:
            raise Refusal("这个年度已有同名的预算项目。", code="already_done", field="name")
        post(
            key=f"appropriate:{line.pk}:{document_number}",
            kind=Kinds.APPROPRIATE,
            line=line,
            amount=amount,
            reference="",
            actor=actor,
            memo=f"{document_number} 下达",
        )
    return line
