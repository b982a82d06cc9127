"""Imports: what went in, what did not and why; proved papers, red letters, tax, twins; a broken run goes on."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications import selectors
from applications import services as filing
from applications.models import CostItem, Hold, ImportJob, Invoice
from applications.services import running
from applications.signs import signs
from portal.accounts import services as accounts
from portal.accounts.models import Organisation
from portal.kernel.models import Event
from portal.kernel.refusals import Refusal
from tests import making
from tests.applications.importing import files
from tests.refusing import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return making.organisation()


@pytest.fixture
def project(admin):
    return making.project(admin)


@pytest.fixture
def own(admin):
    return admin.organisation.code


def counts(job):
    return (job.total, job.read, job.added, job.matched, job.refused, job.skipped)


def faults(job):
    return [(fault.place, fault.column, fault.message) for fault in job.faults.all()]


def amounts(number):
    found = CostItem.objects.filter(document_number=number).order_by("line")
    return [(item.amount, item.tax, item.reversed) for item in found]


def text(*rows, head=files.HEAD):
    return "\n".join("\t".join(cells) for cells in ([head] if head else []) + list(rows))


def test_nothing_is_entered_by_looking_and_only_good_rows_by_saving(admin, project):
    given_text = text(files.row(1), files.row(2, 金额="-3", 开票日期="昨天"), files.row(1), files.row(3))
    looked = filing.examine_text(actor=admin, project=project, text=given_text)
    assert [one.row.number for one in looked.good] == [2, 5] and not CostItem.objects.exists()
    assert {(fault.row, fault.column) for fault in looked.faults} == {
        (3, "金额"),
        (3, "开票日期"),
        (4, "发票号码或凭证号"),
    }
    saved = filing.paste(actor=admin, project=project, text=given_text)
    assert CostItem.objects.count() == 2 and saved.total == 2000
    again = filing.paste(actor=admin, project=project, text=saved.rest)
    assert not again.good and {fault.row for fault in again.faults} == {2, 3}
    event = Event.objects.get(verb="costs.imported")
    assert event.data["count"] == 2 and event.data["total"] == "2000.00"


def test_pasting_twice_enters_once(admin, project):
    for _ in range(2):
        reading = filing.paste(actor=admin, project=project, text=text(files.row(1)))
    assert CostItem.objects.count() == 1 and "已经录入过" in reading.faults[0].message


def test_a_stranger_neither_looks_nor_saves_nor_sends(admin, project):
    stranger = making.organisation()
    for act in (filing.examine_text, filing.paste):
        with refused("forbidden"):
            act(actor=stranger, project=project, text=text(files.row(1)))
    with refused("forbidden"):
        files.sent(stranger, project, "invoices", ("a.xml", files.einvoice("1.00")))


def test_too_many_rows_are_sent_to_the_template(admin, project):
    with refused("too_many", "text"):
        filing.paste(actor=admin, project=project, text="a\tb\n" * 2001)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text(max_size=8),
            st.sampled_from(["1.00", "-1", "x", "", "0", "1e5", "=1+1", "9" * 20]),
            st.text(max_size=8),
            st.sampled_from(["", "7", "2323000000000000001x", "00000000000000000001", "2.3E+19"]),
            st.sampled_from(["", "1", "2", "x"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_row_is_entered_whole_or_stays_with_a_reason(admin, project, rows):
    before = CostItem.objects.count()
    given_text = text(*rows, head=["名称", "金额", "对方单位", "发票号码", "行号"])
    try:
        looked = filing.examine_text(actor=admin, project=project, text=given_text)
        saved = filing.paste(actor=admin, project=project, text=given_text)
    except Refusal:
        assert CostItem.objects.count() == before
        return
    assert CostItem.objects.count() == before + len(saved.good) == before + len(looked.good)
    named = {fault.row for fault in saved.faults}
    assert named | {one.row.number for one in saved.good} == {row.number for row in saved.sheet.rows}
    assert not named & {one.row.number for one in saved.good}


def test_a_workbook_keeps_its_good_rows_and_names_the_others(admin, project):
    rows = [files.HEAD, files.row(1), files.row(2, 金额="x"), files.row(3, 发票号码=2.3e19), files.row(4)]
    job = files.done(admin, project, "workbook", ("费用.xlsx", files.workbook(rows)))
    assert counts(job) == (4, 4, 2, 0, 2, 0) and job.amount == 2000 and job.finished_at
    assert [fault[:2] for fault in faults(job)] == [("第3行", "金额"), ("第4行", "发票号码或凭证号")]
    event = Event.objects.get(verb="import.finished")
    assert event.data["added"] == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (files.workbook([["名称", "金额"], ["a", "1"]]), "表头里缺少"),
        (files.workbook([]), "没有读到内容"),
        (b"PK broken", "打不开"),
        (files.with_part(files.workbook([files.HEAD]), "xl/vbaProject.bin", b"x"), "有宏"),
    ],
)
def test_a_workbook_without_sense_fails_as_a_whole(admin, project, data, said):
    job = files.done(admin, project, "workbook", ("a.xlsx", data))
    assert said in job.failure and job.added == 0 and not CostItem.objects.exists()


@pytest.mark.parametrize(
    ("kind", "named", "code"),
    [
        ("invoices", [("a.pdf", "x")], "type_not_allowed"),
        ("workbook", [("a.xlsm", "x")], "type_not_allowed"),
        ("workbook", [("a.xlsx", "x"), ("b.xlsx", "y")], "too_many"),
        ("invoices", [], "required"),
        ("invoices", [("a.xml", "")], "empty_file"),
    ],
)
def test_other_files_are_turned_away_at_once(admin, project, kind, named, code):
    with refused(code, "file"):
        files.sent(admin, project, kind, *named)


def test_invoices_come_in_whole_or_leave_their_reasons(admin, project, own):
    good = files.einvoice("1000.00", "500.00", buyer=own)
    archive = files.packed(
        {"1.xml": good, "2.xml": files.BILLION_LAUGHS, "3.xml": files.einvoice("1.00"), "3.pdf": "x"}
    )
    job = files.done(admin, project, "invoices", ("票.zip", archive), category="equipment")
    assert counts(job) == (4, 4, 2, 0, 2, 1) and job.amount == 1500
    assert [(place, column) for place, column, _ in faults(job)] == [
        ("票.zip：2.xml", ""),
        ("票.zip：3.xml", "购买方"),
    ]
    item = CostItem.objects.order_by("pk")[0]
    assert (item.name, item.category, item.proof, item.tax) == ("服务器", "equipment", "invoice", 130)
    assert item.counterparty == "省外设备有限公司" and item.invoice.buyer_code == own
    again = files.done(admin, project, "invoices", ("a.xml", good))
    assert counts(again) == (1, 1, 0, 0, 1, 0) and "已经录入过" in faults(again)[0][2]
    assert Invoice.objects.count() == 1


def test_the_same_invoice_twice_in_one_archive_is_entered_once(admin, project, own):
    one = files.einvoice("1000.00", buyer=own)
    job = files.done(admin, project, "invoices", ("a.zip", files.packed({"1.xml": one, "2.xml": one + " "})))
    assert (job.added, job.refused) == (1, 1) and CostItem.objects.count() == 1


def test_an_income_is_the_other_side_of_the_paper(admin, project, own):
    files.done(admin, project, "invoices", ("a.xml", files.einvoice("100.00", seller=own)))
    item = CostItem.objects.get()
    assert (item.side, item.counterparty) == ("sale", "哈尔滨检测有限公司")


def test_a_typed_line_is_proved_by_its_invoice_and_a_differing_one_stops_it(admin, project, own):
    no = files.number()
    typed = making.cost(admin, project, "1130.00", document_number=f" {no} ")
    text_of = files.einvoice("1000.00", "50.00", no=no, buyer=own)
    job = files.done(admin, project, "invoices", ("a.xml", text_of))
    typed.refresh_from_db()
    assert (job.added, job.matched) == (1, 1)
    assert (typed.proof, typed.amount, typed.tax, typed.name) == ("invoice", 1000, 130, typed.name)
    other = files.number()
    wrong = making.cost(admin, project, "999.00", document_number=other)
    job = files.done(
        admin, project, "invoices", ("a.xml", files.einvoice("1000.00", "50.00", no=other, buyer=own))
    )
    wrong.refresh_from_db()
    assert (job.added, job.refused, wrong.proof) == (0, 1, "typed") and "已手工录入" in faults(job)[0][2]
    assert not Invoice.objects.filter(number=other).exists()


def test_typed_lines_may_not_add_up_to_more_than_the_invoice(admin, project, own):
    no = files.number()
    files.done(admin, project, "invoices", ("a.xml", files.einvoice("1000.00", no=no, buyer=own)))
    with refused("above_invoice", "amount"):
        making.cost(admin, project, "1.00", document_number=no, line=2)
    reading = filing.examine_text(
        actor=admin, project=project, text=text(files.row(1, 发票号码=no, 行号="2", 金额="1.00", 税额=""))
    )
    assert "只剩0.00元" in reading.faults[0].message


def test_what_the_invoice_says_stays_and_less_may_be_claimed(admin, project, own):
    files.done(admin, project, "invoices", ("a.xml", files.einvoice("1000.00", buyer=own)))
    item = CostItem.objects.get()
    values = {
        name: getattr(item, name)
        for name in ("name", "document_number", "counterparty", "amount", "invoice_date")
    }
    for name, value in (("document_number", "1"), ("counterparty", "别人"), ("invoice_date", "2023-05-01")):
        with refused("from_invoice", name):
            filing.update_cost_item(actor=admin, item=item, values={**values, name: value})
    with refused("above_invoice", "amount"):
        filing.update_cost_item(actor=admin, item=item, values={**values, "amount": "1000.01"})
    changed = filing.update_cost_item(
        actor=admin, item=item, values={**values, "amount": "600.00", "tax": "1"}
    )
    assert (changed.amount, changed.tax, changed.proof) == (600, 130, "invoice")


def test_a_removed_line_comes_back_with_its_invoice(admin, project, own):
    one = files.einvoice("1000.00", "50.00", buyer=own)
    files.done(admin, project, "invoices", ("a.xml", one))
    filing.remove_cost_item(actor=admin, item=CostItem.objects.get(line=2))
    job = files.done(admin, project, "invoices", ("a.xml", one))
    assert job.added == 1 and CostItem.objects.count() == 2 and Invoice.objects.count() == 1


@pytest.mark.parametrize("order", ["blue first", "red first", "together"])
def test_red_letters_net_out_in_any_order(admin, project, own, order):
    no = files.number()
    blue = ("蓝.xml", files.einvoice("1000.00", "500.00", no=no, buyer=own))
    red = ("红.xml", files.red(no, "-250.00", "-500.00", buyer=own))
    for batch in {"blue first": [[blue], [red]], "red first": [[red], [blue]], "together": [[red, blue]]}[
        order
    ]:
        assert files.done(admin, project, "invoices", *batch).refused == 0
    assert amounts(no) == [
        (Decimal("750.00"), Decimal("97.50"), Decimal("250.00")),
        (Decimal("0.00"), Decimal("0.00"), Decimal("500.00")),
    ]
    assert counts(files.done(admin, project, "invoices", red))[4] == 1
    assert amounts(no)[0][0] == 750


def test_one_red_letter_after_another_on_a_typed_cost(admin, project, own):
    no = files.number()
    typed = making.cost(admin, project, "1000.00", document_number=no, tax="130.00")
    for off, left, tax in (("-250.00", 750, "97.50"), ("-250.00", 500, "65.00")):
        files.done(admin, project, "invoices", ("红.xml", files.red(no, off, buyer=own)))
        typed.refresh_from_db()
        assert (typed.amount, typed.tax) == (left, Decimal(tax))


def test_red_letters_never_take_more_than_the_invoice(admin, project, own):
    no = files.number()
    files.done(admin, project, "invoices", ("a.xml", files.einvoice("100.00", no=no, buyer=own)))
    job = files.done(
        admin,
        project,
        "invoices",
        ("1.xml", files.red(no, "-60.00", buyer=own)),
        ("2.xml", files.red(no, "-60.00", buyer=own)),
    )
    assert (job.matched, job.refused) == (1, 1) and "超过了蓝字发票" in faults(job)[0][2]
    assert amounts(no)[0][0] == 40


def test_a_red_letter_after_filing_marks_the_cost_and_leaves_the_filed_amount(admin, project, own):
    no = files.number()
    files.done(
        admin,
        project,
        "invoices",
        ("a.xml", files.einvoice("1000.00", no=no, buyer=own)),
        category="equipment",
    )
    item = CostItem.objects.get()
    values = {
        name: getattr(item, name)
        for name in ("name", "document_number", "counterparty", "amount", "invoice_date")
    }
    item = filing.update_cost_item(
        actor=admin, item=item, values={**values, "category": "equipment", "paid_date": "2023-03-09"}
    )
    claim = making.submitted(making.draft(admin, owner=project, costs=[item]))
    files.done(admin, project, "invoices", ("r.xml", files.red(no, "-400.00", buyer=own)))
    item.refresh_from_db()
    assert (item.amount, item.reversed) == (1000, 400)
    (sign,) = [one for one in signs(claim, selectors.nominated(claim))[item.pk] if one.code == "reversed"]
    assert sign.tone == "bad" and "600.00" in sign.text


@pytest.mark.parametrize(
    ("reading", "deductible", "counted"),
    [
        (None, True, "1000.00"),
        (None, False, "1130.00"),
        ("without", False, "1000.00"),
        ("with", True, "1130.00"),
    ],
)
def test_tax_counts_by_setting_and_by_what_can_be_deducted(admin, project, reading, deductible, counted):
    if reading:
        making.set_to("Q08", reading, starts=making.date(2023, 10, 17))
    item = making.cost(admin, project, "1000.00", tax="130.00")
    with making.clock.shifted_to(making.clock.at(making.date(2023, 10, 18))):
        claim = making.submitted(
            making.draft(admin, owner=project, costs=[item], answers={"vat_deductible": deductible})
        )
    assert [one.amount for one in selectors.nominated(claim)] == [Decimal(counted)]
    assert selectors.totals(claim) == (1, Decimal(counted))
    assert selectors.estimate(claim).base == Decimal(counted) * 100
    assert claim.content["costs"][0]["amount"] == claim.content["claimed_total"] == counted
    found = making.verified(making.case(claim))
    assert [row.claimed for row in found.verifications.all()] == [Decimal(counted)]


def proved_and_typed(no):
    """Two organisations with one paper: the owner's by file, the other's typed; each in a project."""
    owner, other = making.organisation(), making.organisation()
    projects = making.project(owner), making.project(other)
    typed = making.cost(other, projects[1], "1000.00", document_number=no)
    files.done(
        owner,
        projects[0],
        "invoices",
        ("a.xml", files.einvoice("1000.00", no=no, buyer=owner.organisation.code)),
    )
    proved = CostItem.objects.get(organisation=owner.organisation)
    values = {
        name: getattr(proved, name)
        for name in ("name", "document_number", "counterparty", "amount", "invoice_date")
    }
    proved = filing.update_cost_item(
        actor=owner, item=proved, values={**values, "category": "equipment", "paid_date": "2023-03-09"}
    )
    return (owner, projects[0], proved), (other, projects[1], typed)


def test_a_proved_paper_holds_and_a_typed_one_cannot_block_it():
    mine, theirs = proved_and_typed(files.number())
    assert selectors.repeated([theirs[2]]) == {theirs[2].pk} and selectors.repeated([mine[2]]) == set()
    first = making.submitted(making.draft(theirs[0], owner=theirs[1], costs=[theirs[2]]))
    second = making.submitted(making.draft(mine[0], owner=mine[1], costs=[mine[2]]))
    live = Hold.objects.get(released_at=None)
    assert live.claim == second and Hold.objects.get(claim=first).release_cause == "proved"
    (conflict,) = selectors.conflicts(first).values()
    assert conflict.own is None and second.number not in conflict.text
    moved = Event.objects.get(verb="hold.displaced")
    assert moved.actor_id is None and moved.thread == first.number
    assert [one.code for one in signs(first, selectors.nominated(first))[theirs[2].pk]] == ["twin"]
    assert [one.tone for one in signs(first, selectors.nominated(first))[theirs[2].pk]] == ["bad"]


def test_a_paper_that_intake_accepted_is_proved_and_goes_to_staff():
    mine, theirs = proved_and_typed(files.number())
    first = making.submitted(making.draft(theirs[0], owner=theirs[1], costs=[theirs[2]]))
    filing.accept(actor=making.staff(making.Roles.INTAKE), claim=first)
    theirs[2].refresh_from_db()
    assert theirs[2].proof == "intake"
    second = making.submitted(making.draft(mine[0], owner=mine[1], costs=[mine[2]]))
    assert Hold.objects.get(released_at=None).claim == first and selectors.conflicts(second)


def test_two_typed_papers_stay_with_the_first_until_staff_settle():
    one, two = making.organisation(), making.organisation()
    held = making.submitted(making.draft(one))
    number = held.project.cost_items.get().document_number
    project = making.project(two)
    item = making.cost(two, project, document_number=number)
    later = making.submitted(making.draft(two, owner=project, costs=[item]))
    assert Hold.objects.get(released_at=None).claim == held and selectors.conflicts(later)


def codes(claim):
    return {
        pk: {one.code for one in listed} for pk, listed in signs(claim, selectors.nominated(claim)).items()
    }


def test_numbers_in_a_row_and_one_supplier_in_a_week_are_signs(admin, project):
    numbers = ["23232000000000000101", "23232000000000000102", "23232000000000000900", "7"]
    days = ["2023-03-01", "2023-03-01", "2023-03-05", "2023-06-01"]
    rows = [
        making.cost(admin, project, "100.00", document_number=no, invoice_date=day, paid_date="2023-06-09")
        for no, day in zip(numbers, days, strict=True)
    ]
    claim = making.submitted(making.draft(admin, owner=project, costs=rows))
    assert codes(claim) == {
        rows[0].pk: {"consecutive"},
        rows[1].pk: {"consecutive"},
        rows[2].pk: {"same_supplier"},
    }


def test_a_purchase_split_over_two_claims_is_a_sign(admin, project):
    first = making.cost(admin, project, "100.00", document_number="23232000000000000201")
    filed = making.submitted(making.draft(admin, owner=project, costs=[first]))
    second = making.cost(admin, project, "100.00", document_number="23232000000000000202")
    claim = making.submitted(making.draft(admin, "2b", owner=project, costs=[second]))
    (sign,) = signs(claim, selectors.nominated(claim))[second.pk]
    assert sign.code == "consecutive" and filed.number in sign.text and "200.00" in sign.text


def test_related_parties_are_signs(admin, project, django_assert_num_queries):
    kin = making.organisation(name="同一法人设备有限公司")
    Organisation.objects.filter(pk=admin.organisation.pk).update(contact_phone="1", legal_person="钱十")
    Organisation.objects.filter(pk=kin.organisation.pk).update(contact_phone="2", legal_person="钱十")
    dates = ["2023-01-10", "2023-03-10", "2023-05-10", "2023-07-10"]
    rows = [
        making.cost(admin, project, "100.00", counterparty=name, invoice_date=day, paid_date=day, flags=marks)
        for name, day, marks in zip(
            ["同一法人设备有限公司", admin.organisation.name, "说明过的公司", "别的公司"],
            dates,
            [{}, {}, {"related_party": True}, {}],
            strict=True,
        )
    ]
    claim = making.submitted(making.draft(admin, owner=project, costs=rows))
    assert codes(claim) == {rows[0].pk: {"related"}, rows[1].pk: {"own_paper"}, rows[2].pk: {"related"}}
    items = selectors.nominated(claim)
    with django_assert_num_queries(3):
        signs(claim, items)


def test_another_title_on_an_invoice_is_a_sign(admin, project, own):
    files.done(admin, project, "invoices", ("a.xml", files.einvoice("1000.00", buyer=own)))
    claim = making.draft(admin, owner=project)
    filing.nominate(
        actor=admin, claim=claim, cost_items=[CostItem.objects.get(proof="invoice")], version=claim.version
    )
    assert codes(claim) == {CostItem.objects.get(proof="invoice").pk: {"other_title"}}


def test_the_same_files_pressed_twice_are_one_import(admin, project, own):
    named = ("a.xml", files.einvoice("1000.00", buyer=own))
    assert files.sent(admin, project, "invoices", named) == files.sent(admin, project, "invoices", named)
    assert ImportJob.objects.count() == 1


def test_rows_complete_what_is_entered_and_never_change_it(admin, project, own):
    files.done(admin, project, "invoices", ("a.xml", files.einvoice("1000.00", "50.00", buyer=own)))
    first = CostItem.objects.get(line=1)
    data = files.with_rows(filing.rows_to_complete(project), 类别="设备", 付款日期="2023-03-09")
    job = files.done(admin, project, "workbook", ("补填.xlsx", data))
    assert counts(job) == (2, 2, 0, 2, 0, 0)
    first.refresh_from_db()
    assert (first.category, first.paid_date, first.amount, first.tax) == (
        "equipment",
        making.date(2023, 3, 9),
        1000,
        130,
    )
    assert not filing.lacking(project).exists() and Event.objects.filter(verb="costs.completed").count() == 1
    again = files.done(admin, project, "workbook", ("补填.xlsx", data))
    assert (again.matched, again.refused) == (0, 2) and "已经录入过" in faults(again)[0][2]
    other = text(
        files.row(1, 名称="服务器", 金额="1000.00", 发票号码=first.document_number, 付款日期="2023-03-10")
    )
    reading = filing.paste(actor=admin, project=project, text=other)
    assert [fault.column for fault in reading.faults] == ["付款日期"] and "2023-03-09" in reading.faults[
        0
    ].message


def test_a_filed_cost_is_not_completed(admin, project):
    item = making.cost(admin, project, "100.00")
    making.submitted(making.draft(admin, owner=project, costs=[item]))
    row = files.row(1, 金额="100.00", 税额="", 发票号码=item.document_number, 付款日期="")
    head = [*files.HEAD, "合同号"]
    reading = filing.paste(actor=admin, project=project, text=text([*row, "HT-1"], head=head))
    assert "已写进提交的申报" in reading.faults[0].message and not reading.fills


def test_one_organisation_does_not_fill_the_queue(admin, project, monkeypatch):
    monkeypatch.setattr("applications.services.imports.MOST_WAITING", 2)
    for place in range(2):
        files.sent(admin, project, "invoices", (f"{place}.xml", f"<a{place}/>"))
    with refused("busy", "file"):
        files.sent(admin, project, "invoices", ("3.xml", "<c/>"))


def test_an_odd_file_name_is_made_readable(admin, project):
    job = files.sent(admin, project, "invoices", ("\x00../../\u202e" + "长" * 200 + ".xml", "<a/>"))
    name = job.sources.get().name
    assert name.endswith("长.xml") and len(name) == 160
    assert job.sources.get().file.name.split("/")[-1].startswith(f"{job.pk}-1")


def test_a_run_that_broke_goes_on_where_it_stopped(admin, project, own, monkeypatch):
    monkeypatch.setattr(running, "INVOICES_AT_ONCE", 2)
    named = [(f"{place}.xml", files.einvoice("10.00", buyer=own)) for place in range(5)]
    job = files.sent(admin, project, "invoices", *named)
    calls = []

    def broken(**given):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the worker is gone")
        return enter(**given)

    enter = running.enter_invoices
    monkeypatch.setattr(running, "enter_invoices", broken)
    with pytest.raises(RuntimeError):
        filing.run_import(pk=job.pk)
    job.refresh_from_db()
    assert (job.read, job.added, CostItem.objects.count()) == (2, 2, 2)
    assert filing.stalled() == []
    with making.clock.shifted_to(making.clock.now() + making.timedelta(minutes=6)):
        assert filing.stalled() == [job.pk]
        filing.run_import(pk=job.pk)
    job.refresh_from_db()
    assert counts(job) == (5, 5, 5, 0, 0, 0)
    filing.run_import(pk=job.pk)
    assert CostItem.objects.count() == 5


def test_a_workbook_that_broke_goes_on_without_false_faults(admin, project, monkeypatch):
    monkeypatch.setattr(running, "ROWS_AT_ONCE", 2)
    data = files.workbook([files.HEAD, *(files.row(place) for place in range(4)), files.row(9, 金额="x")])
    job = files.sent(admin, project, "workbook", ("a.xlsx", data))
    enter, calls = running.enter, []

    def broken(**given):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError
        return enter(**given)

    monkeypatch.setattr(running, "enter", broken)
    with pytest.raises(RuntimeError):
        filing.run_import(pk=job.pk)
    filing.run_import(pk=job.pk)
    job.refresh_from_db()
    assert counts(job) == (5, 5, 4, 0, 1, 0) and len(faults(job)) == 1


def test_an_import_of_somebody_who_left_stops(admin, project, own):
    filler = making.filler(admin)
    job = files.sent(filler, project, "invoices", ("a.xml", files.einvoice("10.00", buyer=own)))
    accounts.set_active(actor=admin, user=filler, active=False)
    filing.run_import(pk=job.pk)
    job.refresh_from_db()
    assert job.failure and job.finished_at and not CostItem.objects.exists()
