"""Papers of a released batch as they are drawn, and the workbooks beside them."""

import io
import re
import shutil
import subprocess
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from payouts import selectors
from payouts import services as paying
from payouts.services import papers
from portal.accounts.states import Roles
from portal.kernel import clock, issuing
from portal.kernel.models import Document, Event
from portal.kernel.refusals import Forbidden
from review import services as reviewing
from tests import making
from tests.payouts import desk
from tests.refusing import refused

pytestmark = pytest.mark.django_db


def reader_of(paper):
    with paper.file.open("rb") as file:
        return PdfReader(io.BytesIO(file.read()))


def text_of(paper):
    return re.sub(r"\s", "", "".join(page.extract_text() for page in reader_of(paper).pages))


def embedded(paper):
    """Whether every font of every page carries its own file."""
    fonts = []
    for page in reader_of(paper).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object().get("/DescendantFonts", [font])[0].get_object()
            fonts.append(inner["/FontDescriptor"].get_object())
    return bool(fonts) and all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font) for font in fonts)


@pytest.mark.django_db(transaction=True)
def test_a_released_batch_of_three_items_on_paper():
    made = desk.released([making.requested(code=code) for code in ("2a", "1", "9b")])
    issued = [issuing.draw(paper.pk) for paper in selectors.papers_of_batch(made.batch)]
    assert [paper.kind for paper in issued] == ["summary", "payment", *["calculation", "letter"] * 3]
    assert {paper.state for paper in issued} == {"ready"}
    texts = {}
    for paper in issued:
        text = text_of(paper)
        texts.setdefault(paper.kind, []).append(text)
        assert paper.number in text
        assert paper.decision_digest[:4] in text
        assert paper.decision_digest in text
        assert "草稿" in text
        assert embedded(paper), paper.number
    first, judged, event = texts["letter"]
    assert "关于拨付共性技术研发平台建设补助资金的通知" in first
    assert "10,000,000.00元（大写：人民币壹仟万元整）" in first
    assert "乘以20%为12,000,000.00元，超过上限10,000,000.00元，按上限计算，核定金额为10,000,000.00元" in first
    assert "费用逐笔核定的结果和核减原因见附件。" in first
    assert "责任单位会商和分管领导研究（审批文件：哈科发〔2023〕30号）" in first
    assert (
        "你单位项目经评审确定支持金额为6,000,000.00元，未超过上限10,000,000.00元，核定金额为6,000,000.00元"
        in judged
    )
    assert "核定的依据和计算步骤见附件。" in judged
    assert "逐笔核定" not in judged
    assert "人民币伍拾万元整" in event
    assert "市市场监管局承办处室" in event
    for line, letter in zip(made.lines, texts["letter"], strict=True):
        sheet = issued[3 + 2 * made.lines.index(line) - 1]
        assert f"附件：核定与计算表（编号{sheet.number}）" in letter
        assert issued[0].number not in letter
        assert "预算不足" not in letter
        assert letter.count("研究研究") == 0
    assert "附件" in texts["calculation"][0]
    assert "不设最低金额" in texts["calculation"][0]
    assert "没有逐笔核定的费用" in texts["calculation"][1]
    (summary,), (payment,) = texts["summary"], texts["payment"]
    for text in (summary, payment):
        assert "16,500,000.00" in text
        assert "人民币壹仟陆佰伍拾万元整" in text
        assert made.batch.number in text
        assert made.clerk.display_name in text
        assert made.approver.display_name in text
    assert "1672000000001234" in payment
    assert "1672000000001234" not in summary + "".join(texts["letter"])
    assert "不公开" in payment
    if pdffonts := shutil.which("pdffonts"):
        for paper in issued:
            out = subprocess.run([pdffonts, paper.file.path], check=True, capture_output=True, text=True)
            flags = [row.split()[-5] for row in out.stdout.splitlines()[2:]]
            assert flags and set(flags) == {"yes"}, out.stdout


def test_a_letter_says_when_the_sum_was_rounded():
    payment = making.requested(amounts=["1234567.89"])
    made = desk.released([payment])
    letter = Document.objects.get(kind="letter").decision
    assert letter["sum"]["computed"] == "246913.57"
    assert letter["sum"]["rounding"] == "向下取整到元"
    assert letter["sum"]["awarded"] == letter["amount"] == "246913.00"
    assert made.batch.total == Decimal("246913.00")


