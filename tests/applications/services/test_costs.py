"""Projects and costs: what may be entered, and that one paper's line is entered once."""

from datetime import date, timedelta

import pytest

from applications import selectors
from applications import services as filing
from applications.models import CostItem, Project
from portal.kernel.models import Event
from tests import making
from tests.refusing import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return making.organisation()


@pytest.fixture
def owner(admin):
    return making.project(admin)


def entered(admin, owner, **values):
    given = {"name": "服务器", "document_number": "23230001", "counterparty": "设备公司", "amount": "100.00"}
    return filing.add_cost_item(actor=admin, project=owner, values={**given, **values})


def test_a_project_belongs_to_its_makers_organisation_and_is_recorded(admin):
    project = filing.create_project(
        actor=admin, name=" 检测平台 ", location="松北区", leader="钱二", summary=""
    )
    assert (project.organisation, project.name) == (admin.organisation, "检测平台")
    assert Event.objects.filter(verb="project.created", subject_id=str(project.pk)).exists()


def test_a_project_name_is_used_once_within_an_organisation(admin, owner):
    with refused("already_done", "name"):
        filing.create_project(actor=admin, name=owner.name, location="", leader="", summary="")
    making.project(making.organisation(), name=owner.name)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"name": "  "}, "required", "name"),
        ({"name": "长" * 121}, "too_long", "name"),
        ({"location": "长" * 121}, "too_long", "location"),
        ({"leader": "长" * 41}, "too_long", "leader"),
        ({"summary": "长" * 3001}, "too_long", "summary"),
    ],
)
def test_a_bad_project_is_refused_at_its_field(admin, values, code, field):
    given = {"name": "平台", "location": "", "leader": "", "summary": ""}
    with refused(code, field):
        filing.create_project(actor=admin, **{**given, **values})
    assert not Project.objects.exists()


def test_staff_and_strangers_make_no_projects_and_touch_none(owner):
    with refused("forbidden"):
        filing.create_project(actor=making.staff(), name="平台", location="", leader="", summary="")
    with refused("forbidden"):
        filing.update_project(
            actor=making.organisation(), project=owner, location="别处", leader="", summary=""
        )
    owner.refresh_from_db()
    assert owner.location == "松北区科技创新城"


def test_a_project_keeps_its_name_when_described_anew(admin, owner):
    changed = filing.update_project(
        actor=admin, project=owner, location="道里区", leader="孙三", summary="新的"
    )
    assert (changed.name, changed.location, changed.leader) == (owner.name, "道里区", "孙三")
    with refused("too_long", "leader"):
        filing.update_project(actor=admin, project=owner, location="", leader="长" * 41, summary="")


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"amount": "-1"}, "negative_amount", "amount"),
        ({"amount": "1.234"}, "too_precise", "amount"),
        ({"amount": "0"}, "zero_amount", "amount"),
        ({"amount": "一百"}, "bad_amount", "amount"),
        ({"amount": ""}, "bad_amount", "amount"),
        ({"amount": "1e5"}, "bad_amount", "amount"),
        ({"amount": "NaN"}, "bad_amount", "amount"),
        ({"amount": "100000000000"}, "too_large", "amount"),
        ({"name": ""}, "required", "name"),
        ({"name": "长" * 121}, "too_long", "name"),
        ({"document_number": " "}, "required", "document_number"),
        ({"document_number": "1" * 41}, "too_long", "document_number"),
        ({"counterparty": ""}, "required", "counterparty"),
        ({"counterparty": "长" * 121}, "too_long", "counterparty"),
        ({"quantity": "长" * 31}, "too_long", "quantity"),
        ({"category": "长" * 31}, "too_long", "category"),
        ({"invoice_code": "1" * 13}, "too_long", "invoice_code"),
        ({"contract_number": "1" * 61}, "too_long", "contract_number"),
        ({"invoice_date": "2023-10-17"}, "future_date", "invoice_date"),
        ({"paid_date": "2023-10-17"}, "future_date", "paid_date"),
        ({"contract_date": "2024-01-01"}, "future_date", "contract_date"),
        ({"expense_date": "2023-12-01"}, "future_date", "expense_date"),
        ({"event_date": "2023-12-01"}, "future_date", "event_date"),
        ({"invoice_date": "2023年3月1日"}, "bad_date", "invoice_date"),
        ({"invoice_date": "2023-02-29"}, "bad_date", "invoice_date"),
        ({"invoice_date": "1999-12-31"}, "bad_date", "invoice_date"),
        ({"service_from": "2023-06-30", "service_to": "2023-06-29"}, "backward_period", "service_to"),
        ({"evidence_kind": "promise"}, "bad_choice", "evidence_kind"),
        ({"side": "both"}, "bad_choice", "side"),
        ({"line": "0"}, "bad_line", "line"),
        ({"line": "10000"}, "bad_line", "line"),
        ({"line": "第一行"}, "bad_line", "line"),
        ({"line": "²"}, "bad_line", "line"),
        ({"line": True}, "bad_line", "line"),
        ({"flags": {"related_party": "maybe"}}, "bad_flag", "flags"),
        ({"flags": ["related_party"]}, "bad_flag", "flags"),
    ],
)
def test_a_bad_cost_is_refused_at_its_field(admin, owner, values, code, field):
    with refused(code, field):
        entered(admin, owner, **values)
    assert not CostItem.objects.exists()
    assert not Event.objects.filter(verb="cost.added").exists()


def test_every_fault_of_a_cost_is_told_at_once(admin, owner):
    with refused("required", "name") as parts:
        entered(admin, owner, name="", amount="-5", invoice_date="昨天", side="?")
    assert {part.field for part in parts} == {"name", "amount", "invoice_date", "side"}


