"""Read the two files of a policy pack. On which line each part stands is worked out only when something is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import yaml
from pydantic import ValidationError

from clauses.pack_form import PackModel

POLICY_FILE = "policy.yaml"
SOURCE_FILE = "source.txt"
DEEPEST = 60
MOST_PARTS = 1_000_000
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with a pack, where it stands."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PackError(Exception):
    """A pack that cannot be read; `faults` says where and why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)")
PLAIN_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class PlainLoader(YamlLoader):  # type: ignore[misc, valid-type]
    """Composes nodes for their lines only; the values come from `plain_data`."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


def plain_scalar(text: str) -> str | int | bool | None:
    """An unquoted scalar: only true, false, null and plain decimal whole numbers are not text."""
    if text in PLAIN_WORDS:
        return PLAIN_WORDS[text]
    if text[0] in "-0123456789" and len(text) < 20 and WHOLE_NUMBER.fullmatch(text):
        return int(text)
    return text


def refused(message: str, mark: object, file: str = POLICY_FILE) -> "PackError":
    return PackError([Fault(file, getattr(mark, "line", 0) + 1, message)])


def plain_data(text: str, file: str = POLICY_FILE) -> object:
    """The document as plain lists, dictionaries and scalars, read once, without YAML's 1.1 surprises.

    PackError for a key written twice, a tag, an alias of what is not finished, and what is too deep or too large.
    """
    loader = YamlLoader(text)
    get = loader.get_event
    scalar_event, alias_event = yaml.ScalarEvent, yaml.AliasEvent
    mapping_start, sequence_start = yaml.MappingStartEvent, yaml.SequenceStartEvent
    ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
    anchors: dict[str, object] = {}
    root: list[object] = []
    # What is open: the container, the key waiting for its value (None in a list), and the container's anchor.
    held: object = root
    key: str | None = None
    anchor: str | None = None
    stack: list[tuple[object, str | None, str | None]] = []
    parts = 0
    repeated: list[Fault] = []
    while True:
        event = get()
        kind = type(event)
        if kind is scalar_event:
            if event.tag is not None:
                raise refused(f"YAML格式有误：不能使用标签{event.tag}", event.start_mark, file)
            parts += 1
            if type(held) is dict and key is None:
                key = event.value
                if key in held:
                    repeated.append(Fault(file, event.start_mark.line + 1, f"“{key}”写了两次"))
                continue
            value = plain_scalar(event.value) if event.implicit[0] else event.value
            if event.anchor:
                anchors[event.anchor] = value
        elif kind is mapping_start or kind is sequence_start:
            if event.tag is not None:
                raise refused(f"YAML格式有误：不能使用标签{event.tag}", event.start_mark, file)
            if type(held) is dict and key is None:
                raise refused("YAML格式有误：键应是文字", event.start_mark, file)
            if len(stack) >= DEEPEST:
                raise refused(f"YAML格式有误：嵌套超过{DEEPEST}层", event.start_mark, file)
            stack.append((held, key, anchor))
            held, key, anchor = ({} if kind is mapping_start else []), None, event.anchor
            continue
        elif kind in ends:
            value = held
            if anchor:
                anchors[anchor] = value
            held, key, anchor = stack.pop()
        elif kind is alias_event:
            if event.anchor not in anchors or (type(held) is dict and key is None):
                raise refused(f"YAML格式有误：没有“&{event.anchor}”可以引用", event.start_mark, file)
            value = anchors[event.anchor]
            parts += size_of(value)
            if parts > MOST_PARTS:
                raise refused("YAML格式有误：引用展开后太大", event.start_mark, file)
        elif kind is yaml.StreamEndEvent:
            break
        elif kind is yaml.DocumentStartEvent and root:
            raise refused("YAML格式有误：只能有一份文档", event.start_mark, file)
        else:
            continue
        if type(held) is dict:
            held[key] = value
            key = None
        else:
            held.append(value)  # type: ignore[attr-defined]
    if repeated:
        raise PackError(repeated)
    return root[0] if root else None


def size_of(value: object) -> int:
    """How many scalars a part has when its shared parts are written out."""
    sizes: dict[int, int] = {}

    def count(part: object) -> int:
        if not isinstance(part, dict | list):
            return 1
        if id(part) not in sizes:
            inner = part.values() if isinstance(part, dict) else part
            sizes[id(part)] = 1 + sum(count(one) for one in inner)
        return sizes[id(part)]

    return count(value)


@dataclass(frozen=True)
class Pack:
    """A pack as read: the data as written and as understood, and the official text."""

    directory: Path
    data: PackModel
    source: str
    raw: Mapping[str, object]
    text: str

    @cached_property
    def lines(self) -> Mapping[Place, int]:
        return lines_of(self.text)

    def line(self, *place: str | int) -> int:
        """The line of a part, or of the nearest part around it that the file spells out."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def lines_of(text: str) -> dict[Place, int]:
    """The line on which each part of a document begins."""
    found: dict[Place, int] = {}
    root = yaml.compose(text, Loader=PlainLoader)
    if root is not None:
        note_lines(root, (), found)
    return found


