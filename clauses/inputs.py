"""Read claims from the interface's JSON into the engine's facts, strictly, gathering every fault with its path."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NoReturn

from clauses.engine import ClaimFacts, CostLine, FactSpec, Item, Policy
from clauses.engine.assessment import check_value
from clauses.engine.money import MOST_YUAN, fen_from_yuan
from clauses.engine.policy import COST_DATES
from clauses.engine.term import local
from clauses.settings_book import Source

CLAIM_KEYS = {"id", "item", "filed_at", "facts", "settings", "costs", "base"}
COST_KEYS = {"id", "amount", "category", "held", "held_elsewhere", *COST_DATES}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,9})?")
LONGEST_TEXT = 20_000


class InputErrors(Exception):
    """Input that is refused as a whole; `errors` lists every fault as {"path", "message"}."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{error['path']}: {error['message']}" for error in errors))
        self.errors = errors


def fail(message: str, path: str = "") -> NoReturn:
    raise InputErrors([{"path": path, "message": message}])


def parse_document(text: str | bytes) -> Any:
    """JSON as sent. Repeated keys, NaN and Infinity are refused; InputErrors says what is wrong."""

    def single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            fail(f"键“{next(key for key in keys if keys.count(key) > 1)}”写了两次。")
        return found

    def no_constant(name: str) -> NoReturn:
        fail(f'不接受{name}，金额请写成文字，如"60000000.00"。')

    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=single,
            parse_constant=no_constant,
        )
    except UnicodeDecodeError:
        fail("文件不是UTF-8编码。")
    except json.JSONDecodeError as error:
        fail(f"不是正确的JSON：第{error.lineno}行第{error.colno}列有误。")
    except (RecursionError, ValueError):
        fail("不是正确的JSON：嵌套太深或数字太长。")


