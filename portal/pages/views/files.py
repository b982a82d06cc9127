"""A file as a whole: its content, timeline, papers and calculation; and the list of all files."""

from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from applications import selectors as filings
from applications.models import Claim
from applications.requests import selectors as requests
from applications.requests.permissions import may_read as may_read_request
from applications.states import APPLICANT, OFFICE, ClaimStates
from clauses import selectors as programmes
from payouts.models import BatchLine
from payouts.states import PaymentStates
from portal.accounts.models import User
from portal.accounts.permissions import is_auditor
from portal.kernel.gate import only, public
from portal.kernel.models import Document
from portal.kernel.paging import page_of
from portal.ledger import selectors as books
from portal.pages.permissions import may_read_claim, reads_batches, reads_every_file
from portal.pages.timeline import file_of
from review import selectors as reviews
from review import services as reviewing
from review.models import Award


@only(reads_every_file)
def files(request: HttpRequest) -> HttpResponse:
    """Every filed claim, latest filed first, by state and by number, organisation or code."""
    found = filings.claims().filter(filed_at__isnull=False)
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    if state in ClaimStates.values:
        found = found.filter(state=state)
    if text:
        found = found.filter(
            Q(number__icontains=text)
            | Q(organisation__name__icontains=text)
            | Q(organisation__code__iexact=text)
            | Q(project__name__icontains=text)
        )
    page = page_of(request, found, key="filed_at", newest_first=True)
    rows = [(claim, OFFICE[ClaimStates(claim.state)]) for claim in page.rows]
    states = [(one.value, OFFICE[one].label) for one in ClaimStates if one not in ("draft", "discarded")]
    return render(
        request,
        "pages/files.html",
        {"rows": rows, "states": states, "state": state, "q": text, "page": page},
    )


def file(request: HttpRequest, number: str) -> HttpResponse:
    """One file for whoever may read it; the words depend on the audience."""
    claim, user = readable_claim(request, number)
    own = user.member is not None and user.member.organisation_id == claim.organisation_id
    found = file_of(claim, for_applicant=own)
    policy, rules = programmes.rules_of(claim.item)
    state = ClaimStates(claim.state)
    case, award = found.case, found.award
    lines = reviews.cost_lines(case) if case is not None else []
    determination = reviews.standing(case) if case is not None else None
    shown = award.determination if award else determination
    labels = {paper.code: paper.label for paper in rules.papers}
    decided = award is not None or (case is not None and case.notice_id is not None)
    context: dict[str, Any] = {
        "file": found,
        "claim": claim,
        "rules": rules,
        "clause_place": f"{policy.document_number}　{rules.place}",
        "status": (APPLICANT if own else OFFICE)[state],
        "own": own,
        "case": case,
        "award": award,
        "costs": [] if case else filings.nominated(claim),
        "lines": [(line, _cut_words(line, policy)) for line in lines] if decided or not own else [],
        "calculation": shown_steps(shown.verdict) if shown is not None and (decided or not own) else [],
        "settings": reviews.settings_used(claim.item.policy, shown.pack_hash, shown.verdict["settings"])
        if shown is not None and (decided or not own)
        else [],
        "proposed": shown.amount if shown is not None and (decided or not own) else None,
        "facts": [
            (fact.label, reviews.fact_words(fact, claim.facts[fact.key]))
            for fact in filings.asked_facts(rules)
            if claim.facts.get(fact.key) not in (None, "")
        ],
        "attachments": [
            (attachment, labels.get(attachment.paper, attachment.paper))
            for attachment in filings.attachments(claim)
        ],
        "postings": [] if own else list(books.postings_of(claim.number)),
        "auditor": is_auditor(user, None),
        "account_due": own
        and state == ClaimStates.APPROVED
        and (found.payment is None or found.payment.state == PaymentStates.ACCOUNT_DUE),
        "withdrawable": own and state in ("submitted", "correction_due", "accepted", "under_review"),
    }
    return render(request, "pages/file.html", context)


@only(is_auditor)
def recompute(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the frozen question again and put both answers side by side."""
    award = get_object_or_404(
        Award.objects.select_related("case__claim__item__policy"), case__claim__number=number
    )
    answer = reviewing.recompute(award)
    return render(
        request,
        "pages/recompute.html",
        {
            "award": award,
            "answer": answer,
            "stored": Decimal(answer["stored_amount"]),
            "fresh": None if answer["amount"] is None else Decimal(answer["amount"]),
            "steps": shown_steps(answer["fresh"]) if answer["fresh"] else [],
            "settings": reviews.settings_used(
                award.case.claim.item.policy, answer["pack_hash"], answer["settings"]
            ),
            "number": number,
        },
    )


@public
def document(request: HttpRequest, number: str) -> HttpResponse:
    """An issued paper as PDF; while it is being drawn, a page that says so and looks again."""
    found = get_object_or_404(Document, number=number)
    if not may_read_document(request.user, found):
        raise Http404
    if found.state != Document.States.READY:
        return render(request, "pages/document_pending.html", {"document": found})
    response = FileResponse(
        found.file.open("rb"), filename=f"{found.title}.pdf", content_type="application/pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def may_read_document(user: Any, found: Document) -> bool:
    """A public notice is public; papers of a claim follow the claim; tables of a batch stay with finance."""
    if found.kind == "notice":
        return True
    if not user.is_authenticated:
        return False
    if found.subject_type == "applications.claim":
        return may_read_claim(user, filings.claims().get(pk=found.subject_id))
    if found.subject_type == "applications.servicerequest":
        return may_read_request(user, requests.service_requests().get(pk=found.subject_id))
    if found.subject_type == "payouts.batchline":
        line = BatchLine.objects.select_related("payment__award__case__claim__item").get(pk=found.subject_id)
        return may_read_claim(user, line.payment.award.case.claim)
    return reads_batches(user, None)


def readable_claim(request: HttpRequest, number: str) -> tuple[Claim, User]:
    """The claim, if the person may read it; a stranger is told there is none."""
    user = request.user
    assert isinstance(user, User)
    claim = filings.claims().filter(number=number).first()
    if claim is None or not may_read_claim(user, claim):
        raise Http404
    return claim, user


def shown_steps(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    """A stored verdict's steps as the steps component reads them."""
    return [
        {
            "label": step["label"],
            "why": step["why"] or "",
            "formula": step["formula"] or "",
            "result": Decimal(step["result"]),
        }
        for step in verdict["steps"]
    ]


def _cut_words(line: reviews.CostLineView, policy: Any) -> str:
    """Why a cost counts for less: the reason's label, the reviewer's words, what the engine leaves out."""
    labels = {reason.code: reason.label for reason in policy.cut_reasons}
    row = line.verification
    parts = [labels.get(row.cut_code, ""), row.note] if row else []
    return "；".join(part for part in [*parts, line.excluded] if part) or ("无核减" if row else "")
