"""Sentences, numbers and rules that lead to one another; two editions on one page; drafts that cannot be filed under."""

import re

import pytest

from clauses import markup, sentences, services, wording
from clauses.loader import get_policy
from clauses.models import Item, Policy
from portal.accounts.states import Roles
from portal.kernel import clock
from portal.kernel.refusals import Refusal
from tests import making
from tests.clauses.pages.reading import PACK, main, page, words

POLICY = get_policy("harbin-ai-2022")
DRAFT = "/policies/harbin-ai-2022-draft/"
COMPARE = f"{PACK}compare/harbin-ai-2022-draft/"
API = "/api/v1/policies/harbin-ai-2022/compare/harbin-ai-2022-draft/"
pytestmark = pytest.mark.usefixtures("policy")
_LINK = re.compile(r'<a class="pt-number" href="([^"#]*)#([^"]+)"[^>]*>([^<]*)</a>')


@pytest.mark.parametrize("address", [f"{PACK}text/", f"{PACK}clauses/2/", f"{PACK}items/2a/"])
def test_every_number_leads_to_the_line_that_uses_it(client, address):
    found = [link for link in _LINK.findall(page(client, address)) if link[1].startswith("r")]
    assert found
    for there, line, literal in found:
        target = page(client, there)
        assert target.count(f'id="{line}"') == 1
        assert literal in words(target.split(f'id="{line}"')[1].split("</li>")[0])


def test_a_rule_leads_back_to_its_sentence(client):
    markup = page(client, f"{PACK}items/2a/")
    tree = markup.split('<ul class="pt-rule">')[1].split("</ul></section>")[0].split("</section>")[0]
    links = _LINK.findall(tree)
    assert [(there, anchor, literal) for there, anchor, literal in links] == [
        ("", "c2-s2", "1000万元"),
        ("", "c2-s2", "20%"),
    ]
    assert markup.count('id="c2-s2"') == 1
    assert "按新购置研发设备总价的20%，最高1000万元。" in words(markup)


@pytest.mark.parametrize("clause", POLICY.clauses.values(), ids=lambda one: str(one.ordinal))
def test_every_sentence_of_a_clause_has_its_address(client, clause):
    markup = page(client, f"{PACK}clauses/{clause.ordinal}/")
    for one in sentences.sentences(POLICY, clause.number):
        assert markup.count(f'id="{one.anchor}"') == 1
        assert f'href="#{one.anchor}" aria-label="第{clause.number}条第{one.order}句的链接"' in markup
    ids = re.findall(r' id="([^"]+)"', markup)
    assert len(ids) == len(set(ids))


def test_the_three_pairs_of_dates_stand_apart(client):
    for address in (PACK, f"{PACK}items/2c/"):
        text = main(page(client, address))
        assert all(label in text for label in ("政策有效", "费用和事项", "提交申报"))
    assert 'id="dates"' in page(client, PACK)


def test_the_policy_page_leads_to_the_comparison(client):
    assert f'href="{COMPARE}"' in page(client, PACK)
    assert f'href="{PACK}"' in page(client, DRAFT)


def test_the_comparison_says_what_changed_and_marks_the_words(client):
    markup = page(client, COMPARE)
    text = main(markup)
    for said in (
        "比例没有变",
        "三项资金条款取消",
        "6项增加了审核关口",
        "上限范围的写法变了",
        "第一、二、三、四、六、七、九条不再写市财政局",
        "6个单位换了名称",
        "重复支持的规定变了",
        "有效期没有变",
    ):
        assert said in text
    assert (
        '<ins class="pt-ins"><span class="pt-hide">［新增：</span>、产学研联合攻关、自主攻关<span' in markup
    )
    assert '<del class="pt-del"><span class="pt-hide">［删去：</span>、市财政局<span' in markup
    assert markup.count("<h3") >= 10 + 3


def test_either_order_of_names_shows_the_same(client):
    one = main(page(client, COMPARE))
    assert one == main(page(client, f"{DRAFT}compare/harbin-ai-2022/"))


@pytest.mark.parametrize("other", ["harbin-ai-2022", "none"])
def test_no_comparison_with_itself_or_nothing(client, other):
    assert client.get(f"{PACK}compare/{other}/").status_code == 404
    assert client.get(f"/api/v1/policies/harbin-ai-2022/compare/{other}/").status_code == 404


def test_the_comparison_as_an_interface(client):
    answer = client.get(API)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["before"]["status"], found["after"]["status"]) == ("draft", "final")
    assert [one["code"] for one in found["findings"]][:3] == ["rates_same", "caps_same", "money_gone"]
    third = next(one for one in found["clauses"] if one["number"] == "三")
    assert {span["kind"] for span in third["words"]} == {"same", "gone", "new"}
    gone = next(one for one in third["items"] if one["after"] == "3b")["changes"][0]
    assert (gone["code"], gone["before"], gone["after"]) == ("money_gone", "资金补助", "一事一议")


@pytest.mark.parametrize("address", [DRAFT, f"{DRAFT}clauses/2/", f"{DRAFT}items/2a/", f"{DRAFT}text/"])
def test_a_draft_says_so_on_every_page_and_offers_no_filing(client, address):
    markup = page(client, address)
    assert "征求意见稿，已被正式文件取代。" in main(markup)
    for word in ("开始申报", "估算能得多少", "可以直接申报"):
        assert word not in main(markup)


@pytest.mark.parametrize("address", ["", "text/", "items/1/", "clauses/3/"])
def test_the_teaching_policy_is_marked_as_an_example(client, address):
    text = main(page(client, f"/policies/teaching/{address}"))
    assert "示例，不是真实的政策文件。" in text
    assert "开始申报" not in text and "估算能得多少" not in text


def test_every_rule_of_the_teaching_policy_is_drawn(client):
    policy = get_policy("teaching")
    for item in policy.items.values():
        drawn = words(str(markup.rule_tree(policy, item)))
        assert all(line.text in drawn for line in wording.lines(item))


def test_the_list_keeps_drafts_apart(client):
    text = main(page(client, "/policies/"))
    assert text.index("人工智能创新发展试验区若干政策") < text.index("征求意见稿和示例")


def test_no_round_is_opened_for_a_draft(policy):
    draft = Policy.objects.get(pack="harbin-ai-2022-draft")
    items = list(Item.objects.filter(code="2a"))
    with pytest.raises(Refusal) as refused:
        services.open_round(
            actor=making.staff(Roles.ADMINISTRATOR),
            policy=draft,
            number="d-1",
            name="误发的批次",
            document_number="哈科发〔2023〕1号",
            guide="按条件申报。",
            opens_at=clock.now(),
            closes_at=clock.now().replace(year=2024),
            items=items,
        )
    assert "不是正式文件" in refused.value.message


def test_every_paying_item_tells_its_rule(client):
    for item in POLICY.items.values():
        if item.rule is not None:
            text = main(page(client, f"{PACK}items/{item.id}/"))
            assert f"{wording.rule_in_words(item)}。" in text
