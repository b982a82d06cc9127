"""Costs by pasting, by the Excel template and by 数电票: what is offered, what went in, what did not and why."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from applications import services
from applications.forms_imports import InvoicesForm, PasteForm, WorkbookForm
from applications.importing import sheets, workbooks
from applications.models import ImportFault, ImportJob
from applications.states import ImportKinds
from applications.views.projects import own_project
from portal.accounts.permissions import is_applicant
from portal.kernel.canonical import digest
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.paging import page_of
from portal.kernel.refusals import Refusal

SHOWN = 50
FAULTS_SHOWN = 200
RECENT = 10


def own_job(request: HttpRequest, pk: int) -> ImportJob:
    found = ImportJob.objects.select_related("project", "created_by")
    return get_object_or_404(found, pk=pk, organisation=request.user.organisation)


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The ways in, and the project's last imports; a post uploads files of one kind."""
    project = own_project(request, pk)
    kind = request.POST.get("kind", "")
    forms: dict[str, Any] = {
        made: form(*((request.POST, request.FILES) if made == kind else (None, None)))
        for made, form in (
            (ImportKinds.WORKBOOK.value, WorkbookForm),
            (ImportKinds.INVOICES.value, InvoicesForm),
        )
    }
    if request.method == "POST":
        if kind not in forms:
            raise Http404
        try:
            job = services.start_import(
                actor=request.user,
                project=project,
                kind=kind,
                files=[(one.name, one.size, one.file) for one in request.FILES.getlist("file")],
                category=request.POST.get("category", ""),
            )
        except Refusal as refusal:
            add_refusals(forms[kind], refusal)
        else:
            return redirect("import_job", pk=job.pk)
    context = {
        "project": project,
        "lacking": services.lacking(project).exists(),
        "workbook_form": forms[ImportKinds.WORKBOOK],
        "invoices_form": forms[ImportKinds.INVOICES],
        "failed": forms.get(kind),
        "jobs": ImportJob.objects.filter(project=project).select_related("created_by")[:RECENT],
    }
    return render(request, "applications/imports.html", context, status=422 if kind else 200)


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def paste(request: HttpRequest, pk: int) -> HttpResponse:
    """Look first, then enter: the text that was looked at is the text that is entered."""
    project = own_project(request, pk)
    form = PasteForm(request.POST or None)
    context: dict[str, Any] = {"project": project, "columns": sheets.columns()}
    status = 200
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        seen = digest(text)
        saving = request.POST.get("act") == "save" and request.POST.get("seen") == seen
        act = services.paste if saving else services.examine_text
        try:
            reading = act(actor=request.user, project=project, text=text)
        except Refusal as refusal:
            add_refusals(form, refusal)
            status = 422
        else:
            if saving:
                if reading.good or reading.fills:
                    filled = f"补填了{len(reading.fills)}笔已录入的费用。" if reading.fills else ""
                    messages.success(
                        request,
                        f"已录入{len(reading.good)}笔，合计{reading.total:,.2f}元。{filled}",
                        extra_tags=f"keep:paste-{project.pk}",
                    )
                if not reading.faults:
                    return redirect("project", pk=project.pk)
                form = PasteForm(initial={"text": reading.rest})
                status = 422
            context |= _shown(reading, saved=saving, seen=seen)
    return render(request, "applications/paste.html", {**context, "form": form}, status=status)


def _shown(reading: Any, *, saved: bool, seen: str) -> dict[str, Any]:
    return {
        "reading": reading,
        "saved": saved,
        "seen": "" if saved else seen,
        "good": [] if saved else reading.good[:SHOWN],
        "more": 0 if saved else max(0, len(reading.good) - SHOWN),
        "faults": reading.faults[:FAULTS_SHOWN],
        "more_faults": max(0, len(reading.faults) - FAULTS_SHOWN),
        "bad_count": len(reading.bad_rows),
    }


@require_safe
@only(is_applicant)
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook to fill; with `?fill=1` it holds the costs that lack a category or a payment date."""
    project = own_project(request, pk)
    rows = services.rows_to_complete(project) if request.GET.get("fill") else ()
    name = "待补填的费用.xlsx" if rows else "费用录入模板.xlsx"
    return workbook_answer(workbooks.template(sheets.columns(), rows, project=project.name), name)


@require_safe
@only(is_applicant)
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import is, and every row or file that did not come in."""
    found = own_job(request, pk)
    page = page_of(request, found.faults.all())
    return render(request, "applications/import_job.html", {"job": found, "page": page, **standing(found)})


def standing(found: ImportJob) -> dict[str, Any]:
    """What a job's page says of it."""
    unit = "行" if found.kind == ImportKinds.WORKBOOK else "个文件"
    if found.failure:
        badge = ("没有导入", "bad")
    elif found.finished_at is None:
        badge = ("正在导入", "now") if found.total else ("等待处理", "wait")
    else:
        badge = ("已完成，有的没导入", "wait") if found.refused else ("已完成", "done")
    sentence = f"已处理{found.read:,}{unit}，共{found.total:,}{unit}" if found.total else "正在打开文件"
    return {"badge": badge, "unit": unit, "sentence": sentence, "running": found.finished_at is None}


@require_safe
@only(is_applicant)
def rest(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of a workbook that did not come in, each with its reasons, to mend and send again."""
    found = own_job(request, pk)
    if found.kind != ImportKinds.WORKBOOK or not found.refused:
        raise Http404
    return workbook_answer(rest_of(found), "没有导入的行.xlsx")


def rest_of(found: ImportJob) -> bytes:
    """A template filled with the faulty rows, the reasons in its last column."""
    columns = sheets.columns()
    source = services.opened(found.sources.get())
    head = sheets.read(workbooks.rows_of(source), columns).head
    kept = [place for place, column in enumerate(head) if column is not None]
    rows: dict[str, list[str]] = {}
    reasons: dict[str, list[str]] = {}
    for fault in ImportFault.objects.filter(job=found).exclude(cells=[]):
        rows.setdefault(
            fault.place, [fault.cells[place] if place < len(fault.cells) else "" for place in kept]
        )
        reasons.setdefault(fault.place, []).append(f"{fault.column}：{fault.message}")
    shown = [column for column in head if column is not None]
    return workbooks.template(
        [*shown, sheets.Column("reason", "原因", width=60)],
        [[*cells, f"{place}，{'；'.join(reasons[place])}"] for place, cells in rows.items()],
        project=found.project.name,
    )


def workbook_answer(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=workbooks.TYPE)
    answer.headers["Content-Disposition"] = _attached(name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _attached(name: str) -> str:
    return content_disposition_header(True, name) or "attachment"


urlpatterns = [
    path("projects/<int:pk>/costs/import/", choose, name="cost_import"),
    path("projects/<int:pk>/costs/paste/", paste, name="cost_paste"),
    path("projects/<int:pk>/costs/template/", template, name="cost_template"),
    path("projects/imports/<int:pk>/", job, name="import_job"),
    path("projects/imports/<int:pk>/rest/", rest, name="import_rest"),
]
