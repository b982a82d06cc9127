"""The organisation's projects."""

from decimal import Decimal

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications import selectors, services
from applications.cost_terms import categories, money_items
from applications.forms import ProjectEditForm, ProjectForm
from applications.models import CostItem, Project
from applications.states import Sides
from applications.views.reading import date_label
from portal.accounts.permissions import is_applicant
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.paging import ROWS, page_of
from portal.kernel.refusals import Refusal


def own_project(request: HttpRequest, pk: int) -> Project:
    return get_object_or_404(Project, pk=pk, organisation=request.user.organisation)


@require_safe
@only(is_applicant)
def project_list(request: HttpRequest) -> HttpResponse:
    page = page_of(request, selectors.projects_of(request.user.organisation))
    return render(request, "applications/projects.html", {"page": page})


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def new(request: HttpRequest) -> HttpResponse:
    """A new project; `item` in the address leads on to the claim it was made for."""
    form = ProjectForm(request.POST or None)
    item = request.GET.get("item", "")
    if request.method == "POST" and form.is_valid():
        try:
            project = services.create_project(actor=request.user, **form.cleaned_data)
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已建立项目“{project.name}”。", extra_tags="keep:project-new")
            if item:
                return redirect(f"{reverse('claim_start')}?item={item}&project={project.pk}")
            return redirect("project", pk=project.pk)
    return render(
        request, "applications/project_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    project = own_project(request, pk)
    given = {name: getattr(project, name) for name in ("location", "leader", "summary")}
    form = ProjectEditForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_project(actor=request.user, project=project, **form.cleaned_data)
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, "已保存项目信息。", extra_tags=f"keep:project-{project.pk}")
            return redirect("project", pk=project.pk)
    context = {"form": form, "project": project}
    return render(request, "applications/project_edit.html", context, status=422 if form.errors else 200)


@require_safe
@only(is_applicant)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    project = own_project(request, pk)
    found = selectors.cost_items_of(project)
    sums = found.values("side").annotate(total=Sum("amount"), count=Count("pk")).order_by("side")
    totals = {row["side"]: (row["count"], row["total"]) for row in sums}
    page = page_of(request, found)
    items = page.rows
    held = selectors.holders(project.organisation, items)
    asking = money_items()
    labels = {
        side: dict(categories(rules for rules in asking if rules.cost_side == side)) for side in Sides.values
    }
    rows = [
        {
            "item": item,
            "category": labels[item.side].get(item.category, ""),
            "dates": _dates(item),
            "hold": held.get(item.pk),
        }
        for item in items
    ]
    context = {
        "project": project,
        "rows": rows,
        "repeated": selectors.repeated(items),
        "spent": totals.get(Sides.PURCHASE, (0, Decimal("0.00"))),
        "earned": totals.get(Sides.SALE, (0, Decimal("0.00"))),
        "claims": selectors.claims().filter(project=project).order_by("-pk")[:ROWS],
        "page": page,
    }
    return render(request, "applications/project.html", context)


def _dates(item: CostItem) -> list[tuple[str, object]]:
    names = ("invoice_date", "paid_date", "service_from", "service_to", "expense_date", "event_date")
    return [(date_label(item, name), getattr(item, name)) for name in names if getattr(item, name)]
