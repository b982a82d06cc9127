"""Background work of the ground floor."""

import logging

from celery import shared_task

from portal.kernel import events
from portal.kernel.issuing import draw
from portal.kernel.models import Document

logger = logging.getLogger(__name__)


@shared_task(name="kernel.render_document")
def render_document(pk: int) -> None:
    try:
        draw(pk)
    except Exception as error:
        logger.exception("paper %s was not drawn", pk)
        Document.objects.filter(pk=pk).exclude(state=Document.States.READY).update(
            state=Document.States.FAILED, failure=f"{type(error).__name__}: {error}"[:500]
        )


@shared_task(name="kernel.render_pending")
def render_pending() -> None:
    """Papers whose worker died before drawing them, and failed ones, are drawn again."""
    for pk in Document.objects.exclude(state=Document.States.READY).values_list("pk", flat=True)[:50]:
        render_document(pk)


@shared_task(name="kernel.publish_head")
def publish_head() -> None:
    events.publish_head()
