"""A claim from its start to its receipt, and what its applicant may do afterwards."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import selectors, services
from applications.forms import FactsForm, PublicMoneyForm, StartForm, SubmitForm, WithdrawForm
from applications.models import Claim, CostItem
from applications.permissions import may_submit, may_withdraw
from applications.services.content import filed_content
from applications.services.decisions import EXAMINE_WORKDAYS
from applications.states import WITHDRAWABLE, ClaimStates, Sections
from applications.views import reading
from clauses import catalogue
from clauses import selectors as programmes
from clauses.models import Item
from portal.accounts.permissions import is_applicant
from portal.accounts.states import MemberRoles
from portal.kernel import clock, issuing
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.money import format_wan
from portal.kernel.paging import key_in, page_of
from portal.kernel.permissions import require
from portal.kernel.refusals import Forbidden, Refusal, Stale
from portal.kernel.templatetags.formats import cn_deadline
from portal.kernel.workdays import add_workdays

ANNUAL_LIST = "年度清单"


@require_safe
@only(is_applicant)
def claim_list(request: HttpRequest) -> HttpResponse:
    found = selectors.claims_of(request.user.organisation).annotate(awarded=F("case__award__amount"))
    page = page_of(request, found, newest_first=True)
    estimates = selectors.estimates(page.rows)
    rows = []
    for claim in page.rows:
        estimate = estimates[claim.pk].amount
        ended = claim.ended_at is not None
        rows.append(
            {
                "claim": claim,
                "said": reading.wording(claim),
                "awarded": claim.awarded,
                "estimate": None if ended or estimate is None else selectors.yuan(estimate),
                "next": reading.next_step(claim),
            }
        )
    return render(request, "applications/claims.html", {"rows": rows, "page": page})


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def start(request: HttpRequest) -> HttpResponse:
    """Choose project and round for an item; pressing twice opens the same draft."""
    item = _asked_item(request)
    if item is None:
        return render(request, "applications/start_choose.html", {"policies": _policies()})
    policy, rules = programmes.rules_of(item)
    offer = catalogue.offer(policy, rules, clock.now())
    windows = programmes.open_rounds(item=item) if offer.pays else []
    projects = list(selectors.projects_of(request.user.organisation))
    form = StartForm(
        request.POST or None,
        projects={str(project.pk): project.name for project in projects},
        rounds={str(window.pk): _round_words(window) for window in windows},
        initial={"project": request.GET["project"]} if request.GET.get("project") else None,
    )
    if request.method == "POST" and form.is_valid():
        project = next((one for one in projects if str(one.pk) == form.cleaned_data["project"]), None)
        window = next((one for one in windows if str(one.pk) == form.cleaned_data["round"]), None)
        if project is None:
            form.add_error("project", "请选择为哪个项目申报。")
        if window is None:
            form.add_error("round", "请选择一个开放的申报批次。")
        if project is not None and window is not None:
            try:
                claim = services.start_claim(actor=request.user, project=project, item=item, window=window)
            except Refusal as refusal:
                add_refusals(form, refusal)
            else:
                if claim.version == 1 and claim.state == ClaimStates.DRAFT:
                    messages.success(request, "申报已建立，填写的内容会自动保存，可以随时离开。")
                else:
                    messages.info(request, f"这个项目在本批次已有申报{claim.number}，已为你打开。")
                return redirect("claim", number=claim.number)
    closed = [window for window in programmes.rounds().filter(items=item)[:3] if window not in windows]
    context = {
        "item": item,
        "offer": offer,
        "rules": rules,
        "policy": policy,
        "form": form,
        "windows": windows,
        "projects": projects,
        "text_url": f"{reverse('policy_text', args=[policy.id])}#{offer.anchor}",
        "cap_words": f"{format_wan(offer.cap)}万元" if offer.cap is not None else "",
        "closed": [{"round": window, "state": window.state_at(clock.now())} for window in closed],
        "fits": "any" in rules.applicants or request.user.organisation.kind in rules.applicants,
    }
    return render(request, "applications/start.html", context, status=422 if form.errors else 200)


def _asked_item(request: HttpRequest) -> Item | None:
    """The item by its code, of the pack named or else of the policy in its final text."""
    code, pack = request.GET.get("item", ""), request.GET.get("policy", "")
    if not code:
        return None
    found = Item.objects.select_related("policy").filter(code=code)
    packs = [pack] if pack else [policy.pack for policy, _ in catalogue.published()]
    item = found.filter(policy__pack__in=packs).order_by("policy_id").first()
    if item is None:
        raise Http404
    return item


def _policies() -> list[dict[str, Any]]:
    """Items that can be filed for now, by policy."""
    moment = clock.now()
    open_items = {item.pk for window in programmes.open_rounds() for item in window.items.all()}
    listed = []
    for row, content in catalogue.published():
        offers = [
            catalogue.offer(content, content.item(item.code), moment)
            for item in row.items.all()
            if item.pk in open_items
        ]
        listed.append({"row": row, "offers": offers})
    return listed


def _round_words(window: Any) -> str:
    return f"{window.name}（{window.document_number}，{strip_tags(cn_deadline(window.closes_at))}截止）"


@require_safe
@only(is_applicant)
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The task list of a claim that can still be worked on; a filed one has its timeline."""
    claim = reading.own_claim(request, number)
    if not selectors.editable(claim):
        return redirect(reading.file_address(claim))
    missing = selectors.missing_actions(claim)
    deadline = reading.deadline_of(claim)
    context = {
        "claim": claim,
        "place": reading.place_of(claim),
        "rules": reading.rules_of(claim),
        "said": reading.wording(claim),
        "estimate": reading.estimate_of(claim),
        "missing": reading.missing_links(claim, missing),
        "groups": reading.task_groups(claim, missing),
        "deadline": deadline,
        "deadline_lead": mark_safe(reading.deadline_words(claim)),
        "late": clock.now() >= deadline,
        "faults": [(Sections(fault["section"]).label, fault["text"]) for fault in claim.faults],
        "correcting": claim.state == ClaimStates.CORRECTION_DUE,
        "may_withdraw": claim.state in WITHDRAWABLE and may_withdraw(request.user, claim),
    }
    return render(request, "applications/claim.html", context)


