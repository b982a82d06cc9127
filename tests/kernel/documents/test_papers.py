"""Every paper from its example: what it says, how it is set, and what it refuses."""

import copy
import hashlib
import json
import re
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from portal.kernel import documents
from portal.kernel.documents import fonts, rendering
from portal.kernel.refusals import Refusal

pytestmark = pytest.mark.xdist_group("papers")
EXAMPLES = Path(__file__).parent / "examples"
PAPERS = (
    "receipt",
    "letter",
    "summary",
    "payment",
    "calculation",
    "notice",
    "decision",
    "request",
)
NUMBER = "BF-2024-03-001"
ADDRESS = "https://portal.example/verify/BF-2024-03-001-k7m2x9qd/"
LONG_NAME = "哈尔滨新一代人工智能创新发展试验区寒地装备智能检测与可靠性评价共性技术研发平台运营管理（集团）股份有限公司"
LARGE = "9999999999.99"

EXPECTED = {
    "receipt": [
        "申报回执",
        "SB-2023-02-0017",
        "哈尔滨冰城智算科技有限公司",
        "91230102MA1B001210",
        "2023年11月20日 16:42:07",
        "38笔，合计60,000,000.00元",
        "人民币陆仟万元整",
        "10,000,000.00元",
        "估算，不是承诺",
        "系统出具",
        "已收到的材料（5份）",
    ],
    "letter": [
        "草稿 供核对，不含红头和印章",
        "哈政规〔2022〕22号",
        "9,917,200.00元",
        "人民币玖佰玖拾壹万柒仟贰佰元整",
        "按平台建设主体新购置研发设备总价的20%，一次性给予最高不超过1000万元补助。",
        "49,586,000.00元，乘以20%为9,917,200.00元，未超过上限10,000,000.00元",
        "2024年3月19日至3月25日公示",
        "哈科审〔2024〕6号",
        "单独核算，专款专用",
        "绩效评价和审计监督",
        "市科技局政策法规处",
        "2024年4月15日",
    ],
    "summary": [
        "单位：元",
        "91230102MA1B001210",
        "60,000,000.00",
        "24,615,800.00",
        "21,415,800.00",
        "人民币贰仟壹佰肆拾壹万伍仟捌佰元整",
        "3,200,000.00",
        "制表：",
        "分管领导：",
        "第1页 共1页",
    ],
    "payment": [
        "不公开",
        "3500041109006123457",
        "102261000417",
        "9,917,200.00",
        "人民币贰仟壹佰肆拾壹万伍仟捌佰元整",
        "2060499",
    ],
    "calculation": [
        "10,414,000.00",
        "不是研发设备",
        "49,586,000.00 × 20%",
        "支持人工智能共性技术研发平台建设,经评审通过的平台项目",
        "Q35",
        "人民币玖佰玖拾壹万柒仟贰佰元整",
    ],
    "notice": [
        "2024年3月19日至3月25日，共5个工作日",
        "资金拨付最终将以资助计划下达文件为准。",
        "991.72",
        "2,461.58",
        "单位：万元",
        "加盖单位公章",
        "亲笔签名",
        "市科技局政策法规处（不是承办的市科技局高新技术处）",
    ],
    "decision": [
        "补正通知书",
        "C03",
        "1,208,000.00元",
        "2023年12月8日24:00前补正",
        "不需要重填其他内容",
    ],
    "request": [
        "转办函",
        "2023-5C-Z0001",
        "市投资服务局总部经济处：",
        "哈政规〔2022〕15号",
        "没有重复",
        "占用费用12笔",
        "请将办理编号和结果告知我单位",
    ],
}


def example(name):
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def draw(name, decision=None, number=NUMBER):
    decision = example(name) if decision is None else decision
    return documents.render(f"papers/{name}.html", decision, number, ADDRESS, documents.digest(decision))


def reader(paper):
    return PdfReader(BytesIO(paper.pdf))


