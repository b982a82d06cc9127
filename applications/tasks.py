"""Scheduled work of the filing side."""

from celery import shared_task

from applications import services
from applications.models import Claim
from applications.states import ClaimStates
from portal.kernel import clock
from portal.kernel.refusals import Refusal


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
