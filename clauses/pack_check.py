"""What a policy pack must satisfy beyond its form: quotes, numbers, dates and references agree with the official text."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from pydantic import BaseModel

from clauses.engine import literals
from clauses.engine.policy import COST_DATES, MONEY
from clauses.pack_file import (
    POLICY_FILE,
    SOURCE_FILE,
    Fault,
    Pack,
    PackError,
    Place,
    read_pack,
)
from clauses.pack_form import (
    AmountModel,
    BaseNode,
    CappedNode,
    FactNode,
    GeneralModel,
    ItemModel,
    JudgedNode,
    NumberModel,
    PerUnitNode,
    RateModel,
    SettingModel,
)
from clauses.source_text import (
    bounds_of_sentence,
    clause_numbers,
    heading_of,
    paragraph_of,
    sentence_around,
)


def check(directory: Path) -> list[Fault]:
    """Every fault of the pack in a directory, in the order of its lines; empty when it is in order."""
    try:
        pack = read_pack(directory)
    except PackError as error:
        return sorted(error.faults)
    return content_faults(pack)


def content_faults(pack: Pack) -> list[Fault]:
    """The faults of content of a pack whose form is in order."""
    checks: list[Callable[[Pack], Iterator[Fault]]] = [
        check_dates,
        check_clauses,
        check_names,
        check_general,
        check_items,
        check_settings,
        check_paths,
        check_money_conditions,
        check_matching,
    ]
    return sorted({fault for one in checks for fault in one(pack)})


def fault(pack: Pack, message: str, *place: str | int) -> Fault:
    return Fault(POLICY_FILE, pack.line(*place), message)


def check_dates(pack: Pack) -> Iterator[Fault]:
    """First before last; what counts and what may be filed lies inside the term unless a document says otherwise."""
    data = pack.data
    for name, label in (
        ("in_force", "有效期"),
        ("matter", "费用和活动的期间"),
        ("filing", "申报期间"),
    ):
        period = getattr(data, name)
        if period.first > period.last:
            yield fault(pack, f"{label}的开始日期晚于结束日期", name)
        elif not period.basis and (period.first < data.in_force.first or period.last > data.in_force.last):
            yield fault(pack, f"{label}没有被有效期覆盖，超出部分要写明依据文号", name)
        for end in ("first", "last"):
            literal = getattr(period, f"{end}_literal")
            if literal is None:
                if name == "in_force" and data.status == "final":
                    yield fault(pack, f"有效期缺少原文日期“{end}_literal”", name)
                continue
            place = (name, f"{end}_literal")
            if literal not in pack.source:
                yield fault(pack, f"原文中没有日期“{literal}”", *place)
            try:
                same = literals.day(literal) == getattr(period, end)
            except ValueError:
                yield fault(pack, f"日期“{literal}”不能识别", *place)
                continue
            if not same:
                yield fault(pack, f"日期“{literal}”与{getattr(period, end)}不一致", *place)
    if data.filing.last < data.matter.first:
        yield fault(pack, "申报期间在费用期间开始之前就结束了", "filing")
    term = next((index for index, one in enumerate(data.general) if one.role == "term"), None)
    last = data.in_force.last_literal
    if term is not None and last and last not in data.general[term].quote:
        yield fault(pack, f"说明有效期的引文中没有“{last}”", "general", term, "quote")


def check_clauses(pack: Pack) -> Iterator[Fault]:
    """The clauses are those of the text, with its headings, and each has an item."""
    data = pack.data
    numbers = [clause.number for clause in data.clauses]
    used = {item.clause for item in data.items}
    in_text = clause_numbers(pack.source)
    for index, clause in enumerate(data.clauses):
        if clause.number not in in_text:
            yield fault(pack, f"原文中没有第{clause.number}条", "clauses", index, "number")
        elif heading_of(pack.source, clause.number) != clause.title:
            heading = heading_of(pack.source, clause.number)
            yield fault(
                pack,
                f"第{clause.number}条的标题与原文不一致，原文是“{heading}”",
                "clauses",
                index,
                "title",
            )
        if clause.number not in used:
            yield fault(pack, f"第{clause.number}条没有任何事项", "clauses", index)
    for number, line in in_text.items():
        if number not in numbers:
            yield Fault(SOURCE_FILE, line, f"第{number}条没有写进政策数据")
    if data.document_number not in pack.source and data.status == "final":
        yield fault(pack, f"原文中没有文号“{data.document_number}”", "document_number")


def check_names(pack: Pack) -> Iterator[Fault]:
    """Codes that must be single are single."""
    data = pack.data
    lists: list[tuple[Place, list[str], str]] = [
        (("units",), [unit.code for unit in data.units], "code"),
        (("clauses",), [clause.number for clause in data.clauses], "number"),
        (("general",), [one.id for one in data.general], "id"),
        (("settings",), [setting.id for setting in data.settings], "id"),
        (("review_paths",), [path.mode for path in data.review_paths], "mode"),
        (("cut_reasons",), [reason.code for reason in data.cut_reasons], "code"),
        (("items",), [item.id for item in data.items], "id"),
    ]
    for index, item in enumerate(data.items):
        here: Place = ("items", index)
        common = [paper.code for paper in data.common_papers]
        known = [fact.key for fact in item.common_facts(data)]
        lists += [
            ((*here, "papers"), [paper.code for paper in item.papers], "code"),
            ((*here, "facts"), [one.key for one in item.facts], "key"),
            (
                (*here, "categories"),
                [category.code for category in item.categories],
                "code",
            ),
            ((*here, "cost_tests"), [test.flag for test in item.cost_tests], "flag"),
            (
                (*here, "criteria"),
                [criterion.code for criterion in item.criteria],
                "code",
            ),
        ]
        for position, paper in enumerate(item.papers):
            if paper.code in common:
                yield fault(pack, f"材料“{paper.code}”与通用材料重复", *here, "papers", position)
        for position, one in enumerate(item.facts):
            if one.key in known:
                yield fault(pack, f"事实“{one.key}”与通用事实重复", *here, "facts", position)
    for place, names, key in lists:
        counted = Counter(names)
        for index, name in enumerate(names):
            if counted[name] > 1:
                yield fault(pack, f"“{name}”重复", *place, index, key)


def check_general(pack: Pack) -> Iterator[Fault]:
    """The sentences every reason may need are there, once, and quoted exactly."""
    data = pack.data
    roles: Counter[str] = Counter(one.role for one in data.general)
    for role, label in (("term", "有效期"), ("overlap", "重复支持")):
        if roles[role] != 1:
            yield fault(pack, f"应有且只有一句{label}条款（role: {role}）", "general")
    for index, one in enumerate(data.general):
        yield from quote_faults(pack, one, pack.source, ("general", index))


def quote_faults(
    pack: Pack,
    part: GeneralModel | ItemModel,
    text: str,
    place: Place,
    where: str = "原文",
) -> Iterator[Fault]:
    """A quote occurs once, and one cut short says by its anchors which words carry its condition and object."""
    times = pack.source.count(part.quote)
    if times != 1:
        yield fault(
            pack,
            f"引文在原文中出现{times}次，应为1次：“{short(part.quote)}”",
            *place,
            "quote",
        )
        return
    if part.quote not in text:
        yield fault(pack, f"引文不在{where}中：“{short(part.quote)}”", *place, "quote")
    for index, anchor in enumerate(part.anchors):
        if anchor not in part.quote:
            yield fault(pack, f"引文中没有“{anchor}”", *place, "anchors", index)
    if all(bounds_of_sentence(pack.source, part.quote)):
        return
    if len(set(part.anchors)) < 2:
        yield fault(
            pack,
            "引文不是整句，要用anchors写明它的条件和对象各是哪几个字",
            *place,
            "quote",
        )
    for left in left_out(pack, part.quote):
        for literal in literals.numbers_in(left) + literals.counts_in(left):
            yield fault(pack, f"引文漏了同一句里的数字“{literal}”", *place, "quote")
        for condition in CONDITION.findall(left):
            yield fault(pack, f"引文漏了同一句里的条件“{condition}”", *place, "quote")


CONDITION = re.compile("[^，,、；。（(]*的(?=[，,])")


def left_out(pack: Pack, quote: str) -> list[str]:
    """The parts of a quote's sentence that neither it nor any other quote of the pack takes up."""
    whole = sentence_around(pack.source, quote)
    taken = [False] * len(whole)
    for other in {quote, *(one.quote for one in (*pack.data.items, *pack.data.general))}:
        at = whole.find(other)
        if at < 0 and (whole in other):
            at, other = 0, whole
        if at >= 0:
            taken[at : at + len(other)] = [True] * len(other)
    parts = itertools.groupby(zip(whole, taken, strict=True), key=lambda pair: pair[1])
    return ["".join(character for character, _ in group) for used, group in parts if not used]


