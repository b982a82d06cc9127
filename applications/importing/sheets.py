"""Rows of a spreadsheet as costs: columns known by their head, cells read as people write them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from applications.cost_terms import categories, flag_tests, money_items
from applications.states import EvidenceKinds, Sides
from portal.kernel.refusals import Refusal

MOST_COLUMNS = 60
LONGEST = 400
YES = frozenset({"是", "有", "对", "Y", "YES", "TRUE", "1", "√"})
NO = frozenset({"否", "无", "不", "N", "NO", "FALSE", "0", "×"})
DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
EXACT_DIGITS = 15
"""Digits a spreadsheet keeps of a number; longer ones end in zeros unless the cell is text."""
NEARLY = 1e-6


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet. `kind` is text, code, money, day, line, choice or flag; `choices` maps words to values."""

    key: str
    label: str
    kind: str = "text"
    width: float = 14
    required: bool = False
    hint: str = ""
    other: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row: its number in the sheet, the column's head, the reason."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stood, and as values for the service when it has no fault yet."""

    number: int
    cells: tuple[str, ...]
    values: dict[str, Any]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows under their columns; `head` are the columns in the order of the cells, `ignored` the heads nobody knows."""

    head: tuple[Column | None, ...]
    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()
    headed: bool = False


def columns() -> list[Column]:
    """Every column an import knows, in the order of the template."""
    asking = money_items()
    named = {label: code for code, label in reversed(categories(asking))} | {
        code: code for code, _ in categories(asking)
    }
    sides = {label: value for value, label in Sides.choices} | {value: value for value in Sides.values}
    kinds = {label: value for value, label in EvidenceKinds.choices} | {
        value: value for value in EvidenceKinds.values
    }
    return [
        Column("name", "名称", width=28, required=True, hint="与凭证上的名称一致。"),
        Column(
            "category", "类别", "choice", 16, hint="从列出的类别里选。", choices=named, other=("费用类别",)
        ),
        Column(
            "amount",
            "金额",
            "money",
            16,
            required=True,
            hint="元。税额单独填的，这里填不含税金额。",
            other=("金额（元）", "不含税金额"),
        ),
        Column(
            "tax",
            "税额",
            "money",
            14,
            hint="元。发票上的税额；能不能计入按政策口径确定。",
            other=("税额（元）",),
        ),
        Column("counterparty", "对方单位", width=28, required=True, hint="收款的单位；收入填付款的单位。"),
        Column(
            "document_number",
            "发票号码或凭证号",
            "code",
            24,
            required=True,
            hint="设成文本格式再填，20位号码才不会变。",
            other=("发票号码", "凭证号", "数电票号码"),
        ),
        Column("line", "行号", "line", 8, hint="同一张凭证的第几行，只有一行填1。"),
        Column("invoice_date", "开票日期", "day", 14, hint="例如2023-03-01。", other=("凭证日期",)),
        Column("paid_date", "付款日期", "day", 14, other=("收款日期",), hint="收入填收款日期。"),
        Column("quantity", "数量", width=10, hint="例如8台。"),
        Column("contract_number", "合同号", "code", 18),
        Column("contract_date", "合同日期", "day", 14),
        Column("service_from", "服务开始", "day", 14, other=("服务开始日期",)),
        Column("service_to", "服务结束", "day", 14, other=("服务结束日期",)),
        Column("expense_date", "支出日期", "day", 14),
        Column("event_date", "活动日期", "day", 14),
        Column("side", "方向", "choice", 10, hint="支出或收入，不填是支出。", choices=sides),
        Column(
            "evidence_kind", "凭证", "choice", 12, hint="不填是发票。", choices=kinds, other=("凭证种类",)
        ),
        Column("invoice_code", "发票代码", "code", 16, hint="数电票没有代码，不填。"),
        *(
            Column(f"flag_{test.flag}", test.label, "flag", 12, hint="填是或否。")
            for test in flag_tests(asking)
        ),
    ]


def read(lines: Iterable[tuple[int, Sequence[Any]]], known: Sequence[Column] | None = None) -> Sheet:
    """Rows by number. A first row that holds two known heads is the head, else cells stand in template order.

    Raises Refusal when the sheet as a whole cannot be read: no rows, a head twice, a required column missing.
    """
    known = list(columns() if known is None else known)
    filled = [(number, cells) for number, cells in lines if any(_shown(cell).strip() for cell in cells)]
    if not filled:
        raise Refusal("没有读到内容。", code="empty_file", field="text")
    head, ignored, headed = _head(filled[0][1], known)
    body = filled[1:] if headed else filled
    if headed and not body:
        raise Refusal("只有表头，没有内容。", code="empty_file", field="text")
    return Sheet(head, tuple(_row(number, cells, head) for number, cells in body), ignored, headed)


def from_text(text: str) -> list[tuple[int, list[str]]]:
    """Tab-separated text as a spreadsheet copies it; a quoted cell may hold line breaks, tabs and doubled quotes."""
    rows: list[list[str]] = [[]]
    for match in re.finditer(r'(?:"((?:[^"]|"")*)"(?=[\t\n]|\Z)|([^\t\n]*))(\t|\n|\Z)', _lines(text)):
        quoted, plain, end = match.groups()
        rows[-1].append(quoted.replace('""', '"') if quoted is not None else plain)
        if end == "\n":
            rows.append([])
        elif not end:
            break
    return [(number, cells) for number, cells in enumerate(rows, start=1)]


def as_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as a spreadsheet would copy them, for the box they came from."""
    return "\n".join("\t".join(_quoted(cell) for cell in cells) for cells in rows)


