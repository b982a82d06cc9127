"""From a decision to a PDF: validate, draw HTML, look for characters that cannot be printed, set the pages."""

import hashlib
import logging
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from portal.kernel.refusals import Refusal

from . import fonts as font_choice
from .canonical_form import canonical
from .schemas import validated

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

ROOT = Path(__file__).resolve().parents[3]
STYLE = ROOT / "static" / "css" / "paper.css"
VARIANT = "pdf/a-3u"
MEETING = re.compile(r"<[^>]*>|([，。、；：）》〕”])(?=(?:<[^>]*>)*[，。、；：）》〕”（《〔“])")
TIGHT = '<span class="pp-half">{}</span>'
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RenderedPaper:
    """A finished PDF; `sha256` is of its bytes."""

    pdf: bytes
    pages: int
    sha256: str


class ForbiddenResource(RuntimeError):
    """A template or style sheet asked for something outside the paper's own files."""


class _Undefined(str):
    """Stands for `string_if_invalid`: a template that names something the decision lacks fails."""

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, name: object) -> str:
        raise KeyError(f"the paper's template names {name}, which the decision does not have")


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine(
        dirs=[str(ROOT / "templates")],
        builtins=["portal.kernel.documents.tags"],
        string_if_invalid=_Undefined("%s"),
    )


def check(template: str, decision: dict[str, Any], number: str = "") -> None:
    """Everything that can stop a paper, without making the PDF: call before a number is used up.

    BadDecision when the decision does not fit, TypeError when it has no canonical form, Refusal for a character
    that cannot be printed.
    """
    canonical(decision)
    _refuse_missing(_html(template, decision, number, "", "0" * 64))


def render(
    template: str, decision: dict[str, Any], number: str, check_url: str, digest: str
) -> RenderedPaper:
    """Draw one paper. The same input gives the same bytes with the same fonts and library versions.

    The file's dates are `decision["issued_at"]`, its identifier comes from number and digest, and the canonical
    decision is attached as decision.json. Raises as `check` does.
    """
    attached = canonical(decision)
    page = _html(template, decision, number, check_url, digest)
    _refuse_missing(page)
    issued = datetime.fromisoformat(decision["issued_at"])
    identifier = hashlib.sha256(f"{number} {digest}".encode()).digest()[:16]
    pdf, pages = _pages(page, attached, issued, identifier)
    return RenderedPaper(pdf=pdf, pages=pages, sha256=hashlib.sha256(pdf).hexdigest())


def information(template: str, content: dict[str, Any]) -> str:
    """The HTML of a sheet that informs and decides nothing: no number, no digest, no attachment.

    KeyError for a name the content lacks, Refusal for a character that cannot be printed.
    """
    page = _set_tight(_engine().get_template(template).render(Context({"d": content})))
    _refuse_missing(page)
    return page


def style_digest() -> str:
    """Changes whenever the same HTML would be set differently: style sheet, font sheet, library."""
    import weasyprint

    parts = [STYLE.read_text(encoding="utf-8"), font_choice.style_sheet(font_choice.chosen())]
    return hashlib.sha256("\0".join([*parts, weasyprint.__version__]).encode()).hexdigest()


def render_information(page: str) -> RenderedPaper:
    """The PDF of what `information` gave. The same page gives the same bytes."""
    pdf, pages = _pages(page, None, None, hashlib.sha256(page.encode()).digest()[:16])
    return RenderedPaper(pdf=pdf, pages=pages, sha256=hashlib.sha256(pdf).hexdigest())


def _pages(
    page: str, attached: bytes | None, issued: datetime | None, identifier: bytes
) -> tuple[bytes, int]:
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    fonts = font_choice.chosen()
    fetcher = _fetcher(fonts)
    configuration = FontConfiguration()
    options = {"pdf_variant": VARIANT, "pdf_tags": True}
    attachments = []
    if attached is not None:
        attachments.append(
            Attachment(
                file_obj=BytesIO(attached),
                name="decision.json",
                description="文件所载决定的规范数据，摘要按此计算",
                created=issued,
                modified=issued,
                relationship="Data",
            )
        )
    try:
        styles = [
            CSS(string=text, font_config=configuration, url_fetcher=fetcher)
            for text in (
                font_choice.style_sheet(fonts),
                STYLE.read_text(encoding="utf-8"),
            )
        ]
        document = HTML(string=page, url_fetcher=fetcher).render(
            stylesheets=styles, font_config=configuration, **options
        )
        pdf = document.write_pdf(attachments=attachments, pdf_identifier=identifier, **options)
    except FatalURLFetchingError as fault:
        raise ForbiddenResource(str(fault)) from fault
    return pdf, len(document.pages)


def _html(template: str, decision: dict[str, Any], number: str, check_url: str, digest: str) -> str:
    paper = validated(template, decision)
    context = {
        "d": paper,
        "number": number,
        "digest": digest,
        "check_url": check_url,
        "check_code": check_url.rstrip("/").rpartition("-")[2],
        "qr": _qr(check_url) if check_url else "",
    }
    return _set_tight(_engine().get_template(template).render(Context(context)))


def _set_tight(page: str) -> str:
    """Halve the empty side of a punctuation mark that meets another, as 标点挤压 asks: 》（, ）、, ：“."""
    head, body = page.split("<body", 1)
    return head + "<body" + MEETING.sub(lambda found: TIGHT.format(found[1]) if found[1] else found[0], body)


def _qr(url: str) -> SafeString:
    import segno

    code = segno.make(url, error="m", micro=False, boost_error=False)
    return mark_safe(code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))


class _Text(HTMLParser):
    """Gathers what is printed: text, without style and svg."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _refuse_missing(page: str) -> None:
    reader = _Text()
    reader.feed(page)
    missing = font_choice.missing_characters("".join(reader.parts))
    if missing:
        log.warning(
            "characters that cannot be printed: %s",
            " ".join(f"U+{ord(char):04X}" for char in missing),
        )
        named = "、".join(map(font_choice.name_character, missing))
        raise Refusal(
            f"有{len(missing)}个字符打印不出来：{named}。请核对原文后改成规范字，"
            "确需使用的，请管理员安装含有该字的字体后再出文件。",
            code="glyph_missing",
        )


def _fetcher(fonts: font_choice.FontSet) -> "URLFetcher":
    """Reads data: URLs, the project's static/css and the chosen font files; refuses all else, and then no PDF is made."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # the library has no types
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            parts = urlsplit(url)
            if parts.scheme == "data":
                return super().fetch(url, headers)
            if parts.scheme == "file" and not parts.netloc:
                path = Path(unquote(parts.path)).resolve()
                allowed = {file.resolve() for file in fonts.files}
                if path in allowed or STYLE.parent.resolve() in path.parents:
                    return URLFetcherResponse(url, path.read_bytes())
            raise FatalURLFetchingError(f"a paper may not load {url}")

    return ClosedFetcher(allowed_protocols=("data", "file"))
