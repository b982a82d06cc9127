"""Whether a rule makes sense by itself: money where money is wanted, facts of the right type, tiers without gaps."""

import itertools
from collections.abc import Iterator, Mapping

from clauses.pack_check.telling import fault
from clauses.pack_file import Fault, Pack, Place
from clauses.pack_form import (
    AmountModel,
    BaseNode,
    BracketsNode,
    ByFactNode,
    CappedNode,
    CompareModel,
    EachCostNode,
    ExcessNode,
    FactModel,
    FactNode,
    InterestNode,
    IsModel,
    ItemModel,
    JudgedNode,
    NumberModel,
    Part,
    PerUnitNode,
    PoolNode,
    RatioNode,
    RuleNode,
    SoftCapNode,
    TiersNode,
    TimesNode,
    WhenNode,
)

MONEY, NUMBER = "money", "number"
KINDS = {"money": MONEY, "count": NUMBER, "year": NUMBER, "number": NUMBER, "rate": NUMBER}
TYPE_NAMES = {
    "money": "金额",
    "count": "数量",
    "year": "年度",
    "number": "数字",
    "rate": "比率",
    "date": "日期",
    "text": "文字",
    "bool": "是否",
    "choice": "选择",
}
ASKING = {
    FactNode,
    JudgedNode,
    PerUnitNode,
    CappedNode,
    SoftCapNode,
    PoolNode,
    TimesNode,
    ByFactNode,
    IsModel,
    InterestNode,
}
NUMBERS = ("count", "year", "number", "rate")
KIND_NAMES = {MONEY: "金额", NUMBER: "数字"}

Nodes = list[tuple[object, Place]]


def rule_faults(pack: Pack, item: ItemModel, place: Place, nodes: Nodes) -> Iterator[Fault]:
    """Everything about the rule of an item that does not need the text."""
    facts = {fact.key: fact for fact in item.every_fact(pack.data)}
    yield from fact_faults(pack, facts, nodes)
    if item.rule is not None and kind_of(item.rule, facts) == NUMBER:
        yield fault(pack, "规则的结果应是金额，不是数字", *place, "rule")
    for part, where in nodes:
        if not isinstance(part, Part) or not ("node" in part.__dict__ or "test" in part.__dict__):
            continue
        yield from kind_faults(pack, facts, part, where)
        if isinstance(part, TiersNode):
            yield from tier_faults(pack, facts, part, where)
        elif isinstance(part, BracketsNode):
            yield from bracket_faults(pack, part, where)
        elif isinstance(part, ByFactNode):
            yield from case_faults(pack, facts, part, where)
        elif isinstance(part, IsModel):
            yield from value_faults(pack, facts, part, where)
        elif isinstance(part, BaseNode):
            yield from base_faults(pack, item, part, where)
        elif isinstance(part, EachCostNode) and item.cost_side is None:
            yield fault(pack, "按费用计算的事项缺少cost_side", *where)
    yield from instalment_faults(pack, item, place)


def wanted_facts(part: object) -> list[tuple[str, str, tuple[str, ...]]]:
    """The keys under which a node names facts, the facts, and the types they may have."""
    found: list[tuple[str, str | None, tuple[str, ...]]] = []
    if isinstance(part, FactNode):
        found = [("fact", part.fact, (MONEY, *NUMBERS))]
    elif isinstance(part, JudgedNode):
        found = [("fact", part.fact, (MONEY,))]
    elif isinstance(part, PerUnitNode) and isinstance(part.count, str):
        found = [("count", part.count, NUMBERS)]
    elif isinstance(part, CappedNode):
        found = [("already", part.already, (MONEY,))]
    elif isinstance(part, SoftCapNode):
        found = [("approval", part.approval, ("bool", "text"))]
    elif isinstance(part, PoolNode):
        found = [("demand", part.demand, (MONEY,))]
    elif isinstance(part, TimesNode) and isinstance(part.factor, str):
        found = [("factor", part.factor, NUMBERS)]
    elif isinstance(part, ByFactNode):
        found = [("fact", part.fact, ("choice", "bool", "count", "year", "text"))]
    elif isinstance(part, IsModel):
        found = [("fact", part.fact, ("choice", "bool", "count", "year", "number", "text"))]
    elif isinstance(part, InterestNode):
        found = [
            ("principal", part.principal, (MONEY,)),
            ("rate", part.rate, ("rate",)),
            ("not_above", part.not_above, ("rate",)),
            ("first", part.first, ("date",)),
            ("last", part.last, ("date",)),
        ]
    return [(key, name, types) for key, name, types in found if name is not None]


def fact_faults(pack: Pack, facts: Mapping[str, FactModel], nodes: Nodes) -> Iterator[Fault]:
    """Facts that a rule names are declared, with a type it can use."""
    for part, where in nodes:
        if type(part) not in ASKING:
            continue
        for key, name, types in wanted_facts(part):
            fact = facts.get(name)
            if fact is None or fact.type not in types:
                names = "、".join(TYPE_NAMES[one] for one in types)
                yield fault(pack, f"规则用到的事实“{name}”没有列出或类型不是{names}", *where, key)


