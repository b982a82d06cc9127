"""Papers of a claim: sending them, taking them back, reading them."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import selectors, services
from applications.forms import PaperForm
from applications.models import Attachment, RequestFile
from applications.permissions import owns
from applications.states import Sections
from applications.uploads import ACCEPTED_NAMES
from applications.views import reading
from portal.accounts.models import User
from portal.accounts.permissions import is_applicant, is_case_staff, is_unit_officer
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.refusals import Refusal

INLINE = frozenset({"application/pdf", "image/png", "image/jpeg"})
SHUT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_http_methods(["GET", "POST"])
@only(is_applicant)
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """Every paper the item asks for, each with its own upload form; the page works without script."""
    claim = reading.own_claim(request, number)
    if not selectors.editable(claim):
        return redirect(reading.file_address(claim))
    reading.stop_unless_unlocked(claim, Sections.PAPERS)
    rules = reading.rules_of(claim)
    costs = selectors.nominated(claim) if rules.takes_costs else []
    sent = request.POST.get("paper", "") if request.method == "POST" else ""
    forms = {
        paper.code: PaperForm(
            *((request.POST, request.FILES) if paper.code == sent else (None, None)), paper=paper, costs=costs
        )
        for paper in rules.papers
        if paper.source == "upload"
    }
    if request.method == "POST":
        if sent not in forms:
            raise Http404
        done, faults = _store(request, claim, sent, costs)
        if done:
            messages.success(request, f"已上传{done}个文件。")
        if not faults:
            return redirect(f"{reverse('claim_papers', args=[number])}#paper-{sent}")
        for fault in faults:
            add_refusals(forms[sent], fault)
    files: dict[str, list[Attachment]] = {}
    for attachment in selectors.attachments(claim):
        files.setdefault(attachment.paper, []).append(attachment)
    missing = selectors.missing_actions(claim)
    short = {item.anchor: item.text for item in missing if item.section == Sections.PAPERS}
    rows = [
        {
            "paper": paper,
            "form": forms[paper.code],
            "files": files.get(paper.code, []),
            "missing": short.get(f"paper-{paper.code}", ""),
        }
        for paper in rules.papers
        if paper.source == "upload"
    ]
    context = {
        "claim": claim,
        "rules": rules,
        "rows": rows,
        "made": [(paper.label, paper.note) for paper in rules.papers if paper.source != "upload"],
        "failed": forms.get(sent),
        "accepted": ACCEPTED_NAMES,
        "costs": costs,
    }
    return render(request, "applications/papers.html", context, status=422 if sent else 200)


def _store(request: HttpRequest, claim: object, paper: str, costs: list) -> tuple[int, list[Refusal]]:
    """Store each chosen file; how many are in, and what was wrong with the rest."""
    chosen = request.FILES.getlist("file")
    if not chosen:
        return 0, [Refusal("请先选择文件，再按上传。", code="required", field="file")]
    wanted = request.POST.get("cost_item", "")
    cost = next((item for item in costs if str(item.pk) == wanted), None)
    if wanted and cost is None:
        return 0, [Refusal("这笔费用不在本申报里，请重新选择。", code="not_nominated", field="cost_item")]
    done, faults = 0, []
    for file in chosen:
        try:
            services.upload(
                actor=request.user,
                claim=claim,
                paper=paper,
                file=file.file,
                name=file.name,
                size=file.size,
                cost_item=cost,
            )
            done += 1
        except Refusal as refusal:
            faults.append(refusal)
    return done, faults


@require_POST
@only(is_applicant)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    attachment = get_object_or_404(
        Attachment.objects.select_related("claim__organisation"),
        pk=pk,
        claim__organisation=request.user.organisation,
    )
    services.remove_attachment(actor=request.user, attachment=attachment)
    messages.success(request, f"已移除“{attachment.name}”。")
    page = reverse("claim_papers", args=[attachment.claim.number])
    return redirect(f"{page}#paper-{attachment.paper}")


@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself, for its organisation, the case's staff, its experts who accepted, and named units; 404 for the rest."""
    found = get_object_or_404(Attachment.objects.select_related("claim"), pk=pk)
    if not _may_read(request.user, found):
        raise Http404
    return served(found)


def served(found: Attachment | RequestFile) -> FileResponse:
    """A stored file in a cage: its type as inspected, no script, no cache, shown in place only if it is harmless."""
    response = FileResponse(
        found.file.open("rb"),
        as_attachment=found.content_type not in INLINE,
        filename=found.name,
        content_type=found.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SHUT
    response["Cache-Control"] = "private, no-store"
    return response


def _may_read(actor: User, found: Attachment) -> bool:
    if owns(actor, found.claim):
        return True
    if found.claim.filed_at is None:
        return False
    if is_case_staff(actor, found.claim):
        return True
    case = getattr(found.claim, "case", None)
    if case is None:
        return False
    named = is_unit_officer(actor, None) and actor.has_perm("clauses.opine_item", found.claim.item)
    return bool(named or actor.has_perm("review.view_reviewcase", case))
