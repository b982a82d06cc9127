"""The shipped pack is in order, and a pack that is not says where and why."""

import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest

from clauses.engine import literals
from clauses.loader import PACKS, load_pack, shipped_packs
from clauses.pack_check import check
from clauses.pack_file import PackError
from tests.clauses.pack import POLICY

HARBIN = PACKS / "harbin-ai-2022"
SOURCE = HARBIN / "source.txt"
IDS = [
    "1",
    "2a",
    "2b",
    "2c",
    "3a",
    "3b",
    "4",
    "5a",
    "5b",
    "5c",
    "6a",
    "6b",
    "7",
    "8a",
    "8b",
    "8c",
    "8d",
    "9a",
    "9b",
    "9c",
    "10a",
    "10b",
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(HARBIN, tmp_path / "pack")
    return tmp_path / "pack"


def change(directory: Path, old: str, new: str, name: str = "policy.yaml") -> int:
    """Replace the one occurrence of a text and return the line it stands on."""
    path = directory / name
    text = path.read_text()
    assert text.count(old) == 1, (text.count(old), old)
    path.write_text(text.replace(old, new))
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize("directory", shipped_packs().values(), ids=shipped_packs())
def test_shipped_packs_are_in_order(directory: Path) -> None:
    assert check(directory) == []


def test_the_official_text_is_kept_byte_for_byte() -> None:
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()
    assert digest == "2acdb3fbaf02da61ac9e37b92d2854a639ebd416cadfc5f5882454d21845e6b8"
    assert SOURCE.read_text() == POLICY.source_text


def test_the_draft_is_kept_byte_for_byte_and_itemised_like_the_final_text() -> None:
    draft = load_pack(PACKS / "harbin-ai-2022-draft")
    digest = hashlib.sha256((PACKS / "harbin-ai-2022-draft" / "source.txt").read_bytes()).hexdigest()
    assert digest == "e0f2346762768d6b63ba8aee9332b733a8415e6da6becf0b730953366cbd42b1"
    assert draft.status == "draft"
    assert list(draft.items) == IDS
    assert "".join(draft.clauses) == "一二三四五六七八九十"
    kinds = {item.id: item.kind for item in draft.items.values()}
    changed = {name for name in IDS if kinds[name] != POLICY.item(name).kind}
    assert changed == {"3b", "5c", "7"}
    assert {name: kinds[name] for name in changed} == {"3b": "money", "5c": "case_by_case", "7": "money"}


def test_twenty_two_items_under_ten_clauses() -> None:
    assert list(POLICY.items) == IDS
    assert "".join(POLICY.clauses) == "一二三四五六七八九十"
    assert len(POLICY.settings) == 40
    assert (POLICY.filing.first, POLICY.filing.last) == (date(2022, 8, 24), date(2023, 12, 31))


def test_every_quote_stands_in_its_clause_inside_its_whole_sentence() -> None:
    for item in POLICY.items.values():
        assert item.quote in item.sentence
        assert item.sentence in POLICY.clauses[item.clause].text
        assert item.sentence.endswith("。")
        assert all(mark in item.quote for mark in item.marks)


def test_score_sheets_add_up() -> None:
    sheets = {
        item.id: [one.weight for one in item.criteria] for item in POLICY.items.values() if item.criteria
    }
    assert sheets["2a"] == [20, 25, 20, 20, 15]
    assert all(sum(weights) == 100 for weights in sheets.values())
    assert {item.id for item in POLICY.items.values() if item.review_mode == "评审"} == set(sheets)


def test_the_hash_follows_content_and_not_layout(copy: Path) -> None:
    path = copy / "policy.yaml"
    path.write_text("# another comment\n" + path.read_text())
    assert load_pack(copy).hash == POLICY.hash
    change(copy, "contact: &data 市大数据中心（演示）联系电话 0451-0000 0005", "contact: &data 市大数据中心")
    assert load_pack(copy).hash != POLICY.hash


MUTANTS = {
    "rate beside its quote": ('rate: "0.30"', 'rate: "0.35"', "“30%”与规则中的0.35不一致"),
    "rate above one": ('rate: "0.70"', 'rate: "1.70"', "应是0到1之间的小数"),
    "rate of nothing": ('rate: "0.70"', 'rate: "0.00"', "应是0到1之间的小数"),
    "rate as a number": ('rate: "0.70"', "rate: 1", "应是0到1之间的小数"),
    "literal not in the quote": ("literal: 70%", "literal: 60%", "引文中没有数字“60%”"),
    "cap beside its quote": ("{amount: 50万元,", "{amount: 60万元,", "“50万元”与规则中的600000元不一致"),
    "unknown money unit": ("{amount: 50万元,", "{amount: 50万圆,", "单位只能是元、万元、亿元"),
    "words not in the quote": ("words: 总投资额30%", "words: 总投资的30%", "引文中没有“总投资的30%”"),
    "quote changed": ("quote: 对纳入清单的主办机构", "quote: 对列入清单的主办机构", "引文在原文中出现0次"),
    "quote too short to be single": (
        "quote: 支持企业充分挖掘公共数据的商业价值，促进人工智能应用创新。",
        "quote: 人工智能",
        "应为1次",
    ),
    "quote cut short": (
        "quote: 支持企业充分挖掘公共数据的商业价值，促进人工智能应用创新。",
        "quote: 支持企业充分挖掘公共数据的商业价值",
        "引文不是整句",
    ),
    "anchor not in the quote": (
        "anchors: [纳入清单的, 主办机构]",
        "anchors: [纳入清单的, 承办机构]",
        "引文中没有“承办机构”",
    ),
    "condition left out of the quote": (
        "quote: 对中外联合创新中心引进外籍专家的，按照引进外籍专家实际工作经费的70%，给予最高不超过100万元补贴。",
        "quote: 按照引进外籍专家实际工作经费的70%，给予最高不超过100万元补贴。\n    anchors: [外籍专家, 实际工作经费]",
        "引文漏了同一句里的条件“对中外联合创新中心引进外籍专家的”",
    ),
    "number left out of the quote": (
        "quote: 对在哈成立中外联合创新中心或者国际新型研发机构，且符合验收条件的项目，按照项目实际投入金额的50%,给予最高不超过100万元资金补助。",
        "quote: 对在哈成立中外联合创新中心或者国际新型研发机构，且符合验收条件的项目，按照项目实际投入金额的50%,给予",
        "引文漏了同一句里的数字“100万元”",
    ),
    "number of the quote not used": (
        "anchors: [纳入清单的, 主办机构]",
        "anchors: [纳入清单的, 主办机构]\n    other_numbers: [{literal: 50%, why: 试一试}]",
        "“50%”用在规则里，不能再列为不影响金额的数字",
    ),
    "other number that is not there": (
        "anchors: [纳入清单的, 主办机构]",
        "anchors: [纳入清单的, 主办机构]\n    other_numbers: [{literal: 3年, why: 试一试}]",
        "引文中没有数字“3年”",
    ),
    "unknown responsible unit": (
        "units: &fund_units [reform,",
        "units: &fund_units [police,",
        "责任单位“police”不在单位表中",
    ),
    "unit the clause does not name": (
        "units: [science, industry, agriculture,",
        "units: [finance, industry, agriculture,",
        "第四条没有写责任单位“市财政局”",
    ),
    "filing beyond the term": (
        "filing: {first: 2022-08-24, last: 2023-12-31}",
        "filing: {first: 2022-08-24, last: 2024-06-30}",
        "没有被有效期覆盖",
    ),
    "costs before the term": (
        "matter: {first: 2022-08-24, last: 2023-12-31}",
        "matter: {first: 2022-01-01, last: 2023-12-31}",
        "没有被有效期覆盖",
    ),
    "dates the wrong way round": (
        "matter: {first: 2022-08-24, last: 2023-12-31}",
        "matter: {first: 2023-12-31, last: 2022-08-24}",
        "开始日期晚于结束日期",
    ),
    "term beside its sentence": (
        "in_force: {first: 2022-08-24, last: 2023-12-31,",
        "in_force: {first: 2022-08-24, last: 2024-12-31,",
        "不一致",
    ),
    "no such day": ("issued_on: 2022-08-24", "issued_on: 2022-02-30", "没有2022-02-30这一天"),
    "item of an unknown clause": (
        "  - id: 10b\n    clause: 十",
        "  - id: 10b\n    clause: 十一",
        "不在条款表中",
    ),
    "heading changed": (
        "title: 支持开展人工智能国际合作,",
        "title: 支持人工智能国际合作,",
        "标题与原文不一致",
    ),
    "title that no column holds": ("title: 公共数据应用", f"title: {'公' * 81}", "“title”太长，最多80个字"),
    "number that no column holds": (
        "document_number: 哈政规〔2022〕22号",
        f"document_number: {'哈' * 61}",
        "“document_number”太长，最多60个字",
    ),
    "unknown key": (
        "summary: 支持企业挖掘公共数据的商业价值。",
        "sumary: 支持企业挖掘公共数据的商业价值。",
        "不认识的键“sumary”",
    ),
    "unknown setting": (
        "flag: local_customer, label: 服务对象在本市, out_when: false, text: 服务对象不是本市企业或校（所），这笔收入不能计入。, setting: Q14",
        "flag: local_customer, label: 服务对象在本市, out_when: false, text: 服务对象不是本市企业或校（所），这笔收入不能计入。, setting: Q77",
        "没有细则口径“Q77”",
    ),
    "setting for an unknown item": ("items: [8a, 8b, 8c, 8d]", "items: [8a, 8b, 8c, 8e]", "没有事项“8e”"),
    "default that is no reading": ("default: lead_form", "default: lead", "默认值'lead'不在所列口径中"),
    "unknown review mode": ("review_mode: 验收", "review_mode: 考核", "没有审核方式“考核”"),
    "fact the rule needs is gone": (
        "- {key: filed_total,",
        "- {key: filed_sum,",
        "规则用到的事实“filed_total”没有列出",
    ),
    "key written twice": ("status: final", "status: final\nstatus: final", "“status”写了两次"),
    "weights off": ("label: 必要性, weight: 15,", "label: 必要性, weight: 16,", "评分权重合计应为100"),
    "unknown node": ("node: judged", "node: guessed", "不认识的规则节点"),
    "item twice": ("  - id: 10b\n", "  - id: 10a\n", "“10a”重复"),
    "yes is not true": ("units_open: true", "units_open: yes", "“units_open”应是true或false"),
    "octal is not a number": (
        "need, label: 必要性, weight: 15,",
        "need, label: 必要性, weight: 015,",
        "“weight”应是整数",
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_fault_is_told_with_its_line(name: str, copy: Path) -> None:
    old, new, message = MUTANTS[name]
    line = change(copy, old, new)
    faults = check(copy)
    told = [fault for fault in faults if message in fault.message]
    assert told, [str(fault) for fault in faults]
    assert told[0].file == "policy.yaml"
    if name in TOLD_AT:
        text = (copy / "policy.yaml").read_text()
        line = text[: text.index(TOLD_AT[name])].count("\n") + 1
    assert line in [fault.line for fault in told]


TOLD_AT = {
    "item of an unknown clause": "clause: 十一",
    "fact the rule needs is gone": "- {node: fact, fact: filed_total, optional: true}",
    "key written twice": "status: final\ndocument_number",
    "number of the quote not used": "other_numbers:",
    "other number that is not there": "other_numbers:",
    "weights off": "criteria:\n      - {code: need, label: 必要性, weight: 16",
}


def test_a_clause_without_an_item_is_told(copy: Path) -> None:
    path = copy / "policy.yaml"
    text = path.read_text()
    path.write_text(text[: text.index("  - id: 10a\n")])
    assert "第十条没有任何事项" in [fault.message for fault in check(copy)]


def test_a_clause_of_the_text_that_the_data_lacks_is_told_in_the_text(copy: Path) -> None:
    source = copy / "source.txt"
    text = source.read_text().replace(
        "本政策自印发之日起施行", "十一、支持其他工作。另行规定。\n本政策自印发之日起施行"
    )
    source.write_text(text)
    line = text[: text.index("十一、")].count("\n") + 1
    assert [str(fault) for fault in check(copy)] == [f"source.txt:{line}: 第十一条没有写进政策数据"]


def test_a_quote_that_occurs_twice_is_told(copy: Path) -> None:
    source = copy / "source.txt"
    item = POLICY.item("9b")
    source.write_text(source.read_text() + item.quote)
    assert any("出现2次" in fault.message for fault in check(copy))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("policy.yaml", b"a: [1"),
        ("policy.yaml", b"- 1"),
        ("policy.yaml", b""),
        ("policy.yaml", b"\xff"),
        ("policy.yaml", b"a: !!python/object/apply:os.getcwd []"),
        ("source.txt", b"\xff"),
    ],
)
def test_files_that_cannot_be_read(name: str, content: bytes, copy: Path) -> None:
    (copy / name).write_bytes(content)
    assert check(copy)
    with pytest.raises(PackError):
        load_pack(copy)


def test_a_directory_without_a_pack(tmp_path: Path) -> None:
    assert [str(fault) for fault in check(tmp_path)] == ["policy.yaml:1: 文件不存在或不能读取"]


def test_a_faulty_pack_is_not_loaded(copy: Path) -> None:
    change(copy, 'rate: "0.30"', 'rate: "0.35"')
    with pytest.raises(PackError):
        load_pack(copy)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1000万元", 10**9),
        ("三百万元", 3 * 10**8),
        ("3,000元", 300_000),
        ("0.5亿元", 5 * 10**9),
        ("一千二百万元", 12 * 10**8),
    ],
)
def test_money_literals(text: str, fen: int) -> None:
    assert literals.money(text) == fen


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("20%", (1, 5)),
        ("12.5％", (1, 8)),
        ("5‰", (1, 200)),
        ("百分之五十", (1, 2)),
        ("百分之二十五", (1, 4)),
        ("千分之三", (3, 1000)),
        ("万分之五", (1, 2000)),
        ("百分之十二点五", (1, 8)),
    ],
)
def test_rate_literals(text: str, pair: tuple[int, int]) -> None:
    assert literals.rate(text).as_integer_ratio() == pair