def check_items(pack: Pack) -> Iterator[Fault]:
    data = pack.data
    clauses = {clause.number for clause in data.clauses}
    units = {unit.code for unit in data.units}
    modes = {path.mode for path in data.review_paths}
    for index, item in enumerate(data.items):
        place: Place = ("items", index)
        if item.clause not in clauses:
            yield fault(
                pack,
                f"事项{item.id}所属的第{item.clause}条不在条款表中",
                *place,
                "clause",
            )
            paragraph = pack.source
        else:
            paragraph = paragraph_of(pack.source, item.clause)
        yield from quote_faults(pack, item, paragraph, place, f"第{item.clause}条")
        for position, code in enumerate(item.units):
            if code not in units:
                yield fault(pack, f"责任单位“{code}”不在单位表中", *place, "units", position)
        for position, code in enumerate(item.units):
            named = next((unit.name for unit in data.units if unit.code == code), "")
            if named and paragraph and named not in paragraph:
                yield fault(
                    pack,
                    f"第{item.clause}条没有写责任单位“{named}”",
                    *place,
                    "units",
                    position,
                )
        if item.review_mode not in modes:
            yield fault(pack, f"没有审核方式“{item.review_mode}”", *place, "review_mode")
        if item.recurrence_words and item.recurrence_words not in item.quote:
            yield fault(pack, f"引文中没有“{item.recurrence_words}”", *place, "recurrence_words")
        yield from number_faults(pack, item, place)
        yield from reference_faults(pack, item, place)
        yield from cost_faults(pack, item, place)


