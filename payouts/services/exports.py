"""Excel exports. They show account numbers, so each one is recorded; that makes them POSTs."""

from decimal import Decimal

from payouts import selectors
from payouts.models import Batch
from payouts.services.papers import payment_table, summary_table
from portal.accounts.models import User
from portal.accounts.permissions import is_finance
from portal.kernel import events
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.spreadsheets import Column, workbook
from portal.kernel.words import in_words
from portal.kernel.work import unit_of_work


def export_workbook(*, actor: User, batch: Batch, kind: str) -> tuple[str, bytes]:
    """The `summary` or `payment` table of a frozen batch as a workbook: file name and content."""
    require(is_finance, actor, batch)
    if batch.total is None:
        raise Refusal("批次提交复核后才能导出。", code="wrong_state")
    if kind not in ("summary", "payment"):
        raise Refusal("没有这种表。", code="bad_choice", field="kind")
    with unit_of_work():
        events.record("batch.exported", batch, actor=actor, thread=batch.number, data={"kind": kind})
    make = _summary if kind == "summary" else _payment
    name = "汇总表" if kind == "summary" else "支付表"
    return f"{batch.number} {name}.xlsx", make(batch)


def _summary(batch: Batch) -> bytes:
    table = summary_table(batch, list(selectors.lines_of(batch)))
    columns = [
        Column("序号", "int", 6),
        Column("申报单位", "text", 30),
        Column("统一社会信用代码", "code", 22),
        Column("项目名称", "text", 30),
        Column("政策条款", "text", 26),
        Column("申报基数", "money", 18),
        Column("审计核定基数", "money", 18),
        Column("比例", "text", 8),
        Column("上限", "money", 18),
        Column("测算金额", "money", 18),
        Column("核定金额", "money", 18),
        Column("已拨", "money", 18),
        Column("本次拨付", "money", 18),
        Column("余额", "money", 18),
        Column("备注", "text", 24),
    ]
    rows = [
        [
            number,
            row["organisation"]["name"],
            row["organisation"]["code"],
            row["project"],
            row["clause"],
            _money(row["claimed_base"]),
            _money(row["audited_base"]),
            f"{(Decimal(row['rate']) * 100).normalize():f}%" if row["rate"] else "",
            _money(row["cap"]),
            _money(row["computed"]),
            *(_money(row[name]) for name in ("approved", "paid", "payment", "balance")),
            row["remark"],
        ]
        for number, row in enumerate(table["rows"], start=1)
    ]
    totals = {
        column: Decimal(table["total"][name])
        for column, name in (
            ("核定金额", "approved"),
            ("已拨", "paid"),
            ("本次拨付", "payment"),
            ("余额", "balance"),
        )
    }
    return workbook(
        "补助资金拨付汇总表", columns, rows, totals=totals, notes=[f"批次{batch.number}，单位：元"]
    )


def _payment(batch: Batch) -> bytes:
    table = payment_table(batch, list(selectors.lines_of(batch)))
    columns = [
        Column("序号", "int", 6),
        Column("户名", "text", 34),
        Column("开户银行", "text", 34),
        Column("账号", "code", 26),
        Column("联行号", "code", 16),
        Column("金额", "money", 18),
        Column("大写", "text", 40),
        Column("预算项目", "text", 24),
        Column("功能科目", "text", 20),
        Column("用途", "text", 36),
    ]
    rows = [
        [
            number,
            row["account_name"],
            row["bank"],
            row["account_number"],
            row["bank_code"],
            _money(row["amount"]),
            in_words(Decimal(row["amount"])),
            row["budget_item"],
            row["function_code"],
            row["purpose"],
        ]
        for number, row in enumerate(table["rows"], start=1)
    ]
    total = Decimal(table["total"])
    notes = [f"批次{batch.number}，单位：元。不公开。", f"合计{in_words(total)}"]
    return workbook("资金支付表", columns, rows, totals={"金额": total}, notes=notes)


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
