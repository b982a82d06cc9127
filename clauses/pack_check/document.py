"""Whether the whole of a pack agrees with its text: dates, clauses, names, general sentences, settings, paths."""

from collections import Counter
from collections.abc import Iterator

from clauses.engine import literals
from clauses.engine.policy import MONEY
from clauses.pack_check.items import setting_faults
from clauses.pack_check.quotes import quote_faults
from clauses.pack_check.telling import fault
from clauses.pack_file import SOURCE_FILE, Fault, Pack, Place
from clauses.source_text import clause_numbers, heading_of


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


def check_offices(pack: Pack) -> Iterator[Fault]:
    """Papers of a final text name a telephone and the office for objections, which is not the unit that handles the item."""
    data = pack.data
    leads = {item.units[0] for item in data.items if item.units}
    paying = {item.units[0] for item in data.items if item.units and item.kind == MONEY}
    for index, unit in enumerate(data.units):
        here: Place = ("units", index)
        if data.status == "final" and unit.code in leads and not unit.phone:
            yield fault(pack, f"责任单位“{unit.name}”是牵头单位，缺少联系电话（phone）", *here)
        if data.status == "final" and unit.code in paying and unit.objections is None:
            yield fault(pack, f"责任单位“{unit.name}”发放资金，缺少受理异议的处室（objections）", *here)
        if unit.objections is not None and unit.objections.office in (unit.name, *unit.other_names):
            yield fault(pack, f"受理异议的处室不能就是承办的“{unit.name}”", *here, "objections", "office")


def check_draft_of(pack: Pack) -> Iterator[Fault]:
    """Only a draft becomes another text, and that is not itself."""
    data = pack.data
    if data.draft_of is None:
        return
    if data.status != "draft":
        yield fault(pack, "只有征求意见稿（status: draft）写draft_of", "draft_of")
    if data.draft_of == data.id:
        yield fault(pack, "draft_of应是正式文件的id，不是自己的", "draft_of")


def check_general(pack: Pack) -> Iterator[Fault]:
    """The sentences every reason may need are there, once, and quoted exactly."""
    data = pack.data
    roles: Counter[str] = Counter(one.role for one in data.general)
    for role, label in (("term", "有效期"), ("overlap", "重复支持")):
        if roles[role] != 1:
            yield fault(pack, f"应有且只有一句{label}条款（role: {role}）", "general")
    for index, one in enumerate(data.general):
        yield from quote_faults(pack, one, pack.source, ("general", index))


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