def nodes_under(part: object, place: Place) -> Iterator[tuple[BaseModel, Place]]:
    """Every part of a rule with its place, top first."""
    if isinstance(part, BaseModel):
        yield part, place
        for name, inner in part.__dict__.items():
            if isinstance(inner, BaseModel | list):
                yield from nodes_under(inner, (*place, name))
    elif isinstance(part, list):
        for index, inner in enumerate(part):
            yield from nodes_under(inner, (*place, index))


def number_faults(pack: Pack, item: ItemModel, place: Place) -> Iterator[Fault]:
    """Each number of a rule is the number its literal says, and each number of the quote is in the rule."""
    if item.kind != MONEY:
        return
    used: Counter[str] = Counter()
    for part, where in nodes_under(item.rule, (*place, "rule")):
        if not isinstance(part, AmountModel | RateModel | NumberModel):
            continue
        used[part.literal] += 1
        quote = next((one for one in item.more_quotes if part.words in one), item.quote)
        if not literals.stands_alone(part.literal, quote):
            yield fault(pack, f"引文中没有数字“{part.literal}”", *where, "literal")
        if part.words not in quote:
            yield fault(pack, f"引文中没有“{part.words}”", *where, "words")
        elif part.literal not in part.words:
            yield fault(pack, f"“{part.words}”中没有“{part.literal}”", *where, "words")
        if isinstance(part, NumberModel):
            name, value = "number", str(part.number)
        elif isinstance(part, RateModel):
            name, value = "rate", part.rate.text
        else:
            name, value = "amount", f"{part.amount // 100}元"
        try:
            if isinstance(part, RateModel):
                same = literals.rate(part.literal) == part.rate.fraction
            elif isinstance(part, NumberModel):
                same = literals.number(part.literal) == part.number
            else:
                same = Fraction(literals.money(part.literal)) == part.amount
        except ValueError:
            yield fault(
                pack,
                f"数字“{part.literal}”不能识别，单位只能是%、‰、元、万元、亿元",
                *where,
                "literal",
            )
            continue
        if not same:
            yield fault(pack, f"“{part.literal}”与规则中的{value}不一致", *where, name)
    for index, other in enumerate(item.other_numbers):
        where = (*place, "other_numbers", index)
        if not literals.stands_alone(other.literal, item.quote):
            yield fault(pack, f"引文中没有数字“{other.literal}”", *where)
        elif used[other.literal]:
            yield fault(pack, f"“{other.literal}”用在规则里，不能再列为不影响金额的数字", *where)
        used[other.literal] += 1
    quotes = (item.quote, *item.more_quotes)
    for literal in [one for text in quotes for one in literals.numbers_in(text) + literals.counts_in(text)]:
        if not used[literal]:
            message = f"引文中的“{literal}”没有用在规则里；不影响金额的，写进other_numbers并说明理由"
            yield fault(pack, message, *place, "rule")


