"""Issuing papers: a number, a frozen decision, its digest; drawn by a worker afterwards."""

import secrets
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models

from portal.kernel import clock, documents, events
from portal.kernel.canonical import digest, plain
from portal.kernel.models import Document
from portal.kernel.numbers import next_number
from portal.kernel.permissions import SYSTEM
from portal.kernel.refusals import Refusal
from portal.kernel.work import after_commit, unit_of_work

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
PREFIX = {
    "receipt": "SL",
    "correction": "BZ",
    "refusal": "BYSL",
    "rejection": "BYZC",
    "notice": "GS",
    "letter": "BF",
    "summary": "HZ",
    "payment": "ZF",
    "calculation": "HD",
    "registration": "DJ",
    "handover": "ZB",
    "answer": "DF",
}


def issue(
    *,
    kind: str,
    title: str,
    subject: models.Model,
    decision: dict[str, Any],
    template: str,
    actor: Any,
    thread: str = "",
    public_summary: dict[str, Any] | None = None,
) -> Document:
    """Number a paper, freeze its decision and have it drawn after the commit.

    Refusal `missing_glyph` names a character no font of ours can draw; `public_summary` is what the
    check page may show to a stranger.
    """
    with unit_of_work():
        now = clock.now()
        number = f"{PREFIX[kind]}-{now.year}-{next_number(f'{kind}-{now.year}'):04d}"
        frozen = plain({**decision, "issued_at": now, "demonstration": settings.DEMONSTRATION})
        documents.validated(template, frozen)
        missing = documents.missing_characters(" ".join(_texts(frozen)) + title)
        if missing:
            named = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in missing)
            raise Refusal(
                f"字体里没有这些字，文件无法打印：{named}。请改用通行的写法。", code="missing_glyph"
            )
        document = Document.objects.create(
            number=number,
            check_code="".join(secrets.choice(_ALPHABET) for _ in range(12)),
            kind=kind,
            title=title,
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            template=template,
            decision=frozen,
            decision_digest=digest(frozen),
            public_summary=plain(public_summary or {}),
            issued_at=now,
            issued_by=None if actor is SYSTEM else actor,
        )
        events.record(
            "document.issued",
            document,
            actor=actor,
            thread=thread,
            data={"number": number, "kind": kind, "digest": document.decision_digest},
        )
        after_commit("kernel.render_document", pk=document.pk)
    return document


def draw(pk: int) -> Document:
    """Draw a pending paper and store the file with its SHA-256; drawing twice changes nothing."""
    document = Document.objects.get(pk=pk)
    if document.state == Document.States.READY:
        return document
    paper = documents.render(
        document.template,
        document.decision,
        document.number,
        check_url(document),
        document.decision_digest,
    )
    with unit_of_work():
        document = Document.objects.select_for_update(of=("self",)).get(pk=pk)
        if document.state != Document.States.READY:
            document.file.save(f"{document.number}.pdf", ContentFile(paper.pdf), save=False)
            Document.objects.filter(pk=pk).update(
                file=document.file.name,
                file_sha256=paper.sha256,
                pages=paper.pages,
                failure="",
                state=Document.States.READY,
            )
            document.refresh_from_db()
    return document


def check_path(document: Document) -> str:
    """The public check page of a paper, a stable address (interfaces: /verify/<number>-<code>/)."""
    return f"/verify/{document.number}-{document.check_code}/"


def check_url(document: Document) -> str:
    """The public address that the paper's QR code holds."""
    return f"{settings.SITE_URL.rstrip('/')}{check_path(document)}"


def papers_of(subject: models.Model, *kinds: str) -> models.QuerySet[Document]:
    """Papers issued about `subject`, newest first."""
    found = Document.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    return found.filter(kind__in=kinds) if kinds else found


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for item in value.values() for text in _texts(item)]
        case list():
            return [text for item in value for text in _texts(item)]
    return []
