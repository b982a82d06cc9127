"""Projects and costs by hand: what is asked, what is refused at its field, what is kept."""

import pytest
from django.urls import reverse

from applications import services as filing
from applications.models import CostItem, Project
from tests import making

GOOD = {
    "side": "purchase",
    "evidence_kind": "invoice",
    "name": "训练服务器",
    "quantity": "24台",
    "category": "equipment",
    "document_number": "23232000000011870412",
    "line": "1",
    "counterparty": "省外设备有限公司",
    "amount": "26,400,000.00",
    "invoice_date": "2023-03-16",
    "paid_date": "2023-04-03",
}


@pytest.fixture
def admin():
    making.policy()
    return making.organisation()


@pytest.fixture
def project(admin):
    return making.project(admin)


def new_cost(project):
    return reverse("cost_new", args=[project.pk])


def test_a_project_is_made_and_leads_on(admin, send, see):
    given = {"name": "检测平台", "location": "松北区", "leader": "钱二", "summary": "建设平台。"}
    answer = send(admin, "/projects/new/?item=2a", given)
    project = Project.objects.get()
    assert answer["location"] == f"/claims/start/?item=2a&project={project.pk}"
    assert "检测平台" in see(admin, "/projects/")
    again = send(admin, "/projects/new/", given)
    assert again.status_code == 422 and "已有同名的项目" in again.content.decode()
    assert 'value="松北区"' in again.content.decode() and Project.objects.count() == 1
    empty = send(admin, "/projects/new/", {"name": " ", "summary": "写了很久的内容"})
    assert "请填写项目名称" in empty.content.decode() and "写了很久的内容" in empty.content.decode()


def test_a_project_is_described_anew_but_keeps_its_name(admin, project, send):
    name = project.name
    send(
        admin,
        reverse("project_edit", args=[project.pk]),
        {"name": "别的名字", "location": "香坊区", "leader": "孙三", "summary": "新的内容。"},
    )
    project.refresh_from_db()
    assert (project.name, project.location) == (name, "香坊区")


def test_a_cost_is_stored_with_its_marks(admin, project, send, see):
    answer = send(admin, new_cost(project), {**GOOD, "flag_related_party": "on"})
    assert answer.status_code == 302
    item = CostItem.objects.get()
    assert item.flags["related_party"] is True and item.flags["second_hand"] is False
    text = see(admin, reverse("project", args=[project.pk]))
    assert "26,400,000.00" in text and "未占用" in text and "2,640万元" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "-1"}, "金额不能是负数。"),
        ({"amount": "1.001"}, "金额最多两位小数"),
        ({"amount": "一百万"}, "金额要写成数字"),
        ({"amount": "0"}, "金额要大于0"),
        ({"invoice_date": "2030-01-01"}, "日期不能晚于今天（2023-10-16）"),
        ({"paid_date": "昨天"}, "日期要写成2023-03-01这样"),
        ({"name": "名" * 121}, "最多120个字，现在是121个字"),
        ({"document_number": ""}, "请填写发票号码或凭证号"),
        ({"counterparty": " "}, "请填写对方单位"),
        ({"line": "零"}, "行号是1到9999的整数"),
        ({"side": "sideways"}, "请在列出的选项里选择"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(admin, project, send, change, said):
    answer = send(admin, new_cost(project), {**GOOD, **change})
    text = answer.content.decode()
    assert answer.status_code == 422 and text.count(said) == 2
    ((name, typed),) = change.items()
    assert f'id="id_{name}_error"' in text
    assert not typed.strip() or name == "side" or typed in text
    assert "23232000000011870412" in text or "document_number" in change
    assert not CostItem.objects.exists()


def test_the_same_paper_twice_is_said_at_its_number(admin, project, send):
    send(admin, new_cost(project), GOOD)
    answer = send(admin, new_cost(project), {**GOOD, "name": "又一次"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "同一张凭证的这一行已经录入过" in text
    assert 'id="id_document_number_error"' in text and CostItem.objects.count() == 1
    assert send(admin, new_cost(project), {**GOOD, "line": "2"}).status_code == 302


def test_questions_follow_side_and_evidence(admin, project, see, send):
    spent = see(admin, new_cost(project))
    assert "支出日期" in spent and "服务开始日期" not in spent and "发票代码" in spent and "二手设备" in spent
    earned = see(admin, f"{new_cost(project)}?side=sale&kind=other")
    assert "服务开始日期" in earned and "收款日期" in earned and "检验检测服务收入" in earned
    assert "发票代码" not in earned and "服务对象在本市" in earned and "添加收入" in earned
    switched = send(admin, new_cost(project), {**GOOD, "side": "sale", "switch": "1"})
    text = switched.content.decode()
    assert switched.status_code == 200 and "服务开始日期" in text and "训练服务器" in text
    assert "pt-errors" not in text and not CostItem.objects.exists()


def test_an_income_knows_whether_its_customer_is_local(admin, project, send):
    income = {
        **GOOD,
        "side": "sale",
        "service_from": "2023-01-01",
        "service_to": "2023-06-30",
        "category": "goods",
    }
    send(admin, new_cost(project), income)
    assert "local_customer" not in CostItem.objects.get().flags
    item = CostItem.objects.get()
    send(admin, reverse("cost_edit", args=[item.pk]), {**income, "flag_local_customer": "false"})
    assert CostItem.objects.get().flags["local_customer"] is False


def test_again_offers_the_next_one(admin, project, send):
    answer = send(admin, new_cost(project), {**GOOD, "again": "1"})
    assert answer["location"] == f"{new_cost(project)}?side=purchase&kind=invoice"


def test_a_cost_of_a_filed_claim_stays(send, see):
    claim = making.submitted()
    admin, item = making.admin_of(claim), claim.project.cost_items.get()
    answer = send(
        admin, reverse("cost_edit", args=[item.pk]), {**GOOD, "document_number": item.document_number}
    )
    assert answer.status_code == 422 and f"已写进提交的申报{claim.number}" in answer.content.decode()
    assert send(admin, reverse("cost_remove", args=[item.pk])).status_code == 409
    item.refresh_from_db()
    assert item.name != "训练服务器"
    text = see(admin, reverse("project", args=[claim.project_id]))
    assert "已占用" in text and claim.number in text


def test_a_paper_that_a_stranger_holds_is_under_examination(see):
    first = making.submitted()
    held = first.project.cost_items.get()
    other = making.organisation()
    project = making.project(other)
    making.cost(other, project, document_number=held.document_number)
    text = see(other, reverse("project", args=[project.pk]))
    assert "核对中" in text and first.number not in text and first.organisation.name not in text


def test_a_cost_is_removed_after_asking(admin, project, send, see):
    item = making.cost(admin, project)
    claim = filing.start_claim(
        actor=admin, project=project, item=making.item("2a"), window=making.window("2a")
    )
    filing.nominate(actor=admin, claim=claim, cost_items=[item], version=1)
    assert claim.number in see(admin, reverse("cost_remove", args=[item.pk]))
    assert CostItem.objects.exists()
    send(admin, reverse("cost_remove", args=[item.pk]))
    assert not CostItem.objects.exists()


def test_fifty_rows_a_page(admin, project, see):
    for _ in range(51):
        making.cost(admin, project, "100.00")
    first = see(admin, reverse("project", args=[project.pk]))
    assert "看后面的" in first and "支出合计，51笔" in first and "5,100.00" in first
    last = CostItem.objects.order_by("pk")[49].pk
    second = see(admin, reverse("project", args=[project.pk]) + f"?after={last}")
    assert "回到第一页" in second and "看后面的" not in second
