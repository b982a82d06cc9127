"""办事指南: for every item, as a page and as a PDF; its clocks are those the apps keep."""

from dataclasses import replace
from datetime import date, datetime
from html import unescape
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from pypdf import PdfReader

from applications.requests.states import RESULT_WORKDAYS, WORKDAYS
from applications.services.decisions import CORRECTION_WORKDAYS, EXAMINE_WORKDAYS
from clauses.engine.figures import Share
from clauses.engine.money import Rate
from clauses.engine.policy import MONEY, InstalmentPlan
from clauses.loader import get_policy
from portal.kernel import clock, documents, moving
from portal.kernel.refusals import Refusal
from portal.pages.guide import guide_of
from portal.pages.views import guide as views
from review.states import LIMITS, CaseStates
from tests import making
from tests.clauses.pages.reading import PACK, main, page

POLICY = get_policy("harbin-ai-2022")
pytestmark = pytest.mark.django_db


def on(day: int) -> None:
    moving.pin(datetime(2023, 10, day, 9, tzinfo=clock.SHANGHAI))


@pytest.fixture(autouse=True)
def loaded(db):
    on(16)
    making.policy()


def said(code: str, policy=POLICY):
    return guide_of(making.policy(), policy, policy.item(code), clock.now())


def test_every_item_has_one_that_can_be_printed(client):
    for code, item in POLICY.items.items():
        text = main(page(client, f"{PACK}items/{code}/guide/"))
        assert f"{item.title}办事指南" in text and item.sentence in text and item.contact in text
        assert ("给多少" in text) == (item.kind == MONEY)
        printed = documents.information("papers/guide.html", {**said(code), "address": "http://portal.test/"})
        assert item.title in printed and item.who in unescape(printed)


def test_an_item_that_pays(client):
    making.window("2a")
    text = main(page(client, f"{PACK}items/2a/guide/"))
    for words in (
        "按新购置研发设备总价的20%，最高1000万元。一次性。精确计算，最后向下取整到元，不高于上限。",
        "开票日期和付款日期都在2022年8月24日至2023年12月31日（首尾两天都算）",
        "5个工作日由受理岗办理。",
        "15个工作日由评审专家办理。",
        "必要性20分、技术水平25分",
        "收到之日起10个工作日内可以书面申请复核",
        "市科技局政策法规处（不是承办处室）书面提出异议，电话0451-0000 0010（演示）",
        "收到之日起15个工作日内书面答复",
        "2023年3月1日至2023年12月31日 24:00",
        "户名与单位名称一致",
        "同一笔费用只能领一处支持",
    ):
        assert words in text, words
    assert "运费" in text.split("不计入")[1]


@pytest.mark.parametrize("address", ["items/2a/", "items/2a/guide/"])
def test_telephone_numbers_stay_on_one_line(client, address):
    assert '联系电话 <span class="pt-tight">0451-0000 0001</span>' in page(client, f"{PACK}{address}")


def test_steps_carry_the_clocks_that_are_kept():
    found = {step["label"]: step for step in said("2a")["steps"]}
    assert found["形式审查"]["days"] == EXAMINE_WORKDAYS
    assert found["补正（材料不全时）"]["days"] == CORRECTION_WORKDAYS
    assert found["专家评审"]["days"] == LIMITS[CaseStates.EXPERT_REVIEW]
    assert found["批复"]["days"] == LIMITS[CaseStates.NOTICE_OVER]
    for code, item in POLICY.items.items():
        told = said(code)
        if item.kind == MONEY:
            office = [one["days"] for one in told["steps"] if not one["label"].startswith("补正")]
            assert told["office_days"] == sum(office) > 0
        else:
            limits = {
                "not_money": [WORKDAYS["request"]],
                "referred": [WORKDAYS["referral"], RESULT_WORKDAYS],
            }
            assert [one["days"] for one in told["steps"] if one["days"]] == limits.get(item.kind, [])
            assert not told["payment"] and not told["office_days"]


def test_items_of_each_review_mode_go_their_own_way():
    labels = {code: [step["label"] for step in said(code)["steps"]] for code in ("2a", "2c", "6a", "9b")}
    assert "专家评审" in labels["2a"] and "专家评审" not in labels["2c"]
    assert "验收核对" in labels["6a"] and "年度清单核对" in labels["9b"]


def test_an_item_that_is_not_filed_here(client):
    text = main(page(client, f"{PACK}items/3b/guide/"))
    assert POLICY.item("3b").answer in text and "这一项不在这里申报。" in text
    assert "怎么支持" in text and "拨付" not in text.split("怎么办理")[1] and "工作日" not in text


def test_a_reading_that_is_set_names_its_document(client):
    assert "默认" in main(page(client, f"{PACK}items/2a/guide/"))
    making.set_to("Q35", "fen", starts=date(2023, 10, 17))
    on(17)
    text = main(page(client, f"{PACK}items/2a/guide/"))
    assert "向下取整到分" in text and "哈科规〔2023〕5号，自2023年10月17日起" in text


def test_a_reading_that_waives_a_condition_takes_it_away():
    assert "在本市登记的独立法人（细则口径Q38）" in said("2a")["conditions"]
    making.set_to("Q38", "anywhere", starts=date(2023, 10, 17))
    on(17)
    assert not [one for one in said("2a")["conditions"] if "独立法人" in one]


