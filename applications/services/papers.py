"""Uploaded papers."""

from typing import IO

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction

from applications import selectors, uploads
from applications.models import Attachment, Claim, CostItem
from applications.permissions import may_edit
from applications.states import Sections
from clauses import selectors as programmes
from portal.accounts.models import User
from portal.kernel import clock, events
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.work import unit_of_work


def upload(
    *,
    actor: User,
    claim: Claim,
    paper: str,
    file: IO[bytes],
    name: str,
    size: int,
    cost_item: CostItem | None = None,
) -> Attachment:
    """Add a file to a claim. The same file at the same place twice is one.

    Raises Refusal: locked section, unknown paper, too many files, and what `uploads.inspect` finds.
    """
    require(may_edit, actor, claim)
    _, rules = programmes.rules_of(claim.item)
    if paper not in {entry.code for entry in rules.papers if entry.source == "upload"}:
        raise Refusal("这一事项没有这种材料。", code="unknown_paper", field="paper")
    name = name.replace("\\", "/").rsplit("/", 1)[-1].strip()[-160:]
    found = uploads.inspect(file, name=name, size=size)
    with unit_of_work():
        locked = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
        _papers_unlocked(locked)
        if cost_item is not None and not locked.nominations.filter(cost_item=cost_item).exists():
            raise Refusal("这笔费用不在本申报里。", code="not_nominated", field="cost_item")
        if selectors.attachments(locked).count() >= settings.UPLOADS_PER_CLAIM:
            raise Refusal(
                f"一份申报最多上传{settings.UPLOADS_PER_CLAIM}个文件。", code="too_many_files", field="file"
            )
        try:
            with transaction.atomic():
                attachment = Attachment.objects.create(
                    claim=locked,
                    paper=paper,
                    cost_item=cost_item,
                    name=name,
                    file=File(file, name=f"{found.sha256}{uploads.TYPES[found.content_type][0]}"),
                    content_type=found.content_type,
                    size=found.size,
                    sha256=found.sha256,
                    uploaded_at=clock.now(),
                    uploaded_by=actor,
                )
        except IntegrityError:
            return selectors.attachments(locked).get(paper=paper, cost_item=cost_item, sha256=found.sha256)
        events.record(
            "paper.uploaded",
            attachment,
            actor=actor,
            thread=locked.number,
            data={"paper": paper, "name": name, "sha256": found.sha256},
        )
    return attachment


def remove_attachment(*, actor: User, attachment: Attachment) -> None:
    """Take a file out of a claim that is still open for it; the file itself is kept for the record."""
    require(may_edit, actor, attachment.claim)
    with unit_of_work():
        locked = Claim.objects.select_for_update(of=("self",)).get(pk=attachment.claim_id)
        _papers_unlocked(locked)
        removed = Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(
            removed_at=clock.now(), removed_by=actor
        )
        if removed:
            events.record(
                "paper.removed",
                attachment,
                actor=actor,
                thread=locked.number,
                data={"paper": attachment.paper, "sha256": attachment.sha256},
            )


def _papers_unlocked(claim: Claim) -> None:
    if Sections.PAPERS not in selectors.unlocked(claim):
        raise Refusal("现在不能改动材料。需要补材料时会在补正通知里列明。", code="locked")
