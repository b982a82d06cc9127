"""The matching page and its interface: everything in the address, nothing kept."""

import json
from datetime import date, datetime
from html import unescape
from urllib.parse import urlencode

import pytest

from tests import making
from tests.clauses.pages.reading import PACK, main, page

pytestmark = pytest.mark.usefixtures("policy")


def asked(**given: str) -> str:
    return f"/match/?{urlencode({key.replace('__', '-'): value for key, value in given.items()})}"


def result(client, **given: str) -> str:
    return main(page(client, asked(**given)))


def post(client, document):
    body = document if isinstance(document, str) else json.dumps(document)
    return client.post("/api/v1/match/", body, content_type="application/json")


def test_it_asks_a_handful_of_questions_from_the_pack(client):
    markup = page(client, "/match/")
    text = main(markup)
    for words in ("你单位的性质", "你单位是在本市登记的独立法人吗", "买研发设备", "费用或活动的大致日期"):
        assert words in text
    assert "需要改正" not in text and "<script>" not in markup and "style=" not in markup
    assert '<a href="/match/"' in markup


def test_answers_lead_to_items_in_order_with_their_links(client):
    making.window("2a")
    given = {"applicant_kind": "enterprise", "registered_in_harbin": "yes", "on": "2023-03-01"}
    markup = page(client, asked(plan__equipment="on", wan__equipment="6,000万元", plan__event="on", **given))
    text = main(markup)
    assert "2个事项适合你单位" in text and text.index("共性技术研发平台建设补助") < text.index(
        "交流合作活动补贴"
    )
    assert "按你填写的金额，最多可得10,000,000.00元1,000万元" in text
    assert "没有填写金额，按上限最多可得500,000.00元50万元" in text
    assert "你计划买研发设备。" in text and "平台项目通过评审。" in text
    assert "按照“从优、就高、不重复”的原则" in text and "其他20项" in text
    links = unescape(markup)
    figures = "item=2a&c1-amount=60000000.00&c1-invoice_date=2023-03-01&c1-paid_date=2023-03-01"
    assert f"/calculator/?pack=harbin-ai-2022&{figures}&applicant_kind=enterprise" in links
    assert (
        f'href="{PACK}items/2a/guide/"' in links
        and 'href="/claims/start/?policy=harbin-ai-2022&item=2a"' in links
    )
    carried = links.split('href="/calculator/?')[1].split('"')[0]
    assert "10,000,000.00元1,000万元" in main(page(client, f"/calculator/?{carried}"))


def test_an_item_one_chose_but_cannot_have_says_why(client):
    text = result(client, applicant_kind="university", plan__carrier="on")
    assert "没有完全适合的事项" in text and "你选了，但是不符合" in text
    assert "申报单位类型为高校，本项的申报对象是各类市场主体。" in text


def test_a_date_outside_the_term_is_quoted(client):
    text = result(client, plan__equipment="on", wan__equipment="10", on="2021-01-01")
    assert "不在可计入的期间内" in text
    assert "依据末段：“本政策自印发之日起施行，有效期至2023年12月31日。”" in text


def test_a_reading_in_force_is_used(client, on):
    assert "没有完全适合的事项" in result(client, registered_in_harbin="no", plan__event="on")
    making.set_to("Q38", "anywhere", starts=date(2023, 10, 17))
    on(datetime(2023, 10, 17, 9))
    assert "1个事项适合你单位" in result(client, registered_in_harbin="no", plan__event="on")


def test_the_answers_can_be_changed_and_passed_on(client):
    address = asked(pack="harbin-ai-2022", plan__equipment="on", wan__equipment="60")
    first = main(page(client, address))
    assert "60万元" in first and first == main(page(client, address))
    again = page(client, f"{address}&edit=1")
    assert 'value="60"' in again and "找适合的事项" in main(again) and "最多可得" not in main(again)