def test_instalments_are_told():
    share = Share(Rate.parse("0.60"), "60%", "首期拨付60%")
    plan = (InstalmentPlan("首期", share, "approval"), InstalmentPlan("尾款", None, "milestone", 1))
    changed = replace(POLICY, items={**POLICY.items, "2a": replace(POLICY.item("2a"), instalments=plan)})
    found = said("2a", changed)["instalments"]
    assert [one["label"] for one in found] == ["首期", "尾款"] and "60%" in found[0]["text"]


@pytest.mark.parametrize("address", ["items/99/", "items/2a%00/", f"items/{'9' * 300}/"])
def test_unknown_items_are_not_found(client, address):
    for ending in ("guide/", "guide.pdf"):
        assert client.get(f"{PACK}{address}{ending}").status_code == 404
        assert client.get(f"/policies/none/items/2a/{ending}").status_code == 404


def test_it_is_only_read(client):
    assert client.post(f"{PACK}items/2a/guide/").status_code == 405
    assert client.post(f"{PACK}items/2a/guide.pdf").status_code == 405


def test_the_pdf_is_drawn_once_for_what_it_says(client, monkeypatch, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    drawn = []
    draw = documents.render_information

    def counted(html):
        drawn.append(html)
        return draw(html) if len(drawn) == 1 else documents.RenderedPaper(b"%PDF-", 1, "")

    monkeypatch.setattr(views.documents, "render_information", counted)
    address = f"{PACK}items/2a/guide.pdf"
    first, second = client.get(address), client.get(address)
    assert first.content == second.content and len(drawn) == 1
    assert first["content-type"] == "application/pdf" and first["x-content-type-options"] == "nosniff"
    assert unquote(first["content-disposition"]).endswith("办事指南-共性技术研发平台建设补助.pdf")
    assert first["etag"] == second["etag"]
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(first.content)).pages)
    flat = "".join(text.split())
    assert "共性技术研发平台建设补助办事指南" in flat and "办事指南供参考，不是承诺，也不是批复" in flat
    assert "一、谁可以申报" in flat and "按新购置研发设备总价的20%，最高1000万元。" in flat
    assert "摘要" not in flat and "编号SL" not in flat
    making.set_to("Q35", "fen", starts=date(2023, 10, 17))
    assert client.get(address)["etag"] == first["etag"] and len(drawn) == 1
    on(17)
    assert client.get(address)["etag"] != first["etag"] and len(drawn) == 2
    client.get(f"{PACK}items/2b/guide.pdf")
    assert len(drawn) == 3


@pytest.fixture
def drawing(monkeypatch, settings):
    """A cache of its own, and the pages that were drawn."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "drawing"}
    }
    cache.clear()
    drawn = []

    def draw(html):
        drawn.append(html)
        return documents.RenderedPaper(b"%PDF-", 1, "")

    monkeypatch.setattr(views.documents, "render_information", draw)
    monkeypatch.setattr(views, "PAUSE", 0)
    return drawn


def test_the_pdf_bears_the_configured_address_whatever_the_host(client, drawing, settings):
    settings.SITE_URL = "https://portal.example/"
    address = f"{PACK}items/2a/guide.pdf"
    first, second = (client.get(address, HTTP_HOST=host) for host in ("one.test", "two.test"))
    assert first["etag"] == second["etag"] and len(drawing) == 1
    assert f"https://portal.example{PACK}items/2a/guide/" in drawing[0] and "one.test" not in drawing[0]


def test_whoever_comes_while_it_is_drawn_waits_for_it(drawing, monkeypatch):
    """The other process finishes during the wait."""
    cache.add("k:drawing", True)
    monkeypatch.setattr(views.time, "sleep", lambda pause: cache.set("k", b"%PDF-other"))
    assert views._drawn("k", "<p>") == b"%PDF-other" and drawing == []


def test_nobody_waits_for_a_drawing_that_was_given_up_or_takes_too_long(drawing, monkeypatch):
    cache.add("k:drawing", True)
    monkeypatch.setattr(views.time, "sleep", lambda pause: cache.delete("k:drawing"))
    assert views._drawn("k", "<p>") == b"%PDF-"
    cache.add("j:drawing", True)
    monkeypatch.setattr(views, "PATIENCE", 0)
    assert views._drawn("j", "<p>") == b"%PDF-" and len(drawing) == 2
    assert cache.get("j:drawing") is None


def test_too_many_drawings_at_once_are_put_off(client, drawing, monkeypatch):
    monkeypatch.setattr(views, "DRAWS_A_MINUTE", 1)
    assert client.get(f"{PACK}items/2a/guide.pdf").status_code == 200
    answer = client.get(f"{PACK}items/2b/guide.pdf")
    assert answer.status_code == 429 and answer["retry-after"] == "60"
    text = answer.content.decode()
    assert "请一分钟后再下载" in main(text) and f'href="{PACK}items/2b/guide/"' in text
    assert client.get(f"{PACK}items/2a/guide.pdf").status_code == 200 and len(drawing) == 1


def test_a_character_that_cannot_be_printed_is_refused():
    with pytest.raises(Refusal) as refused:
        documents.information("papers/guide.html", {**said("2a"), "address": "", "title": "\ue000"})
    assert refused.value.code == "glyph_missing"


def test_the_interface_leads_to_it(client):
    found = client.get("/api/v1/policies/harbin-ai-2022/items/2a/").json()
    assert found["guide"] == f"{PACK}items/2a/guide/" and found["guide_pdf"] == f"{PACK}items/2a/guide.pdf"
    assert client.get(found["guide"]).status_code == 200


def test_a_page_takes_few_queries(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        client.get(f"{PACK}items/2a/guide/")
