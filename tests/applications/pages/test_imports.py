"""Batch entry as people meet it: look, enter, send files, watch the progress, mend what did not go in."""

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from applications.models import CostItem, ImportJob
from tests import making
from tests.applications.importing import files


@pytest.fixture
def admin():
    return making.organisation()


@pytest.fixture
def project(admin):
    return making.project(admin)


def pasted(*rows):
    return "\r\n".join("\t".join(cells) for cells in [files.HEAD, *rows])


def seen_in(answer):
    return answer.content.decode().split('name="seen" value="')[1].split('"')[0]


def test_pasting_is_looked_at_first_and_bad_rows_stay_in_the_box(admin, project, send, see):
    address = reverse("cost_paste", args=[project.pk])
    assert "各列的顺序和填法" in see(admin, address)
    text = pasted(files.row(1), files.row(2, 金额="-3"))
    looked = send(admin, address, {"text": text, "act": "check"})
    page = looked.content.decode()
    assert "1行有问题" in page and "金额不能是负数" in page and "录入1行" in page and "1,000.00" in page
    assert not CostItem.objects.exists()
    saved = send(admin, address, {"text": text, "act": "save", "seen": seen_in(looked)})
    box = saved.content.decode().split("<textarea")[1].split("</textarea>")[0]
    assert saved.status_code == 422 and "已录入1笔" in saved.content.decode()
    assert "训练服务器2" in box and "训练服务器1\t" not in box and CostItem.objects.count() == 1
    mended = box.split(">", 1)[1].strip().replace("-3", "3")
    looked = send(admin, address, {"text": mended, "act": "check"})
    done = send(admin, address, {"text": mended, "act": "save", "seen": seen_in(looked)})
    assert done.status_code == 302 and CostItem.objects.count() == 2


def test_a_text_that_was_not_looked_at_is_looked_at_instead(admin, project, send):
    address = reverse("cost_paste", args=[project.pk])
    answer = send(admin, address, {"text": pasted(files.row(1)), "act": "save", "seen": "another"})
    assert "1行可以录入" in answer.content.decode() and not CostItem.objects.exists()
    empty = send(admin, address, {"text": "  ", "act": "check"})
    assert empty.status_code == 422 and "请先从表格里复制几行" in empty.content.decode()
    markup = send(admin, address, {"text": pasted(files.row(1, 名称="<script>1</script>")), "act": "check"})
    assert "<script>1" not in markup.content.decode()


def test_the_template_downloads(admin, project, client):
    client.force_login(admin)
    answer = client.get(reverse("cost_template", args=[project.pk]))
    book = load_workbook(io.BytesIO(answer.content))
    assert book["费用"]["A1"].value == "名称" and "attachment" in answer["content-disposition"]


def test_a_workbook_is_sent_watched_and_mended(admin, project, send, see, client):
    address = reverse("cost_import", args=[project.pk])
    data = files.workbook([files.HEAD, files.row(1), files.row(2, 金额="x", 开票日期="昨天")])
    answer = send(admin, address, {"kind": "workbook", "file": _file("费用.xlsx", data)})
    job = ImportJob.objects.get()
    assert answer["location"] == reverse("import_job", args=[job.pk])
    files.filing.run_import(pk=job.pk)
    page = see(admin, answer["location"])
    assert "已完成，有的没导入" in page and "第3行" in page and "hx-get" not in page and "1,000.00" in page
    rest = load_workbook(io.BytesIO(client.get(reverse("import_rest", args=[job.pk])).content))["费用"]
    head = [cell.value for cell in rest[1]]
    cells = dict(zip(head, [cell.value for cell in rest[2]], strict=True))
    assert rest.max_row == 2 and cells["名称"] == "训练服务器2" and "金额要写成数字" in cells["原因"]
    stream = io.BytesIO()
    book = rest.parent
    rest.cell(row=2, column=head.index("金额") + 1, value="2")
    rest.cell(row=2, column=head.index("开票日期") + 1, value="2023-03-01")
    book.save(stream)
    again = files.done(admin, project, "workbook", ("改好.xlsx", stream.getvalue()))
    assert (again.added, again.refused) == (1, 0) and again.faults.count() == 0


def line_under_head(line):
    return "\t".join(files.HEAD) + "\n" + line


def _file(name, data):
    stream = io.BytesIO(data)
    stream.name = name
    return stream