def reference_faults(pack: Pack, item: ItemModel, place: Place) -> Iterator[Fault]:
    """Facts and settings that are named exist."""
    facts = {fact.key: fact.type for fact in item.every_fact(pack.data)}
    settings = {setting.id: setting for setting in pack.data.settings}
    for part, where in nodes_under(item.rule, (*place, "rule")):
        wanted: list[tuple[str, str, str]] = []
        if isinstance(part, FactNode | JudgedNode):
            wanted.append(("fact", part.fact, "money"))
        if isinstance(part, PerUnitNode) and isinstance(part.count, str):
            wanted.append(("count", part.count, "count"))
        if isinstance(part, CappedNode) and part.already:
            wanted.append(("already", part.already, "money"))
        for key, name, kind in wanted:
            if facts.get(name) != kind:
                yield fault(pack, f"规则用到的事实“{name}”没有列出或类型不是{kind}", *where, key)
        if isinstance(part, BaseNode) and item.cost_side is None:
            yield fault(pack, "按费用计算的事项缺少cost_side", *where)
        if isinstance(part, BaseNode) and not item.base_label:
            yield fault(pack, "按费用计算的事项缺少base_label", *where)
        if isinstance(part, JudgedNode | CappedNode) and part.setting:
            yield from setting_faults(pack, settings, item, part.setting, (), (*where, "setting"))
    for name in ("conditions", "categories", "cost_tests"):
        for position, part in enumerate(getattr(item, name)):
            where = (*place, name, position)
            values = getattr(part, "flipped_by" if name == "categories" else "waived_by")
            if part.setting:
                yield from setting_faults(pack, settings, item, part.setting, values, (*where, "setting"))
            elif values:
                yield fault(pack, "没有写明口径，不能列出口径的取值", *where)
            if name == "conditions" and part.fact and facts.get(part.fact) != "bool":
                yield fault(
                    pack,
                    f"条件用到的事实“{part.fact}”没有列出或不是是否类",
                    *where,
                    "fact",
                )
    if item.applicants_setting:
        here = (*place, "applicants_setting")
        yield from setting_faults(
            pack,
            settings,
            item,
            item.applicants_setting,
            item.applicants_waived_by,
            here,
        )
    if item.base_label and item.rule is not None and item.base_label not in item.quote:
        yield fault(pack, f"引文中没有计算依据“{item.base_label}”", *place, "base_label")


def setting_faults(
    pack: Pack,
    settings: dict[str, SettingModel],
    item: ItemModel,
    name: str,
    values: list[str | int | bool] | tuple[()],
    place: Place,
) -> Iterator[Fault]:
    """A named setting exists, applies to the item, and can take the values named with it."""
    setting = settings.get(name)
    if setting is None:
        yield fault(pack, f"没有细则口径“{name}”", *place)
        return
    applies = setting.items in ("all", "money") or item.id in setting.items
    if not applies:
        yield fault(pack, f"细则口径“{name}”没有列明适用于事项{item.id}", *place)
    known = [reading.value for reading in setting.readings]
    for value in values:
        if value not in known:
            yield fault(pack, f"细则口径“{name}”没有取值“{value}”", *place)


def cost_faults(pack: Pack, item: ItemModel, place: Place) -> Iterator[Fault]:
    """Dates named are dates costs or facts have, and modes are readings of their setting."""
    for position, name in enumerate(item.cost_dates):
        if name not in COST_DATES:
            yield fault(pack, f"费用没有日期“{name}”", *place, "cost_dates", position)
    if item.kind == MONEY and item.matter is None:
        yield fault(pack, f"事项{item.id}没有写明按什么日期判断是否在期内", *place)
    if item.matter is None:
        return
    where = (*place, "matter")
    facts = {fact.key for fact in item.every_fact(pack.data) if fact.type == "date"}
    for name, mode in item.matter.modes.items():
        for position, day in enumerate(mode.dates):
            if day not in (COST_DATES if item.matter.on == "cost" else facts):
                yield fault(pack, f"没有日期“{day}”", *where, "modes", name, "dates", position)
    if item.matter.on == "cost" and item.cost_side is None:
        yield fault(pack, "按费用日期判断的事项缺少cost_side", *where)
    if item.matter.setting:
        settings = {setting.id: setting for setting in pack.data.settings}
        yield from setting_faults(pack, settings, item, item.matter.setting, (), (*where, "setting"))
        setting = settings.get(item.matter.setting)
        if setting and {str(reading.value) for reading in setting.readings} != set(item.matter.modes):
            yield fault(pack, f"日期判断方式与细则口径{setting.id}的取值不一致", *where, "modes")