def kind_of(part: object, facts: Mapping[str, FactModel]) -> str | None:
    """Whether a node yields money or a number; None when it names a fact that is not there."""
    if isinstance(part, FactNode):
        return KINDS.get(facts[part.fact].type) if part.fact in facts else None
    if isinstance(part, RatioNode):
        return NUMBER
    if isinstance(part, AmountModel):
        return MONEY
    inner: list[object] = []
    if isinstance(part, ByFactNode):
        inner = [*part.cases.values(), part.otherwise]
    elif isinstance(part, WhenNode):
        inner = [part.then, part.otherwise]
    elif isinstance(part, TiersNode):
        inner = [row.then for row in part.rows]
    elif isinstance(vars(part).get("of"), list):
        inner = list(part.of)  # type: ignore[attr-defined]
    elif isinstance(part, (ExcessNode, TimesNode)):
        inner = [part.of]
    kinds = [kind for one in inner if one is not None if (kind := kind_of(one, facts))]
    return kinds[0] if kinds else None if inner else MONEY


def kind_faults(pack: Pack, facts: Mapping[str, FactModel], part: object, where: Place) -> Iterator[Fault]:
    """What stands under a node is of the kind it needs, and things compared or added are of one kind."""

    def want(kind: str, inner: RuleNode | None, *key: str | int) -> Iterator[Fault]:
        if inner is not None and kind_of(inner, facts) not in (kind, None):
            yield fault(pack, f"这里应是{KIND_NAMES[kind]}，写的是{KIND_NAMES[other(kind)]}", *where, *key)

    node = vars(part).get("node")
    if node in ("rate_of", "capped", "soft_cap", "minimum", "each_cost", "brackets", "pool"):
        yield from want(MONEY, part.of, "of")  # type: ignore[attr-defined]
    elif isinstance(part, PerUnitNode) and not isinstance(part.count, str):
        yield from want(NUMBER, part.count, "count")
    elif node in ("lesser_of", "greater_of", "sum_of"):
        first = kind_of(part.of[0], facts) or MONEY  # type: ignore[attr-defined]
        for index, inner in enumerate(part.of):  # type: ignore[attr-defined]
            yield from want(first, inner, "of", index)
    elif isinstance(part, ExcessNode):
        yield from want(kind_of(part.of, facts) or MONEY, part.over, "over")
    elif isinstance(part, RatioNode):
        yield from want(kind_of(part.of, facts) or MONEY, part.to, "to")
    elif isinstance(part, WhenNode):
        yield from want(kind_of(part.then, facts) or MONEY, part.otherwise, "otherwise")
    elif isinstance(part, CompareModel):
        measure = kind_of(part.of, facts)
        if part.than is not None:
            yield from want(measure or MONEY, part.than, "than")
        elif part.bound is not None:
            yield from bound_faults(pack, facts, part.of, part.bound, (*where, "bound"))


def other(kind: str) -> str:
    return NUMBER if kind == MONEY else MONEY


def bound_faults(
    pack: Pack, facts: Mapping[str, FactModel], measure: object, bound: object, place: Place
) -> Iterator[Fault]:
    """A bound is of the kind of what it bounds, and of its unit where the fact has one."""
    kind = kind_of(measure, facts)
    if kind is not None and (kind == MONEY) != isinstance(bound, AmountModel):
        yield fault(pack, f"界限应是{KIND_NAMES[kind]}，写的是{KIND_NAMES[other(kind)]}", *place)
    fact = facts.get(measure.fact) if isinstance(measure, FactNode) else None
    if fact and fact.unit and isinstance(bound, NumberModel) and not bound.literal.endswith(fact.unit):
        message = f"“{bound.literal}”与事实“{fact.label}”的单位“{fact.unit}”不一致"
        yield fault(pack, message, *place)


def base_faults(pack: Pack, item: ItemModel, part: BaseNode, where: Place) -> Iterator[Fault]:
    if item.cost_side is None:
        yield fault(pack, "按费用计算的事项缺少cost_side", *where)
    if not item.base_label and not part.label:
        yield fault(pack, "按费用计算的事项缺少base_label", *where)
    known = {category.code for category in item.categories}
    for index, code in enumerate(part.categories):
        if code not in known:
            yield fault(pack, f"没有费用类别“{code}”", *where, "categories", index)