def note_lines(node: yaml.Node, place: Place, found: dict[Place, int]) -> None:
    found.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, key.value)
            found[inner] = key.start_mark.line + 1
            note_lines(value, inner, found)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            note_lines(value, (*place, index), found)


def read_pack(directory: Path) -> Pack:
    """The pack in a directory. PackError names every fault of form; faults of content are for the check."""
    return parse_pack(read_text(directory / POLICY_FILE), read_text(directory / SOURCE_FILE), directory)


def parse_pack(text: str, source: str, directory: Path = Path()) -> Pack:
    """The pack of two texts: those of a directory, or those stored with an edition."""
    return understood(directory, parsed(text, POLICY_FILE), source, text)


def parsed(text: str, file: str) -> dict[str, object]:
    """The keys and values of a file. PackError when it is not YAML, or no mapping."""
    try:
        raw = plain_data(text, file)
    except yaml.MarkedYAMLError as error:
        raise PackError([yaml_fault(error, text.splitlines(), file)]) from None
    except yaml.YAMLError as error:
        words = "文件里有不能显示的控制字符，请删去" if "control" in str(error) else str(error)
        raise refused(f"YAML格式有误：{words}", None, file) from None
    if not isinstance(raw, dict):
        raise refused("文件内容应是键和值", None, file)
    return raw


YAML_MESSAGES = {
    "found character that cannot start any token": "这个字符不能放在开头；以%、@或`开头的文字要加双引号",
    "could not find expected ':'": "键后面缺少“: ”（英文冒号加空格）",
    "mapping values are not allowed in this context": (
        "这里不能再有“: ”；文字里带“: ”的要加双引号，也请看这一行的缩进和上一行是否写完"
    ),
    "did not find expected ',' or ']'": "方括号里缺少逗号，或者没有用“]”收尾",
    "did not find expected ',' or '}'": "花括号里缺少逗号，或者没有用“}”收尾",
    "did not find expected '-' indicator": "列表的各行要对齐，并且都以“- ”开头",
    "did not find expected key": "缩进与上面的键没有对齐，或者引号后面还有文字",
    "did not find expected node content": "这里应是内容，却是标点；以标点开头的文字要加双引号",
    "block sequence entries are not allowed in this context": "“- ”要另起一行",
    "found unexpected end of stream": "引号没有收尾",
    "found unknown escape character": "双引号里的“\\”要写两次，或者改用单引号",
    "did not find expected alphabetic or numeric character": "以&或*开头的文字要加双引号",
    "did not find expected comment or line break": "“|”或“>”后面要换行",
}
TABBED = re.compile(r" *\t")
WIDE_COLON = re.compile(r"\s*(?:- *)*[A-Za-z_]\w*：")