class Reader:
    """Gathers faults while reading, so that all of them are told at once."""

    def __init__(self, recorded: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.errors: list[dict[str, str]] = []
        self.recorded = recorded or {}
        self.documents: dict[str, dict[str, Mapping[str, str]]] = {}

    def fault(self, path: str, message: str) -> None:
        self.errors.append({"path": path, "message": message})

    def keys(self, given: Mapping[str, Any], allowed: set[str], path: str) -> None:
        for key in given:
            if key not in allowed:
                self.fault(f"{path}.{key}" if path else str(key), f"不认识的键“{key}”。")

    def money(self, value: object, path: str) -> int | None:
        """Fen from yuan written as text with at most two decimals."""
        if not isinstance(value, str):
            self.fault(path, '金额要写成文字，单位元，两位小数，如"60000000.00"。')
            return None
        if value.startswith("-") and re.fullmatch(r"-[0-9]+(\.[0-9]+)?", value):
            self.fault(path, "金额不能为负数。")
            return None
        if re.fullmatch(r"[0-9]+\.[0-9]{3,}", value):
            self.fault(path, "金额最多两位小数。")
            return None
        if len(value) > 40:
            self.fault(path, "金额过大或写法有误。")
            return None
        try:
            amount = fen_from_yuan(value)
        except ValueError:
            self.fault(path, '金额写法有误，只能有数字和一个小数点，如"60000000.00"。')
            return None
        if amount > MOST_YUAN * 100:
            self.fault(path, "金额过大，不能超过1万亿元。")
            return None
        return amount

    def day(self, value: object, path: str) -> date | None:
        if isinstance(value, str) and DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self.fault(path, f"没有{value}这一天。")
                return None
        self.fault(path, '日期要写成"2023-03-01"的形式。')
        return None

    def moment(self, value: object, path: str) -> datetime | None:
        if isinstance(value, str) and MOMENT.fullmatch(value):
            try:
                return local(datetime.fromisoformat(value))
            except (ValueError, OverflowError):
                self.fault(path, f"没有{value}这个时间。")
                return None
        self.fault(path, '时间要写成"2023-06-01T10:00:00"的形式。')
        return None

    def flag(self, value: object, path: str) -> bool | None:
        if isinstance(value, bool):
            return value
        self.fault(path, "这里只能写true或false。")
        return None

    def name(self, value: object, path: str, what: str) -> str | None:
        if isinstance(value, str) and value.strip() and len(value) <= 100:
            return value
        self.fault(path, f"{what}要写成文字，不能为空，不超过100个字。")
        return None

    def mapping(self, value: object, path: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.fault(path, "这里应是一组键和值，如{}。")
        return {}

    def fact(self, spec: FactSpec, value: object, path: str) -> object:
        """One fact by the type its item gives it."""
        if spec.type == "money":
            return self.money(value, path)
        if spec.type == "date":
            return self.day(value, path)
        if spec.type == "bool":
            return self.flag(value, path)
        if spec.type in ("year", "count"):
            least, most = (1900, 2999) if spec.type == "year" else (0, 10**9)
            if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
                return value
            self.fault(path, f"{spec.label}应是{least}到{most}之间的整数。")
            return None
        if spec.type in ("number", "rate"):
            if isinstance(value, str) and DECIMAL.fullmatch(value):
                return Fraction(value)
            example = '如"0.0385"，表示3.85%' if spec.type == "rate" else '如"12.5"'
            self.fault(path, f"{spec.label}要写成文字，只能有数字和一个小数点，最多九位小数，{example}。")
            return None
        if spec.type == "choice":
            if isinstance(value, str) and value in spec.choices:
                return value
            self.fault(path, f"{spec.label}只能是：{'、'.join(spec.choices)}。")
            return None
        if isinstance(value, str) and len(value) <= LONGEST_TEXT:
            return value
        self.fault(path, f"{spec.label}要写成文字，不超过{LONGEST_TEXT}个字。")
        return None

    def facts(self, item: Item, given: Mapping[str, Any], path: str) -> dict[str, object]:
        """The facts of an item; null means not known."""
        found: dict[str, object] = {}
        for key, value in given.items():
            spec = item.fact(key)
            if spec is None:
                self.fault(f"{path}.{key}", f"事项{item.id}没有事实“{key}”。")
            elif value is not None:
                read = self.fact(spec, value, f"{path}.{key}")
                if read is not None:
                    found[key] = read
        return found

    def settings(self, policy: Policy, given: Mapping[str, Any], path: str) -> dict[str, object]:
        """Overrides of open points; money points are in yuan outside and in fen inside."""
        found: dict[str, object] = {}
        for key, value in given.items():
            here = f"{path}.{key}"
            spec = policy.settings.get(key)
            if spec is None:
                self.fault(here, f"没有细则口径“{key}”。")
                continue
            read = self.money(value, here) if spec.type == "money" else value
            if read is None and spec.type == "money":
                continue
            try:
                check_value(policy, key, read)
            except ValueError:
                choices = "、".join(str(reading.value) for reading in spec.readings)
                self.fault(
                    here,
                    f"细则口径{key}的取值只能是：{choices}。" if spec.type == "choice" else "取值类型有误。",
                )
            else:
                found[key] = read
        return found

    def cost(self, item: Item | None, given: object, path: str) -> CostLine | None:
        if not isinstance(given, dict):
            self.fault(path, "每笔费用应是一组键和值。")
            return None
        before = len(self.errors)
        flags = {test.flag for test in item.cost_tests} if item else set()
        if item is not None:
            self.keys(given, COST_KEYS | flags, path)
        if "id" not in given:
            self.fault(f"{path}.id", "缺少费用编号。")
        else:
            self.name(given["id"], f"{path}.id", "费用编号")
        amount = None
        if "amount" not in given:
            self.fault(f"{path}.amount", "缺少金额。")
        else:
            amount = self.money(given["amount"], f"{path}.amount")
        days: dict[str, date] = {}
        for key in COST_DATES:
            if given.get(key) is not None and (day := self.day(given[key], f"{path}.{key}")):
                days[key] = day
        if "service_from" in days and "service_to" in days and days["service_from"] > days["service_to"]:
            self.fault(f"{path}.service_to", "服务结束日期早于开始日期。")
        category = given.get("category")
        named = category is not None and self.name(category, f"{path}.category", "费用类别")
        if named and item is not None and item.categories and item.category(str(category)) is None:
            names = "、".join(one.code for one in item.categories)
            self.fault(f"{path}.category", f"事项{item.id}没有费用类别“{category}”，可用的有：{names}。")
        held = [
            self.flag(given[key], f"{path}.{key}")
            for key in ("held", "held_elsewhere")
            if given.get(key) is not None
        ]
        marks = {
            key: value
            for key in sorted(flags)
            if given.get(key) is not None and (value := self.flag(given[key], f"{path}.{key}")) is not None
        }
        if len(self.errors) > before or amount is None:
            return None
        return CostLine(
            id=given["id"],
            amount=amount,
            category=category,
            held_elsewhere=True in held,
            flags=marks,
            **days,
        )

    def costs(self, item: Item | None, given: object, path: str) -> tuple[CostLine, ...] | None:
        if not isinstance(given, list):
            self.fault(path, "费用明细应是列表。")
            return None
        seen: set[str] = set()
        found = []
        for index, one in enumerate(given):
            here = f"{path}[{index}]"
            name = one.get("id") if isinstance(one, dict) else None
            if isinstance(name, str):
                if name in seen:
                    self.fault(f"{here}.id", f"费用编号“{name}”重复。")
                seen.add(name)
            found.append(self.cost(item, one, here))
        return tuple(cost for cost in found if cost is not None)

    def claim(
        self,
        policy: Policy,
        given: object,
        path: str,
        now: Callable[[], datetime] | None,
        in_force: Source | None,
    ) -> ClaimFacts | None:
        """One claim; None when anything in it is wrong."""
        if not isinstance(given, dict):
            self.fault(path, "每项申报应是一组键和值。")
            return None
        before = len(self.errors)
        self.keys(given, CLAIM_KEYS, path)
        if "id" not in given:
            self.fault(f"{path}.id", "缺少申报编号。")
        else:
            self.name(given["id"], f"{path}.id", "申报编号")
        item = policy.items.get(given["item"]) if isinstance(given.get("item"), str) else None
        if "item" not in given:
            self.fault(f"{path}.item", "缺少事项编号。")
        elif item is None:
            self.fault(f"{path}.item", f"没有这个事项，可用的有：{'、'.join(policy.items)}。")
        filed_at = None
        if given.get("filed_at") is not None:
            filed_at = self.moment(given["filed_at"], f"{path}.filed_at")
        elif now is None:
            self.fault(f"{path}.filed_at", "缺少提交时间。")
        else:
            filed_at = now()
        facts = self.mapping(given.get("facts", {}), f"{path}.facts")
        read_facts = self.facts(item, facts, f"{path}.facts") if item else {}
        settings = self.settings(
            policy,
            self.mapping(given.get("settings", {}), f"{path}.settings"),
            f"{path}.settings",
        )
        both = given.get("costs") is not None and given.get("base") is not None
        if both:
            self.fault(f"{path}.base", "费用明细和核定基数只能写一个。")
        costs = None
        base = None
        if given.get("costs") is not None:
            costs = self.costs(item, given["costs"], f"{path}.costs")
        if given.get("base") is not None:
            base = self.money(given["base"], f"{path}.base")
        if item is not None and item.takes_costs and given.get("costs") is None and given.get("base") is None:
            self.fault(
                f"{path}.costs",
                f"缺少费用明细（costs）或核定基数（base）：{item.base_label}。",
            )
        if len(self.errors) > before or item is None or filed_at is None:
            return None
        return ClaimFacts(
            id=given["id"],
            item=item.id,
            filed_at=filed_at,
            facts=read_facts,
            costs=costs,
            base=base,
            settings={name: value for name, value in settings.items() if name not in self.recorded},
            in_force=self.in_force(policy, item, given["id"], filed_at, settings, in_force),
        )

    def in_force(
        self,
        policy: Policy,
        item: Item,
        claim: str,
        filed_at: datetime,
        settings: Mapping[str, object],
        source: Source | None,
    ) -> dict[str, object]:
        """Values set by a document, from the source or, in a recorded question, among its settings."""
        found = dict(source(policy.id, item.id, filed_at)) if source else {}
        self.documents[claim] = {name: entry.source for name, entry in found.items()}
        values = {name: entry.value for name, entry in found.items()}
        for name, document in self.recorded.items():
            if name in settings:
                values[name] = settings[name]
                self.documents[claim][name] = document
        return values
