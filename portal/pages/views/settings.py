"""A point of the detailed rules and a change of it, with what it would do to open claims."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from clauses import catalogue, selectors, services, settings_desk
from clauses.machine import setting_changes as machine
from clauses.models import Policy, SettingChange
from clauses.permissions import may_propose, reads_settings
from clauses.states import SettingStates
from portal.kernel import clock
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.permissions import require
from portal.kernel.refusals import Forbidden, Refusal
from portal.pages.impact import Impact, impact_of
from portal.pages.setting_forms import ReasonForm, SettingForm

METHODS = ["GET", "HEAD", "POST"]
SAID = {
    "approve": "已批准口径调整。",
    "refuse": "没有批准这项口径调整。",
    "withdraw": "已撤回口径调整。",
    "revoke": "已撤销口径调整，原来的口径不变。",
}
KEPT = {"refuse": "keep:setting-change-{}", "revoke": "keep:setting-revoke-{}"}


@require_http_methods(METHODS)
@only(reads_settings)
def setting(request: HttpRequest, pack: str, name: str) -> HttpResponse:
    """One point: what holds, its history; an administrator proposes a change, after looking at what it would do."""
    policy = get_object_or_404(Policy, pack=pack)
    content = selectors.pack(policy)
    spec = content.settings.get(name)
    if spec is None or content.status != "final":
        raise Http404(name)
    form, impact = None, None
    if may_propose(request.user, None):
        form = SettingForm(request.POST or None, content=content, spec=spec)
    if request.method == "POST":
        require(may_propose, request.user, None)
        assert form is not None
        if form.is_valid():
            try:
                if request.POST.get("act") == "preview":
                    impact = impact_of(services.checked_change(policy=policy, setting=name, **form.change()))
                else:
                    change = services.propose_setting(
                        actor=request.user, policy=policy, setting=name, **form.change()
                    )
                    kept = f"keep:setting-{pack}-{name}"
                    messages.success(request, "已提出口径调整，等另一个人批准。", extra_tags=kept)
                    return redirect("setting_change", pk=change.pk)
            except Forbidden:
                raise
            except Refusal as refusal:
                add_refusals(form, refusal)
    at = clock.now()
    context = {
        "policy": content,
        "row": settings_desk.point_row(policy, name),
        "items": [catalogue.offer(content, content.item(code), at) for code in spec.items],
        "first_day": selectors.first_day(spec),
        "form": form,
        "impact": impact,
    }
    bad = form is not None and form.is_bound and impact is None
    return render(request, "pages/setting.html", context, status=400 if bad else 200)


@require_http_methods(METHODS)
@only(reads_settings)
def setting_change(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: who proposed and decided it, what it would do; a second person approves or refuses."""
    try:
        found = selectors.setting_change(pk)
    except SettingChange.DoesNotExist:
        raise Http404(pk) from None
    act = request.POST.get("act", "")
    form = ReasonForm(request.POST if act in ("refuse", "revoke") else None)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if _act(request, found, act, form):
                messages.success(request, SAID[act], extra_tags=KEPT[act].format(pk) if act in KEPT else "")
                return redirect("setting_change", pk=pk)
        except Forbidden:
            raise
        except Refusal as error:
            refusal = error
            found = selectors.setting_change(pk)
    content = selectors.pack(found.policy)
    open_acts = {row.name for row in machine.available(found, request.user)}
    if found.effective_from <= clock.today():
        open_acts.discard("revoke")
    context = {
        "policy": content,
        "spec": content.settings[found.setting],
        "line": settings_desk.line_of(found),
        "present": settings_desk.present(found) if _is_ahead(found) else [],
        "change": found,
        "acts": open_acts,
        "why_not": machine.rows["approve"].permission.why_not(request.user, found)
        if found.state == "proposed"
        else None,
        "form": form,
        "refusal": refusal,
        "impact": _impact(found),
    }
    bad = request.method == "POST"
    return render(request, "pages/setting_change.html", context, status=400 if bad else 200)


def _act(request: HttpRequest, found: SettingChange, act: str, form: ReasonForm) -> bool:
    """Whether it was done; a form without its reason stays."""
    given: dict[str, Any] = {"actor": request.user, "change": found}
    if act == "approve":
        services.approve_setting(**given)
    elif act == "withdraw":
        services.withdraw_setting(**given)
    elif act not in ("refuse", "revoke"):
        raise Refusal("这一步不能做这件事，请刷新页面看最新状态。", code="wrong_state")
    elif not form.is_valid():
        return False
    elif act == "refuse":
        services.refuse_setting(**given, reason=form.cleaned_data["reason"])
    else:
        services.revoke_setting(**given, reason=form.cleaned_data["reason"])
    return True


def _is_ahead(found: SettingChange) -> bool:
    """Whether it is still to be decided, or approved for a day to come: then the present reading is another one."""
    return found.state == SettingStates.PROPOSED or (
        found.state == SettingStates.IN_FORCE and found.effective_from > clock.today()
    )


def _impact(found: SettingChange) -> Impact | None:
    """Only while it is still to be decided: afterwards the book holds the change itself."""
    return impact_of(found) if found.state == "proposed" else None
