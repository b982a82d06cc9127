"""数电票: what is read, what is refused and why; no file, however hostile, does anything else."""

import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.importing import archives, einvoice
from portal.kernel.refusals import Refusal
from tests.applications.importing import files
from tests.refusing import refused


def read(text):
    return einvoice.read(text.encode() if isinstance(text, str) else text)


def test_an_invoice_is_read_whole():
    no = files.number()
    found = read(files.einvoice("1000.00", "250.50", no=no))
    assert (found.number, found.buyer_code, found.seller_code) == (no, files.OWN, files.SELLER)
    assert (found.net, found.tax, found.total) == (Decimal("1250.50"), Decimal("162.56"), Decimal("1413.06"))
    assert [(line.number, line.short_name, line.quantity) for line in found.lines] == [
        (1, "服务器", "2台"),
        (2, "检测平台软件", "2台"),
    ]
    assert found.issued_on.isoformat() == "2023-03-01" and not found.reverses
    assert found.side_of(files.OWN) == "purchase" and found.side_of(files.SELLER) == "sale"


def test_a_namespace_and_a_utf16_file_without_document_type_are_read():
    named = files.einvoice("100.00").replace("<EInvoice>", '<EInvoice xmlns="urn:tax">')
    assert read(named).net == 100
    wide = files.einvoice("100.00", head='<?xml version="1.0" encoding="UTF-16"?>')
    assert read(wide.encode("utf-16")).net == 100


def test_a_discount_belongs_to_the_line_before_it():
    lines = files.lines_of("1000.00", "-100.00", "50.00", names=("*计算机*服务器", "*计算机*服务器", "网线"))
    charged = read(files.einvoice(lines=lines)).charged()
    assert [(line.number, line.net, line.tax) for line in charged] == [
        (1, Decimal("900.00"), Decimal("117.00")),
        (3, Decimal("50.00"), Decimal("6.50")),
    ]


@pytest.mark.parametrize("rate", ["13%", "0.13", ".13", "免税", "不征税", "***"])
def test_rates_as_they_are_written(rate):
    lines = files.lines_of("100.00")
    lines[0]["TaxRate"] = rate
    assert read(files.einvoice(lines=lines)).tax == 13


def test_margin_taxation_is_not_checked_against_the_rate():
    lines = [{**files.lines_of("100.00")[0], "ComTaxAm": "5.00"}]
    with refused("wrong_tax", "第1行税额"):
        read(files.einvoice(lines=lines))
    assert read(files.einvoice(lines=lines, remark="差额征税：60.00")).tax == 5


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        (files.einvoice("100.00", said={"TotalAmWithoutTax": "99.00"}), "wrong_total", "合计金额"),
        (files.einvoice("100.00", said={"TotalTaxAm": "0.00"}), "wrong_total", "合计税额"),
        (files.einvoice("100.00", said={"TotalTax-includedAmount": "1.00"}), "wrong_total", "价税合计"),
        (files.einvoice("1e3", lines=[{**files.lines_of("1")[0], "Amount": "1e3"}]), "bad_amount", "第1行金额"),
        (files.einvoice("100.00", no="2323"), "bad_number", "发票号码"),
        (files.einvoice("100.00", day="2030-01-01"), "bad_date", "开票日期"),
        (files.einvoice("100.00", day="2023-02-30"), "bad_date", "开票日期"),
        (files.einvoice("100.00", seller=""), "missing", "销售方代码"),
        (files.einvoice("100.00", seller_name="名" * 121), "too_long", "销售方"),
        (files.einvoice(lines=[]), "missing", "明细"),
        (files.einvoice("-100.00"), "reverses_nothing", "备注"),
        (files.einvoice("100.00").replace("</Header>", "</Header><Header/>"), "ambiguous", "发票头"),
        (
            files.einvoice("100.00").replace("<EInvoiceTag>", f"<EIid>{files.number()}</EIid><EInvoiceTag>"),
            "ambiguous",
            "发票号码",
        ),
        (
            files.einvoice("100.00").replace("<BuyerName>", "<BuyerName><b>别人</b>"),
            "not_text",
            "购买方",
        ),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_refused_at_its_part(text, code, field):
    with refused(code, field):
        read(text)


def test_two_numbers_in_one_file_are_refused():
    no = files.number()
    text = files.einvoice("100.00", no=no).replace(f"<InvoiceNumber>{no}", f"<InvoiceNumber>{files.number()}")
    with refused("bad_number", "发票号码"):
        read(text)


