"""Files out of uploads and zip archives, within limits that are counted while reading, never taken on trust."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from zipfile import ZipFile, ZipInfo

from applications.importing.einvoice import MOST_BYTES
from portal.kernel.refusals import Refusal

MOST_MEMBERS = 2000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 100
SMALL = 64 * 1024
"""Below this size a member may be as dense as it likes: a short file of blanks is no bomb."""
ENCRYPTED = 0x1
UTF8_NAME = 0x800
BESIDE = (".pdf", ".ofd", ".png", ".jpg", ".jpeg", ".txt")
"""What the tax platform packs beside the XML."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file to be read, with where it is from; `skip` marks one that lies beside the invoices."""

    name: str
    data: bytes = b""
    refusal: Refusal | None = None
    skip: bool = False


def members(file: IO[bytes], name: str) -> Iterator[Member]:
    """The file itself, or what is in it when it is a zip. A bad archive is one refused member."""
    head = file.read(4)
    file.seek(0)
    if head[:2] != b"PK":
        yield Member(name, file.read(MOST_BYTES + 1))
        return
    try:
        archive = ZipFile(file)
        listed = [info for info in archive.infolist() if not info.is_dir()]
        check(listed)
    except Refusal as refusal:
        yield Member(name, refusal=refusal)
        return
    except Exception:  # whatever the parser chokes on, the file is what is wrong
        yield Member(name, refusal=Refusal("压缩包打不开，可能已损坏或设了密码。", code="damaged_file"))
        return
    with archive:
        left = MOST_UNPACKED
        for info in listed:
            member = _member(archive, info, name, left)
            left -= len(member.data)
            yield member


def count(file: IO[bytes]) -> int:
    """How many members `members` gives."""
    head = file.read(2)
    file.seek(0)
    if head != b"PK":
        return 1
    try:
        with ZipFile(file) as archive:
            listed = [info for info in archive.infolist() if not info.is_dir()]
            check(listed)
            return len(listed)
    except Exception:  # as above: one refused member
        return 1
    finally:
        file.seek(0)


def check(listed: list[ZipInfo], *, most: int = MOST_UNPACKED) -> None:
    """Raise Refusal for too many members, too large or too dense; `listed` is what the directory claims."""
    if not listed:
        raise Refusal("文件里没有内容。", code="empty_file")
    if len(listed) > MOST_MEMBERS:
        raise Refusal(
            f"压缩包里有{len(listed):,}个文件，一次最多{MOST_MEMBERS:,}个，请分几包上传。", code="too_many"
        )
    if sum(info.file_size for info in listed) > most:
        raise Refusal(f"文件解开后超过{most // 1024 // 1024}MB，没有读取。", code="file_too_large")
    if any(
        info.file_size > SMALL and info.file_size > MOST_RATIO * max(1, info.compress_size) for info in listed
    ):
        raise Refusal("文件里有压缩率异常的部分，没有读取。", code="zip_bomb")


def _member(archive: ZipFile, info: ZipInfo, holder: str, left: int) -> Member:
    shown = f"{holder}：{_name(info)}"[:200]
    lower = info.filename.lower()
    if lower.endswith(BESIDE) or "__macosx/" in lower or lower.endswith(".ds_store"):
        return Member(shown, skip=True)
    if info.flag_bits & ENCRYPTED:
        return Member(shown, refusal=Refusal("文件设了密码，请去掉密码后再上传。", code="damaged_file"))
    if lower.endswith(".zip"):
        return Member(shown, refusal=Refusal("压缩包里还有压缩包，请解开后再上传。", code="nested_zip"))
    if info.file_size > MOST_BYTES or left <= 0:
        return Member(shown, refusal=Refusal("文件超过1MB，不像一张数电票。", code="file_too_large"))
    try:
        with archive.open(info) as stream:
            return Member(shown, stream.read(min(MOST_BYTES, left) + 1))
    except Exception:  # as above
        return Member(shown, refusal=Refusal("压缩包里的这个文件已损坏。", code="damaged_file"))


def _name(info: ZipInfo) -> str:
    """The last part of a member's name, also where a Chinese Windows wrote it without saying so."""
    name = info.filename
    if not info.flag_bits & UTF8_NAME:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    return "".join(char for char in name.replace("\\", "/").rpartition("/")[2] if char.isprintable())[:120]
