"""The calculator: the engine's answer and nothing beside it, in an address that can be passed on."""

from datetime import datetime
from decimal import Decimal
from html import unescape
from urllib.parse import urlencode

import pytest

from clauses.loader import get_policy
from clauses.views.chart import chart_of
from clauses.views.estimate import Estimate
from portal.kernel.money import format_yuan
from tests import making
from tests.clauses.pack import worked_amounts
from tests.clauses.pages.reading import main, page

POLICY = get_policy("harbin-ai-2022")
CASES = worked_amounts()
DATES = {"c1-invoice_date": "2023-03-01", "c1-paid_date": "2023-03-09"}
pytestmark = pytest.mark.usefixtures("policy")


def asked(**given: str) -> str:
    return f"/calculator/?{urlencode({key.replace('__', '-'): value for key, value in given.items()})}"


def result(client, **given: str) -> str:
    return main(page(client, asked(**given)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['item']}-{case['base']}")
def test_worked_amount(client, case):
    text = result(client, item=case["item"], base=case["base"])
    assert f"最多可得\n{format_yuan(Decimal(case['amount_yuan']))}元" in text
    assert f"{format_yuan(Decimal(case['computed']))}元" in text


def test_sixty_million_on_the_first_platform_item(client):
    making.window("2a")
    markup = page(client, asked(item="2a", base="60000000"))
    text = main(markup)
    assert "10,000,000.00元1,000万元" in text
    assert "达到上限，超出5,000万元的投入不再增加补助。" in text
    assert "按新购置研发设备总价的20%计算为12,000,000.00元，超过上限10,000,000.00元，按上限计。" in text
    assert POLICY.item("2a").sentence in text
    assert "这是估算，不是承诺" in text
    assert markup.count("<svg class=") == 2 and "<title id=" in markup and "<desc id=" in markup
    assert 'd="M62.0 282.0L455.8 104.7L692.0 104.7"' in markup
    assert 'href="/claims/start/?item=2a"' in markup
    assert "style=" not in markup and "<script>" not in markup


@pytest.mark.parametrize(
    ("item", "base", "said"),
    [
        ("2a", "3000000", "再增加4,700万元可达上限。"),
        ("2a", "50000000", "达到上限，超出5,000万元的投入不再增加补助。"),
        ("2a", "49999999.99", "再增加0.01元可达上限。"),
        ("4", "16666666.66", "再增加0.01元可达上限。"),
        ("4", "16666666.67", "达到上限，超出16,666,666.67元的投入不再增加补助。"),
        ("2c", "20000000", "达到上限，超出1,000万元的收入不再增加补助。"),
    ],
)
def test_how_far_the_limit_is(client, item, base, said):
    assert said in result(client, item=item, base=base)


def test_a_lower_filed_total_stops_the_award_before_the_cap(client):
    text = result(client, item="4", base="9000000", filed_total="10000000")
    assert "再增加100万元以后，补助不再增加。" in text
    text = result(client, item="4", base="20000000", filed_total="10000000")
    assert "超出1,000万元的投入不再增加补助。" in text and "达到上限" not in text


def test_the_limit_is_the_engines_own(policy):
    for item in POLICY.items.values():
        if not item.takes_costs:
            continue
        estimate = Estimate(POLICY, item, {"id": "e", "item": item.id, "facts": {}, "base": "1.00"})
        assert estimate.limit is not None
        below, at, above = estimate.points(
            [estimate.limit.base - 1, estimate.limit.base, estimate.limit.base * 2]
        )
        assert below.amount < at.amount == above.amount == estimate.limit.amount
        chart = chart_of(estimate)
        assert chart is not None and len(chart.drawings) == 2


def test_item_one_takes_the_judged_amount(client):
    given = {"item": "1", "requested_amount": "12000000"}
    text = result(client, **given, reviewed_amount="11000000")
    assert "10,000,000.00元1,000万元" in text and "按上限计" in text
    text = result(client, **given)
    assert text.count("还不能计算：缺少评审核定金额。") == 2 and "最多可得" not in text


@pytest.mark.parametrize("code", ["3b", "5a", "5b", "5c", "7", "8a", "9c", "10b"])
def test_items_without_a_formula_answer_in_words(client, code):
    text = result(client, item=code)
    assert POLICY.item(code).answer in text and POLICY.item(code).contact in text
    assert "最多可得" not in text


def test_costs_outside_the_term_are_shown_with_the_reason(client):
    given = {
        "item": "2a",
        "c1-amount": "1,000,000",
        "c1-invoice_date": "2021-01-01",
        "c1-paid_date": "2023-03-03",
        "c2-amount": "500000",
        "c2-invoice_date": "2023-01-01",
        "c2-paid_date": "2023-03-03",
    }
    text = result(client, **given)
    assert "100,000.00元10万元" in text
    assert "这笔费用的开票日期2021年1月1日不在可计入的期间内" in text
    assert "第1笔" in text and "本政策自印发之日起施行，有效期至2023年12月31日。" in text


def test_each_item_asks_for_its_own_dates(client):
    for code, labels in (
        ("2c", ["服务开始日期", "服务结束日期"]),
        ("6b", ["支出日期"]),
        ("9b", ["活动日期"]),
    ):
        text = result(client, item=code)
        assert all(label in text for label in labels)
    text = result(client, **{"item": "9b", "c1-amount": "1000", "c1-event_date": "2023-06-01"})
    assert "500.00元0.05万元" in text


def test_after_the_end_nothing_is_payable(client, on):
    on(datetime(2024, 1, 1, 0, 0))
    text = result(client, item="2a", base="60000000")
    assert "0.00元0万元" in text and "申报截止到2023年12月31日24:00，已经超过期限。" in text


def test_another_kind_of_applicant_is_told_so(client):
    text = result(client, item="3a", base="1000000", applicant_kind="university")
    assert "申报单位类型为高校，本项的申报对象是各类市场主体。" in text


@pytest.mark.parametrize("base", ["6000万", "6000万元", "6,000 万元", "0.6亿元", "０．６亿", "¥6000万"])
def test_sums_in_ten_thousands_are_read_back_in_yuan(client, base):
    text = result(client, item="2a", base=base)
    assert "10,000,000.00元1,000万元" in text
    assert "60,000,000.00元" in text[text.index("你填写的") :]
    rows = result(client, item="2a", **{"c1-amount": base, **DATES})
    assert "60,000,000.00元" in rows[rows.index("逐笔费用1笔") :]


def test_a_printed_estimate_has_its_day_and_the_figures_first(client):
    markup = page(client, asked(item="2a", base="60000000"))
    head = main(markup)[: main(markup).index("最多可得")]
    assert "2023年10月16日估算。" in head
    assert '<aside class="pt-side pt-side--first">' in markup


def test_what_reviewers_settle_is_asked_last_and_may_be_supposed(client):
    text = result(client, item="1")
    assert text.index("申请金额") < text.index("评审核定金额")
    assert "由评审确定，可以先填一个假定的数。" in text
    assert "可以先" not in result(client, item="6b")[: text.index("还有其他情况")]


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("-5", "金额不能是负数。"),
        ("1.234", "金额最多两位小数，精确到分。"),
        ("-6000万", "金额不能是负数。"),
        ("1.2345678万", "金额换算成元以后最多两位小数，精确到分。"),
        ("60,00万", "金额要写成数字，例如1234567.89，单位是元。"),
        ("6000万亿", "金额要写成数字，例如1234567.89，单位是元。"),
        ("1000亿", "金额超过999亿元，请检查是否把万元当成了元。"),
        ("六千万", "金额要写成数字，例如1234567.89，单位是元。"),
        ("1e9", "金额要写成数字，例如1234567.89，单位是元。"),
        ("999999999999999", "金额超过999亿元，请检查是否把万元当成了元。"),
        ("<b>1</b>", "金额要写成数字，例如1234567.89，单位是元。"),
    ],
)
def test_bad_amount_is_said_twice_and_stays(client, base, said):
    markup = page(client, asked(item="2a", base=base))
    assert main(markup).count(said) == 2
    assert f'value="{base}"' in unescape(markup)
    assert 'href="#id_base"' in markup and "最多可得" not in markup