def test_what_cannot_be_read_here_is_said_at_its_box(admin, project, send, see):
    address = reverse("cost_import", args=[project.pk])
    answer = send(admin, address, {"kind": "invoices", "file": _file("a.pdf", b"x")})
    text = answer.content.decode()
    assert (
        answer.status_code == 422 and 'id="id_invoices_file_error"' in text and "请选数电票的XML文件" in text
    )
    assert send(admin, address, {"kind": "invoices"}).status_code == 422
    assert send(admin, address, {"kind": "else"}).status_code == 404
    making_running = files.sent(admin, project, "invoices", ("a.xml", b"<a/>"))
    ImportJob.objects.filter(pk=making_running.pk).update(finished_at=None, total=9, read=4)
    page = see(admin, reverse("import_job", args=[making_running.pk]))
    assert "已处理4个文件，共9个文件" in page and 'hx-trigger="every 2s"' in page and "刷新看最新进度" in page


def test_a_proved_cost_and_a_repeated_one_show_on_the_project(admin, project, see, send):
    no = files.number()
    own = admin.organisation.code
    files.done(admin, project, "invoices", ("a.xml", files.einvoice("1000.00", no=no, buyer=own)))
    page = see(admin, reverse("project", args=[project.pk]))
    assert "数电票" in page and "另有税额130.00" in page and "重号" not in page
    assert "?fill=1" in see(admin, reverse("cost_import", args=[project.pk]))
    line = "\t".join(files.row(1, 名称="服务器", 发票号码=no, 类别="设备"))
    looked = send(
        admin, reverse("cost_paste", args=[project.pk]), {"text": line_under_head(line), "act": "check"}
    )
    assert "补填1行" in looked.content.decode()
    other = making.organisation()
    theirs = making.project(other)
    answer = send(
        other,
        reverse("cost_new", args=[theirs.pk]),
        {
            "side": "purchase",
            "evidence_kind": "invoice",
            "name": "服务器",
            "document_number": no,
            "line": "1",
            "counterparty": "省外设备有限公司",
            "amount": "1000.00",
        },
    )
    assert answer.status_code == 302
    page = see(other, reverse("project", args=[theirs.pk]))
    assert "请核对号码" in page and admin.organisation.name not in page


def test_a_long_ledger_is_shown_by_the_page(admin, project, see, django_assert_max_num_queries):
    now = making.clock.now()
    CostItem.objects.bulk_create(
        CostItem(
            organisation=admin.organisation,
            project=project,
            name=f"费用{place}",
            document_number=str(place),
            counterparty="甲",
            amount="1.00",
            evidence_key=f"other:甲:{place}",
            created_at=now,
            created_by=admin,
        )
        for place in range(500)
    )
    with django_assert_max_num_queries(26):
        page = see(admin, reverse("project", args=[project.pk]))
    assert "支出合计，500笔" in page and page.count("修改<span") == 50


@pytest.mark.django_db(transaction=True)
def test_in_a_browser_the_progress_moves_by_itself(browser, live_server, admin, project, monkeypatch):
    monkeypatch.setattr("applications.services.imports.after_commit", lambda *_, **__: None)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    client = Client()
    client.force_login(admin)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    own = admin.organisation.code
    job = files.sent(
        admin, project, "invoices", ("a.xml", files.einvoice("10.00", buyer=own)), ("b.xml", b"<a/>")
    )
    for address in ("cost_import", "cost_paste"):
        page.goto(live_server.url + reverse(address, args=[project.pk]))
        assert Axe().run(page).violations_count == 0
    page.goto(live_server.url + reverse("import_job", args=[job.pk]))
    page.get_by_text("等待处理").wait_for()
    assert Axe().run(page).violations_count == 0
    files.filing.run_import(pk=job.pk)
    page.get_by_text("已完成，有的没导入").wait_for(timeout=8000)
    assert page.get_by_text("不是数电票").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_a_long_ledger_is_chosen_from_page_by_page(admin, project, see, send, monkeypatch):
    monkeypatch.setattr("applications.views.reading.COSTS_SHOWN", 2)
    one, two, three, four = (making.cost(admin, project, "100.00") for _ in range(4))
    claim = files.filing.start_claim(
        actor=admin, project=project, item=making.item("2a"), window=making.window("2a")
    )
    claim = files.filing.nominate(actor=admin, claim=claim, cost_items=[one, three], version=claim.version)
    address = reverse("claim_costs", args=[claim.number])
    first = see(admin, address)
    assert one.name in first and three.name not in first and "每页列200笔" in first
    later = f"{address}?after={two.pk}"
    assert f'data-keep="claim-{claim.pk}-costs-{two.pk}"' in see(admin, later)
    send(admin, later, {"version": claim.version, "cost_items": [four.pk]})
    assert set(claim.nominations.values_list("cost_item", flat=True)) == {one.pk, four.pk}
    claim.refresh_from_db()
    autosave = reverse("claim_autosave", args=[claim.number, "costs"])
    answer = send(admin, autosave, {"version": claim.version, "fields": "cost_items", "cost_items": [two.pk]})
    assert answer.status_code == 200
    assert set(claim.nominations.values_list("cost_item", flat=True)) == {two.pk, four.pk}
