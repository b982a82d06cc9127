"""Invoices, archives and workbooks for tests, right ones and hostile ones."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from openpyxl import Workbook

from applications import services as filing
from applications.importing import sheets, workbooks
from applications.models import ImportJob, Project
from portal.accounts.models import User

OWN = "91230102MA1B001210"
SELLER = "91230102MA1B000091"
NAMES = ("*计算机*服务器", "*软件*检测平台软件")
_numbers = count(1)


def number(year: int = 23) -> str:
    return f"{year}232000{next(_numbers):012d}"


def lines_of(*nets: str, rate: str = "0.13", names: Sequence[str] = NAMES) -> list[dict[str, str]]:
    """Lines with the tax that follows from amount and rate."""
    return [
        {
            "ItemName": names[place % len(names)],
            "MeaUnits": "台",
            "Quantity": "2",
            "Amount": net,
            "TaxRate": rate,
            "ComTaxAm": f"{Decimal(net) * Decimal(rate):.2f}",
        }
        for place, net in enumerate(nets)
    ]


def einvoice(
    *nets: str,
    no: str = "",
    buyer: str = OWN,
    seller: str = SELLER,
    day: str = "2023-03-01",
    remark: str = "",
    lines: Iterable[dict[str, str]] | None = None,
    said: dict[str, str] | None = None,
    head: str = '<?xml version="1.0" encoding="UTF-8"?>',
    seller_name: str = "省外设备有限公司",
) -> str:
    """A 数电票 in the tax platform's form; `said` replaces what its totals say."""
    no = no or number()
    rows = list(lines_of(*nets) if lines is None else lines)
    net = sum((Decimal(row["Amount"]) for row in rows), Decimal(0))
    tax = sum((Decimal(row["ComTaxAm"]) for row in rows), Decimal(0))
    totals = {
        "TotalAmWithoutTax": f"{net:.2f}",
        "TotalTaxAm": f"{tax:.2f}",
        "TotalTax-includedAmount": f"{net + tax:.2f}",
        **(said or {}),
    }
    listed = "".join(
        f"<IssuItemInformation>{''.join(f'<{tag}>{text}</{tag}>' for tag, text in row.items())}</IssuItemInformation>"
        for row in rows
    )
    return (
        f"{head}<EInvoice><Header><EIid>{no}</EIid><EInvoiceTag>SWEI3200</EInvoiceTag></Header><EInvoiceData>"
        f"<SellerInformation><SellerIdNum>{seller}</SellerIdNum><SellerName>{seller_name}</SellerName></SellerInformation>"
        f"<BuyerInformation><BuyerIdNum>{buyer}</BuyerIdNum><BuyerName>哈尔滨检测有限公司</BuyerName></BuyerInformation>"
        f"<BasicInformation>{''.join(f'<{tag}>{text}</{tag}>' for tag, text in totals.items())}"
        f"<RequestTime>{day} 10:11:12</RequestTime></BasicInformation>{listed}"
        f"<AdditionalInformation><Remark>{remark}</Remark></AdditionalInformation></EInvoiceData>"
        f"<TaxSupervisionInfo><InvoiceNumber>{no}</InvoiceNumber><IssueTime>{day}</IssueTime></TaxSupervisionInfo>"
        "</EInvoice>"
    )


def red(blue: str, *nets: str, **more: Any) -> str:
    """A red letter over `blue`: negative sums, its number in the remark."""
    return einvoice(*nets, remark=f"被红冲蓝字数电发票号码：{blue} 红字发票信息确认单编号：1", **more)


def packed(files: dict[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def workbook(rows: Iterable[Sequence[Any]], sheet: str = "费用") -> bytes:
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A workbook with a part added or replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
        new.writestr(name, content)
    return stream.getvalue()


HEAD = ["名称", "类别", "金额", "税额", "对方单位", "发票号码", "行号", "开票日期", "付款日期"]


def row(place: int, **changed: Any) -> list[Any]:
    """A good row under HEAD, number `place`; `changed` by head."""
    cells = {
        "名称": f"训练服务器{place}",
        "类别": "",
        "金额": "1000.00",
        "税额": "130.00",
        "对方单位": "省外设备有限公司",
        "发票号码": f"2323{place:016d}",
        "行号": "1",
        "开票日期": "2023-03-01",
        "付款日期": "2023-03-09",
        **changed,
    }
    return [cells[name] for name in HEAD]


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><EInvoice>&c;</EInvoice>'
)
EXTERNAL = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><EInvoice>&f;</EInvoice>'
)
EMPTY_DTD = '<?xml version="1.0"?><!DOCTYPE EInvoice SYSTEM "http://127.0.0.1:9/x.dtd"><EInvoice/>'
PARAMETER = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><EInvoice/>'
HOSTILE_XML: dict[str, bytes] = {
    "billion laughs": BILLION_LAUGHS.encode(),
    "external entity": EXTERNAL.encode(),
    "external document type": EMPTY_DTD.encode(),
    "parameter entity": PARAMETER.encode(),
    "document type in UTF-16": BILLION_LAUGHS.replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"),
    "document type in UTF-16BE": b"\xfe\xff" + EXTERNAL.encode("utf-16-be"),
    "document type in UTF-16LE without a mark": EXTERNAL.encode("utf-16-le"),
    "document type in UTF-32": EXTERNAL.encode("utf-32"),
    "document type in UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x>',
    "document type in EBCDIC": EXTERNAL.encode("cp500"),
    "GBK": einvoice("100.00", head='<?xml version="1.0" encoding="GBK"?>').encode("gbk"),
    "unknown encoding": b'<?xml version="1.0" encoding="nonsense"?><EInvoice/>',
    "deep nesting": b"<EInvoice>" + b"<a>" * 30_000 + b"</a>" * 30_000 + b"</EInvoice>",
    "not closed": b"<EInvoice><Header>",
    "a page": b"<!doctype html><html><body>login</body></html>",
    "another root": b"<Invoice/>",
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    "nul": b"<EInvoice>\0</EInvoice>",
    "two million bytes": b"<EInvoice>" + b"x" * 2_000_000 + b"</EInvoice>",
}


def with_rows(rows: Sequence[Sequence[str]], **filled: str) -> bytes:
    """The template with these rows, the columns of `filled` by their label set in every row."""
    columns = sheets.columns()
    labels = [column.label for column in columns]
    given = [[filled.get(label, cell) for label, cell in zip(labels, cells, strict=True)] for cells in rows]
    return workbooks.template(columns, given)


def sent(
    admin: User, project: Project, kind: str, *named: tuple[str, bytes | str], category: str = ""
) -> ImportJob:
    """An import of these files by the admin, not yet read."""
    given = [(name, data.encode() if isinstance(data, str) else data) for name, data in named]
    return filing.start_import(
        actor=admin,
        project=project,
        kind=kind,
        files=[(name, len(data), io.BytesIO(data)) for name, data in given],
        category=category,
    )


def done(
    admin: User, project: Project, kind: str, *named: tuple[str, bytes | str], category: str = ""
) -> ImportJob:
    """The same, read to its end."""
    job = sent(admin, project, kind, *named, category=category)
    filing.run_import(pk=job.pk)
    job.refresh_from_db()
    return job