def test_an_empty_form_asks_for_the_figure(client):
    assert (
        main(page(client, asked(item="2a", base="", c1__amount=""))).count(
            "还不能计算：缺少新购置研发设备总价。"
        )
        == 2
    )
    assert "需要改正" not in main(page(client, asked(item="2a")))


def test_a_total_and_rows_are_not_mixed(client):
    markup = page(client, asked(item="2a", base="100", c1__amount="5", **DATES))
    assert main(markup).count("新购置研发设备总价和逐笔费用只填一处，另一处请清空。") == 2
    assert 'value="100"' in markup and 'value="5"' in markup and 'value="2023-03-09"' in markup


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"c1-amount": "abc"}, "金额要写成数字，例如1234567.89，单位是元。"),
        ({"c1-invoice_date": "2023-03-01"}, "请填写这一笔的金额。"),
        ({"c1-amount": "5", "c1-paid_date": "去年"}, "日期要写成年、月、日，例如2023-03-01。"),
    ],
)
def test_a_bad_row_is_named(client, given, said):
    text = result(client, item="2a", **given)
    assert text.count(said) == 2 and f"第1笔：{said}" in text


def test_what_the_service_refuses_stands_at_its_field(client):
    given = {"c1-amount": "5", "c1-service_from": "2023-05-01", "c1-service_to": "2023-04-01"}
    assert "第1笔：服务结束日期早于开始日期。" in result(client, item="2c", **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"item": "99", "base": "5"}, "没有“99”这个事项，请从列表中选择。"),
        ({"item": ""}, "请选择要估算的事项"),
        ({"item": "<i>", "base": "5"}, "没有“<i>”这个事项，请从列表中选择。"),
    ],
)
def test_unknown_item_is_said_and_figures_are_carried_on(client, given, said):
    markup = page(client, asked(**given))
    assert main(markup).count(said) == 2
    if "base" in given:
        assert '<input type="hidden" name="base" value="5">' in markup


