"""Costs and incomes of a project, entered by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications import selectors, services
from applications.forms import CostForm
from applications.models import CostItem
from applications.views.projects import own_project
from portal.accounts.permissions import is_applicant
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.refusals import Refusal

REPEATED = "这张凭证与库内另一条记录重号，请核对号码。不影响你选用和提交，由工作人员核对。"


def own_cost(request: HttpRequest, pk: int) -> CostItem:
    return get_object_or_404(
        CostItem.objects.select_related("project"), pk=pk, organisation=request.user.organisation
    )


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    project = own_project(request, pk)
    form = CostForm(request.POST or None, side=request.GET.get("side", ""), kind=request.GET.get("kind", ""))
    context = {"project": project, "form": form, "back": _back(request, pk), "claim": _claim_number(request)}
    if request.method == "POST" and "switch" in request.POST:
        return render(request, "applications/cost.html", {**context, "form": _unjudged(form)})
    if request.method == "POST" and form.is_valid():
        try:
            item = services.add_cost_item(actor=request.user, project=project, values=form.values())
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(
                request,
                f"已存好“{item.name}”，{item.amount:,.2f}元。",
                extra_tags=f"keep:cost-new-{project.pk}",
            )
            if selectors.repeated([item]):
                messages.warning(request, REPEATED)
            if "again" in request.POST:
                again = f"?side={item.side}&kind={item.evidence_kind}"
                claim = f"&claim={context['claim']}" if context["claim"] else ""
                return redirect(f"{reverse('cost_new', args=[project.pk])}{again}{claim}")
            return redirect(context["back"])
    return render(request, "applications/cost.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    item = own_cost(request, pk)
    form = CostForm(request.POST or None, item=item)
    back = _back(request, item.project_id)
    context = {
        "project": item.project,
        "item": item,
        "form": form,
        "back": back,
        "claim": _claim_number(request),
    }
    if request.method == "POST" and "switch" in request.POST:
        return render(request, "applications/cost.html", {**context, "form": _unjudged(form)})
    if request.method == "POST" and form.is_valid():
        try:
            services.update_cost_item(actor=request.user, item=item, values=form.values())
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(
                request, f"已改好“{form.cleaned_data['name']}”。", extra_tags=f"keep:cost-{item.pk}"
            )
            return redirect(back)
    return render(request, "applications/cost.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    item = own_cost(request, pk)
    if request.method == "POST":
        services.remove_cost_item(actor=request.user, item=item)
        messages.success(request, f"已删除“{item.name}”。")
        return redirect("project", pk=item.project_id)
    drafts = selectors.claims().filter(nominations__cost_item=item, state="draft").order_by("pk")
    return render(request, "applications/cost_remove.html", {"item": item, "drafts": drafts})


def _claim_number(request: HttpRequest) -> str:
    """The claim the person came from, when it is one of their own."""
    number = request.POST.get("claim") or request.GET.get("claim") or ""
    known = number and selectors.claims_of(request.user.organisation).filter(number=number).exists()
    return number if known else ""


def _back(request: HttpRequest, project: int) -> str:
    number = _claim_number(request)
    return reverse("claim_costs", args=[number]) if number else reverse("project", args=[project])


def _unjudged(form: CostForm) -> CostForm:
    """The same answers with other questions: typed text is kept, nothing is checked yet."""
    typed = {name: form[name].value() for name in form.fields}
    fresh = CostForm(None, side=form.chosen_side, kind=form.chosen_kind)
    fresh.kept_flags = form.kept_flags
    fresh.initial.update({name: value for name, value in typed.items() if value not in (None, "")})
    return fresh
