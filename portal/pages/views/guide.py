"""办事指南 of an item, as a page and as a PDF. Information, not a paper: no number, nothing kept but a cache."""

import hashlib
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from clauses import selectors
from clauses.engine.policy import Policy
from portal.kernel import clock, documents
from portal.kernel.gate import public
from portal.pages.guide import guide_of
from portal.pages.timeline import Moment

KEPT_FOR = 7 * 24 * 3600


def _guide_or_404(pack: str, code: str) -> tuple[Policy, dict[str, Any]]:
    row = selectors.loaded_policies().filter(pack=pack).first()
    if row is None:
        raise Http404(pack)
    policy = selectors.pack(row.pack)
    if code not in policy.items:
        raise Http404(code)
    return policy, guide_of(row, policy, policy.item(code), clock.now())


@public
@require_safe
def guide(request: HttpRequest, pack: str, code: str) -> HttpResponse:
    policy, found = _guide_or_404(pack, code)
    moments = [
        Moment("next", step["label"], step["clock"], f"由{step['owner']}办理。{step['text']}")
        for step in found["steps"]
    ]
    context = {"guide": found, "policy": policy, "item": policy.item(code), "moments": moments}
    return render(request, "pages/guide.html", context)


@public
@require_safe
def guide_pdf(request: HttpRequest, pack: str, code: str) -> HttpResponse:
    """Drawn when first asked for; drawn again when the pack, the settings, the rounds, the day or the style change."""
    policy, found = _guide_or_404(pack, code)
    content = {**found, "address": request.build_absolute_uri(reverse("guide", args=[pack, code]))}
    page = documents.information("papers/guide.html", content)
    seen = hashlib.sha256(f"{policy.hash} {code} {documents.style_digest()} {page}".encode()).hexdigest()
    pdf = cache.get(f"guide:{seen}")
    if pdf is None:
        pdf = documents.render_information(page).pdf
        cache.set(f"guide:{seen}", pdf, KEPT_FOR)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"办事指南-{found['title']}.pdf") or ""
    answer["Cache-Control"] = "public, max-age=300"
    answer["ETag"] = f'"{seen[:32]}"'
    return answer
