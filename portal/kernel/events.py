"""The event chain: each row carries an HMAC over its content and the row before.

The key is kept outside the database, so nobody who edits, removes, inserts or cuts off rows there can
make the chain whole again; the head is published daily so that a cut tail shows as well.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models

from portal.kernel import clock
from portal.kernel.canonical import canonical, plain
from portal.kernel.models import ChainHead, Event
from portal.kernel.permissions import SYSTEM
from portal.kernel.work import current_work, flush_with

GENESIS = "0" * 64


def record(
    verb: str,
    subject: models.Model,
    *,
    actor: Any,
    thread: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Note that `actor` did `verb` to `subject`; `thread` is the number of the file it belongs to.

    Written when the unit of work ends. RuntimeError outside a unit of work.
    """
    current_work().pending.append(
        Event(
            at=clock.now(),
            actor=None if actor is SYSTEM else actor,
            actor_name="系统" if actor is SYSTEM else actor.display_name,
            verb=verb,
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            thread=thread,
            reason=reason,
            data=plain(data or {}),
        )
    )


def _write(pending: list[Event]) -> None:
    if not pending:
        return
    ChainHead.objects.get_or_create(pk=1, defaults={"digest": GENESIS})
    head = ChainHead.objects.select_for_update(of=("self",)).get(pk=1)
    for event in pending:
        head.sequence += 1
        event.sequence = head.sequence
        event.previous = head.digest
        event.digest = link(event)
        head.digest = event.digest
    Event.objects.bulk_create(pending)
    head.save(update_fields=["sequence", "digest"])
    pending.clear()


flush_with(_write)


def link(event: Event) -> str:
    """The HMAC-SHA256 that binds an event to the one before it."""
    content = {
        "sequence": event.sequence,
        "at": event.at.astimezone(clock.SHANGHAI).isoformat(),
        "actor": event.actor_id,
        "actor_name": event.actor_name,
        "verb": event.verb,
        "subject": [event.subject_type, event.subject_id],
        "thread": event.thread,
        "reason": event.reason,
        "data": event.data,
        "previous": event.previous,
    }
    return hmac.new(settings.EVENT_KEY.encode(), canonical(content), "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the chain does not hold."""

    sequence: int
    kind: str
    message: str


def verify_chain() -> Iterator[Fault]:
    """Walk the whole chain and name every edited, removed, inserted or cut-off row."""
    expected, previous = 1, GENESIS
    digests: dict[int, str] = {}
    published = dict(published_heads())
    for event in Event.objects.order_by("sequence").iterator(chunk_size=2000):
        if event.sequence != expected:
            kind = "removed" if event.sequence > expected else "inserted"
            gap = f"{expected}" if event.sequence == expected + 1 else f"{expected}–{event.sequence - 1}"
            yield Fault(expected, kind, f"第{gap}条记录缺失")
        elif event.previous != previous:
            yield Fault(event.sequence, "inserted", f"第{event.sequence}条记录与上一条不相连")
        if link(event) != event.digest:
            yield Fault(event.sequence, "edited", f"第{event.sequence}条记录的内容被改动")
        if event.sequence in published:
            digests[event.sequence] = event.digest
        expected, previous = event.sequence + 1, event.digest
    head = ChainHead.objects.filter(pk=1).first()
    last = head.sequence if head else 0
    if last >= expected:
        yield Fault(expected, "cut", f"第{expected}–{last}条记录从末尾被截去")
    elif head is not None and (last != expected - 1 or head.digest != previous):
        yield Fault(last, "head", "链头与最后一条记录不符")
    elif head is None and expected > 1:
        yield Fault(0, "head", "链头缺失")
    for sequence, known in published.items():
        if digests.get(sequence) != known:
            kind = "cut" if sequence >= expected else "rewritten"
            yield Fault(sequence, kind, f"第{sequence}条记录与当日公布的链头不符")


def publish_head() -> tuple[int, str] | None:
    """Append today's head to the published file; what is published can no longer be cut off unseen."""
    head = ChainHead.objects.filter(pk=1).first()
    if head is None:
        return None
    heads = list(published_heads())
    if not heads or heads[-1] != (head.sequence, head.digest):
        path = Path(settings.EVENT_HEADS_FILE)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="ascii") as file:
            file.write(f"{clock.now().isoformat()} {head.sequence} {head.digest}\n")
    return head.sequence, head.digest


def published_heads() -> Iterator[tuple[int, str]]:
    """Every head published so far, oldest first."""
    path = Path(settings.EVENT_HEADS_FILE)
    if path.exists():
        for line in path.read_text(encoding="ascii").splitlines():
            _, sequence, known = line.split()
            yield int(sequence), known


def last_moment() -> datetime | None:
    """Business time of the newest event."""
    latest: datetime | None = Event.objects.aggregate(latest=models.Max("at"))["latest"]
    return latest
