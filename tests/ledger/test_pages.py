"""The budget pages."""

from decimal import Decimal

import pytest
from django.urls import reverse

from portal.accounts.states import Roles
from portal.ledger import services
from portal.ledger.models import BudgetLine, Entry
from portal.ledger.states import Kinds
from tests import making

pytestmark = pytest.mark.django_db
READERS = (Roles.ADMINISTRATOR, Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER, Roles.AUDITOR)


def text(response):
    page = response.content.decode()
    assert "‼" not in page, page[page.index("‼") - 200 :][:400]
    return page


def given(**values):
    making.policy()
    return {
        "year": "2023",
        "name": "人工智能专项",
        "source": "市级科技专项资金",
        "function_code": "2060499",
        "document_number": "哈财预〔2023〕12号",
        "items": ["2a", "2b"],
        "amount": "12,000,000.00",
        **values,
    }


def reserve(line, reference, amount="30.00"):
    services.post(
        key=f"reserve:{reference}",
        kind=Kinds.RESERVE,
        line=line,
        amount=Decimal(amount),
        reference=reference,
        actor=making.staff(Roles.HANDLER),
        memo=f"{reference} 拟支持",
    )


@pytest.mark.parametrize("role", READERS)
def test_those_who_may_see_lines_totals_and_postings(client, role):
    line = making.budget("100.00", codes=["2a"])
    making.budget("50.00", codes=["2b"])
    reserve(line, "2023-2A-0001")
    client.force_login(making.staff(role))
    page = text(client.get(reverse("budget")))
    for words in (line.name, line.document_number, "150.00", "120.00", "70.00", "30.00", "2个项目"):
        assert words in page
    assert ("下达预算" in page) == (role == Roles.ADMINISTRATOR)
    page = text(client.get(reverse("budget_line", args=[line.pk])))
    for words in (
        "2023-2A-0001 拟支持",
        "可用转已预留",
        "处室经办",
        "2a　",
        "哈财预",
        reverse("file", args=["2023-2A-0001"]),
    ):
        assert words in page
    assert page.index("2023-2A-0001 拟支持") < page.index(f"{line.document_number} 下达")


@pytest.mark.parametrize(
    "role", [Roles.INTAKE, Roles.HANDLER, Roles.EXPERT, Roles.LEADER, Roles.UNIT_OFFICER]
)
def test_other_roles_do_not(client, role):
    line = making.budget()
    client.force_login(making.staff(role))
    for address in (reverse("budget"), reverse("budget_line", args=[line.pk]), reverse("budget_new")):
        assert client.get(address).status_code == 403


def test_neither_do_applicants_and_visitors(client):
    assert client.get(reverse("budget")).url.startswith(reverse("account_login"))
    client.force_login(making.organisation())
    assert client.get(reverse("budget")).status_code == 403


def test_empty_and_unknown(client):
    client.force_login(making.staff(Roles.AUDITOR))
    page = text(client.get(reverse("budget")))
    assert "还没有预算" in page
    assert "由系统管理员录入" in page
    assert client.get(reverse("budget_line", args=[99])).status_code == 404


def test_a_line_is_opened_once(client):
    client.force_login(making.staff(Roles.ADMINISTRATOR))
    values = given()
    page = text(client.get(reverse("budget_new")))
    assert "下达文号" in page
    assert 'value="2a"' in page
    assert 'value="8a"' not in page
    response = client.post(reverse("budget_new"), values, follow=True)
    line = BudgetLine.objects.get()
    assert response.redirect_chain == [(reverse("budget_line", args=[line.pk]), 302)]
    assert "12,000,000.00" in text(response)
    assert (line.policy, line.items) == (making.PACK, ["2a", "2b"])
    again = text(client.post(reverse("budget_new"), values))
    assert again.count("这个年度已有同名的预算项目。") == 2
    assert 'value="12,000,000.00"' in again
    assert BudgetLine.objects.count() == Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "请填写预算项目"),
        ({"name": "名" * 121}, "最多120个字"),
        ({"document_number": " "}, "请填写下达文号"),
        ({"items": []}, "请选择适用事项"),
        ({"amount": "-5"}, "金额不能是负数。"),
        ({"amount": "0"}, "金额要大于0。"),
        ({"amount": "1.234"}, "金额最多两位小数"),
        ({"amount": "一百万"}, "金额要写成数字"),
        ({"year": "1999"}, "1999"),
    ],
)
def test_faults_keep_what_was_typed(client, values, said):
    client.force_login(making.staff(Roles.ADMINISTRATOR))
    typed = given(**values)
    page = text(client.post(reverse("budget_new"), typed))
    assert said in page
    assert 'value="2060499"' in page
    assert f'value="{typed["amount"]}"' in page
    assert not BudgetLine.objects.exists()


def test_no_line_for_others_items_or_policies(client, bare):
    client.force_login(making.staff(Roles.ADMINISTRATOR))
    assert "还没有载入政策" in text(client.get(reverse("budget_new")))
    page = text(client.post(reverse("budget_new"), given(items=["8a"])))
    assert not BudgetLine.objects.exists()
    assert "8a" in page
    assert client.get(reverse("budget_new"), {"policy": "nowhere"}).status_code == 404
    client.force_login(making.staff(Roles.FINANCE_CLERK))
    assert client.post(reverse("budget_new"), given()).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(client, rows, django_assert_num_queries):
    lines = [making.budget("1000.00", codes=["2a"]) for _ in range(rows)]
    for number in range(rows):
        reserve(lines[0], f"2023-2A-{number:04d}")
    client.force_login(making.staff(Roles.AUDITOR))
    with django_assert_num_queries(6):
        client.get(reverse("budget"))
    with django_assert_num_queries(9):
        client.get(reverse("budget_line", args=[lines[0].pk]))


def test_postings_page_by_page(client, monkeypatch):
    monkeypatch.setattr(
        "portal.kernel.paging.page_of.__kwdefaults__", {"key": "pk", "newest_first": False, "size": 2}
    )
    line = making.budget("1000.00", codes=["2a"])
    for number in range(3):
        reserve(line, f"2023-2A-{number:04d}")
    client.force_login(making.staff(Roles.AUDITOR))
    address = reverse("budget_line", args=[line.pk])
    page = text(client.get(address))
    assert "2023-2A-0002 拟支持" in page
    assert "2023-2A-0000 拟支持" not in page
    after = page.split("?after=")[1].split('"')[0]
    page = text(client.get(address, {"after": after}))
    assert "2023-2A-0000 拟支持" in page
    assert "回到第一页" in page