def test_settings_of_a_letter_are_those_about_the_item_and_the_sheet_has_them_all():
    desk.released([making.requested(code="9b")])
    letter = Document.objects.get(kind="letter").decision
    sheet = Document.objects.get(kind="calculation").decision
    named = [one["id"] for one in letter["settings"]]
    assert "Q32" in named
    assert "Q35" in named
    assert "Q40" not in named
    used = [one["id"] for one in sheet["settings"]]
    assert set(named) < set(used)
    assert used == sorted(used)
    assert all(one["value"] for one in sheet["settings"])


def test_papers_name_the_document_that_set_a_point():
    making.set_to(starts=date(2023, 10, 17))
    with clock.shifted_to(clock.at(date(2023, 10, 18))):
        payment = making.requested(amounts=["1234567.89"])
    desk.released([payment])
    letter = Document.objects.get(kind="letter").decision
    sheet = Document.objects.get(kind="calculation").decision
    for paper in (letter, sheet):
        bases = {one["id"]: one["basis"] for one in paper["settings"]}
        assert bases.pop("Q35") == "哈科规〔2023〕5号，自2023年10月17日起"
        assert not any(bases.values())


def test_a_cost_cut_as_already_supported_shows_in_the_summary():
    found = making.verified(amounts=["30000000.00", "20000000.00"])
    first = found.verifications.first()
    reviewing.verify_cost(
        actor=found.handler,
        case=found,
        cost_item=first.cost_item,
        verified="0",
        cut_code="duplicate",
        note="省级已支持。",
    )
    making.budget()
    award = making.awarded(making.noticed(making.proposed(making.fresh(found))))
    desk.released([making.requested(award)])
    (row,) = Document.objects.get(kind="summary").decision["rows"]
    assert row["overlap"] == "1笔已用其他资金的费用未计入"
    assert (row["claimed_base"], row["audited_base"]) == ("50000000.00", "20000000.00")


def test_words_of_the_summary_row():
    made = desk.released([making.requested(code="1")])
    (row,) = papers.summary_table(made.batch, list(selectors.lines_of(made.batch)))["rows"]
    assert row["overlap"] == "无重复"
    assert (row["mode"], row["claimed_base"], row["audited_base"], row["rate"]) == ("评审", None, None, None)


# Workbooks


def sheet_of(content):
    return load_workbook(io.BytesIO(content)).active


def test_workbooks_hold_exact_sums_and_are_recorded():
    made = desk.submitted([making.requested(amounts=["1234567.89"]), making.requested(code="9b")])
    name, content = paying.export_workbook(actor=made.clerk, batch=made.batch, kind="payment")
    sheet = sheet_of(content)
    assert name == f"{made.batch.number} 支付表.xlsx"
    heads = [cell.value for cell in sheet[2]]
    column = heads.index("金额") + 1
    values = [sheet.cell(row=row, column=column).value for row in (3, 4, 5)]
    assert [Decimal(str(value)) for value in values] == [
        Decimal("246913.00"),
        Decimal("500000.00"),
        Decimal("746913.00"),
    ]
    assert sheet.cell(row=3, column=heads.index("账号") + 1).value == "1672000000001234"
    assert sheet.cell(row=3, column=heads.index("大写") + 1).value == "人民币贰拾肆万陆仟玖佰壹拾叁元整"
    _, content = paying.export_workbook(actor=made.approver, batch=made.batch, kind="summary")
    sheet = sheet_of(content)
    heads = [cell.value for cell in sheet[2]]
    column = heads.index("测算金额") + 1
    assert Decimal(str(sheet.cell(row=3, column=column).value)) == Decimal("246913.57")
    assert "1672000000001234" not in str([cell.value for row in sheet for cell in row])
    exported = Event.objects.filter(verb="batch.exported").values_list("actor_id", "data__kind")
    assert list(exported) == [(made.clerk.pk, "payment"), (made.approver.pk, "summary")]


def test_workbooks_are_for_finance_and_for_frozen_batches():
    made = desk.drafted()
    with refused("wrong_state"):
        paying.export_workbook(actor=made.clerk, batch=made.batch, kind="payment")
    made = desk.submitted([making.requested(code="9b")])
    with refused("bad_choice", "kind"):
        paying.export_workbook(actor=made.clerk, batch=made.batch, kind="other")
    for actor in (making.staff(Roles.AUDITOR), making.staff(Roles.HANDLER)):
        with pytest.raises(Forbidden):
            paying.export_workbook(actor=actor, batch=made.batch, kind="payment")
    assert not Event.objects.filter(verb="batch.exported").exists()
