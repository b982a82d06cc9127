"""The Excel template, and reading a filled one: one sheet, values only, no macros."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import IO, Any
from xml.parsers.expat import ParserCreate
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from applications.importing.archives import check
from applications.importing.sheets import MOST_COLUMNS, Column
from portal.kernel.refusals import Refusal

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = "费用"
NOTES = "填写说明"
MOST_ROWS = 20_000
MOST_UNPACKED = 80 * 1024 * 1024
MOST_GAP = 200
HEAD = PatternFill("solid", fgColor="FFF4F2ED")
FORMATS = {"money": "#,##0.00", "day": "yyyy-mm-dd", "line": "0"}
MACROS = ("vbaproject.bin", "/activex/", "/embeddings/", "/externallinks/")


def template(columns: Sequence[Column], rows: Sequence[Sequence[str]] = (), *, project: str = "") -> bytes:
    """The workbook to fill: a sheet of columns, and one that explains them. `rows` are put in as text."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    for place, column in enumerate(columns, start=1):
        head = sheet.cell(row=1, column=place, value=column.label)
        head.font, head.fill = Font(bold=True), HEAD
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].number_format = FORMATS.get(column.kind, "@")
        words = [name for name in column.choices if not name.isascii()]
        if column.kind == "flag":
            words = ["是", "否"]
        listed = ",".join(words)
        if words and len(listed) < 250:
            rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
            rule.error, rule.errorTitle = "请从列表里选择。", column.label
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{MOST_ROWS}")
    for number, row in enumerate(rows, start=2):
        for place, text in enumerate(row, start=1):
            cell = sheet.cell(row=number, column=place)
            cell.value, cell.data_type = text, "s"
            cell.number_format = "@"
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[1].height = 30
    _explain(book.create_sheet(NOTES), columns, project)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _explain(sheet: Any, columns: Sequence[Column], project: str) -> None:
    lines = [
        ("填写说明", "", ""),
        (project and f"项目：{project}", "", ""),
        ("一行填一张凭证的一行。表头不要改动，用不到的列可以留空或删去。金额单位是元。", "", ""),
        ("传上去后，填对的行录入项目，有问题的行会列出原因，可以下载改好再传。", "", ""),
        ("", "", ""),
        ("列", "怎么填", "可以填的内容"),
    ]
    for column in columns:
        words = "、".join(name for name in column.choices if not name.isascii())
        lines.append((column.label, ("必填。" if column.required else "") + column.hint, words))
    for number, texts in enumerate((line for line in lines if line[0] or line[1] == ""), start=1):
        for place, text in enumerate(texts, start=1):
            cell = sheet.cell(row=number, column=place, value=text or None)
            cell.alignment = Alignment(wrap_text=place > 1, vertical="top")
            if text in ("填写说明", "列", "怎么填", "可以填的内容"):
                cell.font = Font(bold=True)
    for letter, width in (("A", 24), ("B", 48), ("C", 60)):
        sheet.column_dimensions[letter].width = width


def rows_of(file: IO[bytes]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Numbered rows of the sheet 费用, or of the first one. Refusal for what is no plain, sane workbook."""
    damaged = Refusal(
        "表格打不开，可能已损坏、设了密码，或不是.xlsx格式。", code="damaged_file", field="file"
    )
    try:
        with ZipFile(file) as archive:
            listed = archive.infolist()
            check(listed, most=MOST_UNPACKED)
            for info in listed:
                if info.filename.lower().endswith((".xml", ".rels", ".vml")):
                    with archive.open(info) as part:
                        refuse_document_types(part)
    except Refusal:
        raise
    except Exception as error:  # whatever the parser chokes on, the file is what is wrong
        raise damaged from error
    if any(part in info.filename.lower() for info in listed for part in MACROS):
        raise Refusal(
            "表格里有宏、嵌入对象或外部链接。请另存为普通的.xlsx再上传。", code="macro_workbook", field="file"
        )
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # as above
        raise damaged from error
    try:
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()
        yield from _rows(sheet)
    except Refusal:
        raise
    except Exception as error:  # as above
        raise damaged from error
    finally:
        book.close()


def refuse_document_types(part: IO[bytes]) -> None:
    """The reader of sheets lets document types pass, so each part is looked through before. Refusal for one."""

    def found(*_: Any) -> None:
        raise Refusal("表格里有文档类型或实体定义，没有读取。", code="forbidden_xml", field="file")

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = found
    parser.EntityDeclHandler = found
    parser.ParseFile(part)


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    gap = filled = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
        if all(cell is None or cell == "" for cell in cells):
            gap += 1
            if gap > MOST_GAP:
                return
            continue
        gap = 0
        filled += 1
        if filled > MOST_ROWS:
            raise Refusal(f"一份表格最多{MOST_ROWS:,}行，请分几份上传。", code="too_many", field="file")
        yield number, cells
