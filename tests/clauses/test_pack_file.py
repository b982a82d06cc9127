"""How a pack's files are read: plainly, once, at any length, and refused where YAML would guess."""

from pathlib import Path

import pytest

from clauses.loader import load_pack
from clauses.pack_file import PackError, parsed, plain_data
from tests.benchmarks.packs import numeral, write_pack


def test_a_pack_of_a_thousand_clauses_loads_whole(tmp_path: Path) -> None:
    write_pack(tmp_path, 1000)
    policy = load_pack(tmp_path)
    assert len(policy.clauses) == len(policy.items) == 1000
    last = policy.items["1000"]
    assert last.clause == "一千"
    assert last.sentence == last.quote
    assert policy.clauses["一百零一"].text.startswith("一百零一、支持第101类设备。")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (101, "一百零一"), (110, "一百一十"), (1000, "一千")],
)
def test_numerals(value: int, text: str) -> None:
    assert numeral(value) == text


def test_only_plain_words_and_whole_numbers_are_not_text() -> None:
    text = 'a: true\nb: no\nc: 12\nd: 012\ne: 1e3\nf: 2022-08-24\ng: "12"\nh: null\ni: ~\nj:\nk: 0.20\nl: -3'
    assert plain_data(text) == {
        "a": True,
        "b": "no",
        "c": 12,
        "d": "012",
        "e": "1e3",
        "f": "2022-08-24",
        "g": "12",
        "h": None,
        "i": None,
        "j": None,
        "k": "0.20",
        "l": -3,
    }


def test_parts_are_shared_by_name() -> None:
    assert plain_data("a: &x {b: [1, 2]}\nc: *x\nd: &y text\ne: *y") == {
        "a": {"b": [1, 2]},
        "c": {"b": [1, 2]},
        "d": "text",
        "e": "text",
    }


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2", 4, "“c”写了两次"),
        ("a: !!str 5", 1, "不能使用标签"),
        ("a: !!python/object/apply:os.getcwd []", 1, "不能使用标签"),
        ("a: &x [*x]", 1, "没有“&x”可以引用"),
        ("a: 1\nb: *x", 2, "没有“&x”可以引用"),
        ("? [a]\n: 1", 1, "键应是文字"),
        ("a: 1\n---\nb: 2", 2, "只能有一份文档"),
        ("a: " + "[" * 80 + "]" * 80, 1, "嵌套超过60层"),
        (BOMB, 6, "引用展开后太大"),
    ],
)
def test_what_yaml_is_refused(text: str, line: int, message: str) -> None:
    with pytest.raises(PackError) as refused:
        plain_data(text)
    assert [fault.line for fault in refused.value.faults] == [line]
    assert message in refused.value.faults[0].message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a:\n\t- b", 2, "缩进要用空格，不能用制表符（Tab）"),
        ("a: 1\n\tb: 2", 2, "缩进要用空格，不能用制表符（Tab）"),
        ("a：1\nb: 2", 1, "不能用全角的“：”"),
        ("a: 1\nitems:\n  - b：2\n    c: 3", 3, "不能用全角的“：”"),
        ("a: 1\nb：2\nc: 3", 2, "不能用全角的“：”"),
        ("a: 1\nb\nc: 3", 3, "键后面缺少“: ”"),
        ("a: @x", 1, "要加双引号"),
        ("a: b: c", 1, "文字里带“: ”的要加双引号"),
        ("a: [1, 2\nb: 3", 2, "没有用“]”收尾"),
        ("a: {b: 1\nc: 2", 2, "没有用“}”收尾"),
        ('a: "x\nb: 3', 2, "引号没有收尾"),
        ("a: 'x' y", 1, "引号后面还有文字"),
        ("- a\nb: 1", 2, "都以“- ”开头"),
        ("a: \x01", 1, "控制字符"),
    ],
)
def test_what_is_no_yaml_is_said_with_advice(text: str, line: int, message: str) -> None:
    with pytest.raises(PackError) as refused:
        parsed(text, "policy.yaml")
    (fault,) = refused.value.faults
    assert fault.line == line and message in fault.message
