"""Pages for everybody: welcome, help, checking a paper, errors, health."""

from pathlib import Path
from typing import Any

from celery import current_app
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.defaults import page_not_found, server_error

from clauses import selectors as programmes
from portal.kernel import issuing
from portal.kernel.gate import public
from portal.kernel.models import Document
from portal.kernel.refusals import Refusal
from portal.pages.gallery import gallery_context


class CheckForm(forms.Form):
    """Number and code as printed at the foot of a paper."""

    number = forms.RegexField(
        r"^[A-Z]{2,5}-\d{4}-\d{4,}$",
        label="文件编号",
        help_text="印在文件页脚，例如SL-2023-0001",
        error_messages={"required": "请填写文件编号。", "invalid": "编号的样子是SL-2023-0001，请对照页脚。"},
    )
    code = forms.RegexField(
        r"^[2-9a-z]{12}$",
        label="查验码",
        help_text="编号后面的12位字母和数字",
        error_messages={"required": "请填写查验码。", "invalid": "查验码是12位小写字母和数字，请对照页脚。"},
    )


@public
def welcome(request: HttpRequest) -> HttpResponse:
    """The front door: what the portal is for, open rounds, the ten clauses."""
    policies = [(entry, programmes.pack(entry)) for entry in programmes.loaded_policies()]
    return render(request, "pages/welcome.html", {"policies": policies, "rounds": programmes.open_rounds()})


@public
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/help.html")


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html", {"phone": settings.SITE_PHONE})


@public
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    return render(request, "pages/gallery.html", gallery_context())


@public
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a paper's number and code; they lead to its check page."""
    form = CheckForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("verify_paper", number=form.cleaned_data["number"], code=form.cleaned_data["code"])
    return render(request, "pages/verify.html", {"form": form})


@public
def verify_paper(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """What a stranger may know of a paper: that it was issued, when, and its digests. 404 says no more."""
    document = Document.objects.filter(number=number, check_code=code).first()
    context: dict[str, Any] = {"document": document, "number": number}
    if document is not None:
        context["summary"] = list(document.public_summary.items())
        context["intact"] = issuing.digest(document.decision) == document.decision_digest
    return render(request, "pages/verify_paper.html", context, status=200 if document else 404)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token ran out or the sign-in ended; what was typed is kept by the browser."""
    return render(request, "403_csrf.html", status=403)


def not_offered(request: HttpRequest, *args: Any) -> HttpResponse:
    """Sign-in by mail and the like: the library has them, this house does not."""
    raise Http404


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page for people, the house's shape for programs."""
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "not_found", "message": "没有这个地址。", "fields": {}}, status=404)
    return page_not_found(request, exception or Http404())


@public
def failed(request: HttpRequest) -> HttpResponse:
    """Something broke; nothing of it is shown."""
    if request.path.startswith("/api/"):
        message = "系统出了问题，已记录。请稍后再试。"
        return JsonResponse({"code": "failed", "message": message, "fields": {}}, status=500)
    return server_error(request)


@public
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@public
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, queue and storage answer and the packs are as loaded; 503 names what is not so."""
    checks = {
        "database": _database,
        "cache": _cache,
        "queue": _queue,
        "storage": _storage,
        "policies": _policies,
    }
    faults = {}
    for name, check in checks.items():
        try:
            check()
        except Refusal as refusal:
            faults[name] = refusal.message
        except Exception as error:
            faults[name] = type(error).__name__
    return JsonResponse(
        {"status": "unavailable" if faults else "ok", "faults": faults}, status=503 if faults else 200
    )


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    cache.get("readyz")


def _queue() -> None:
    with current_app.connection_for_read() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


def _policies() -> None:
    if changed := programmes.changed_packs():
        raise Refusal(
            f"政策包{'、'.join(changed)}的文件与已载入的版本不同。请恢复原来的文件，或执行load_policies载入。",
            code="pack_changed",
        )


def _storage() -> None:
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
