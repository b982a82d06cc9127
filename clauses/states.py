"""Words for rounds."""

from django.db import models


class RoundStates(models.TextChoices):
    """Where a round stands on the business date; computed from its window, never stored."""

    UPCOMING = "upcoming", "尚未开放"
    OPEN = "open", "正在申报"
    CLOSED = "closed", "已截止"
