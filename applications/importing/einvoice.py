"""A 数电票 in its XML form (EInvoice), read whole or refused with every reason.

Document types and entities are refused by the parser's own events, so no encoding hides them. The tax bureau's
signature is not verified: who may do that needs its certificates, which are not public.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from applications.evidence import DIGITAL_LENGTH, normal
from applications.states import Sides
from portal.kernel import clock
from portal.kernel.money import CENT, ZERO, format_yuan
from portal.kernel.refusals import Refusal, raise_any

MOST_BYTES = 1024 * 1024
MOST_LINES = 2000
MOST_DEPTH = 40
EARLIEST = date(2000, 1, 1)
TOLERANCE = Decimal("0.06")
"""How far a line's tax may be from amount times rate, in yuan: what the tax bureau's own check allows."""
SUM = re.compile(r"-?[0-9]{1,11}(\.[0-9]{1,2})?")
RATE = re.compile(r"([0-9]{1,2}(\.[0-9]{1,4})?)%|(0?\.[0-9]{1,4}|0|1)")
REVERSED = re.compile(r"(?:被红冲蓝字|对应蓝字|对应正数)[^0-9]{0,16}([0-9]{20})(?![0-9])")
MARGIN = "差额征税"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice; yuan. `rate` is None where none is given (免税, 不征税, 差额征税)."""

    number: int
    name: str
    quantity: str
    net: Decimal
    rate: Decimal | None
    tax: Decimal

    @property
    def short_name(self) -> str:
        """Without the tax bureau's kind of goods: *计算机*服务器 is 服务器."""
        return self.name.rpartition("*")[2].strip() or self.name


@dataclass(frozen=True, slots=True)
class EInvoice:
    """An invoice whose sums agree. `reverses` is the blue one that a red one takes back."""

    number: str
    issued_on: date
    buyer_code: str
    buyer_name: str
    seller_code: str
    seller_name: str
    net: Decimal
    tax: Decimal
    total: Decimal
    reverses: str
    lines: tuple[Line, ...]

    def side_of(self, code: str) -> str:
        """Where the organisation of `code` stands. Refusal when it is neither party, or both."""
        buys, sells = self.buyer_code == code, self.seller_code == code
        if buys and sells:
            raise Refusal(
                "购买方和销售方都是你单位，这样的发票不能作为费用。", code="own_seller", field="购买方"
            )
        if buys:
            return Sides.PURCHASE.value
        if sells:
            return Sides.SALE.value
        raise Refusal(
            f"购买方是{self.buyer_name}（{self.buyer_code or '没有代码'}），不是你单位。",
            code="wrong_buyer",
            field="购买方",
        )

    def charged(self) -> list[Line]:
        """Lines with their discounts taken off: one whose sign is not the invoice's belongs to the line before it."""
        kept: list[Line] = []
        for line in self.lines:
            if kept and line.net * self.total < 0:
                last = kept.pop()
                line = Line(
                    last.number, last.name, last.quantity, last.net + line.net, last.rate, last.tax + line.tax
                )
            kept.append(line)
        return kept