def _side(claim: Claim) -> dict[str, Any]:
    """What stands beside every section: the estimate and the guard's list."""
    return {
        "claim": claim,
        "rules": reading.rules_of(claim),
        "place": reading.place_of(claim),
        "estimate": reading.estimate_of(claim),
        "missing": reading.missing_links(claim, selectors.missing_actions(claim)),
    }


def _section(request: HttpRequest, number: str, section: Sections, template: str) -> HttpResponse:
    """A section that is one form: overview or public money."""
    claim = reading.own_claim(request, number)
    if not selectors.editable(claim):
        return redirect(reading.file_address(claim))
    reading.stop_unless_unlocked(claim, section)
    form = _form(claim, section, request.POST or None)
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            services.save_section(
                actor=request.user,
                claim=claim,
                section=section,
                values=_values(form),
                version=_version(request),
            )
        except Stale as refusal:
            stale, claim = True, reading.own_claim(request, number)
            add_refusals(form, refusal)
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, "已保存。", extra_tags=f"keep:claim-{claim.pk}-{section}")
            return redirect("claim", number=number)
    context = {
        **_side(claim),
        "form": form,
        "section": section.value,
        "no_events": isinstance(form, FactsForm) and form.no_events,
        "stored": _stored(claim, section, form) if stale else [],
        "stale": stale,
    }
    return render(request, template, context, status=409 if stale else 422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def overview(request: HttpRequest, number: str) -> HttpResponse:
    return _section(request, number, Sections.OVERVIEW, "applications/overview.html")


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def public_money(request: HttpRequest, number: str) -> HttpResponse:
    return _section(request, number, Sections.PUBLIC_MONEY, "applications/public_money.html")


def _form(claim: Claim, section: str, data: Any) -> Form:
    if section == Sections.PUBLIC_MONEY:
        return PublicMoneyForm(data, claim=claim)
    rules = reading.rules_of(claim)
    events = None
    if rules.review_mode == ANNUAL_LIST:
        events = list(
            programmes.listed_events()
            .filter(policy=claim.item.policy, organiser_code=claim.organisation.code)
            .order_by("-year", "held_on")
        )
    return FactsForm(data, claim=claim, facts=selectors.asked_facts(rules), events=events)


def _values(form: Form) -> Mapping[str, Any]:
    return form.values() if isinstance(form, PublicMoneyForm) else form.cleaned_data


def _version(request: HttpRequest) -> int:
    """The version the person was looking at; a missing or spoilt one is never the current one."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() else -1


def _stored(claim: Claim, section: str, form: Form) -> list[tuple[str, Any]]:
    """What is stored now where it differs from what was typed."""
    if section == Sections.PUBLIC_MONEY:
        words = {True: "有", False: "没有", None: "未填"}[claim.public_money]
        return [("其他财政资金", words), ("情况说明", claim.public_money_note or "未填")]
    kept = FactsForm(None, claim=claim, facts=selectors.asked_facts(reading.rules_of(claim)))
    return [
        (fact.label, reading.fact_words(fact, claim.facts.get(fact.key)))
        for fact in selectors.asked_facts(reading.rules_of(claim))
        if _differs(kept[fact.key].value(), form[fact.key].value())
    ]


def _differs(stored: Any, typed: Any) -> bool:
    plain = [
        str("" if value is None else value).replace("\r\n", "\n").replace(",", "").strip()
        for value in (stored, typed)
    ]
    return plain[0] != plain[1]


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def choose_costs(request: HttpRequest, number: str) -> HttpResponse:
    """Which costs of the project the claim rests on."""
    claim = reading.own_claim(request, number)
    if not selectors.editable(claim):
        return redirect(reading.file_address(claim))
    if not reading.rules_of(claim).takes_costs:
        raise Http404
    reading.stop_unless_unlocked(claim, Sections.COSTS)
    chosen = {item.pk for item in selectors.nominated(claim)}
    page = reading.cost_page(request, claim)
    form, stale = Form(request.POST or None), False
    if request.method == "POST":
        ticked = _ticked(request, claim, page.rows)
        try:
            services.nominate(
                actor=request.user, claim=claim, cost_items=_costs(claim, ticked), version=_version(request)
            )
        except Refusal as refusal:
            stale = isinstance(refusal, Stale)
            claim = reading.own_claim(request, number)
            stored, chosen = chosen, ticked
            add_refusals(form, refusal)
        else:
            messages.success(request, "已保存所选的费用。", extra_tags=f"keep:{_kept_as(request, claim)}")
            return redirect("claim", number=number)
    rows = reading.cost_rows(claim, page.rows, chosen)
    context = {
        **_side(claim),
        "form": form,
        "rows": rows,
        "page": page,
        "kept_as": _kept_as(request, claim),
        "stale": stale,
        "stored": [row.item.name for row in rows if row.item.pk in stored] if stale else [],
        "collisions": [row for row in rows if row.chosen and row.tint == "wait"],
        "may_choose": claim.filed_at is not None and may_withdraw(request.user, claim),
        "filed": claim.filed_at is not None,
    }
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "applications/claim_costs.html", context, status=status)


def _kept_as(request: HttpRequest, claim: Claim) -> str:
    """The name under which the browser keeps unsaved ticks: one for each page of a long list."""
    after = request.GET.get("after", "")
    return f"claim-{claim.pk}-costs" + (f"-{key_in(after)}" if key_in(after) is not None else "")


def _ticked(request: HttpRequest, claim: Claim, shown: list[CostItem]) -> set[int]:
    """What is chosen after this page was sent: its ticks, and what other pages of the list hold."""
    given = request.POST.getlist("cost_items")
    ticked = {pk for value in given if (pk := key_in(value)) is not None}
    elsewhere = claim.nominations.exclude(cost_item__in=[item.pk for item in shown])
    return ticked | set(elsewhere.values_list("cost_item_id", flat=True))


def _costs(claim: Claim, chosen: set[int]) -> list[CostItem]:
    """The organisation's own costs among `chosen`; a stranger's is no cost of theirs."""
    found = list(CostItem.objects.filter(pk__in=chosen, organisation=claim.organisation))
    if len(found) != len(chosen):
        raise Refusal("所选的费用里有的已被删除，请刷新页面后重新选择。", code="foreign_cost")
    return found


@require_POST
@only(is_applicant)
def autosave(request: HttpRequest, number: str, section: str) -> JsonResponse:
    """The changed fields of one section; answers with the new version and what stands beside the form."""
    claim = reading.own_claim(request, number)
    names = [name for name in request.POST.get("fields", "").split(",") if name]
    try:
        if section == Sections.COSTS:
            saved = services.nominate(
                actor=request.user,
                claim=claim,
                cost_items=_costs(claim, _ticked(request, claim, reading.cost_page(request, claim).rows)),
                version=_version(request),
            )
        elif section in (Sections.OVERVIEW, Sections.PUBLIC_MONEY):
            saved = services.save_section(
                actor=request.user,
                claim=claim,
                section=section,
                values=_changed(claim, section, request, names),
                version=_version(request),
            )
        else:
            raise Http404
    except Stale as refusal:
        return _said(refusal, 409)
    except Forbidden as refusal:
        return _said(refusal, 403)
    except Refusal as refusal:
        return _said(refusal, 422)
    side = _side(saved)
    return JsonResponse(
        {
            "version": saved.version,
            "saved_at": f"{clock.now():%H:%M}",
            "estimate_html": render_to_string("applications/parts/estimate.html", side, request),
            "missing_html": render_to_string("applications/parts/missing.html", side, request),
        }
    )


def _changed(claim: Claim, section: str, request: HttpRequest, names: list[str]) -> Mapping[str, Any]:
    """The section's values with only the named fields changed; a named field without a value was emptied."""
    if section == Sections.OVERVIEW:
        form = _form(claim, section, {name: request.POST.get(name, "") for name in names})
        form.is_valid()
        return {name: form.cleaned_data.get(name, "") for name in names if name in form.fields}
    kept = PublicMoneyForm(None, claim=claim)
    typed = {
        name: request.POST.get(name, "") if name in names else kept[name].value() or ""
        for name in kept.fields
    }
    form = PublicMoneyForm(typed, claim=claim)
    form.is_valid()
    return form.values()


def _said(refusal: Refusal, status: int) -> JsonResponse:
    fields: dict[str, list[str]] = {}
    for part in refusal.parts:
        fields.setdefault(part.field or "non_field_errors", []).append(part.message)
    return JsonResponse({"code": refusal.code, "message": refusal.message, "fields": fields}, status=status)


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Everything as it will be frozen, the pledge, and the one button that files it."""
    claim = reading.own_claim(request, number)
    if not selectors.editable(claim):
        where = "claim_submitted" if request.method == "POST" and claim.state == ClaimStates.SUBMITTED else ""
        return redirect(where, number=number) if where else redirect(reading.file_address(claim))
    form, stale = SubmitForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        try:
            services.submit(
                actor=request.user,
                claim=claim,
                version=_version(request),
                committed=form.cleaned_data["committed"],
            )
        except Forbidden:
            raise
        except Refusal as refusal:
            stale = isinstance(refusal, Stale)
            claim = reading.own_claim(request, number)
            add_refusals(form, refusal)
        else:
            return redirect("claim_submitted", number=number)
    content = filed_content(claim)
    deadline = reading.deadline_of(claim)
    context = {
        **_side(claim),
        "form": form,
        "stale": stale,
        "answers": reading.answers(claim, content),
        "sections": selectors.unlocked(claim),
        "why_not": may_submit.why_not(request.user, claim) or "",
        "admins": _admins(claim),
        "deadline": deadline,
        "late": clock.now() >= deadline and claim.filed_at is None,
        "marks": reading.offer_of(claim).marks,
        "submit_label": "提交补正" if claim.filed_at else "提交申报",
    }
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "applications/check.html", context, status=status)


def _admins(claim: Claim) -> str:
    members = claim.organisation.members.filter(role=MemberRoles.ADMIN, user__is_active=True)
    return "、".join(members.values_list("user__display_name", flat=True))


def _filed(request: HttpRequest, number: str) -> Claim:
    claim = reading.own_claim(request, number)
    if claim.filed_at is None:
        raise Http404
    return claim


@require_safe
@only(is_applicant)
def submitted(request: HttpRequest, number: str) -> HttpResponse:
    claim = _filed(request, number)
    last = claim.committed_at or claim.filed_at
    context = {
        "claim": claim,
        "place": reading.place_of(claim),
        "rules": reading.rules_of(claim),
        "receipt": issuing.papers_of(claim, "receipt").first(),
        "file": reading.file_address(claim),
        "last": last,
        "corrected": last != claim.filed_at,
        "workdays": EXAMINE_WORKDAYS,
        "examined_by": add_workdays(last.astimezone(clock.SHANGHAI).date(), EXAMINE_WORKDAYS),
        "may_withdraw": claim.state in WITHDRAWABLE and may_withdraw(request.user, claim),
    }
    return render(request, "applications/submitted.html", context)


@require_safe
@only(is_applicant)
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt's place on the page: asks again until the paper is drawn."""
    claim = _filed(request, number)
    context = {"claim": claim, "receipt": issuing.papers_of(claim, "receipt").first()}
    return render(request, "applications/parts/receipt.html", context)


@require_safe
@only(is_applicant)
def content(request: HttpRequest, number: str) -> HttpResponse:
    """What was filed, as frozen, with the costs that another claim holds."""
    claim = _filed(request, number)
    collisions = selectors.conflicts(claim) if claim.ended_at is None else {}
    context = {
        "claim": claim,
        "place": reading.place_of(claim),
        "rules": reading.rules_of(claim),
        "said": reading.wording(claim),
        "answers": reading.answers(claim, claim.content),
        "collisions": list(collisions.values()),
        "may_choose": may_withdraw(request.user, claim),
        "may_withdraw": claim.state in WITHDRAWABLE and may_withdraw(request.user, claim),
        "file": reading.address("file", claim.number),
    }
    return render(request, "applications/content.html", context)


@require_POST
@only(is_applicant)
def choose_holder(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Let this claim use a cost that another of the organisation's claims holds."""
    claim = reading.own_claim(request, number)
    item = get_object_or_404(CostItem, pk=pk, organisation=request.user.organisation)
    services.choose_holder(actor=request.user, claim=claim, cost_item=item)
    messages.success(request, f"“{item.name}”已改由申报{claim.number}使用。")
    back = "claim_costs" if Sections.COSTS in selectors.unlocked(claim) else "claim_content"
    return redirect(reverse(back, args=[number]))


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    claim = reading.own_claim(request, number)
    require(may_withdraw, request.user, claim)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.withdraw(actor=request.user, claim=claim, reason=form.cleaned_data["reason"])
        messages.success(request, f"已撤回申报{claim.number}，所用的费用已经释放。")
        return redirect("claims")
    if claim.state not in WITHDRAWABLE:
        raise Refusal(f"现在的状态是“{reading.wording(claim).label}”，不能撤回。", code="wrong_state")
    deadline = reading.deadline_of(claim)
    context = {
        "claim": claim,
        "form": form,
        "holds": selectors.live_holds(claim).count(),
        "deadline": deadline,
        "late": clock.now() >= deadline,
        "back": reading.file_address(claim)
        if not selectors.editable(claim)
        else reverse("claim", args=[number]),
    }
    return render(request, "applications/withdraw.html", context)


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def discard(request: HttpRequest, number: str) -> HttpResponse:
    claim = reading.own_claim(request, number)
    if request.method == "POST":
        services.discard(actor=request.user, claim=claim)
        messages.success(request, f"草稿{claim.number}已作废。")
        return redirect("claims")
    if claim.state != ClaimStates.DRAFT:
        raise Refusal("只有草稿可以作废，已提交的申报可以撤回。", code="wrong_state")
    context = {"claim": claim, "papers": selectors.attachments(claim).count()}
    return render(request, "applications/discard.html", context)