def check_settings(pack: Pack) -> Iterator[Fault]:
    """Settings name items that exist; the rounding and smallest-grant points exist and are of the right kind."""
    data = pack.data
    items = {item.id for item in data.items}
    kinds = {setting.id: setting for setting in data.settings}
    for index, setting in enumerate(data.settings):
        if isinstance(setting.items, list):
            for position, name in enumerate(setting.items):
                if name not in items:
                    yield fault(pack, f"没有事项“{name}”", "settings", index, "items", position)
    rounding = kinds.get(data.rounding_setting)
    if rounding is None:
        yield fault(pack, f"没有细则口径“{data.rounding_setting}”", "rounding_setting")
    else:
        allowed = {"fen", "yuan", "hundred_yuan", "wan_yuan"}
        if not {reading.value for reading in rounding.readings} <= allowed or rounding.items not in (
            "all",
            "money",
        ):
            yield fault(
                pack,
                "取整口径的取值只能是fen、yuan、hundred_yuan、wan_yuan，并适用于全部补助",
                "rounding_setting",
            )
    if data.smallest_setting is not None:
        smallest = kinds.get(data.smallest_setting)
        if smallest is None:
            yield fault(pack, f"没有细则口径“{data.smallest_setting}”", "smallest_setting")
        elif smallest.type != "money" or smallest.items not in ("all", "money"):
            yield fault(
                pack,
                "最低补助金额的口径应是金额类，并适用于全部补助",
                "smallest_setting",
            )
    for index, reason in enumerate(data.cut_reasons):
        if reason.setting and reason.setting not in kinds:
            yield fault(pack, f"没有细则口径“{reason.setting}”", "cut_reasons", index, "setting")


def check_money_conditions(pack: Pack) -> Iterator[Fault]:
    """The conditions of every money item name facts and settings that every money item has."""
    data = pack.data
    facts = {fact.key: fact.type for fact in [*data.common_facts, *data.money_facts]}
    settings = {setting.id: setting for setting in data.settings}
    for index, condition in enumerate(data.money_conditions):
        here: Place = ("money_conditions", index)
        if condition.fact and facts.get(condition.fact) != "bool":
            yield fault(
                pack,
                f"条件用到的事实“{condition.fact}”没有列出或不是是否类",
                *here,
                "fact",
            )
        for item in (one for one in data.items if condition.setting and one.kind == MONEY):
            yield from setting_faults(
                pack,
                settings,
                item,
                str(condition.setting),
                condition.waived_by,
                (*here, "setting"),
            )


def check_paths(pack: Pack) -> Iterator[Fault]:
    """No step twice on one path."""
    for index, path in enumerate(pack.data.review_paths):
        if len(path.steps) != len(set(path.steps)):
            yield fault(pack, f"审核方式“{path.mode}”的步骤重复", "review_paths", index, "steps")


def check_matching(pack: Pack) -> Iterator[Fault]:
    """The questions ask facts that every item shares; topics are declared, told apart, and lead to an item."""
    data = pack.data
    asked = data.matching
    shared = {fact.key: fact for fact in data.common_facts}
    topics = [topic.code for topic in asked.topics] if asked else []
    for index, question in enumerate(asked.questions if asked else []):
        fact = shared.get(question.fact)
        if fact is None or fact.type not in ("choice", "bool"):
            message = f"匹配问题“{question.fact}”不是共同事实中的选择或是否"
            yield fault(pack, message, "matching", "questions", index, "fact")
    for index, code in enumerate(topics):
        if code in topics[:index]:
            yield fault(pack, f"匹配主题“{code}”重复", "matching", "topics", index)
        elif not any(code in item.topics for item in data.items):
            yield fault(pack, f"匹配主题“{code}”没有事项使用", "matching", "topics", index)
    for index, item in enumerate(data.items):
        for code in item.topics:
            if code not in topics:
                yield fault(pack, f"事项{item.id}的匹配主题“{code}”没有声明", "items", index, "topics")
        facts = {fact.key: fact for fact in item.every_fact(data)}
        for key in item.topic_money:
            if key not in facts or facts[key].type != "money":
                message = f"事项{item.id}的topic_money“{key}”不是金额事实"
                yield fault(pack, message, "items", index, "topic_money")


def short(quote: str) -> str:
    return quote if len(quote) <= 24 else f"{quote[:12]}…{quote[-10:]}"