def yaml_fault(error: yaml.MarkedYAMLError, lines: list[str], file: str) -> Fault:
    """What makes a file no YAML, with advice, on the line to mend: often one before that on which reading stopped."""
    mark = error.problem_mark or error.context_mark
    at = min(getattr(mark, "line", 0), max(0, len(lines) - 1))
    before = next((line for line in range(at - 1, -1, -1) if lines[line].strip()), at)
    started = getattr(error.context_mark, "line", at)
    for line in dict.fromkeys((at, started, before)):
        written = lines[line] if line < len(lines) else ""
        if TABBED.match(written):
            return Fault(file, line + 1, "YAML格式有误：缩进要用空格，不能用制表符（Tab）")
        if WIDE_COLON.match(written):
            return Fault(file, line + 1, "YAML格式有误：键后面要用英文冒号加空格“: ”，不能用全角的“：”")
    problem = error.problem or error.context or ""
    return Fault(file, at + 1, f"YAML格式有误：{YAML_MESSAGES.get(problem, problem)}")


def understood(directory: Path, raw: dict[str, object], source: str, text: str) -> Pack:
    """The pack of data that has been parsed. PackError names every fault of form."""
    try:
        data = PackModel.model_validate(raw)
    except ValidationError as error:
        raise PackError(form_faults(error, lines_of(text))) from None
    return Pack(directory, data, source, raw, text)


def read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError:
        raise PackError([Fault(path.name, 1, "文件不存在或不能读取")]) from None
    except UnicodeDecodeError:
        raise PackError([Fault(path.name, 1, "文件不是UTF-8编码")]) from None


FORM_MESSAGES = {
    "extra_forbidden": "不认识的键“{key}”",
    "missing": "缺少“{key}”",
    "string_type": "“{key}”应是文字",
    "int_type": "“{key}”应是整数",
    "bool_type": "“{key}”应是true或false",
    "list_type": "“{key}”应是列表",
    "dict_type": "“{key}”应是键和值",
    "model_type": "“{key}”应是键和值",
    "literal_error": "“{key}”的取值不在允许的范围内：{input}",
    "string_pattern_mismatch": "“{key}”的写法不符合要求：{input}",
    "string_too_short": "“{key}”不能为空",
    "string_too_long": "“{key}”太长，最多{most}个字",
    "too_short": "“{key}”的内容太少",
    "union_tag_not_found": "规则节点缺少“node”",
    "greater_than_equal": "“{key}”太小：{input}",
    "less_than_equal": "“{key}”太大：{input}",
}


def form_faults(error: ValidationError, lines: Mapping[Place, int], file: str = POLICY_FILE) -> list[Fault]:
    """The faults of form with their lines, one for each place."""
    faults = []
    for detail in error.errors():
        place = known_place(detail["loc"], lines)
        key = next((str(step) for step in reversed(detail["loc"]) if isinstance(step, str)), "")
        if detail["type"] == "union_tag_not_found" and "figure_kind" in detail["ctx"]["discriminator"]:
            message = f"“{key}”应是原文的数字：写明amount、rate或number之一"
        elif detail["type"] == "union_tag_invalid" and "test" in detail["ctx"]["discriminator"]:
            message = f"不认识的条件：{detail['ctx']['tag']}"
        elif detail["type"] == "union_tag_invalid":
            message = f"不认识的规则节点：{detail['ctx']['tag']}"
        elif detail["type"] == "value_error":
            message = str(detail["ctx"]["error"])
        else:
            template = FORM_MESSAGES.get(detail["type"], "“{key}”有误：" + detail["msg"])
            given = detail["input"]
            most = detail.get("ctx", {}).get("max_length", "")
            message = template.format(key=key, input=given if isinstance(given, str | int) else "", most=most)
        faults.append(Fault(file, lines.get(place, 1), message))
    return sorted(set(faults))


def known_place(loc: tuple[str | int, ...], lines: Mapping[Place, int]) -> Place:
    """Follow a pydantic location through the document, passing over the tags of unions."""
    place: Place = ()
    for step in loc:
        if (*place, step) in lines:
            place = (*place, step)
    return place
