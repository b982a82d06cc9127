"""Batch entry for programs: the same services, the same words."""

import io

import pytest

from applications.models import CostItem, ImportJob
from tests import making
from tests.applications.api.calling import Program
from tests.applications.importing import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return making.organisation()


@pytest.fixture
def project(admin):
    return making.project(admin)


def named(name, data):
    stream = io.BytesIO(data)
    stream.name = name
    return stream


def test_pasting_looks_and_then_enters(admin, project):
    call = Program(admin)
    text = "\n".join("\t".join(cells) for cells in [files.HEAD, files.row(1), files.row(2, 金额="x")])
    looked = call("post", f"projects/{project.pk}/costs/paste/", {"text": text}, format="json").json()
    assert (looked["saved"], looked["good"], looked["total"]) == (False, 1, "1000.00")
    assert looked["faults"] == [
        {"row": 3, "column": "金额", "message": "金额要写成数字，例如1234567.89，单位是元。"}
    ]
    assert looked["rows"][0]["name"] == "训练服务器1" and not CostItem.objects.exists()
    saved = call(
        "post", f"projects/{project.pk}/costs/paste/", {"text": text, "save": True}, format="json"
    ).json()
    assert saved["saved"] and CostItem.objects.count() == 1 and "训练服务器2" in saved["rest"]
    bad = call("post", f"projects/{project.pk}/costs/paste/", {"text": "名称\t金额\na\t1"}, format="json")
    assert bad.status_code == 400 and bad.json()["code"] == "bad_head"


def test_files_are_sent_and_their_progress_read(admin, project):
    call = Program(admin)
    text = files.einvoice("1000.00", buyer=admin.organisation.code).encode()
    answer = call(
        "post",
        f"projects/{project.pk}/imports/",
        {"kind": "invoices", "file": [named("a.xml", text), named("b.xml", b"<a/>")]},
        format="multipart",
    )
    assert answer.status_code == 202
    job = ImportJob.objects.get(pk=answer.json()["id"])
    files.filing.run_import(pk=job.pk)
    read = call("get", f"imports/{job.pk}/").json()
    assert (read["total"], read["read"], read["added"], read["refused"], read["amount"]) == (
        2,
        2,
        1,
        1,
        "1000.00",
    )
    assert read["finished_at"] and read["failure"] == ""
    assert [one["id"] for one in call("get", f"projects/{project.pk}/imports/").json()["results"]] == [job.pk]
    (fault,) = call("get", f"imports/{job.pk}/faults/").json()["results"]
    assert (fault["place"], fault["message"]) == ("b.xml", "这个XML不是数电票。")
    (cost,) = call("get", f"projects/{project.pk}/costs/").json()["results"]
    assert (cost["proof"], cost["tax"], cost["reversed"], cost["repeated"]) == (
        "invoice",
        "130.00",
        "0.00",
        False,
    )
    changed = call("patch", f"costs/{cost['id']}/", {"document_number": "1"}, format="json")
    assert changed.status_code == 400 and "以发票为准" in changed.json()["fields"]["document_number"][0]


def test_the_template_comes_as_a_workbook(admin, project):
    answer = Program(admin)("get", f"projects/{project.pk}/costs/template/")
    assert answer.status_code == 200 and answer.content[:2] == b"PK"


def test_a_file_of_another_kind_is_refused_at_its_field(admin, project):
    answer = Program(admin)(
        "post",
        f"projects/{project.pk}/imports/",
        {"kind": "invoices", "file": [named("a.pdf", b"x")]},
        format="multipart",
    )
    assert answer.status_code == 400 and "file" in answer.json()["fields"]


def test_another_organisations_imports_are_not_there(admin, project):
    job = files.done(admin, project, "invoices", ("a.xml", b"<a/>"))
    call = Program(making.organisation())
    for path in (f"imports/{job.pk}/", f"imports/{job.pk}/faults/", f"projects/{project.pk}/costs/template/"):
        assert call("get", path).status_code == 404


def test_staff_read_what_to_look_at_in_a_claims_costs(admin, project):
    rows = [
        making.cost(admin, project, "100.00", document_number=f"2323200000000000030{place}")
        for place in (1, 2)
    ]
    claim = making.submitted(making.draft(admin, owner=project, costs=rows))
    found = Program(making.staff(making.Roles.HANDLER))("get", f"desk/claims/{claim.number}/signs/").json()
    assert [one["cost_item"] for one in found] == [row.pk for row in rows]
    assert found[0]["signs"][0]["code"] == "consecutive"
    assert Program(admin)("get", f"desk/claims/{claim.number}/signs/").status_code == 403
