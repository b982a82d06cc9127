"""The policy for a visitor: every clause, every item with its exact sentence, the filing period, the rounds."""

from datetime import date, datetime, timedelta

import pytest

from clauses import naming, sentences
from clauses.loader import get_policy
from portal.kernel import clock
from tests import making
from tests.clauses.pages.reading import PACK, main, page, words

POLICY = get_policy("harbin-ai-2022")
PAYING = ["1", "2a", "2b", "2c", "3a", "4", "6a", "6b", "9b"]
pytestmark = pytest.mark.usefixtures("policy")


def test_the_policy_shows_its_items(client):
    assert f'href="{PACK}"' in page(client, "/policies/")
    text = main(page(client, PACK))
    assert "10条，22个事项" in text
    assert "可以直接申报的9项补助" in text and "其他13项支持" in text
    for item in POLICY.items.values():
        assert item.title in text


@pytest.mark.parametrize("code", POLICY.items)
def test_every_item_shows_its_sentence_byte_for_byte(client, code):
    item = POLICY.item(code)
    markup = page(client, f"{PACK}items/{code}/")
    text = words(markup)
    assert item.sentence in text and item.quote in text
    assert item.sentence in POLICY.source_text
    assert item.contact in text
    for mark in item.marks:
        assert mark in words("".join(markup.split('<mark class="pt-words">')[1:]))
    assert ("估算能得多少" in text) == (code in PAYING)
    if code not in PAYING:
        assert item.answer in text
        assert naming.KIND_LABELS[item.kind] in text


@pytest.mark.parametrize("code", PAYING)
def test_an_item_lists_papers_and_the_points_it_uses(client, code):
    item = POLICY.item(code)
    text = main(page(client, f"{PACK}items/{code}/"))
    for paper in item.papers:
        assert paper.label in text
    for name in item.settings:
        setting = POLICY.settings[name]
        assert f"{name}　{setting.title}" in text and setting.default_reading in text
    assert text.count("默认") == len(item.settings)


@pytest.mark.parametrize("clause", POLICY.clauses.values(), ids=lambda one: str(one.ordinal))
def test_a_clause_by_either_number(client, clause):
    address = f"{PACK}clauses/{clause.ordinal}/"
    answer = client.get(f"{PACK}clauses/{clause.number}/")
    assert (answer.status_code, answer["location"]) == (302, address)
    text = main(page(client, address))
    assert clause.title in text and clause.lead in text
    for item in POLICY.items_of(clause.number):
        assert item.sentence in text
    assert "从优、就高、不重复" in text


@pytest.mark.parametrize(
    "address",
    ["/policies/none/", f"{PACK}clauses/11/", f"{PACK}clauses/²/", f"{PACK}items/2z/", "/rounds/none/"],
)
def test_what_is_not_there(client, address):
    assert client.get(address).status_code == 404


def test_the_official_text_is_whole_and_every_sentence_can_be_linked(client):
    markup = page(client, f"{PACK}text/")
    law = markup.split('<div class="pt-law">')[1].split("</div>")[0]
    assert words(law).replace("\n", "") == POLICY.source_text.replace("\n", "")
    for item in POLICY.items.values():
        anchor = sentences.anchor_of(POLICY, item.quote)
        assert law.count(f'id="{anchor}"') == 1
        sentence = words(law.split(f'id="{anchor}">')[1].split("</span>")[0])
        assert item.quote.startswith(sentence) or item.quote in sentence


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2022, 8, 23, 12), "尚未施行。本政策自2022年8月24日起施行。"),
        (
            datetime(2023, 11, 20, 12),
            "可以申报。本政策有效期至2023年12月31日，当天24:00前提交的都按时受理，还有41天。",
        ),
        (datetime(2023, 12, 1, 0), "还有30天截止。本政策有效期至2023年12月31日"),
        (datetime(2023, 12, 30, 23), "还有1天截止。"),
        (datetime(2023, 12, 31, 23, 59), "今天24:00截止。"),
        (
            datetime(2024, 1, 1, 0),
            "申报期已经结束。本政策的申报期到2023年12月31日24:00为止，不再接受新的申报；已经提交的申报继续审核和拨付。",
        ),
    ],
)
@pytest.mark.parametrize("address", [PACK, f"{PACK}clauses/2/", f"{PACK}items/2a/"])
def test_the_filing_period_is_said(client, on, moment, said, address):
    making.window("2a")
    on(moment)
    assert said in main(page(client, address))


def test_without_a_round_nothing_can_be_filed(client):
    text = main(page(client, f"{PACK}items/2a/"))
    assert "目前没有开放的申报窗口" in text and "开始申报" not in text


def test_an_open_round_leads_to_filing(client):
    making.window("2a", "9b")
    markup = page(client, f"{PACK}items/2a/")
    assert 'href="/claims/start/?item=2a"' in markup and "正在申报" in markup
    assert "/claims/start/" not in page(client, f"{PACK}items/2b/")


def test_rounds_say_where_they_stand(client):
    first = making.window("2a", closes=clock.at(date(2023, 4, 1)))
    second = making.window("2a", "9b")
    third = making.window("4", opens=clock.at(date(2023, 11, 1)))
    text = main(page(client, "/rounds/"))
    assert all(state in text for state in ("已截止", "正在申报", "尚未开放"))
    assert "2023年3月1日至2023年3月31日 24:00" in text
    closed = main(page(client, f"/rounds/{first.number}/"))
    assert "已于2023年3月31日 24:00截止" in closed and "开始申报" not in closed
    opened = main(page(client, f"/rounds/{second.number}/"))
    assert "2023年12月31日 24:00截止" in opened and "开始申报" in opened and "研发设备清单" not in opened
    assert "采购合同和验收单" in opened and "哈科发〔2023〕8号" in opened
    assert "2023年11月1日 00:00开放" in main(page(client, f"/rounds/{third.number}/"))


@pytest.mark.parametrize("rounds", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [("/rounds/", 3), (PACK, 5), (f"{PACK}clauses/2/", 4), (f"{PACK}items/2a/", 5), (f"{PACK}text/", 2)],
)
def test_queries_do_not_grow_with_the_rounds(client, django_assert_num_queries, rounds, address, queries):
    for number in range(rounds):
        making.window("2a", "2b", closes=clock.at(date(2023, 12, 1)) + timedelta(days=number))
    with django_assert_num_queries(queries):
        page(client, address)