@pytest.mark.parametrize(
    "words", ["被红冲蓝字数电发票号码：{}", "被红冲蓝字数电票号码:{} 红字发票信息确认单编号：2"]
)
def test_a_red_letter_names_what_it_reverses(words):
    blue = files.number()
    found = read(files.einvoice("-100.00", remark=words.format(blue)))
    assert found.reverses == blue and found.total == Decimal("-113.00")


def test_neither_party_and_both_parties_are_refused():
    found = read(files.einvoice("100.00"))
    with refused("wrong_buyer", "购买方"):
        found.side_of("91230102MA1B00076Y")
    with refused("own_seller", "购买方"):
        read(files.einvoice("100.00", seller=files.OWN)).side_of(files.OWN)


@pytest.mark.parametrize("name", files.HOSTILE_XML)
def test_hostile_xml_is_refused_in_any_encoding(name):
    with pytest.raises(Refusal):
        read(files.HOSTILE_XML[name])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    for content in (data, b"<EInvoice>" + data + b"</EInvoice>"):
        with pytest.raises(Refusal):
            einvoice.read(content)


TEXTS = st.text(max_size=24).filter(lambda text: "<" not in text and "&" not in text)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(("Amount", "ComTaxAm", "TaxRate", "ItemName", "Quantity", "MeaUnits")), TEXTS)
def test_any_text_in_a_line_gives_an_invoice_that_agrees_or_a_reason(tag, text):
    said = {"TotalAmWithoutTax": "100.00", "TotalTaxAm": "13.00", "TotalTax-includedAmount": "113.00"}
    whole = files.einvoice("100.00", said=said)
    old = files.lines_of("100.00")[0][tag]
    try:
        found = read(whole.replace(f"<{tag}>{old}<", f"<{tag}>{text}<").encode("utf-8", "surrogatepass"))
    except Refusal:
        return
    assert (found.net, found.tax) == (100, 13) and all(line.net > 0 for line in found.charged())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=8))
def test_lines_add_up_to_the_totals_to_the_fen(fen):
    found = read(files.einvoice(*(f"{Decimal(value) / 100:.2f}" for value in fen)))
    assert sum(line.net for line in found.charged()) == found.net == Decimal(sum(fen)) / 100


def taken(data, name="票.zip"):
    return list(archives.members(io.BytesIO(data), name))


def test_an_archive_gives_its_invoices_and_leaves_what_lies_beside_them():
    data = files.packed({"a/1.xml": files.einvoice("1.00"), "1.pdf": b"%PDF", "__MACOSX/._1.xml": b"x"})
    first, *rest = taken(data)
    assert first.name == "票.zip：1.xml" and read(first.data).net == 1
    assert [one.skip for one in rest] == [True, True] and archives.count(io.BytesIO(data)) == 3


def test_names_from_a_chinese_windows_are_readable():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("x.xml")
        info.filename = "发票.xml".encode("gb18030").decode("cp437")
        archive.writestr(info, b"<a/>")
    raw = stream.getvalue()
    assert "xml" in taken(raw)[0].name


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (files.packed({}), "empty_file"),
        (files.packed({f"{place}.xml": b"x" for place in range(archives.MOST_MEMBERS + 1)}), "too_many"),
        (files.packed({"bomb.xml": b"\0" * 20_000_000}), "zip_bomb"),
        (files.packed({"in.zip": files.packed({"a.xml": b"x"})}), "nested_zip"),
        (b"PK\x03\x04 nothing", "damaged_file"),
    ],
    ids=["empty", "too many", "bomb", "nested", "damaged"],
)
def test_archives_are_limited(data, code):
    assert [one.refusal.code for one in taken(data)] == [code]


def test_a_member_that_lies_about_its_size_is_cut_off():
    data = bytearray(files.packed({"a.xml": b" " * 3_000_000 + bytes(range(256)) * 900}))
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = (50_000).to_bytes(4, "little")
    for member in taken(bytes(data)):
        assert member.refusal is not None or len(member.data) <= einvoice.MOST_BYTES + 1


def test_a_locked_member_is_refused():
    data = bytearray(files.packed({"a.xml": b"<a/>"}))
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + place] |= 1
    assert taken(bytes(data))[0].refusal.code == "damaged_file"


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_in_an_archive_are_members_or_refused(tail):
    for member in taken(b"PK\x03\x04" + tail):
        assert member.refusal is not None or member.skip or member.data
