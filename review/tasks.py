"""Scheduled work of the review side."""

from celery import shared_task

from review import services


@shared_task(name="review.close_due_notices")
def close_due_notices() -> int:
    return services.close_due_notices()