@pytest.mark.parametrize("text", ["1000", "万元", "20", "1000万圆", "0.001元"])
def test_what_is_no_literal(text: str) -> None:
    for read in (literals.money, literals.rate):
        with pytest.raises(ValueError):
            read(text)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("10家", (10, 1)),
        ("三年", (3, 1)),
        ("10万平方米", (100_000, 1)),
        ("1.2倍", (6, 5)),
        ("1:0.5", (1, 2)),
        ("1：1.5", (3, 2)),
        ("三分之二", (2, 3)),
    ],
)
def test_number_literals(text: str, pair: tuple[int, int]) -> None:
    assert literals.number(text).as_integer_ratio() == pair


@pytest.mark.parametrize("text", ["家", "0:1", "十家一家", ""])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError):
        literals.number(text)


def test_counts_of_a_sentence() -> None:
    text = "2022年8月起，第三年一次性给予同一项目，达到10家以上的，每人30元，最长12个月、三年，按1:0.5配套，占20%"
    assert literals.counts_in(text) == ["10家", "12个月", "三年", "1:0.5"]
    assert literals.numbers_in(text) == ["30元", "20%"]


def test_a_literal_is_a_whole_number() -> None:
    assert literals.stands_alone("1000万元", "最高不超过1000万元补助")
    assert not literals.stands_alone("000万元", "最高不超过1000万元补助")
    assert not literals.stands_alone("0%", "总价的20%")