def read(data: bytes) -> EInvoice:
    """The invoice in `data`. Raises Refusal or Refusals; `field` is the part that is wrong, in Chinese."""
    root = _root(data)
    faults: list[Refusal] = []
    reader = _Reader(faults)
    header = reader.child(root, "Header", "发票头")
    body = reader.child(root, "EInvoiceData", "发票内容")
    raise_any(faults)
    buyer, seller, basic = (
        reader.child(body, tag, label)
        for tag, label in (
            ("BuyerInformation", "购买方"),
            ("SellerInformation", "销售方"),
            ("BasicInformation", "合计"),
        )
    )
    supervision = reader.child(root, "TaxSupervisionInfo", "税务监制", optional=True)
    extra = reader.child(body, "AdditionalInformation", "备注", optional=True)
    remark = reader.text(extra, "Remark", "备注", 2000, optional=True)
    number = normal(reader.text(header, "EIid", "发票号码", 40))
    issued = reader.text(supervision, "IssueTime", "开票日期", 30, optional=True) or reader.text(
        basic, "RequestTime", "开票日期", 30
    )
    twin = reader.text(supervision, "InvoiceNumber", "发票号码", 40, optional=True)
    if number and (len(number) != DIGITAL_LENGTH or not number.isascii() or not number.isdigit()):
        faults.append(Refusal("数电票的号码是20位数字。", code="bad_number", field="发票号码"))
    if twin and normal(twin) != number:
        faults.append(Refusal("文件里两处发票号码不一样。", code="bad_number", field="发票号码"))
    lines = tuple(_lines(body, reader, margin=MARGIN in remark))
    invoice = EInvoice(
        number=number,
        issued_on=_day(issued, faults),
        buyer_code=normal(reader.text(buyer, "BuyerIdNum", "购买方代码", 30, optional=True)),
        buyer_name=reader.text(buyer, "BuyerName", "购买方", 120),
        seller_code=normal(reader.text(seller, "SellerIdNum", "销售方代码", 30)),
        seller_name=reader.text(seller, "SellerName", "销售方", 120),
        net=reader.sum(basic, "TotalAmWithoutTax", "合计金额"),
        tax=reader.sum(basic, "TotalTaxAm", "合计税额", empty=ZERO),
        total=reader.sum(basic, "TotalTax-includedAmount", "价税合计"),
        reverses="",
        lines=lines,
    )
    raise_any(faults)
    return _agreeing(invoice, remark)


