"""Tables as Excel files: real numbers for money, text that can never become a formula, ready to print on A4."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

Kind = Literal["text", "money", "int", "date", "code"]

FORMATS: dict[Kind, str] = {
    "text": "@",
    "code": "@",
    "money": "#,##0.00",
    "int": "0",
    "date": "yyyy-mm-dd",
}
SIDES: dict[Kind, str] = {
    "text": "left",
    "code": "left",
    "money": "right",
    "int": "right",
    "date": "center",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MONEY_DIGITS = 15
SHEET_NAME_LENGTH = 31
FONT = "宋体"
LINE = Side(style="thin", color="FF999999")
GRID = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
HEAD_FILL = PatternFill("solid", fgColor="FFF4F2ED")


@dataclass(frozen=True)
class Column:
    """One column; `width` in characters. `code` is for numbers that are names: credit codes, accounts, invoices."""

    label: str
    kind: Kind = "text"
    width: float = 14


def workbook(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    totals: Mapping[str, Decimal | int] | None = None,
    notes: Sequence[str] = (),
) -> bytes:
    """An .xlsx with title, head, rows, a 合计 row of values (label of the column → sum) and notes below.

    Money takes Decimal with at most two places and 15 digits, int takes int, date takes date; None leaves the cell
    empty. TypeError or ValueError names the cell of a value that does not fit its column; float is never taken.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = "".join("_" if char in "[]:*?/\\" else char for char in title)[:SHEET_NAME_LENGTH]
    last = get_column_letter(len(columns))
    sheet.merge_cells(f"A1:{last}1")
    _write_text(sheet["A1"], title)
    sheet["A1"].font = Font(name=FONT, size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[1].height = 32
    for number, column in enumerate(columns, start=1):
        head = sheet.cell(row=2, column=number)
        _write_text(head, column.label)
        head.font = Font(name=FONT, size=11, bold=True)
        head.fill = HEAD_FILL
        head.border = GRID
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    line = 2
    for line, row in enumerate(rows, start=3):
        if len(row) != len(columns):
            raise ValueError(f"row {line - 2} has {len(row)} values for {len(columns)} columns")
        for number, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            _write(sheet.cell(row=line, column=number), column, value)
    if totals is not None:
        line += 1
        _write_totals(sheet, line, columns, totals)
    for note in notes:
        line += 1
        sheet.merge_cells(f"A{line}:{last}{line}")
        _write_text(sheet.cell(row=line, column=1), note)
        sheet.cell(row=line, column=1).alignment = Alignment(wrap_text=True, vertical="top")
    _set_page(sheet, last, line)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_totals(
    sheet: Any,
    line: int,
    columns: Sequence[Column],
    totals: Mapping[str, Decimal | int],
) -> None:
    unknown = set(totals) - {column.label for column in columns}
    if unknown:
        raise ValueError(f"totals for columns that are not there: {', '.join(sorted(unknown))}")
    for number, column in enumerate(columns, start=1):
        cell = sheet.cell(row=line, column=number)
        _write(cell, column, totals.get(column.label))
        cell.font = Font(name=FONT, size=10, bold=True)
    if columns[0].label not in totals:
        _write_text(sheet.cell(row=line, column=1), "合计")


def _write(cell: Cell, column: Column, value: Any) -> None:
    cell.font = Font(name=FONT, size=10)
    cell.border = GRID
    cell.number_format = FORMATS[column.kind]
    cell.alignment = Alignment(
        horizontal=SIDES[column.kind],
        vertical="center",
        wrap_text=column.kind == "text",
    )
    if value is None:
        return
    match column.kind:
        case "text" | "code":
            if not isinstance(value, str):
                raise TypeError(f"{cell.coordinate}: {column.label} takes text, not {type(value).__name__}")
            _write_text(cell, value)
        case "money":
            cell.value = _exact(cell, column, value)
        case "int":
            if not isinstance(value, int) or isinstance(value, bool):
                raise TypeError(f"{cell.coordinate}: {column.label} takes int, not {type(value).__name__}")
            cell.value = value
        case "date":
            if not isinstance(value, date):
                raise TypeError(f"{cell.coordinate}: {column.label} takes a date, not {type(value).__name__}")
            cell.value = value


def _write_text(cell: Cell, text: str) -> None:
    """Write `text` as text: one that a spreadsheet would read as a formula gets a leading apostrophe.

    The apostrophe stays in the data, so that the guard outlives a copy to CSV. Control characters become U+FFFD.
    """
    clean = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    if clean.startswith(FORMULA_STARTS):
        clean = "'" + clean
    cell.value = clean
    cell.data_type = "s"


def _exact(cell: Cell, column: Column, value: Any) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError(f"{cell.coordinate}: {column.label} takes Decimal, not {type(value).__name__}")
    exact = value.quantize(Decimal("0.01"))
    if exact != value:
        raise ValueError(f"{cell.coordinate}: {value} has more than two decimals")
    if len(exact.as_tuple().digits) > MONEY_DIGITS:
        raise ValueError(f"{cell.coordinate}: {value} has more digits than a spreadsheet keeps")
    return exact


def _set_page(sheet: Any, last: str, line: int) -> None:
    sheet.freeze_panes = "A3"
    sheet.print_title_rows = "1:2"
    sheet.print_area = f"A1:{last}{line}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "第&P页 共&N页"
