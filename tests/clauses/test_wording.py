"""A rule in words: every kind of node has a phrase and a line; every number of a text is used and found again."""

from fractions import Fraction

import pytest

from clauses import sentences, wording
from clauses.engine import literals, rules
from clauses.engine.figures import Amount, Number, Share
from clauses.engine.money import Rate
from clauses.loader import get_policy, shipped_packs
from clauses.wording.outline import LINES, line_of
from clauses.wording.phrases import PHRASES

PACKS = ["harbin-ai-2022", "harbin-ai-2022-draft"]
BASE = rules.BaseOfCosts()
SPEECH = wording.Speech(
    "实际投入",
    {"firms": "入驻企业数", "kind": "类型", "special": "专项批准", "loan": "贷款本金", "rate": "年利率"},
    {"firms": "家"},
    {"kind": {"first": "一类", "second": "二类"}},
)


def money(text: str) -> Amount:
    return Amount(literals.money(text), text, text)


def share(text: str) -> Share:
    return Share(Rate.parse(f"0.{text.removesuffix('%').zfill(2)}"), text, text)


def number(text: str) -> Number:
    return Number(Fraction(literals.number(text)), text, text)


RATED = rules.RateOf(share("20%"), BASE)
OTHER = rules.FixedAmount(money("5万元"))
FIRMS = rules.FactNumber("firms")
TEN = rules.Compare("at_least", FIRMS, number("10家"))
SAID = [
    (BASE, "按实际投入"),
    (rules.FactAmount("loan"), "按贷款本金"),
    (FIRMS, "按入驻企业数"),
    (rules.JudgedAmount("loan"), "按贷款本金"),
    (OTHER, "5万元"),
    (rules.PerUnit(money("3万元"), FIRMS), "按入驻企业数，每家3万元"),
    (
        rules.PerUnit(money("3万元"), FIRMS, beyond=number("10家"), step=number("5家"), most=number("50家")),
        "按入驻企业数，每5家3万元，只算超过10家的部分，最多算50家",
    ),
    (RATED, "按实际投入的20%"),
    (rules.Times(number("1.2倍"), RATED), "按实际投入的20%乘以1.2倍"),
    (rules.Times("rate", RATED), "按实际投入的20%乘以年利率"),
    (rules.Ratio(BASE, BASE, "增长率"), "按增长率"),
    (rules.Pool(money("900万元"), "loan", RATED), "按实际投入的20%，总额900万元，不够时按比例分配"),
    (rules.Capped(money("1000万元"), RATED), "按实际投入的20%，最高1000万元"),
    (
        rules.SoftCap(money("100万元"), money("300万元"), "special", RATED),
        "按实际投入的20%，一般最高100万元，有专项批准的可以突破，最多不超过300万元",
    ),
    (
        rules.Minimum(money("1万元"), RATED, rules.Is("special", (True,), "是")),
        "按实际投入的20%，不足1万元的不予补助（专项批准的除外）",
    ),
    (rules.LesserOf((BASE, rules.FactAmount("loan"))), "按实际投入与贷款本金中较小者"),
    (rules.GreaterOf((RATED, OTHER)), "按实际投入的20%与5万元中较大者"),
    (rules.SumOf((RATED, OTHER)), "按实际投入的20%，加上5万元"),
    (rules.Excess(BASE, OTHER, ""), "按实际投入超过5万元的部分"),
    (rules.EachCost(RATED), "逐笔计算后相加（每笔实际投入的20%）"),
    (
        rules.ByFact("kind", (("first", RATED), ("second", OTHER)), RATED),
        "按类型：一类，实际投入的20%；二类，5万元；其他情形，实际投入的20%",
    ),
    (
        rules.Tiers(
            FIRMS,
            (
                rules.Row(None, True, number("10家"), False, OTHER),
                rules.Row(number("10家"), True, None, True, RATED),
            ),
        ),
        "按入驻企业数分档，全部按达到的那一档：不满10家的，5万元；10家以上的，实际投入的20%",
    ),
    (
        rules.Brackets(
            BASE,
            (
                rules.Bracket(None, money("100万元"), share("20%")),
                rules.Bracket(money("100万元"), money("500万元"), share("10%")),
                rules.Bracket(money("500万元"), None, share("5%")),
            ),
        ),
        "按实际投入分段计算后相加：100万元以内的部分按20%；超过100万元至500万元的部分按10%；超过500万元的部分按5%",
    ),
    (rules.When(TEN, OTHER, RATED), "入驻企业数不低于10家的，5万元；否则，实际投入的20%"),
    (
        rules.When(rules.Some((TEN, rules.Not(rules.Is("kind", ("first",), "一类")))), OTHER),
        "入驻企业数不低于10家，或不是“类型为一类”的，5万元",
    ),
    (
        rules.Interest("loan", "rate", "first", "last", not_above="rate", months=number("12个月")),
        "按贷款本金按年利率（不高于年利率）计算，最长12个月的利息",
    ),
]


@pytest.mark.parametrize(
    ("node", "said"), SAID, ids=lambda one: type(one).__name__ if not isinstance(one, str) else ""
)
def test_a_rule_is_said_in_one_phrase(node, said):
    assert wording.describe(node, SPEECH) == said


def test_every_kind_of_node_has_words():
    kinds = {
        kind
        for kind in vars(rules).values()
        if isinstance(kind, type) and issubclass(kind, rules.Node) and kind is not rules.Node
    }
    assert kinds == {type(node) for node, _ in SAID}
    assert kinds <= set(PHRASES) and kinds <= set(LINES)


@pytest.mark.parametrize("node", [node for node, _ in SAID], ids=lambda one: type(one).__name__)
def test_every_number_of_a_rule_stands_on_one_of_its_lines(node):
    line = line_of(node, SPEECH, iter(range(1, 1000)), 0, "", ())
    stack, shown, orders = [line], [], []
    while stack:
        one = stack.pop(0)
        orders.append(one.order)
        shown += [number.literal for _, number in one.pieces if number]
        assert "".join(text for text, _ in one.pieces) == one.text
        stack = [*one.below, *stack]
    wanted = [figure.literal for part in rules.walk(node) for figure in part.figures()]
    assert set(shown) == set(wanted)
    assert orders == list(range(1, len(orders) + 1))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1", "按评审核定金额与申请金额中较小者，最高1000万元"),
        ("2a", "按新购置研发设备总价的20%，最高1000万元"),
        ("4", "按总投资额与备案总投资中较小者的30%，最高500万元"),
        ("9b", "按举办活动实际支出金额的50%，最高50万元"),
        ("3b", ""),
    ],
)
def test_the_items_of_harbin_in_words(code, said):
    assert wording.rule_in_words(get_policy("harbin-ai-2022").item(code)) == said


@pytest.mark.parametrize("pack", shipped_packs())
def test_a_rules_number_is_found_in_the_text_where_it_stands(pack):
    policy = get_policy(pack)
    for item in policy.items.values():
        for line in wording.lines(item):
            for one in line.numbers:
                at = sentences.place_of(policy, one, item.quote)
                assert policy.source_text[at : at + len(one.literal)] == one.literal, (item.id, one)
                assert sentences.sentence_at(policy, at) is not None


@pytest.mark.parametrize("pack", PACKS)
def test_every_share_and_sum_of_the_clauses_leads_to_a_rule(pack):
    policy = get_policy(pack)
    for sentence in sentences.sentences(policy):
        if not sentence.clause:
            continue
        led = "|".join(one.text for one in sentences.pieces(policy, sentence) if one.item)
        for literal in literals.numbers_in(sentence.text):
            assert literal in led, (sentence.anchor, literal)