def _root(data: bytes) -> Element:
    if len(data) > MOST_BYTES:
        raise Refusal("文件超过1MB，不像一张数电票。", code="file_too_large")
    try:
        root: Element = fromstring(data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise Refusal(
            "文件里有文档类型或实体定义，数电票没有这些，没有读取。", code="forbidden_xml"
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise Refusal("文件不是完整的XML。请从税务平台重新下载数电票的XML文件。", code="bad_xml") from error
    if _local(root) != "EInvoice":
        raise Refusal("这个XML不是数电票。", code="not_an_invoice")
    layer, depth = [root], 0
    while layer:
        depth += 1
        if depth > MOST_DEPTH:
            raise Refusal("这个XML的层次太深，不是数电票。", code="not_an_invoice")
        layer = [child for node in layer for child in node]
    return root


def _local(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


@dataclass(slots=True)
class _Reader:
    """Parts of the tree by name; what is missing or there twice is noted once, and read as nothing."""

    faults: list[Refusal]

    def child(self, node: Element | None, tag: str, label: str, *, optional: bool = False) -> Element | None:
        found = [one for one in node if _local(one) == tag] if node is not None else []
        if len(found) > 1:
            self.fault(f"文件里有{len(found)}处“{label}”，不知道以哪一处为准。", "ambiguous", label)
            return None
        if not found and not optional and node is not None:
            self.fault(f"文件里没有“{label}”。", "missing", label)
        return found[0] if found else None

    def text(self, node: Element | None, tag: str, label: str, limit: int, *, optional: bool = False) -> str:
        found = self.child(node, tag, label, optional=optional)
        if found is None:
            return ""
        text = (found.text or "").strip()
        if len(found):
            self.fault(f"“{label}”里应是文字。", "not_text", label)
        elif not text and not optional:
            self.fault(f"“{label}”是空的。", "missing", label)
        elif len(text) > limit:
            self.fault(f"“{label}”超过{limit}个字。", "too_long", label)
            return text[:limit]
        return text

    def sum(self, node: Element | None, tag: str, label: str, *, empty: Decimal | None = None) -> Decimal:
        text = self.text(node, tag, label, 40, optional=empty is not None)
        if not text:
            return ZERO if empty is None else empty
        if not SUM.fullmatch(text):
            self.fault(f"“{label}”不是以元为单位、最多两位小数的数字。", "bad_amount", label)
            return ZERO
        return Decimal(text).quantize(CENT)

    def fault(self, message: str, code: str, label: str) -> None:
        if not any(one.field == label and one.message == message for one in self.faults):
            self.faults.append(Refusal(message, code=code, field=label))


def _lines(body: Any, reader: _Reader, *, margin: bool) -> Iterator[Line]:
    found = [node for node in body if _local(node) == "IssuItemInformation"]
    if not found:
        reader.fault("文件里没有明细行。", "missing", "明细")
    if len(found) > MOST_LINES:
        reader.fault(f"明细超过{MOST_LINES:,}行。", "too_many", "明细")
        return
    for number, node in enumerate(found, start=1):
        label = f"第{number}行"
        name = reader.text(node, "ItemName", f"{label}名称", 120)
        count = reader.text(node, "Quantity", f"{label}数量", 40, optional=True)
        unit = reader.text(node, "MeaUnits", f"{label}单位", 20, optional=True)
        net = reader.sum(node, "Amount", f"{label}金额")
        tax = reader.sum(node, "ComTaxAm", f"{label}税额", empty=ZERO)
        rate = _rate(reader.text(node, "TaxRate", f"{label}税率", 20, optional=True))
        if rate is not None and not margin and abs(net * rate - tax) > TOLERANCE:
            reader.fault(f"{label}的税额不等于金额乘税率。", "wrong_tax", f"{label}税额")
        yield Line(number, name, (count + unit)[:30], net, rate, tax)


def _rate(text: str) -> Decimal | None:
    match = RATE.fullmatch(text)
    if match is None:
        return None
    return Decimal(match[1]) / 100 if match[1] else Decimal(match[3])


def _day(text: str, faults: list[Refusal]) -> date:
    match = re.match(r"([0-9]{4})[-年/]?([0-9]{1,2})[-月/]?([0-9]{1,2})", text)
    try:
        day = date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        day = None
    if day is None:
        if text:
            faults.append(Refusal("开票日期不是日期。", code="bad_date", field="开票日期"))
        return EARLIEST
    if not EARLIEST <= day <= clock.today():
        faults.append(
            Refusal(f"开票日期{day:%Y-%m-%d}晚于今天或早于2000年。", code="bad_date", field="开票日期")
        )
    return day


def _agreeing(invoice: EInvoice, remark: str) -> EInvoice:
    """The invoice once its sums agree, as red or blue."""
    faults = []
    for label, said, added in (
        ("合计金额", invoice.net, sum((line.net for line in invoice.lines), ZERO)),
        ("合计税额", invoice.tax, sum((line.tax for line in invoice.lines), ZERO)),
        ("价税合计", invoice.total, invoice.net + invoice.tax),
    ):
        if said != added:
            what = "金额与税额之和" if label == "价税合计" else "各行之和"
            faults.append(
                Refusal(
                    f"“{label}”是{format_yuan(said)}，{what}是{format_yuan(added)}，不一致。",
                    code="wrong_total",
                    field=label,
                )
            )
    if not invoice.total:
        faults.append(Refusal("价税合计是0。", code="zero_amount", field="价税合计"))
    raise_any(faults)
    if invoice.total > 0:
        if any(line.net <= 0 for line in invoice.charged()):
            raise Refusal("有一行扣除折扣后金额不大于0。", code="zero_amount", field="明细")
        return invoice
    if invoice.net > 0 or any(line.net > 0 or line.tax > 0 for line in invoice.charged()):
        raise Refusal("红字发票的金额应都是负数。", code="mixed_signs", field="明细")
    named = set(REVERSED.findall(remark))
    if len(named) != 1 or invoice.number in named:
        raise Refusal("红字发票的备注里没有写明冲减哪一张蓝字发票。", code="reverses_nothing", field="备注")
    (blue,) = named
    return EInvoice(
        **{name: getattr(invoice, name) for name in EInvoice.__slots__ if name != "reverses"}, reverses=blue
    )
