"""Rows of a sheet and workbooks: cells read as people write them, faults by row and column."""

import io
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from applications.importing import sheets, workbooks
from applications.importing.sheets import Column
from portal.kernel.refusals import Refusal
from portal.kernel.spreadsheets import Column as OutColumn
from portal.kernel.spreadsheets import workbook as exported
from tests.applications.importing import files
from tests.refusing import refused

KNOWN = [
    Column("name", "名称", required=True),
    Column("amount", "金额", "money", required=True),
    Column("document_number", "发票号码或凭证号", "code", required=True, other=("发票号码",)),
    Column("invoice_date", "开票日期", "day"),
    Column("category", "类别", "choice", choices={"设备": "equipment"}),
    Column("flag_second_hand", "二手设备", "flag"),
]


def one(**cells):
    head = [column.label for column in KNOWN]
    given = {"名称": "服务器", "金额": "1.00", "发票号码或凭证号": "1", **cells}
    return sheets.read([(1, head), (2, [given.get(label) for label in head])], KNOWN).rows[0]


@pytest.mark.parametrize(
    ("label", "cell", "key", "value"),
    [
        ("金额", 0.1 + 0.2, "amount", "0.3"),
        ("金额", 1234.5600000000001, "amount", "1234.56"),
        ("金额", 12, "amount", "12"),
        ("金额", "1,234.50", "amount", "1,234.50"),
        ("开票日期", datetime(2023, 3, 1), "invoice_date", date(2023, 3, 1)),
        ("开票日期", "2023/3/1", "invoice_date", "2023-03-01"),
        ("开票日期", "2023年3月1日", "invoice_date", "2023-03-01"),
        ("开票日期", "20230301", "invoice_date", "2023-03-01"),
        ("开票日期", "2023-03-01 00:00:00", "invoice_date", "2023-03-01"),
        ("发票号码或凭证号", 23230001, "document_number", "23230001"),
        ("发票号码或凭证号", 23230001.0, "document_number", "23230001"),
        ("类别", "设备", "category", "equipment"),
        ("名称", " 服务器\n  8台 ", "name", "服务器 8台"),
        ("名称", "-10℃冰箱", "name", "-10℃冰箱"),
    ],
)
def test_cells_as_people_write_them(label, cell, key, value):
    row = one(**{label: cell})
    assert row.faults == () and row.values[key] == value


@pytest.mark.parametrize(
    ("label", "cell", "said"),
    [
        ("发票号码或凭证号", 2.3232000000012346e19, "设成文本格式"),
        ("发票号码或凭证号", "2.3232E+19", "科学记数"),
        ("发票号码或凭证号", 0.5, "设成文本格式"),
        ("发票号码或凭证号", float("inf"), "设成文本格式"),
        ("金额", float("nan"), "写成数字"),
        ("名称", '=HYPERLINK("http://127.0.0.1")', "公式"),
        ("金额", "＝1+1", "公式"),
        ("开票日期", "2023-02-30", "没有2023-02-30这一天"),
        ("开票日期", "去年", "日期要写成"),
        ("类别", "房子", "没有“房子”这一项"),
        ("二手设备", "也许", "填是或否"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(label, cell, said):
    (fault,) = one(**{label: cell}).faults
    assert (fault.row, fault.column) == (2, label) and said in fault.message


def test_the_head_may_be_in_any_order_under_known_names():
    sheet = sheets.read(
        [(3, ["发票号码 *", "备注", "金额（元）", "名称"]), (5, ["7", "随便", "2", "甲"])], KNOWN
    )
    assert sheet.rows[0].values == {"document_number": "7", "amount": "2", "name": "甲"}
    assert sheet.ignored == ("备注",) and sheet.rows[0].number == 5


def test_without_a_head_cells_stand_in_template_order():
    row = sheets.read([(1, ["甲", "2", "7", "2023-03-01"])], KNOWN).rows[0]
    assert row.values["invoice_date"] == "2023-03-01" and not row.faults
    (fault,) = sheets.read([(1, [*["甲", "2", "7", "", "", ""], "多"])], KNOWN).rows[0].faults
    assert fault.column == "第7列"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "empty_file"),
        ([(1, ["", " "])], "empty_file"),
        ([(1, ["名称", "金额", "发票号码"])], "empty_file"),
        ([(1, ["名称", "金额", "名称", "发票号码"]), (2, ["a"])], "bad_head"),
        ([(1, ["名称", "发票号码"]), (2, ["a"])], "bad_head"),
    ],
)
def test_a_sheet_without_sense_is_refused_as_a_whole(lines, code):
    with refused(code, "text"):
        sheets.read(lines, KNOWN)


