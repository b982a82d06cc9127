"""Excel export: exact money, text that stays text, print set-up. Read back with openpyxl and from the XML itself."""

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.kernel.spreadsheets import Column, workbook

COLUMNS = [
    Column("序号", "int", 6),
    Column("申报单位", "text", 30),
    Column("统一社会信用代码", "code", 22),
    Column("账号", "code", 26),
    Column("日期", "date", 12),
    Column("金额", "money", 18),
]
ROW = [
    1,
    "哈尔滨冰城智算科技有限公司",
    "122301004140000000",
    "6222021234567890128",
    date(2024, 4, 15),
    Decimal("9917200.00"),
]


def read(data):
    return load_workbook(BytesIO(data)).active


def sheet_xml(data):
    return zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()


def test_values_formats_and_order():
    sheet = read(workbook("汇总表", COLUMNS, [ROW]))
    assert sheet["A1"].value == "汇总表"
    assert [cell.value for cell in sheet[2]] == [column.label for column in COLUMNS]
    assert [cell.value for cell in sheet[3]][:4] == ROW[:4]
    assert sheet["E3"].value.date() == date(2024, 4, 15)
    assert sheet["E3"].number_format == "yyyy-mm-dd"
    assert sheet["F3"].number_format == "#,##0.00"


@pytest.mark.parametrize("amount", ["0.00", "0.10", "0.01", "9999999999.99", "9999999999999.99", "-12.30"])
def test_money_is_written_exactly(amount):
    data = workbook("表", [Column("金额", "money")], [[Decimal(amount)]])
    assert f"<v>{Decimal(amount).normalize():f}</v>" in sheet_xml(data)
    assert Decimal(str(read(data)["A3"].value)) == Decimal(amount)


def test_long_numbers_stay_text():
    sheet = read(workbook("表", COLUMNS, [ROW]))
    for cell in (sheet["C3"], sheet["D3"]):
        assert (cell.data_type, cell.number_format) == ("s", "@")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_text_never_becomes_a_formula(start):
    attack = f'{start}HYPERLINK("http://x")'
    data = workbook(
        attack,
        [Column(attack), Column("乙")],
        [[attack, attack]],
        {"乙": None},
        [attack],
    )
    sheet = read(data)
    assert "<f>" not in sheet_xml(data)
    for cell in (sheet["A1"], sheet["A2"], sheet["A3"], sheet["B3"], sheet["A5"]):
        assert cell.data_type == "s"
        assert cell.value == "'" + attack


def test_control_characters_do_not_break_the_file():
    assert read(workbook("表", [Column("甲")], [["a\x00b"]]))["A3"].value == "a\ufffdb"


def test_totals_are_values():
    data = workbook("表", COLUMNS, [ROW, ROW], {"金额": Decimal("19834400.00")}, ["说明"])
    sheet = read(data)
    assert sheet["A5"].value == "合计"
    assert sheet["F5"].value == 19834400
    assert sheet["F5"].font.bold
    assert sheet["A6"].value == "说明"
    assert "<f>" not in sheet_xml(data)


def test_unknown_total_is_an_error():
    with pytest.raises(ValueError, match="余额"):
        workbook("表", COLUMNS, [ROW], {"余额": Decimal("1.00")})


def test_print_setup():
    sheet = read(workbook("表", COLUMNS, [ROW] * 3))
    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$1:$2"
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == "9"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_no_rows():
    sheet = read(workbook("表[1]", COLUMNS, [], {"金额": Decimal("0.00")}))
    assert sheet.title == "表_1_"
    assert sheet["A3"].value == "合计"


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        ("money", 1.5, TypeError),
        ("money", 1, TypeError),
        ("money", Decimal("0.001"), ValueError),
        ("money", Decimal("99999999999999.99"), ValueError),
        ("int", 1.0, TypeError),
        ("int", True, TypeError),
        ("text", 5, TypeError),
        ("code", 122301004140000000, TypeError),
        ("date", "2024-04-15", TypeError),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(kind, value, error):
    with pytest.raises(error, match="A3"):
        workbook("表", [Column("甲", kind)], [[value]])


def test_a_short_row_is_an_error():
    with pytest.raises(ValueError, match="row 1"):
        workbook("表", COLUMNS, [ROW[:-1]])
