"""A bad pack of every kind gives its message: faults of rules, cases and schemas, on the teaching pack."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from clauses.compare import GATES
from clauses.compare.general import CHOOSES, LEVELS, MATCHING, PRINCIPLES
from clauses.compare.items import ONCE
from clauses.engine.literals import counts_in
from clauses.loader import PACKS, shipped_packs
from clauses.pack_check import check, content_faults
from clauses.pack_check.directions import ways
from clauses.pack_file import Pack, PackError, parsed, read_pack, understood
from clauses.pack_form.schema import FILES, schema_text

TEACHING = read_pack(PACKS / "teaching")


def told(changed: Any, source: str = TEACHING.source) -> list[str]:
    """What the check says of the teaching pack with other data."""
    try:
        pack = understood(TEACHING.directory, changed, source, TEACHING.text)
    except PackError as error:
        return [fault.message for fault in error.faults]
    vars(pack)["lines"] = TEACHING.lines
    return [fault.message for fault in content_faults(pack)]


def item(title: str) -> Any:
    """A copy of the data and the item of that title in it."""
    raw = copy.deepcopy(TEACHING.raw)
    return raw, next(one for one in raw["items"] if one["title"] == title)  # type: ignore[attr-defined]


FAULTS = {
    "a cap its rule cannot reach": (
        "创新平台认定奖励",
        "rule",
        lambda rule: {"node": "capped", "cap": figure("400万元", "国家级300万元"), "of": rule},
        "上限“400万元”永远达不到，计算结果最多3,000,000.00元",
    ),
    "an inner cap above the outer one": (
        "设备购置补助",
        "rule",
        lambda rule: {**rule, "of": {"node": "capped", "cap": figure("900万元", "20%"), "of": rule["of"]}},
        "上限“900万元”高于外面一层的上限3,000,000.00元，永远用不到",
    ),
    "a least amount never reached": (
        "专利产业化补助",
        "rule",
        lambda rule: {**rule, "of": {**rule["of"], "of": {"node": "fixed", "amount": figure("4万元", "x")}}},
        "“5万元”永远达不到，计算结果最多40,000.00元",
    ),
    "a gap between tiers": (
        "上规模奖励",
        "rule.rows.1.from",
        lambda bound: figure("6亿元", "6亿元以上"),
        "两档之间有空缺：“5亿元”与“6亿元”之间没有标准",
    ),
    "an overlap of tiers": (
        "上规模奖励",
        "rule.rows.1.from",
        lambda bound: figure("4亿元", "4亿元以上"),
        "两档重叠：4亿元属于不止一档",
    ),
    "a bound in two tiers": (
        "上规模奖励",
        "rule.rows.0",
        lambda row: {"from": row["from"], "to": row["below"], "then": row["then"]},
        "两档重叠：5亿元属于不止一档",
    ),
    "a bound in no tier": (
        "上规模奖励",
        "rule.rows.1",
        lambda row: {"above": row["from"], "below": row["below"], "then": row["then"]},
        "两档之间有空缺：“5亿元”与“5亿元”之间没有标准",
    ),
    "a tier the wrong way round": (
        "上规模奖励",
        "rule.rows.1.below",
        lambda bound: figure("2亿元", "不满2亿元"),
        "这一档的下限“5亿元”不低于上限“2亿元”",
    ),
    "two lower bounds of one tier": (
        "上规模奖励",
        "rule.rows.1",
        lambda row: {**row, "above": row["from"]},
        "一档的每一边只写一个界限：from或above，to或below",
    ),
    "a gap between brackets": (
        "产业化项目分段补助",
        "rule.of.rows.1.from",
        lambda bound: figure("2000万元", "x"),
        "两段之间有空缺：10000000元到20000000元没有比例",
    ),
    "an overlap of brackets": (
        "产业化项目分段补助",
        "rule.of.rows.1.from",
        lambda bound: figure("500万元", "x"),
        "两段重叠：5000000元到10000000元有两个比例",
    ),
    "a bracket after the open one": (
        "产业化项目分段补助",
        "rule.of.rows.1",
        lambda row: {"from": row["from"], "rate": row["rate"]},
        "没有上限的一段后面不能再有别的段",
    ),
    "以上 read as 超过": (
        "营业收入增长奖励",
        "rule.of.test.test",
        lambda test: "more_than",
        "“增长10%以上”的意思是以上、不低于、达到，规则写的是超过、高于",
    ),
    "超过 read as 以上": (
        "创新团队奖励",
        "rule.test.of.1.test",
        lambda test: "at_least",
        "“研发人员占比超过20%（不含20%）”的意思是超过、高于，规则写的是以上、不低于、达到",
    ),
    "不满 read as 以下": (
        "创新团队奖励",
        "rule.test.of.2.test",
        lambda test: "at_most",
        "的意思是不满、低于，规则写的是以下、不超过",
    ),
    "a bound that does not say its way": (
        "营业收入增长奖励",
        "rule.of.test.bound.words",
        lambda words: "增长10%",
        "从“增长10%”看不出是否含“10%”",
    ),
    "money bounded by a share": (
        "创新团队奖励",
        "rule.test.of.2.bound",
        lambda bound: {"rate": "0.20", "literal": "20%", "words": "研发人员占比超过20%"},
        "界限应是金额，写的是数字",
    ),
    "a bound in another unit": (
        "创新团队奖励",
        "facts.0.unit",
        lambda unit: "家",
        "“50人”与事实“员工人数”的单位“家”不一致",
    ),
    "a number where money is wanted": (
        "外贸增量奖励",
        "facts.0",
        lambda fact: {"key": "exports", "label": "出口", "type": "count", "unit": "批"},
        "这里应是金额，写的是数字",
    ),
    "money added to a number": (
        "检测设备补助",
        "facts.1",
        lambda fact: {"key": "other_public_money", "label": "其他", "type": "count", "unit": "项"},
        "这里应是金额，写的是数字",
    ),
    "a rule that yields a number": (
        "上规模奖励",
        "rule",
        lambda rule: {"node": "ratio", "label": "x", "of": rule["on"], "to": rule["on"]},
        "规则的结果应是金额，不是数字",
    ),
    "a count of a text": (
        "孵化器培育奖励",
        "facts.0",
        lambda fact: {"key": "new_firms", "label": "名单", "type": "text"},
        "规则用到的事实“new_firms”没有列出或类型不是数量、年度、数字、比率",
    ),
    "interest without a rate": (
        "科技贷款贴息",
        "facts.1",
        lambda fact: {"key": "loan_rate", "label": "利率", "type": "money"},
        "规则用到的事实“loan_rate”没有列出或类型不是比率",
    ),
    "a choice without a rule": (
        "创新平台认定奖励",
        "facts.0.choices",
        lambda choices: {**choices, "district": "区级"},
        "事实“platform_level”的选项“district”没有标准，也没有otherwise",
    ),
    "a rule without a choice": (
        "创新平台认定奖励",
        "facts.0.choices",
        lambda choices: {"national": "国家级", "provincial": "省级"},
        "事实“platform_level”没有选项“municipal”",
    ),
    "an otherwise that never holds": (
        "创新平台认定奖励",
        "rule",
        lambda rule: {**rule, "otherwise": rule["cases"]["municipal"]},
        "otherwise永远用不到",
    ),
    "a value the fact cannot have": (
        "成果转化奖励",
        "rule.of.test.values",
        lambda values: ["yes"],
        "事实“key_chain”不可能是“yes”",
    ),
    "an unknown category": (
        "数字化改造补助",
        "rule.of.of.0.of.categories",
        lambda names: ["machines"],
        "没有费用类别“machines”",
    ),
    "instalments that do not add up": (
        "总部落户奖励",
        "instalments",
        lambda parts: parts[:2],
        "各期比例合计应为1，现在是7/10",
    ),
    "two rests": (
        "重大科技专项",
        "instalments",
        lambda parts: [parts[1], parts[1]],
        "只能有一期是余下部分",
    ),
    "neither share nor rest": (
        "重大科技专项",
        "instalments.1",
        lambda part: {"label": "尾款", "on": "milestone"},
        "一期写明比例share，或写rest: true表示余下部分",
    ),
    "a hard cap below the soft one": (
        "公共平台建设补助",
        "rule.hard",
        lambda cap: figure("300万元", "x"),
        "经批准的上限应高于一般上限",
    ),
    "a test without a bound": (
        "营业收入增长奖励",
        "rule.of.test",
        lambda test: {key: value for key, value in test.items() if key != "bound"},
        "比较条件要写bound（原文数字）或than（另一个量）之一",
    ),
    "a further quote that is not in the text": (
        "设备购置补助",
        "more_quotes",
        lambda none: ["对购置设备的企业另有规定。"],
        "引文在原文中出现0次",
    ),
    "a quote cut inside a word": (
        "设备购置补助",
        "quote",
        lambda quote: quote[1:],
        "引文断在词或括号、引号中间",
    ),
    "a count that is not used": (
        "孵化器培育奖励",
        "rule.of",
        lambda rule: {key: value for key, value in rule.items() if key != "most"},
        "引文中的“20家”没有用在规则里",
    ),
    "a count beside its literal": (
        "孵化器培育奖励",
        "rule.of.most.number",
        lambda number: 30,
        "“20家”与规则中的30不一致",
    ),
    "half a month": (
        "科技贷款贴息",
        "rule.of.of.months.number",
        lambda number: "11.5",
        "期限应是整数个月",
    ),
    "a number that is none": (
        "国家项目配套",
        "rule.of.factor.number",
        lambda number: "-1",
        "应是大于0的整数",
    ),
    "a share above one": ("设备购置补助", "rule.of.rate.rate", lambda rate: "1.20", "应是0到1之间的小数"),
    "a bound without its number": (
        "创新团队奖励",
        "rule.test.of.2.bound",
        lambda bound: {"literal": "2亿元", "words": "营业收入不满2亿元"},
        "“bound”应是原文的数字：写明amount、rate或number之一",
    ),
    "a bound in an unknown unit": (
        "创新团队奖励",
        "rule.test.of.2.bound",
        lambda bound: figure("2亿圆", "营业收入不满2亿元"),
        "单位只能是元、万元、亿元",
    ),
    "an unknown test": ("成果转化奖励", "rule.of.test.test", lambda test: "maybe", "不认识的条件：maybe"),
}


def figure(amount: str, words: str) -> dict[str, str]:
    return {"amount": amount, "literal": amount, "words": words}


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_rule_is_told(name: str) -> None:
    title, path, change, message = FAULTS[name]
    raw, one = item(title)
    *steps, last = path.split(".")
    holder = one
    for step in steps:
        holder = holder[int(step)] if step.isdigit() else holder[step]
    key = int(last) if last.isdigit() else last
    holder[key] = change(holder[key] if isinstance(key, int) else holder.get(key))
    messages = told(raw)
    assert any(message in one for one in messages), messages


@pytest.mark.parametrize(
    ("words", "literal", "expected"),
    [
        ("达到10家以上", "10家", {"at_least"}),
        ("年收入不低于1000万元", "1000万元", {"at_least"}),
        ("超过1000万元", "1000万元", {"more_than"}),
        ("1000万元以上（不含1000万元）", "1000万元", {"more_than"}),
        ("不超过500万元", "500万元", {"at_most"}),
        ("500万元（含）以下", "500万元", {"at_most"}),
        ("500万元以下（不含）", "500万元", {"less_than"}),
        ("不满5亿元", "5亿元", {"less_than"}),
        ("未达到5亿元", "5亿元", {"less_than"}),
        ("5亿元", "5亿元", set()),
    ],
)
def test_which_way_words_point(words: str, literal: str, expected: set[str]) -> None:
    assert ways(words, literal) == expected


CASES = {
    "another amount": (
        'amount: "2999999.99"}',
        'amount: "2999999.98"}',
        "补助金额应为2999999.98，算出2999999.99",
    ),
    "another outcome": (
        "{outcome: case_by_case}",
        "{outcome: referred}",
        "结果应为referred，实际为case_by_case",
    ),
    "a reason not given": ("reasons: [factor_applied]", "reasons: [cap_applied]", "没有理由“cap_applied”"),
    "a fact nobody asks": ("facts: {rank: 11}", "facts: {place: 11}", "没有事实“place”"),
    "another missing fact": ("missing: [key_chain]", "missing: [transfer_income]", "没有指出缺少“转化收入”"),
    "costs that count": (
        "excluded_costs: {i3: not_eligible}",
        "excluded_costs: {i1: not_eligible}",
        "不计入的费用不同",
    ),
    "an unknown item": ('item: "36"', 'item: "96"', "没有事项“96”"),
    "an unknown key": ("facts: {rank: 11}", "fact: {rank: 11}", "不认识的键“fact”"),
    "no YAML": ("filed_at: 2025-06-01T10:00:00", "filed_at: [", "YAML格式有误"),
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("pack")
    for name in ("policy.yaml", "source.txt"):
        (found / name).write_bytes((PACKS / "teaching" / name).read_bytes())
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_case_that_does_not_hold_is_told_with_its_line(name: str, directory: Path) -> None:
    old, new, message = CASES[name]
    text = (PACKS / "teaching" / "cases.yaml").read_text()
    assert old in text
    changed = text.replace(old, new, 1)
    (directory / "cases.yaml").write_text(changed)
    found = [fault for fault in check(directory) if message in fault.message]
    assert found and found[0].file == "cases.yaml"
    line = text[: text.index(old)].count("\n") + 1
    assert abs(found[0].line - line) <= 3


def test_a_pack_without_cases_is_in_order(directory: Path) -> None:
    (directory / "cases.yaml").unlink(missing_ok=True)
    assert check(directory) == []


def test_an_item_without_a_case_is_told(directory: Path) -> None:
    text = (PACKS / "teaching" / "cases.yaml").read_text()
    (directory / "cases.yaml").write_text(text[: text.index("  # 三十四、")])
    assert [fault.message for fault in check(directory)] == ["事项34没有算例"]


def test_every_node_is_taught() -> None:
    used = {
        part["node"] for part in parts_of(TEACHING.raw["items"]) if isinstance(part, dict) and "node" in part
    }
    known = json.loads(schema_text("policy.schema.json"))["$defs"]["RuleNode"]["discriminator"]["mapping"]
    assert used == set(known)


def parts_of(part: Any) -> list[Any]:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [part, *(found for one in inner for found in parts_of(one))]


def test_every_paying_item_of_the_teaching_pack_has_two_cases() -> None:
    cases = parsed((PACKS / "teaching" / "cases.yaml").read_text(), "cases.yaml")["cases"]
    names = [case["item"] for case in cases]  # type: ignore[index]
    assert all(names.count(one.id) >= 2 for one in TEACHING.data.items if one.kind == "money")


@pytest.mark.parametrize("name", FILES)
def test_the_published_schema_is_that_of_the_models(name: str) -> None:
    assert (PACKS / name).read_text() == schema_text(name), "run manage.py pack_schema"


@pytest.mark.parametrize("name", FILES)
def test_shipped_packs_fit_the_schema(name: str) -> None:
    schema = json.loads((PACKS / name).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    file = name.replace(".schema.json", ".yaml")
    text = (PACKS / "harbin-ai-2022-draft" / file).read_text()
    assert list(validator.iter_errors(parsed(text, file))) == []
    assert not validator.is_valid({**parsed(text, file), "extra": 1})


def test_packs_point_to_their_schema() -> None:
    for directory in shipped_packs().values():
        for name in FILES:
            file = directory / name.replace(".schema.json", ".yaml")
            assert file.read_text().startswith(f"# yaml-language-server: $schema=../{name}\n")


def test_a_numbered_text_of_articles_is_read(tmp_path: Path) -> None:
    """Clauses may be numbered 第一条 as well as 一、."""
    source = TEACHING.source
    for clause in TEACHING.data.clauses:
        source = source.replace(f"\n{clause.number}、", f"\n第{clause.number}条　")
    assert told(TEACHING.raw, source) == []


def test_counts_leave_years_and_ordinals() -> None:
    assert counts_in("第一期40%，2024年3月，前3名，第4名") == ["3名"]


def test_the_pack_is_what_it_was_read_from() -> None:
    assert isinstance(TEACHING, Pack) and told(TEACHING.raw) == []


def names_in(schema: Any, found: set[str]) -> set[str]:
    """Every key and every fixed value that a schema knows."""
    if isinstance(schema, dict):
        found |= set(schema.get("properties", {}))
        found |= {value for value in (*schema.get("enum", ()), schema.get("const")) if isinstance(value, str)}
        for inner in schema.values():
            names_in(inner, found)
    elif isinstance(schema, list):
        for inner in schema:
            names_in(inner, found)
    return found


@pytest.mark.parametrize("name", FILES)
def test_the_manual_names_every_key_and_value(name: str) -> None:
    manual = set(re.findall(r"[a-z][a-z_0-9]*", (PACKS.parents[1] / "docs" / "packs.md").read_text()))
    assert names_in(json.loads(schema_text(name)), set()) - manual == set()


def test_the_manual_names_every_reason_of_the_engine() -> None:
    manual = (PACKS.parents[1] / "docs" / "packs.md").read_text()
    code = "".join(path.read_text() for path in (PACKS.parent / "engine").rglob("*.py"))
    given = set(re.findall(r'[rR]eason\(\s*"([a-z_]+)"', code))
    assert {one for one in given if f"`{one}`" not in manual} == set()


def test_the_manual_names_the_words_a_comparison_knows() -> None:
    """In the section on comparing, each word of the fixed vocabulary stands as itself."""
    manual = (PACKS.parents[1] / "docs" / "packs.md").read_text()
    section = manual.split("## How two editions are compared")[1].split("\n## ")[0]
    words = [*GATES, *PRINCIPLES, *(word for word, _ in LEVELS), ONCE, CHOOSES, MATCHING]
    assert [word for word in words if word not in section] == []


OFFICE = {"office": "市科技局政策法规处", "phone": "000-0000 0010"}


@pytest.mark.parametrize(
    ("status", "unit", "said"),
    [
        ("final", {}, ["是牵头单位，缺少联系电话（phone）", "发放资金，缺少受理异议的处室（objections）"]),
        ("final", {"phone": "000-0000 0001"}, ["发放资金，缺少受理异议的处室（objections）"]),
        ("final", {"phone": "000-0000 0001", "objections": OFFICE}, []),
        ("teaching", {}, []),
        ("teaching", {"objections": {**OFFICE, "office": "市科技局"}}, ["不能就是承办的“市科技局”"]),
        ("teaching", {"objections": {"office": "市科技局政策法规处"}}, ["缺少“phone”"]),
    ],
)
def test_a_final_text_names_its_offices(status: str, unit: Any, said: list[str]) -> None:
    raw: Any = {**TEACHING.raw, "status": status}
    raw["units"] = [{"code": "science", "name": "市科技局", **unit}]
    offices = [line for line in told(raw) if "处室" in line or "phone" in line]
    assert len(offices) == len(said)
    assert all(any(words in line for line in offices) for words in said)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("（责任单位：市科技局、市财政局）", ["事项2漏了原文的责任单位“市财政局”"]),
        ("（责任单位：市科技局牵头，市工信局等）", ["事项2漏了原文的责任单位“市工信局”"]),
        ("（责任单位：市科技局等）", []),
        ("（市科技局、市财政局）", []),
    ],
)
def test_a_unit_the_item_leaves_out_is_told(written: str, said: list[str]) -> None:
    source = TEACHING.source.replace(
        "最高不超过300万元。（责任单位：市科技局）", f"最高不超过300万元。{written}", 1
    )
    assert told(copy.deepcopy(TEACHING.raw), source) == said


@pytest.mark.parametrize(
    ("status", "draft_of", "said"),
    [
        ("draft", "teaching-final", []),
        ("teaching", "teaching-final", ["只有征求意见稿（status: draft）写draft_of"]),
        ("draft", "teaching", ["draft_of应是正式文件的id，不是自己的"]),
    ],
)
def test_only_a_draft_becomes_another_text(status: str, draft_of: str, said: list[str]) -> None:
    assert told({**TEACHING.raw, "status": status, "draft_of": draft_of}) == said


def test_a_draft_names_the_final_text_by_its_id() -> None:
    assert told({**TEACHING.raw, "status": "draft", "draft_of": "../x"}) != []
    shipped = {name: read_pack(directory).data for name, directory in shipped_packs().items()}
    finals = {data.draft_of for data in shipped.values() if data.draft_of}
    assert finals and all(shipped[name].status == "final" for name in finals)


def test_the_example_of_the_manual_is_a_rule() -> None:
    """The rule printed in the manual stands in the Harbin pack."""
    manual = (PACKS.parents[1] / "docs" / "packs.md").read_text()
    example = re.search(r"```yaml\nrule:\n(.*?)```", manual, re.DOTALL)
    assert example is not None
    rule = parsed("rule:\n" + example[1], "docs")["rule"]
    harbin = read_pack(PACKS / "harbin-ai-2022").raw["items"]
    (shipped,) = (one["rule"] for one in harbin if one["id"] == "2a")  # type: ignore[attr-defined]
    assert {key: shipped[key] for key in rule} == rule  # type: ignore[attr-defined]