def test_text_as_a_spreadsheet_copies_it():
    text = '名称\t金额\r\n"两\r\n行"\t"说""好"""\r\n末\t\r\n'
    assert [cells for _, cells in sheets.from_text(text)] == [
        ["名称", "金额"],
        ["两\n行", '说"好"'],
        ["末", ""],
    ]


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5))
def test_what_goes_back_into_the_box_reads_the_same(rows):
    rows = [["始", *row, "末"] for row in rows]
    assert [cells for _, cells in sheets.from_text(sheets.as_text(rows))] == rows


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_rows_or_a_reason(text):
    try:
        sheet = sheets.read(sheets.from_text(text), KNOWN)
    except Refusal:
        return
    assert all(row.values or row.faults or row.cells for row in sheet.rows)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.datetimes(), st.dates()
    ),
    st.sampled_from([column.label for column in KNOWN]),
)
def test_any_cell_is_a_value_or_a_fault_at_its_column(cell, label):
    row = one(**{label: cell})
    key = next(column.key for column in KNOWN if column.label == label)
    assert all(fault.column == label for fault in row.faults)
    assert row.faults or key in row.values or key.startswith("flag_")


def rows_of(data):
    return list(workbooks.rows_of(io.BytesIO(data)))


def test_the_template_explains_itself_and_reads_back():
    data = workbooks.template(KNOWN, [["甲", "2", "0007", "2023-03-01", "设备", "是"]], project="平台")
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["费用", "填写说明"] and book["费用"]["C2"].value == "0007"
    assert any("必填" in str(cell.value) for line in book["填写说明"] for cell in line)
    sheet = sheets.read(rows_of(data), KNOWN)
    assert sheet.rows[0].values["flags"] == {"second_hand": True} and sheet.rows[0].faults == ()


def hostile():
    plain = files.workbook([files.HEAD, files.row(1)])
    book = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "1">]><workbook>&a;</workbook>'
    return {
        "macro": files.with_part(plain, "xl/vbaProject.bin", b"x"),
        "embedded object": files.with_part(plain, "xl/embeddings/oleObject1.bin", b"x"),
        "external link": files.with_part(plain, "xl/externalLinks/externalLink1.xml", b"<x/>"),
        "entity in the workbook": files.with_part(plain, "xl/workbook.xml", book),
        "entity in the strings": files.with_part(
            plain, "xl/sharedStrings.xml", files.BILLION_LAUGHS.encode()
        ),
        "entity in the sheet": files.with_part(plain, "xl/worksheets/sheet1.xml", files.EXTERNAL.encode()),
        "bomb": files.with_part(plain, "xl/media/a.xml", b"\0" * 30_000_000),
        "no workbook": files.packed({"a.txt": b"x"}),
        "old format": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        "text": b"a,b,c",
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_workbooks_are_refused(name):
    with pytest.raises(Refusal):
        rows_of(hostile()[name])


def test_a_row_at_the_end_of_the_world_does_not_keep_the_worker():
    plain = files.workbook([files.HEAD, files.row(1)])
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="999999999"><c r="A999999999" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    )
    assert rows_of(files.with_part(plain, "xl/worksheets/sheet1.xml", sheet)) == []


def test_a_huge_cell_is_cut_for_show_and_named_by_the_ledger():
    row = one(名称="长" * 32_000)
    assert len(row.cells[0]) == sheets.LONGEST and len(row.values["name"]) == 32_000


def test_what_looks_like_a_formula_leaves_as_text():
    data = exported("费用", [OutColumn("名称")], [["+cmd|' /C calc'!A0"]])
    cell = load_workbook(io.BytesIO(data)).active["A3"]
    assert cell.data_type == "s" and "cmd" in cell.value
