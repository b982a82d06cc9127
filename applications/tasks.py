"""Scheduled work of the filing side."""

from datetime import timedelta

from celery import shared_task

from applications import services
from applications.models import Claim
from applications.requests import services as requests
from applications.requests.models import ServiceRequest
from applications.requests.states import CLOSE_WORKDAYS, RequestStates
from applications.states import ClaimStates
from portal.kernel import clock
from portal.kernel.refusals import Refusal
from portal.kernel.work import enqueue


@shared_task(name="applications.lapse_corrections")
def lapse_corrections() -> int:
    """Corrections whose limit has passed; the number that lapsed."""
    lapsed = 0
    due = Claim.objects.filter(state=ClaimStates.CORRECTION_DUE, correction_due_on__lt=clock.today())
    for claim in due:
        try:
            services.lapse(claim=claim)
        except Refusal:
            continue
        lapsed += 1
    return lapsed


@shared_task(name="applications.close_answered_requests")
def close_answered_requests() -> int:
    """Answers that nobody followed up or rated in time; the number closed."""
    closed = 0
    oldest = clock.now() - timedelta(days=CLOSE_WORKDAYS)
    for asked in ServiceRequest.objects.filter(state=RequestStates.ANSWERED, answered_at__lt=oldest):
        try:
            requests.close_answered(asked=asked)
        except Refusal:
            continue
        closed += 1
    return closed


@shared_task(name="applications.run_import")
def run_import(pk: int) -> None:
    """Read the files of one import into the ledger."""
    services.run_import(pk=pk)


@shared_task(name="applications.resume_imports")
def resume_imports() -> int:
    """Imports whose worker is gone go on; their number."""
    found = services.stalled()
    for pk in found:
        enqueue("applications.run_import", pk=pk)
    return len(found)
