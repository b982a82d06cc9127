"""States of a request or referral, its limits in working days, and its words by audience."""

from django.db import models

from applications.states import Wording
from clauses.engine.policy import NOT_MONEY, REFERRED


class RequestKinds(models.TextChoices):
    """A request is answered by the unit itself; a referral is handed over to the office that pays."""

    REQUEST = "request", "需求"
    REFERRAL = "referral", "转办"


KIND_OF_ITEM = {NOT_MONEY: RequestKinds.REQUEST, REFERRED: RequestKinds.REFERRAL}
LETTERS = {RequestKinds.REQUEST: "X", RequestKinds.REFERRAL: "Z"}


class RequestStates(models.TextChoices):
    SUBMITTED = "submitted", "待办理"
    HANDED_OVER = "handed_over", "已转办，等办理结果"
    ANSWERED = "answered", "已答复"
    FOLLOWED_UP = "followed_up", "追问待答复"
    CLOSED = "closed", "办结"
    WITHDRAWN = "withdrawn", "已撤回"


WORKDAYS = {RequestKinds.REQUEST: 10, RequestKinds.REFERRAL: 5}
"""Until the first answer, or until a referral is handed over; docs/decisions/0010."""
RESULT_WORKDAYS = 30
"""Until the unit records what the office that pays has decided."""
FOLLOW_UP_WORKDAYS = 5
CLOSE_WORKDAYS = 10
"""An answer that nobody follows up or rates is closed after so many."""
AMBER_WORKDAYS = 2
"""So many working days before the limit the clock turns amber."""

RUNNING = frozenset({RequestStates.SUBMITTED, RequestStates.HANDED_OVER, RequestStates.FOLLOWED_UP})
ENDED = frozenset({RequestStates.CLOSED, RequestStates.WITHDRAWN})


class Outcomes(models.TextChoices):
    """What became of a referral."""

    SUPPORTED = "supported", "已给予支持"
    NOT_SUPPORTED = "not_supported", "不予支持"
    NOT_REFERRED = "not_referred", "不予转办"


class Ratings(models.TextChoices):
    GOOD = "good", "满意"
    FAIR = "fair", "基本满意"
    BAD = "bad", "不满意"


class Paces(models.TextChoices):
    """How a clock stands: green, amber, red."""

    GREEN = "green", "时限内"
    AMBER = "amber", "即将到期"
    RED = "red", "已超时"


TONES = {Paces.GREEN: "done", Paces.AMBER: "wait", Paces.RED: "bad"}

APPLICANT = {
    RequestStates.SUBMITTED: Wording("已提交，等待办理", "now"),
    RequestStates.HANDED_OVER: Wording("已转办，等待办理结果", "now"),
    RequestStates.ANSWERED: Wording("已答复", "done"),
    RequestStates.FOLLOWED_UP: Wording("已追问，等待答复", "now"),
    RequestStates.CLOSED: Wording("办结", "done"),
    RequestStates.WITHDRAWN: Wording("你已撤回", "calm"),
}
OFFICE = {
    RequestStates.SUBMITTED: Wording("待办理", "wait"),
    RequestStates.HANDED_OVER: Wording("已转办，待登记结果", "wait"),
    RequestStates.ANSWERED: Wording("已答复，等单位评价", "calm"),
    RequestStates.FOLLOWED_UP: Wording("单位追问，待答复", "wait"),
    RequestStates.CLOSED: Wording("办结", "done"),
    RequestStates.WITHDRAWN: Wording("单位已撤回", "calm"),
}

HISTORY: dict[str, tuple[str, str]] = {
    "request.filed": ("提交", "提交"),
    "request.file_added": ("补充材料", "补充材料"),
    "applications.servicerequest.pass_on": ("移交其他责任单位", "移交其他责任单位办理"),
    "applications.servicerequest.pass_on_follow_up": ("移交其他责任单位", "移交其他责任单位办理"),
    "applications.servicerequest.answer": ("答复", "已答复"),
    "applications.servicerequest.hand_over": ("转办", "已转办"),
    "applications.servicerequest.decline": ("不予转办", "不予转办"),
    "applications.servicerequest.record_result": ("登记办理结果", "已登记办理结果"),
    "applications.servicerequest.follow_up": ("单位追问", "追问"),
    "applications.servicerequest.answer_follow_up": ("答复追问", "已答复追问"),
    "applications.servicerequest.rate": ("单位评价", "评价"),
    "applications.servicerequest.close": ("期满办结", "期满办结"),
    "applications.servicerequest.withdraw": ("单位撤回", "撤回"),
}
"""Recorded acts in the words of the office and of the applicant."""