def test_an_unknown_policy_is_never_taken_for_another(client):
    text = result(client, pack="none", item="2a", base="5")
    assert "没有这项政策，请从下面选择事项。" in text and "最多可得" not in text


def test_the_address_is_tidied_and_leads_back_to_the_form(client):
    answer = client.get(asked(pack="harbin-ai-2022", item="2a", base="60,000,000", c1__amount="", rows=""))
    assert answer.status_code == 302
    assert answer["location"] == "/calculator/?pack=harbin-ai-2022&item=2a&base=60%2C000%2C000"
    markup = page(client, asked(item="2a", base="60,000,000", edit="1"))
    assert 'value="60,000,000"' in markup and "计算金额" in markup


def test_more_rows_keep_what_was_typed(client):
    markup = page(client, asked(item="2a", c1__amount="12.5", rows="6"))
    assert 'value="12.5"' in markup and "第6笔" in markup and "第7笔" not in markup
    assert "第10笔" in page(client, asked(item="2a", rows="99")) and "第11笔" not in markup


@pytest.mark.parametrize("rows", ["-1", "abc", "9" * 400, "²"])
def test_odd_steering_does_no_harm(client, rows):
    assert "计算金额" in page(client, asked(item="2a", rows=rows))


def test_nobody_else_than_a_reader(client):
    assert client.post("/calculator/", {"item": "2a"}).status_code == 405


@pytest.mark.parametrize(
    ("item", "given", "said"),
    [
        ("6", {"new_firms": "十家"}, "要写成整数，例如12。"),
        ("6", {"new_firms": "-1"}, "要写成整数，例如12。"),
        ("6", {"new_firms": "9" * 30}, "应是0到1000000000之间的整数。"),
        ("6", {"new_firms": "9" * 6000}, "内容太长，请只写数字。"),
        ("2", {"base": "1" * 6000}, "内容太长，请只写数字。"),
        ("7", {"area": "很大"}, "要写成数字，例如12.5，最多九位小数。"),
        ("20", {"loan_rate": "高"}, "要写成百分数，例如3.85，表示3.85%。"),
        ("20", {"loan_rate": "999999999"}, "百分数过大，或者小数超过七位。"),
        ("20", {"loan_from": "昨天"}, "日期要写成年、月、日，例如2023-03-01。"),
        ("24", {"key_chain": "也许"}, "请选择是或者不是。"),
        ("3", {"applicant_kind": "bank"}, "请从选项中选择。"),
        ("28", {"approval_number": "号" * 300}, "不要超过200个字。"),
        ("26", {"c1-amount": ""}, "还不能计算：缺少逐笔费用。"),
        ("26", {"c1-amount": "x"}, "金额要写成数字"),
    ],
)
def test_each_type_of_fact_says_what_is_wrong_with_it(client, item, given, said):
    text = main(page(client, asked(pack="teaching", item=item, **given)))
    assert said in text and "最多可得" not in text


def test_a_figure_written_twice_is_said(client):
    text = main(page(client, "/calculator/?item=2a&base=100&base=200"))
    assert "“新购置研发设备总价”在地址里写了不止一次，请只保留一个。" in text and "最多可得" not in text


def test_what_is_missing_depends_on_the_case(client):
    text = main(page(client, asked(pack="teaching", item="17", chosen_way="booths", hall_rent="1000000")))
    assert text.count("还不能计算：缺少标准展位。") == 2
    text = main(page(client, asked(pack="teaching", item="17", chosen_way="rent", hall_rent="1000000")))
    assert "300,000.00元30万元" in text


def test_an_amount_that_is_not_a_cost_has_its_curve_and_its_limit(client):
    markup = page(client, asked(pack="teaching", item="19", national_money="1500000"))
    text = main(markup)
    assert "再增加50万元可达上限。" in text and markup.count("<svg class=") == 2
    text = main(page(client, asked(pack="teaching", item="19", national_money="3000000")))
    assert "达到上限，超出200万元的" in text


def test_a_page_asks_the_database_little(client, django_assert_max_num_queries):
    page(client, asked(item="2a", base="60000000"))
    with django_assert_max_num_queries(12):
        client.get(asked(item="2a", base="60000000"))


def test_a_rule_by_cost_opens_without_a_fault(client):
    text = main(page(client, asked(pack="teaching", item="26")))
    assert "逐笔费用" in text and "需要改正" not in text
    assert "需要改正" not in main(page(client, asked(pack="teaching", item="3", edit="")))
