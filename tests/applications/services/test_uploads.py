"""Uploads: every file is looked into, and what it cannot be is said."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter

from applications import selectors, uploads
from applications import services as filing
from applications.models import Attachment
from portal.accounts.states import Roles
from portal.kernel.models import Event
from portal.kernel.refusals import Refusal
from tests import making
from tests.refusing import refused

pytestmark = pytest.mark.django_db


def png(width=4, height=4):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(buffer, "PNG")
    return buffer.getvalue()


def jpeg():
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(buffer, "JPEG")
    return buffer.getvalue()


def vast_png(width, height):
    """A few bytes that claim to be a picture of width × height."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


def locked_pdf():
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def pdf_of(pages):
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(10, 10)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def xlsx():
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


def zipped(name="a.txt"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"x" * 100)
    return buffer.getvalue()


def inspected(content, name):
    return uploads.inspect(io.BytesIO(content), name=name, size=len(content))


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (making.PDF, "合同.pdf", "application/pdf"),
        (making.PDF, "合同.PDF", "application/pdf"),
        (png(), "照片.png", "image/png"),
        (jpeg(), "照片.jpeg", "image/jpeg"),
        (jpeg(), "照片.jpg", "image/jpeg"),
        (xlsx(), "清单.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_what_offices_use_is_taken(content, name, mime):
    assert inspected(content, name).content_type == mime


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "空.pdf", "empty_file"),
        (b"hello", "说明.txt", "type_not_allowed"),
        (b"<html><script>alert(1)</script></html>", "发票.pdf", "mislabelled_file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "照片.png", "mislabelled_file"),
        (b"MZ" + b"\0" * 200, "发票.pdf", "mislabelled_file"),
        (b"GIF89a" + b"\0" * 200, "照片.gif", "type_not_allowed"),
        (zipped(), "材料.zip", "type_not_allowed"),
        (zipped(), "材料.docx", "mislabelled_file"),
        (png(), "发票.pdf", "mislabelled_file"),
        (making.PDF, "照片.png", "mislabelled_file"),
        (making.PDF, "发票.pdf.exe", "mislabelled_file"),
        (making.PDF, "发票", "mislabelled_file"),
        (locked_pdf(), "加密.pdf", "damaged_file"),
        (making.PDF[:40], "半截.pdf", "damaged_file"),
        (b"%PDF-1.7\n" + b"\0" * 500, "坏.pdf", "damaged_file"),
        (png()[:40], "半截.png", "damaged_file"),
        (jpeg()[:20], "半截.jpg", "damaged_file"),
        (xlsx()[:3000], "半截.xlsx", "damaged_file"),
        (vast_png(20_000, 20_000), "大图.png", "image_too_large"),
        (vast_png(10_000, 9_500), "大图.png", "image_too_large"),
    ],
)
def test_what_is_empty_wrong_mislabelled_or_broken_is_refused_by_name(content, name, code):
    with refused(code, "file") as parts:
        inspected(content, name)
    assert name in parts[0].message


def test_a_pdf_of_more_than_a_thousand_pages_is_refused():
    inspected(pdf_of(1000), "厚.pdf")
    with refused("damaged_file"):
        inspected(pdf_of(1001), "厚.pdf")


def test_the_limit_is_on_the_size_given_and_says_what_to_do(settings):
    settings.UPLOAD_MAX_BYTES = 2 * 1024 * 1024
    with refused("file_too_large", "file") as parts:
        uploads.inspect(io.BytesIO(making.PDF), name="大.pdf", size=2 * 1024 * 1024 + 1)
    assert "2MB" in parts[0].message
    assert "压缩" in parts[0].message
    uploads.inspect(io.BytesIO(making.PDF), name="大.pdf", size=2 * 1024 * 1024)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), which=st.sampled_from(["pdf", "png", "jpg", "xlsx"]))
