"""What every page's frame shows: navigation by role, who is signed in, the demonstration's date."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from portal.accounts.models import User
from portal.accounts.states import Roles
from portal.kernel import clock

VISITOR = (
    ("政策", "policy"),
    ("找事项", "match"),
    ("估算", "calculator"),
    ("申报窗口", "rounds"),
    ("公示", "notices"),
)
APPLICANT = (
    ("待办", "home"),
    ("政策", "policy"),
    ("我的申报", "claims"),
    ("需求和转办", "requests"),
    ("项目与费用", "projects"),
    ("拨付", "dues"),
    ("单位信息", "organisation"),
)
OFFICE = (
    (Roles.INTAKE, "形式审查", "intake"),
    (Roles.INTAKE, "单位认证", "certifications"),
    (Roles.INTAKE, "细则口径", "settings"),
    (Roles.HANDLER, "审核", "cases"),
    (Roles.HANDLER, "公示", "notice_desk"),
    (Roles.HANDLER, "年度清单", "listed_events"),
    (Roles.HANDLER, "细则口径", "settings"),
    (Roles.EXPERT, "评审任务", "assignments"),
    (Roles.UNIT_OFFICER, "征求意见", "opinions"),
    (Roles.UNIT_OFFICER, "需求和转办", "request_desk"),
    (Roles.LEADER, "审定与批复", "approvals"),
    (Roles.LEADER, "细则口径", "settings"),
    (Roles.LEADER, "需求和转办", "request_desk"),
    (Roles.FINANCE_CLERK, "拨付批次", "batches"),
    (Roles.FINANCE_APPROVER, "拨付批次", "batches"),
    (Roles.FINANCE_CLERK, "预算", "budget"),
    (Roles.AUDITOR, "全部申报", "files"),
    (Roles.AUDITOR, "需求和转办", "request_desk"),
    (Roles.AUDITOR, "细则口径", "settings"),
    (Roles.AUDITOR, "记录链", "events"),
    (Roles.AUDITOR, "预算", "budget"),
    (Roles.ADMINISTRATOR, "申报窗口", "round_desk"),
    (Roles.ADMINISTRATOR, "细则口径", "settings"),
    (Roles.ADMINISTRATOR, "预算", "budget"),
    (Roles.ADMINISTRATOR, "用户", "staff"),
)
FILES = frozenset({Roles.INTAKE, Roles.HANDLER, Roles.LEADER, Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER})


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame's inputs; a page outside any request (a failed middleware) gets the visitor's."""
    user = getattr(request, "user", None)
    links = _links(user) if isinstance(user, User) else list(VISITOR)
    return {
        "nav": [
            {"label": label, "href": _address(name), "current": request.path.startswith(_address(name))}
            for label, name in links
            if _address(name)
        ],
        "who": user.display_name if isinstance(user, User) else "",
        "demo": _demonstration(),
    }


def _links(user: User) -> list[tuple[str, str]]:
    if user.member is not None and not user.roles:
        return list(APPLICANT)
    links = [("待办", "home")]
    for role, label, name in OFFICE:
        if role in user.roles and (label, name) not in links:
            links.append((label, name))
    if user.roles & FILES:
        links.append(("全部申报", "files"))
    links.append(("政策", "policy"))
    return links


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _demonstration() -> dict[str, Any] | None:
    if not settings.DEMONSTRATION:
        return None
    return {"date": clock.today(), "movable": settings.CLOCK_MOVABLE, "move_url": reverse("move_clock")}
