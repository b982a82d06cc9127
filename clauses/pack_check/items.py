"""Whether an item names only what the pack has: units, paths, facts, settings, dates."""

import re
from collections.abc import Iterator

from clauses.engine.policy import COST_DATES, MONEY
from clauses.pack_check.directions import direction_faults
from clauses.pack_check.limits import limit_faults
from clauses.pack_check.numbers import number_faults
from clauses.pack_check.quotes import more_quote_faults, quote_faults
from clauses.pack_check.rules import rule_faults
from clauses.pack_check.telling import fault, nodes_under
from clauses.pack_file import Fault, Pack, Place
from clauses.pack_form import CappedNode, ItemModel, JudgedNode, SettingModel
from clauses.source_text import paragraph_of

ANSWERABLE = re.compile(r"[（(]责任单位[:：]([^（）()]+)[）)]")
BETWEEN_UNITS = re.compile(r"[、，,；;]")


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
        for name in left_out(pack, item, paragraph):
            yield fault(pack, f"事项{item.id}漏了原文的责任单位“{name}”", *place, "units")
        if item.review_mode not in modes:
            yield fault(pack, f"没有审核方式“{item.review_mode}”", *place, "review_mode")
        if item.recurrence_words and item.recurrence_words not in item.quote:
            yield fault(pack, f"引文中没有“{item.recurrence_words}”", *place, "recurrence_words")
        yield from more_quote_faults(pack, item, place)
        nodes = list(nodes_under(item.rule, (*place, "rule")))
        yield from number_faults(pack, item, place, nodes)
        yield from rule_faults(pack, item, place, nodes)
        yield from direction_faults(pack, nodes)
        yield from limit_faults(pack, item.rule, (*place, "rule"))
        yield from reference_faults(pack, item, place, nodes)
        yield from cost_faults(pack, item, place)


def left_out(pack: Pack, item: ItemModel, paragraph: str) -> Iterator[str]:
    """Units of the first （责任单位：…） after the item's sentence that the item does not name; 等 is no unit."""
    written = ANSWERABLE.search(paragraph, paragraph.find(item.quote) + len(item.quote))
    if written is None or item.quote not in paragraph:
        return
    own = [
        name for unit in pack.data.units if unit.code in item.units for name in (unit.name, *unit.other_names)
    ]
    for part in BETWEEN_UNITS.split(written[1]):
        name = part.strip().removesuffix("等")
        if name and not any(one in name for one in own):
            yield name


def reference_faults(
    pack: Pack, item: ItemModel, place: Place, nodes: list[tuple[object, Place]]
) -> Iterator[Fault]:
    """Facts and settings that are named exist."""
    facts = {fact.key: fact.type for fact in item.every_fact(pack.data)}
    settings = {setting.id: setting for setting in pack.data.settings}
    for part, where in nodes:
        if isinstance(part, (JudgedNode, CappedNode)) and part.setting:
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
