"""The office's desks: by the right role, by the wrong one, and what is refused stays typed."""

import pytest

from clauses.models import ListedEvent, Round
from portal.accounts.states import Roles
from tests import making
from tests.clauses.pages.reading import main, page

ROUND = {
    "name": "2023年度第二批",
    "number": "2023-2",
    "document_number": "哈科发〔2023〕20号",
    "guide": "按条件申报。",
    "opens_at": "2023-10-16T09:00",
    "closes_at": "2024-01-01T00:00",
}
EVENT = {
    "year": "2023",
    "name": "寒地人工智能创新大会",
    "held_on": "2023-06-01",
    "organiser_name": "哈尔滨极光会展有限公司",
    "organiser_code": making.credit_code(7001),
    "document_number": "哈科发〔2023〕3号",
}
pytestmark = pytest.mark.usefixtures("policy")


@pytest.mark.parametrize(
    ("address", "right"), [("/desk/rounds/", Roles.ADMINISTRATOR), ("/desk/events/", Roles.HANDLER)]
)
def test_each_desk_has_its_role(client, address, right):
    assert client.get(address).status_code == 302
    for role in Roles:
        client.force_login(making.staff(role))
        assert client.get(address).status_code == (200 if role == right else 403)
    client.force_login(making.organisation())
    assert client.get(address).status_code == 403


def test_a_round_is_published(client):
    client.force_login(making.staff(Roles.ADMINISTRATOR))
    items = [making.item("2a").pk, making.item("9b").pk]
    answer = client.post("/desk/rounds/", {**ROUND, "items": items})
    assert (answer.status_code, answer["location"]) == (302, "/desk/rounds/")
    window = Round.objects.get()
    assert (window.number, [item.code for item in window.items.all()]) == ("2023-2", ["2a", "9b"])
    assert window.closes_at.isoformat() == "2023-12-31T16:00:00+00:00"
    text = main(page(client, "/desk/rounds/"))
    assert "已发布2023年度第二批。" in text and "2023年10月16日 09:00至2023年12月31日 24:00" in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"closes_at": "2023-10-16T09:00"}, "截止时间要晚于开放时间。"),
        ({"opens_at": "明天"}, "时间要写到分，例如2023-10-16T09:00。"),
        ({"number": "第二批"}, "批次编号只能用字母、数字和短横线，例如2023-2。"),
        ({"items": []}, "请选择可以申报的事项"),
        ({"name": ""}, "请填写批次名称"),
    ],
)
def test_a_bad_round_is_refused_in_words(client, changes, said):
    client.force_login(making.staff(Roles.ADMINISTRATOR))
    answer = client.post("/desk/rounds/", {**ROUND, "items": [making.item("2a").pk], **changes})
    markup = answer.content.decode()
    assert answer.status_code == 400 and main(markup).count(said) == 2
    assert "按条件申报。" in markup and not Round.objects.exists()
    assert all(f'value="{value}"' in markup for value in changes.values() if value and isinstance(value, str))


def test_a_taken_number_stands_at_its_field(client):
    client.force_login(making.staff(Roles.ADMINISTRATOR))
    given = {**ROUND, "items": [making.item("2a").pk]}
    client.post("/desk/rounds/", given)
    text = main(client.post("/desk/rounds/", given).content.decode())
    assert text.count("这个批次编号已经用过。") == 2


def test_an_event_is_listed_by_year(client):
    client.force_login(making.staff(Roles.HANDLER))
    assert client.post("/desk/events/", EVENT).status_code == 302
    assert ListedEvent.objects.get().organiser_code == EVENT["organiser_code"]
    text = main(page(client, "/desk/events/"))
    assert "2023年度" in text and EVENT["name"] in text and "2023-06-01" in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"held_on": "2022-06-01"}, "举办日期不在清单年度内。"),
        ({"year": "二三年"}, "年度要写成四位数字，例如2023。"),
        ({"year": "20230"}, "年度要写成四位数字，例如2023。"),
        ({"name": ""}, "请填写活动名称"),
    ],
)
def test_a_bad_event_is_refused_in_words(client, changes, said):
    client.force_login(making.staff(Roles.HANDLER))
    answer = client.post("/desk/events/", {**EVENT, **changes})
    assert answer.status_code == 400 and main(answer.content.decode()).count(said) == 2
    assert not ListedEvent.objects.exists()


def test_the_wrong_role_cannot_post(client):
    client.force_login(making.staff(Roles.HANDLER))
    assert client.post("/desk/rounds/", {**ROUND, "items": [making.item("2a").pk]}).status_code == 403
    client.force_login(making.staff(Roles.ADMINISTRATOR))
    assert client.post("/desk/events/", EVENT).status_code == 403
    assert not Round.objects.exists() and not ListedEvent.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(client, django_assert_max_num_queries, rows):
    client.force_login(making.staff(Roles.ADMINISTRATOR))
    for _ in range(rows):
        making.window("2a", "2b")
    client.get("/desk/rounds/")
    with django_assert_max_num_queries(10) as captured:
        client.get("/desk/rounds/")
    assert len(captured) == 9, [query["sql"][:90] for query in captured]