def case_faults(
    pack: Pack, facts: Mapping[str, FactModel], part: ByFactNode, where: Place
) -> Iterator[Fault]:
    """A rule by fact has a case for every choice, or says what holds otherwise, and none that cannot be chosen."""
    fact = facts.get(part.fact)
    if fact is None:
        return
    choices = (
        list(fact.choices) if fact.type == "choice" else ["true", "false"] if fact.type == "bool" else []
    )
    for name in part.cases:
        if choices and name not in choices:
            yield fault(pack, f"事实“{part.fact}”没有选项“{name}”", *where, "cases", name)
        if fact.type in ("count", "year") and not name.isdigit():
            yield fault(
                pack, f"事实“{part.fact}”是{TYPE_NAMES[fact.type]}，情形“{name}”应是整数", *where, "cases"
            )
    missing = [name for name in choices if name not in part.cases]
    if missing and part.otherwise is None:
        yield fault(
            pack, f"事实“{part.fact}”的选项“{'、'.join(missing)}”没有标准，也没有otherwise", *where, "cases"
        )
    if not choices and part.otherwise is None:
        yield fault(pack, f"事实“{part.fact}”的取值没有列尽，要写otherwise", *where, "cases")
    if choices and not missing and part.otherwise is not None:
        yield fault(pack, f"事实“{part.fact}”的选项都有标准，otherwise永远用不到", *where, "otherwise")


def value_faults(pack: Pack, facts: Mapping[str, FactModel], part: IsModel, where: Place) -> Iterator[Fault]:
    """The values asked for are values the fact can have."""
    fact = facts.get(part.fact)
    if fact is None:
        return
    for index, value in enumerate(part.values):
        fits = {
            "choice": isinstance(value, str) and value in fact.choices,
            "bool": isinstance(value, bool),
            "text": isinstance(value, str),
        }.get(fact.type, isinstance(value, int) and not isinstance(value, bool))
        if not fits:
            yield fault(pack, f"事实“{part.fact}”不可能是“{value}”", *where, "values", index)


def tier_faults(pack: Pack, facts: Mapping[str, FactModel], part: TiersNode, where: Place) -> Iterator[Fault]:
    """Tiers follow on one another: no number without a tier between two of them, none with two."""
    spans = []
    for index, row in enumerate(part.rows):
        place = (*where, "rows", index)
        low, high = row.from_ or row.above, row.to or row.below
        for bound in (low, high):
            if bound is not None:
                yield from bound_faults(pack, facts, part.on, bound, place)
        if low is not None and high is not None and value_of(low) >= value_of(high):
            yield fault(pack, f"这一档的下限“{low.literal}”不低于上限“{high.literal}”", *place)
        spans.append((value_of(low), row.above is None, value_of(high), row.below is None, low, high, place))
    fact = facts.get(part.on.fact) if isinstance(part.on, FactNode) else None
    whole = fact is not None and fact.type in ("count", "year")
    spans.sort(key=lambda span: (span[0] is not None, span[0] or 0))
    for before, after in itertools.pairwise(spans):
        _, _, high, high_in, _, high_figure, _ = before
        low, low_in, _, _, low_figure, _, place = after
        if high is None or low is None or high > low or (high == low and high_in and low_in):
            number = (low_figure or high_figure) and (low_figure or high_figure).literal
            yield fault(pack, f"两档重叠：{number or '没有界限'}属于不止一档", *place)
        elif (high < low or not (high_in or low_in)) and not (
            whole and high_in and low_in and low - high == 1
        ):
            yield fault(
                pack, f"两档之间有空缺：“{high_figure.literal}”与“{low_figure.literal}”之间没有标准", *place
            )


def value_of(figure: object) -> object:
    """The value of a bound, in whatever it counts."""
    if figure is None:
        return None
    if isinstance(figure, AmountModel):
        return figure.amount
    return figure.number if isinstance(figure, NumberModel) else figure.rate.fraction  # type: ignore[attr-defined]


def bracket_faults(pack: Pack, part: BracketsNode, where: Place) -> Iterator[Fault]:
    """Brackets begin at nothing, follow on one another, and only the last may have no end."""
    reached: int | None = 0
    for index, row in enumerate(part.rows):
        place = (*where, "rows", index)
        low = row.from_.amount if row.from_ else 0
        if reached is None:
            yield fault(pack, "没有上限的一段后面不能再有别的段", *place)
        elif low > reached:
            yield fault(pack, f"两段之间有空缺：{reached // 100}元到{low // 100}元没有比例", *place)
        elif low < reached:
            yield fault(pack, f"两段重叠：{low // 100}元到{reached // 100}元有两个比例", *place)
        if row.to is not None and row.to.amount <= low:
            yield fault(pack, "这一段的上限不高于下限", *place)
        reached = row.to.amount if row.to else None


def instalment_faults(pack: Pack, item: ItemModel, place: Place) -> Iterator[Fault]:
    """The instalments make up the whole award."""
    if not item.instalments:
        return
    total = sum(one.share.rate.fraction for one in item.instalments if one.share)
    rests = sum(one.rest for one in item.instalments)
    here = (*place, "instalments")
    if rests > 1:
        yield fault(pack, "只能有一期是余下部分", *here)
    elif rests == 1 and total >= 1:
        yield fault(pack, "前几期已经付完，没有余下部分", *here)
    elif not rests and total != 1:
        yield fault(pack, f"各期比例合计应为1，现在是{total}", *here)