def shown(item: Any, columns: Sequence[Column]) -> list[str]:
    """A cost as a row under `columns`, in words that `read` takes back."""
    cells = []
    for column in columns:
        value = item.flags.get(column.key[5:]) if column.kind == "flag" else getattr(item, column.key)
        if column.kind == "choice":
            value = next((name for name, code in column.choices.items() if code == value), value)
        cells.append(_shown(f"{value:.2f}" if isinstance(value, Decimal) else value))
    return cells


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n\ufeff")


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if re.search(r'[\t\n"]', cell) else cell


def _plain(label: str) -> str:
    folded = unicodedata.normalize("NFKC", label).casefold()
    return re.sub(r"[\s*]|\((必填|元)\)", "", folded)


def _head(
    cells: Sequence[Any], known: Sequence[Column]
) -> tuple[tuple[Column | None, ...], tuple[str, ...], bool]:
    names = {_plain(name): column for column in known for name in (column.label, *column.other)}
    shown = [_shown(cell).strip() for cell in cells[:MOST_COLUMNS]]
    found = [names.get(_plain(text)) if text else None for text in shown]
    if sum(column is not None for column in found) < 2:
        return tuple(known), (), False
    twice = {column.label for column in found if column is not None and found.count(column) > 1}
    if twice:
        raise Refusal(f"表头里“{'”“'.join(sorted(twice))}”出现了两次。", code="bad_head", field="text")
    lacking = [column.label for column in known if column.required and column not in found]
    if lacking:
        raise Refusal(f"表头里缺少“{'”“'.join(lacking)}”。", code="bad_head", field="text")
    ignored = tuple(
        text for text, column in zip(shown, found, strict=True) if text and column is None and text != "原因"
    )
    return tuple(found), ignored, True


def _row(number: int, cells: Sequence[Any], head: Sequence[Column | None]) -> Row:
    values: dict[str, Any] = {}
    flags: dict[str, bool] = {}
    faults: list[Fault] = []
    for place, cell in enumerate(cells[:MOST_COLUMNS]):
        column = head[place] if place < len(head) else None
        if column is None:
            if place >= len(head) and _shown(cell).strip():
                faults.append(Fault(number, f"第{place + 1}列", "这一格在表头之外，没有对应的列。"))
            continue
        try:
            value = _value(column, cell)
        except Refusal as refusal:
            faults.append(Fault(number, column.label, refusal.message))
            continue
        if column.kind == "flag":
            if value is not None:
                flags[column.key.removeprefix("flag_")] = value
        else:
            values[column.key] = value
    if flags:
        values["flags"] = flags
    return Row(number, tuple(_shown(cell)[:LONGEST] for cell in cells[:MOST_COLUMNS]), values, tuple(faults))


def _shown(cell: Any) -> str:
    """A cell as its sheet shows it."""
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case datetime() | date():
            return cell.isoformat()[:10]
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 10**EXACT_DIGITS else repr(cell)
    return "".join(char for char in str(cell) if char.isprintable() or char in "\t\n")


def _value(column: Column, cell: Any) -> Any:
    if isinstance(cell, float | int) and not isinstance(cell, bool) and column.kind == "money":
        return _sum(cell)
    if column.kind == "day" and isinstance(cell, datetime | date):
        return cell.date() if isinstance(cell, datetime) else cell
    if (
        column.kind == "code"
        and isinstance(cell, float | int)
        and (not isfinite(cell) or abs(cell) >= 10**EXACT_DIGITS or cell != int(cell))
    ):
        raise Refusal("这一格是数字格式，后几位已经变了。请把这一列设成文本格式，重新填写号码。")
    text = _shown(cell).strip()
    if text.startswith(("=", "＝")):
        raise Refusal("这一格是公式，请改成文字或数值。")
    match column.kind:
        case "day":
            return _day(text) if text else None
        case "choice":
            if text and text not in column.choices:
                listed = "、".join(name for name in column.choices if not name.isascii())
                raise Refusal(f"没有“{text[:20]}”这一项。可以填：{listed}。")
            return column.choices.get(text, "")
        case "flag":
            return _flag(text)
        case "code" if SCIENTIFIC.fullmatch(text):
            raise Refusal("号码变成了科学记数，后几位已经丢失。请把这一列设成文本格式，重新填写号码。")
    if column.kind == "text":
        return re.sub(r"\s+", " ", text)
    return text


def _sum(cell: float) -> str:
    """A number of a sheet in yuan: what arithmetic in floats left beyond the fen is taken off."""
    if not isfinite(cell):
        raise Refusal("金额要写成数字。")
    rounded = round(cell, 2)
    return f"{Decimal(repr(rounded if abs(rounded - cell) < NEARLY else cell)):f}"


def _day(text: str) -> str:
    match = DAY.fullmatch(unicodedata.normalize("NFKC", text)) or re.fullmatch(
        r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})", text
    )
    if not match:
        raise Refusal("日期要写成2023-03-01这样。")
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError as error:
        raise Refusal(f"没有{text[:20]}这一天。") from error


def _flag(text: str) -> bool | None:
    if not text:
        return None
    if text.upper() in YES:
        return True
    if text.upper() in NO:
        return False
    raise Refusal("填是或否。")