def test_today_is_no_future(admin, owner):
    assert entered(admin, owner, invoice_date=date(2023, 10, 16)).invoice_date == date(2023, 10, 16)


def test_amounts_are_read_as_people_write_them(admin, owner):
    item = entered(admin, owner, amount="￥１，２３４，５６７．８９元")
    item.refresh_from_db()
    assert str(item.amount) == "1234567.89"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"document_number": "00123456"}, {"document_number": "123456"}),
        ({"document_number": "１２３４５６"}, {"document_number": "123456"}),
        ({"document_number": "ab-123 456"}, {"document_number": "AB123456"}),
        ({"document_number": "12 34 56", "line": 1}, {"document_number": "123456"}),
        (
            {"invoice_code": "0023001", "document_number": "99"},
            {"invoice_code": "２３００１", "document_number": "99"},
        ),
        (
            {
                "evidence_kind": "foreign",
                "document_number": "INV-7",
                "counterparty": "ACME Ltd",
                "invoice_date": "2023-03-01",
            },
            {
                "evidence_kind": "foreign",
                "document_number": "inv 7",
                "counterparty": "acme ltd",
                "expense_date": "2023-03-01",
            },
        ),
    ],
)
def test_one_paper_is_one_cost_however_it_is_typed(admin, owner, first, second):
    entered(admin, owner, **first)
    with refused("already_entered", "document_number") as parts:
        entered(admin, making.project(admin), name="同一张发票", **second)
    assert owner.name in parts[0].message
    assert CostItem.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"line": 2},
        {"side": "sale"},
        {"invoice_code": "2300123"},
        {"evidence_kind": "payroll"},
        {"document_number": "7"},
    ],
)
def test_another_line_side_code_kind_or_number_is_another_cost(admin, owner, other):
    entered(admin, owner)
    entered(admin, owner, **other)
    assert CostItem.objects.count() == 2


def test_a_strangers_equal_key_blocks_nobody(admin, owner):
    entered(admin, owner)
    stranger = making.organisation()
    item = entered(stranger, making.project(stranger))
    assert item.organisation == stranger.organisation


def test_a_change_checks_the_same_things_and_the_same_key(admin, owner):
    one, two = entered(admin, owner), entered(admin, owner, document_number="555")
    values = {"name": one.name, "counterparty": one.counterparty, "document_number": one.document_number}
    with refused("already_entered", "document_number"):
        filing.update_cost_item(actor=admin, item=two, values={**values, "amount": "1.00"})
    with refused("negative_amount", "amount"):
        filing.update_cost_item(actor=admin, item=one, values={**values, "amount": "-1"})
    changed = filing.update_cost_item(actor=admin, item=one, values={**values, "amount": "88.00"})
    assert str(changed.amount) == "88.00"


def test_nobody_changes_or_removes_a_strangers_cost(admin, owner):
    item = entered(admin, owner)
    stranger = making.organisation()
    with refused("forbidden"):
        filing.update_cost_item(actor=stranger, item=item, values={"name": "x"})
    with refused("forbidden"):
        filing.remove_cost_item(actor=stranger, item=item)
    with refused("forbidden"):
        entered(stranger, owner)


def test_a_filed_cost_can_neither_be_changed_nor_removed_until_the_claim_is_withdrawn():
    claim = making.submitted()
    admin, item = making.admin_of(claim), selectors.nominated(claim)[0]
    values = {
        name: getattr(item, name)
        for name in ("name", "document_number", "counterparty", "invoice_date", "paid_date")
    }
    with refused("in_use") as parts:
        filing.update_cost_item(actor=admin, item=item, values={**values, "amount": "1.00"})
    assert claim.number in parts[0].message
    with refused("in_use"):
        filing.remove_cost_item(actor=admin, item=item)


def test_a_correction_that_does_not_list_the_costs_leaves_them_locked():
    claim = making.submitted()
    admin, item = making.admin_of(claim), selectors.nominated(claim)[0]
    values = {
        name: getattr(item, name)
        for name in ("name", "document_number", "counterparty", "invoice_date", "paid_date")
    }
    clerk = making.staff(making.Roles.INTAKE)
    filing.ask_correction(actor=clerk, claim=claim, faults=[{"section": "papers", "text": "缺合同。"}])
    with refused("locked"):
        filing.update_cost_item(actor=admin, item=item, values={**values, "amount": "1.00"})


def test_removing_a_cost_takes_it_out_of_drafts():
    claim = making.draft(amounts=["100.00", "200.00"])
    admin = making.admin_of(claim)
    first, second = selectors.nominated(claim)
    filing.remove_cost_item(actor=admin, item=first)
    assert selectors.nominated(claim) == [second]


def test_a_cost_with_papers_is_not_removed_over_them():
    claim = making.draft()
    admin, item = making.admin_of(claim), selectors.nominated(claim)[0]
    filing.upload(
        actor=admin,
        claim=claim,
        paper="invoice",
        file=making.io.BytesIO(making.PDF),
        name="发票.pdf",
        size=len(making.PDF),
        cost_item=item,
    )
    with refused("in_use"):
        filing.remove_cost_item(actor=admin, item=item)


def test_dates_follow_the_business_day(admin, owner):
    tomorrow = making.clock.today() + timedelta(days=1)
    with refused("future_date"):
        entered(admin, owner, paid_date=tomorrow)
    with making.clock.shifted_to(making.clock.at(tomorrow)):
        entered(admin, owner, paid_date=tomorrow)