def squeeze(text):
    return re.sub(r"\s+", "", text)


def text_of(paper):
    """All text of the pages, then the bodies again without head and foot, so that a sentence may cross a page."""
    pages = [squeeze(page.extract_text()) for page in reader(paper).pages]
    bodies = [re.split("(?:不公开)?草稿供核对|系统出具可扫码", page)[0] for page in pages]
    return "".join(pages) + "\n" + "".join(bodies)


def fonts_of(pdf):
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():
            yield font.get_object()


@pytest.fixture(scope="module")
def papers():
    return {name: draw(name) for name in PAPERS}


@pytest.mark.parametrize("name", PAPERS)
def test_says_what_the_decision_says(papers, name):
    text = text_of(papers[name])
    digest = documents.digest(example(name))
    for expected in [*EXPECTED[name], NUMBER, digest, f"摘要{digest[:16]}", "演示数据"]:
        assert squeeze(expected) in text


@pytest.mark.parametrize("name", PAPERS)
def test_fonts_are_embedded(papers, name):
    found = list(fonts_of(reader(papers[name])))
    assert found
    for font in found:
        descendant = font["/DescendantFonts"][0].get_object()
        descriptor = descendant["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
        assert "/ToUnicode" in font


@pytest.mark.parametrize("name", PAPERS)
def test_the_decision_is_attached(papers, name):
    attached = reader(papers[name]).attachments
    assert list(attached) == ["decision.json"]
    (content,) = attached["decision.json"]
    assert content == documents.canonical(example(name))
    assert json.loads(content) == example(name)
    assert hashlib.sha256(content).hexdigest() == documents.digest(example(name))


@pytest.mark.parametrize("name", PAPERS)
def test_archival_tagged_and_dated_by_the_decision(papers, name):
    pdf = reader(papers[name])
    assert "pdfaid:part" in pdf.xmp_metadata.stream.get_data().decode() or pdf.xmp_metadata.pdfaid_part == "3"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "zh-Hans"
    assert pdf.metadata.creation_date.isoformat() == example(name)["issued_at"]
    assert papers[name].pages == len(pdf.pages)
    assert papers[name].sha256 == hashlib.sha256(papers[name].pdf).hexdigest()


@pytest.mark.parametrize("name", PAPERS)
def test_same_input_gives_the_same_bytes(papers, name):
    assert draw(name).pdf == papers[name].pdf


def test_another_number_gives_another_identifier(papers):
    other = reader(draw("letter", number="BF-2024-03-002"))
    assert other.trailer["/ID"][0] != reader(papers["letter"]).trailer["/ID"][0]


def test_page_numbers_odd_right_even_left(papers):
    pdf = reader(papers["letter"])
    assert len(pdf.pages) == 2
    indents = []
    for number, page in enumerate(pdf.pages, start=1):
        lines = page.extract_text(extraction_mode="layout").splitlines()
        (line,) = [line for line in lines if squeeze(line) == f"—{number}—"]
        indents.append(len(line) - len(line.lstrip()))
    assert indents[0] > 30
    assert indents[1] < 10


def test_real_data_are_not_marked_as_demonstration():
    decision = example("letter") | {"demonstration": False}
    assert "演示数据" not in text_of(draw("letter", decision))


def test_letter_over_the_cap_paid_in_parts():
    decision = example("letter")
    decision["sum"] |= {
        "base": "60000000.00",
        "computed": "12000000.00",
        "awarded": "10000000.00",
    }
    decision |= {"paid_before": "6000000.00", "amount": "2500000.00"}
    text = text_of(draw("letter", decision))
    assert "超过上限10,000,000.00元，按上限计算" in text
    assert "核定金额为10,000,000.00元（大写：人民币壹仟万元整）" in text
    assert "此前已拨付6,000,000.00元，本次拨付2,500,000.00元，余额1,500,000.00元" in text


def test_letter_for_an_amount_fixed_by_review():
    decision = example("letter")
    decision["sum"] = {"kind": "judged", "cap": "10000000.00", "awarded": "8000000.00"}
    decision["amount"] = "8000000.00"
    text = text_of(draw("letter", decision))
    assert "你单位项目经评审确定支持金额，上限为10,000,000.00元，核定金额为8,000,000.00元。" in text


def test_letter_with_a_deduction():
    decision = example("letter")
    decision["sum"] |= {
        "deducted": "917200.00",
        "deduction_reason": "同一费用已获省级资金",
        "awarded": "9000000.00",
    }
    decision["amount"] = "9000000.00"
    assert "同一费用已获省级资金，扣减917,200.00元，取整到元后核定金额为9,000,000.00元" in text_of(
        draw("letter", decision)
    )


@pytest.mark.parametrize(
    ("kind", "title", "ruling"),
    [
        ("not_accepted", "不予受理通知书", "决定不予受理"),
        ("not_supported", "不予支持通知书", "决定不予支持"),
    ],
)
def test_refusing_papers(kind, title, ruling):
    decision = example("decision") | {"kind": kind, "deadline": None}
    text = text_of(draw("decision", decision))
    assert title in text
    assert ruling in text


def with_many_rows(name):
    """200 rows, every seventh as long and as large as rows get."""
    decision = example(name)
    key = "costs" if name == "calculation" else "rows"
    rows = [copy.deepcopy(decision[key][index % len(decision[key])]) for index in range(200)]
    for row in rows[::7]:
        if name == "summary":
            row["organisation"]["name"] = LONG_NAME
            row |= dict.fromkeys(
                (
                    "claimed_base",
                    "audited_base",
                    "cap",
                    "computed",
                    "approved",
                    "payment",
                ),
                LARGE,
            )
            row |= {"paid": "0.00", "balance": "0.00"}
        elif name == "payment":
            row |= {"account_name": LONG_NAME, "amount": LARGE}
        elif name == "notice":
            row |= {"organisation": LONG_NAME, "amount": LARGE}
        else:
            row |= {
                "name": LONG_NAME,
                "claimed": LARGE,
                "verified": LARGE,
                "cut": "0.00",
                "reason": "",
            }
    decision[key] = rows
    if isinstance(decision["total"], str):
        decision["total"] = str(sum(Decimal(row["amount"]) for row in rows))
    else:
        decision["total"] = {
            field: str(sum(Decimal(row[field]) for row in rows)) for field in decision["total"]
        }
    return decision


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("summary", "申报单位"),
        ("payment", "开户银行"),
        ("notice", "拟支持金额"),
        ("calculation", "核减原因"),
    ],
)
def test_the_head_of_a_long_table_repeats(name, head):
    paper = draw(name, with_many_rows(name))
    pages = [squeeze(page.extract_text()) for page in reader(paper).pages]
    assert paper.pages >= 8
    for page in pages[1:6]:
        assert head in page
    for page in pages:
        assert NUMBER in page
    if name in ("summary", "payment"):
        for number, page in enumerate(pages, start=1):
            assert f"第{number}页共{paper.pages}页" in page


