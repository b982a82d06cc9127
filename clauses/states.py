"""Words for rounds and for changes of a setting."""

from django.db import models


class RoundStates(models.TextChoices):
    """Where a round stands on the business date; computed from its window, never stored."""

    UPCOMING = "upcoming", "尚未开放"
    OPEN = "open", "正在申报"
    CLOSED = "closed", "已截止"


class SettingStates(models.TextChoices):
    """A change of a setting; an approved one takes effect on its day."""

    PROPOSED = "proposed", "待批准"
    IN_FORCE = "in_force", "已批准"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


SETTING_TONES = {
    SettingStates.PROPOSED: "wait",
    SettingStates.IN_FORCE: "done",
    SettingStates.REFUSED: "bad",
    SettingStates.WITHDRAWN: "calm",
}