def test_no_damage_brings_the_inspection_down(data, which):
    whole = bytearray({"pdf": making.PDF, "png": png(), "jpg": jpeg(), "xlsx": xlsx()}[which])
    for place in data.draw(st.lists(st.integers(8, len(whole) - 1), max_size=20)):
        whole[place] = data.draw(st.integers(0, 255))
    try:
        inspected(bytes(whole[: data.draw(st.integers(10, len(whole)))]), f"材料.{which}")
    except Refusal as refusal:
        assert refusal.field == "file"


def test_an_upload_is_stored_under_its_digest_and_recorded():
    claim = making.draft()
    admin = making.admin_of(claim)
    made = making.upload(admin, claim, "photo", png(), "..\\..\\etc/现场 照片.png")
    assert (made.name, made.size, made.uploaded_by) == ("现场 照片.png", len(png()), admin)
    assert Path(made.file.name).name == f"{made.sha256}.png"
    assert made.file.read() == png()
    assert Event.objects.filter(verb="paper.uploaded", subject_id=str(made.pk)).exists()


def test_the_same_file_at_the_same_place_is_one_and_elsewhere_another():
    claim = making.draft()
    admin = making.admin_of(claim)
    item = selectors.nominated(claim)[0]
    first = making.upload(admin, claim, "photo")
    assert making.upload(admin, claim, "photo").pk == first.pk
    elsewhere = filing.upload(
        actor=admin,
        claim=claim,
        paper="photo",
        file=io.BytesIO(making.PDF),
        name="材料.pdf",
        size=len(making.PDF),
        cost_item=item,
    )
    assert elsewhere.pk != first.pk
    filing.remove_attachment(actor=admin, attachment=first)
    assert making.upload(admin, claim, "photo").pk != first.pk


def test_the_last_file_a_claim_may_have(settings):
    settings.UPLOADS_PER_CLAIM = 200
    claim = making.draft()
    admin = making.admin_of(claim)
    have = selectors.attachments(claim).count()
    Attachment.objects.bulk_create(
        Attachment(
            claim=claim,
            paper="photo",
            name="照片.png",
            file="x",
            content_type="image/png",
            size=1,
            sha256=f"{number:064d}",
            uploaded_at=making.clock.now(),
            uploaded_by=admin,
        )
        for number in range(199 - have)
    )
    making.upload(admin, claim, "asset_card")
    with refused("too_many_files", "file") as parts:
        making.upload(admin, claim, "asset_card", pdf_of(2))
    assert "200" in parts[0].message
    assert selectors.attachments(claim).count() == 200


def test_a_paper_must_be_one_of_the_items_and_a_cost_one_of_the_claims():
    claim = making.draft()
    admin = making.admin_of(claim)
    for code in ("diploma", "application_form"):
        with refused("unknown_paper", "paper"):
            making.upload(admin, claim, code)
    with refused("not_nominated", "cost_item"):
        filing.upload(
            actor=admin,
            claim=claim,
            paper="invoice",
            file=io.BytesIO(making.PDF),
            name="a.pdf",
            size=len(making.PDF),
            cost_item=making.cost(admin, claim.project),
        )


def test_only_the_applicant_uploads_and_removes():
    claim = making.draft()
    paper = selectors.attachments(claim)[0]
    for actor in (making.organisation(), making.staff(Roles.INTAKE)):
        with refused("forbidden"):
            making.upload(actor, claim, "photo")
        with refused("forbidden"):
            filing.remove_attachment(actor=actor, attachment=paper)


def test_removing_keeps_the_file_for_the_record_and_happens_once():
    claim = making.draft()
    admin = making.admin_of(claim)
    paper = selectors.attachments(claim)[0]
    filing.remove_attachment(actor=admin, attachment=paper)
    filing.remove_attachment(actor=admin, attachment=paper)
    paper.refresh_from_db()
    assert (paper.removed_by, paper.removed_at is not None) == (admin, True)
    assert paper.file.read() == making.PDF
    assert Event.objects.filter(verb="paper.removed").count() == 1


def test_after_filing_papers_stay_as_they_are():
    claim = making.submitted()
    admin = making.admin_of(claim)
    with refused("locked"):
        making.upload(admin, claim, "photo")
    with refused("locked"):
        filing.remove_attachment(actor=admin, attachment=selectors.attachments(claim)[0])
