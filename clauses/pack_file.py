"""Read the two files of a policy pack, remembering on which line each part stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import yaml
from pydantic import ValidationError

from clauses.pack_form import PackModel

POLICY_FILE = "policy.yaml"
SOURCE_FILE = "source.txt"
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


class PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML without its 1.1 surprises: only true, false, null and plain decimal whole numbers are not text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")
)


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as read: the data, the official text, and the line of every part."""

    directory: Path
    data: PackModel
    source: str
    lines: Mapping[Place, int]

    def line(self, *place: str | int) -> int:
        """The line of a part, or of the nearest part around it that the file spells out."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_pack(directory: Path) -> Pack:
    """The pack in a directory. PackError names every fault of form; faults of content are for the check."""
    text = read_text(directory / POLICY_FILE)
    source = read_text(directory / SOURCE_FILE)
    try:
        root = yaml.compose(text, Loader=PlainLoader)
        if not isinstance(root, yaml.MappingNode):
            raise PackError([Fault(POLICY_FILE, 1, "文件内容应是键和值")])
        lines = dict(places(root))
        repeated = list(repeated_keys(root))
        if repeated:
            raise PackError(repeated)
        raw = yaml.load(text, Loader=PlainLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"YAML格式有误：{error.problem or error.context}"
        raise PackError([Fault(POLICY_FILE, mark.line + 1 if mark else 1, message)]) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise PackError([Fault(POLICY_FILE, 1, f"YAML格式有误：{error}")]) from None
    try:
        data = PackModel.model_validate(raw)
    except ValidationError as error:
        raise PackError(form_faults(error, lines)) from None
    return Pack(directory, data, source, lines)


def read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError:
        raise PackError([Fault(path.name, 1, "文件不存在或不能读取")]) from None
    except UnicodeDecodeError:
        raise PackError([Fault(path.name, 1, "文件不是UTF-8编码")]) from None


def places(node: yaml.Node, place: Place = ()) -> Iterator[tuple[Place, int]]:
    """The line on which each part of a document begins."""
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, key.value)
            yield from places(value, inner)
            yield inner, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from places(value, (*place, index))


def repeated_keys(node: yaml.Node) -> Iterator[Fault]:
    """A key written twice in one mapping: YAML would keep the last and lose the first."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield Fault(POLICY_FILE, key.start_mark.line + 1, f"“{key.value}”写了两次")
            seen.add(key.value)
            yield from repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from repeated_keys(value)


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
    "too_short": "“{key}”的内容太少",
    "union_tag_invalid": "不认识的规则节点：{input}",
    "union_tag_not_found": "规则节点缺少“node”",
    "greater_than_equal": "“{key}”太小：{input}",
    "less_than_equal": "“{key}”太大：{input}",
}


def form_faults(error: ValidationError, lines: Mapping[Place, int]) -> list[Fault]:
    """The faults of form with their lines, one for each place."""
    faults = []
    for detail in error.errors():
        place = known_place(detail["loc"], lines)
        key = next((str(step) for step in reversed(detail["loc"]) if isinstance(step, str)), "")
        if detail["type"] == "value_error":
            message = str(detail["ctx"]["error"])
        else:
            template = FORM_MESSAGES.get(detail["type"], "“{key}”有误：" + detail["msg"])
            given = detail["input"]
            message = template.format(key=key, input=given if isinstance(given, str | int) else "")
        faults.append(Fault(POLICY_FILE, lines.get(place, 1), message))
    return sorted(set(faults))


def known_place(loc: tuple[str | int, ...], lines: Mapping[Place, int]) -> Place:
    """Follow a pydantic location through the document, passing over the tags of unions."""
    place: Place = ()
    for step in loc:
        if (*place, step) in lines:
            place = (*place, step)
    return place