def test_an_amount_alone_names_its_plan(client):
    assert "1个事项适合你单位" in result(client, wan__event="20")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"find": "1"}, "请至少选一项计划。"),
        ({"plan__event": "on", "wan__event": "很多"}, "金额要写成数字，例如500，单位是万元。"),
        ({"plan__event": "on", "wan__event": "-5"}, "金额不能是负数。"),
        ({"plan__event": "on", "wan__event": "9" * 5000}, "金额太长，请只写数字。"),
        ({"plan__event": "on", "wan__event": "99999999"}, "金额超过999亿元，请检查是否把元当成了万元。"),
        ({"plan__event": "on", "wan__event": "1.1234567"}, "金额最多精确到分，即六位小数。"),
        ({"plan__event": "on", "on": "昨天"}, "日期要写成年、月、日，例如2023-03-01。"),
        ({"plan__event": "on", "applicant_kind": "<b>"}, "请从选项中选择你单位的性质。"),
        ({"plan__event": "on", "pack": "none"}, "没有这项政策，请重新选择。"),
    ],
)
def test_bad_answers_are_said_and_nothing_is_answered(client, given, said):
    text = result(client, **given)
    assert said in text and "最多可得" not in text


def test_a_key_written_twice_is_said(client):
    text = main(page(client, "/match/?plan-event=on&applicant_kind=enterprise&applicant_kind=university"))
    assert "“你单位的性质”在地址里写了不止一次，请只保留一个。" in text and "最多可得" not in text


def test_unknown_keys_do_not_matter(client):
    assert "1个事项适合你单位" in result(client, plan__event="on", plan__rocket="on", x="y" * 3000)


def test_it_is_only_read(client, django_assert_max_num_queries):
    assert client.post("/match/", {"plan-event": "on"}).status_code == 405
    with django_assert_max_num_queries(15):
        client.get(asked(plan__equipment="on", plan__event="on"))


def test_the_filing_address_names_the_policy(client):
    making.window("2a")
    body = {
        "policy": "harbin-ai-2022",
        "facts": {"applicant_kind": "enterprise"},
        "plans": [{"topic": "equipment", "amount": "60000000.00"}, {"topic": "talent"}],
    }
    fits = {one["item"]: one["links"]["filing"] for one in post(client, body).json()["fits"]}
    assert fits["2a"] == "/claims/start/?policy=harbin-ai-2022&item=2a"
    assert fits["7"] == "/requests/new/?policy=harbin-ai-2022&item=7"


def test_the_interface_answers_the_same(client):
    document = {
        "policy": "harbin-ai-2022",
        "facts": {"applicant_kind": "enterprise"},
        "plans": [{"topic": "equipment", "amount": "60000000.00"}, {"topic": "talent"}],
    }
    answer = post(client, document)
    assert answer.status_code == 200
    found = answer.json()
    assert [one["item"] for one in found["fits"]] == ["2a", "7"]
    first = found["fits"][0]
    assert first["amount"] == "10000000.00" and first["links"]["guide"] == f"{PACK}items/2a/guide/"
    assert first["links"]["calculator"].startswith(
        "/calculator/?pack=harbin-ai-2022&item=2a&base=60000000.00"
    )
    assert first["links"]["filing"] is None and found["fits"][1]["links"]["calculator"] is None
    assert len(found["others"]) == 20 and all(one["reasons_against"] for one in found["others"])
    assert "不是承诺" in found["note"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "不是正确的JSON"),
        ('{"policy": 1, "policy": 2}', "写了两次"),
        ('{"policy": "harbin-ai-2022", "plans": [], "x": NaN}', "不接受NaN"),
        (json.dumps({"policy": "harbin-ai-2022", "plans": []}), "请至少选一项计划。"),
        ("[" * 70_000, "请求内容超过64KB。"),
    ],
)
def test_the_interface_refuses_what_is_wrong(client, body, said):
    answer = post(client, body)
    assert answer.status_code == 400
    assert said in answer.json()["errors"][0]["message"]
