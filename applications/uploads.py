"""What an uploaded file must be: known by its content, whole, and of a sane size."""

import hashlib
from dataclasses import dataclass
from typing import IO
from zipfile import ZipFile

import filetype
from django.conf import settings
from PIL import Image
from pypdf import PdfReader

from portal.kernel.refusals import Refusal

TYPES = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
}
SUFFIXES = tuple(suffix for suffixes in TYPES.values() for suffix in suffixes)
ACCEPTED_NAMES = "PDF、JPG、PNG、XLSX、DOCX"
MOST_PIXELS = 80_000_000
MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that passed: its type by content, size in bytes, SHA-256."""

    content_type: str
    size: int
    sha256: str


def inspect(file: IO[bytes], *, name: str, size: int) -> Inspected:
    """Look at a file's content. Raises Refusal: empty, too large, type not allowed, mislabelled, damaged."""
    if not size:
        raise Refusal(f"“{name}”是空文件，请重新导出后再上传。", code="empty_file", field="file")
    if size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise Refusal(
            f"“{name}”超过{limit}MB。可以压缩图片，或把文件拆成几份上传。",
            code="file_too_large",
            field="file",
        )
    head = file.read(8192)
    kind = filetype.guess(head)
    suffix = next((one for one in SUFFIXES if name.lower().endswith(one)), "")
    if (kind is None or kind.mime not in TYPES) and suffix:
        raise Refusal(
            f"“{name}”的内容不是{suffix[1:].upper()}。请打开文件检查，重新导出后再上传。",
            code="mislabelled_file",
            field="file",
        )
    if kind is None or kind.mime not in TYPES:
        raise Refusal(
            f"“{name}”的类型不能上传。请上传{ACCEPTED_NAMES}文件。", code="type_not_allowed", field="file"
        )
    if not name.lower().endswith(TYPES[kind.mime]):
        raise Refusal(
            f"“{name}”的内容是{TYPES[kind.mime][0][1:].upper()}，与文件名的后缀不符。请改正文件名后再上传。",
            code="mislabelled_file",
            field="file",
        )
    file.seek(0)
    _look_inside(file, kind.mime, name)
    file.seek(0)
    digest = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    return Inspected(kind.mime, size, digest)


def _look_inside(file: IO[bytes], mime: str, name: str) -> None:
    damaged = Refusal(
        f"“{name}”打不开，可能已损坏或设了密码。请检查后再上传。", code="damaged_file", field="file"
    )
    if mime == "application/pdf":
        try:
            reader = PdfReader(file)
            pages = 0 if reader.is_encrypted else len(reader.pages)
        except Exception as error:  # whatever a parser chokes on, the file is what is wrong
            raise damaged from error
        if not 0 < pages <= MOST_PAGES:
            raise damaged
    elif mime.startswith("image/"):
        vast = Refusal(f"“{name}”的像素太多，请缩小后再上传。", code="image_too_large", field="file")
        try:
            with Image.open(file) as image:
                pixels = image.width * image.height
                image.verify()
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise vast from error
        except Exception as error:  # as above
            raise damaged from error
        if pixels > MOST_PIXELS:
            raise vast
    else:
        try:
            with ZipFile(file) as parts:
                whole = "[Content_Types].xml" in parts.namelist()
        except Exception as error:  # as above
            raise damaged from error
        if not whole:
            raise damaged