@pytest.mark.parametrize("name", ["summary", "payment", "notice", "calculation"])
def test_cells_of_a_long_table_stay_inside_their_column(name):
    """Laid-out line boxes are compared with the cell that holds them: nothing may stick out at the right."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    decision = with_many_rows(name)
    page = rendering._html(f"papers/{name}.html", decision, NUMBER, ADDRESS, documents.digest(decision))
    configuration = FontConfiguration()
    sheets = [
        CSS(string=text, font_config=configuration)
        for text in (
            fonts.style_sheet(fonts.chosen()),
            rendering.STYLE.read_text(encoding="utf-8"),
        )
    ]
    document = HTML(string=page).render(stylesheets=sheets, font_config=configuration)
    cells = 0
    for sheet in document.pages:
        for box in sheet._page_box.descendants():
            if type(box).__name__ != "TableCellBox":
                continue
            cells += 1
            right = box.position_x + box.border_width()
            for inner in box.descendants():
                if type(inner).__name__ == "TextBox":
                    assert inner.position_x + inner.width <= right + 0.01, inner.text
    assert cells > 1000


def test_rare_characters_print():
    decision = example("letter") | {"addressee": "䶮喆堃㛃科技有限公司"}
    assert "䶮喆堃㛃科技有限公司" in text_of(draw("letter", decision))


@pytest.mark.parametrize(
    ("character", "named"),
    [
        ("\ue000", "U+E000（私有区字符）"),
        ("\u0378", "U+0378（未分配的码位）"),
        ("\u200b", "U+200B（不可见字符）"),
        ("\U0002ffff", "U+2FFFF（未分配的码位）"),
        ("ཀ", "“ཀ”（U+0F40）"),
    ],
)
def test_a_character_that_cannot_be_printed_is_named(character, named):
    decision = example("letter") | {"addressee": f"哈尔滨{character}科技有限公司"}
    for act in (
        lambda: draw("letter", decision),
        lambda: documents.check("papers/letter.html", decision),
    ):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.code == "glyph_missing"
        assert named in refusal.value.message


def test_missing_characters_in_order_and_once():
    assert documents.missing_characters("哈\ue001尔\ue000滨\ue001\n\t") == [
        "\ue001",
        "\ue000",
    ]
    assert documents.missing_characters("䶮喆堃㛃，。〔2022〕×—“”") == []


def test_the_fonts_of_the_wheel_do_as_well(monkeypatch):
    wheel = fonts.from_wheel()
    assert wheel is not None
    monkeypatch.setattr(fonts, "chosen", lambda: wheel)
    paper = draw("letter")
    names = {str(font["/BaseFont"]).split("+")[-1] for font in fonts_of(reader(paper))}
    assert names == {"Paper-Serif", "Paper-Serif-Bold", "Paper-Sans"}
    assert "人民币玖佰玖拾壹万柒仟贰佰元整" in text_of(paper)


def test_markup_in_a_name_is_text():
    decision = example("letter") | {"addressee": '<img src="file:///etc/passwd">&公司'}
    assert squeeze('<img src="file:///etc/passwd">&公司：') in text_of(draw("letter", decision))


@pytest.mark.parametrize(
    "address",
    [
        "https://portal.example/x.png",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "file://host/etc/passwd",
        f"{rendering.STYLE.parent.as_uri()}/../../manage.py",
        "ftp://x/y",
    ],
)
def test_the_fetcher_is_closed(address):
    with pytest.raises(BaseException, match="a paper may not load"):
        rendering._fetcher(fonts.chosen()).fetch(address)


def test_the_fetcher_reads_styles_fonts_and_data():
    fetcher = rendering._fetcher(fonts.chosen())
    assert fetcher.fetch("data:text/plain,abc").read() == b"abc"
    assert b"@page" in fetcher.fetch(rendering.STYLE.as_uri()).read()
    face = fonts.chosen().serif[0]
    assert len(fetcher.fetch(face.path.as_uri()).read()) == face.path.stat().st_size


def test_a_style_sheet_that_reaches_out_makes_no_paper(monkeypatch, tmp_path):
    style = tmp_path / "paper.css"
    style.write_text("body { background: url('https://portal.example/x.png') }", encoding="utf-8")
    monkeypatch.setattr(rendering, "STYLE", style)
    with pytest.raises(rendering.ForbiddenResource):
        draw("decision")


@pytest.mark.parametrize("name", PAPERS)
def test_prints_what_the_check_page_asks_for(papers, name):
    """The check page wants the number and the code; somebody without a camera reads both from the foot."""
    code = ADDRESS.rstrip("/").rpartition("-")[2]
    assert f"编号{NUMBER}查验码{code}" in text_of(papers[name])
    assert "输入编号和查验码" in text_of(papers[name])
    assert "研究研究" not in text_of(papers[name])
