"""The first page after sign-in, and the demonstration's date."""

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.accounts.models import User
from portal.accounts.states import ROLE_DESCRIPTIONS, Roles
from portal.kernel import moving
from portal.kernel.gate import public
from portal.kernel.permissions import SYSTEM
from portal.kernel.refusals import Refusal
from portal.pages import todo


def home(request: HttpRequest) -> HttpResponse:
    """To-do lists of every role the person has."""
    user = request.user
    assert isinstance(user, User)
    groups = todo.groups_for(user)
    tasks = [
        (group.title, [(row.name, row.status, row.hint, row.href) for row in group.rows]) for group in groups
    ]
    roles = [(Roles(role).label, ROLE_DESCRIPTIONS[Roles(role)]) for role in Roles if role in user.roles]
    return render(request, "pages/home.html", {"groups": groups, "tasks": tasks, "roles": roles})


@public
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Move the demonstration's business date forward; scheduled work follows at once."""
    if not (settings.DEMONSTRATION and settings.CLOCK_MOVABLE):
        raise Http404
    actor = request.user if request.user.is_authenticated else SYSTEM
    try:
        if request.POST.get("days"):
            moment = moving.move_by_workdays(_whole(request.POST["days"]), actor=actor)
        else:
            moment = moving.move_to(_day(request.POST.get("date", "")), actor=actor)
        messages.success(request, f"业务日期已调到{moment:%Y年%-m月%-d日}，到期的事项正在办理。")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(_back(request))


def _whole(text: str) -> int:
    if not text.isdigit():
        raise Refusal("请填写工作日的天数。", code="bad_days", field="days")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal("日期要写成2023-11-20这样。", code="bad_date", field="date") from error


def _back(request: HttpRequest) -> str:
    there = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()})
    return there if safe else "/"
