"""办事指南 of an item, as a page and as a PDF. Information, not a paper: no number, nothing kept but a cache."""

import hashlib
import time
from typing import Any

from django.conf import settings
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
from portal.kernel.refusals import Refusal
from portal.kernel.templatetags.formats import phones
from portal.pages.guide import guide_of
from portal.pages.timeline import Moment

KEPT_FOR = 7 * 24 * 3600
# Seconds: how long one drawing keeps the others waiting, and how long they wait before they draw it themselves.
DRAWING, PATIENCE, PAUSE = 60, 5, 0.1
DRAWS_A_MINUTE = 60
BUSY = "现在要生成的PDF太多，请一分钟后再下载，或者先看网页上的办事指南。"


def _guide_or_404(pack: str, code: str) -> tuple[Policy, dict[str, Any]]:
    row = selectors.loaded_policies().filter(pack=pack).first()
    if row is None:
        raise Http404(pack)
    policy = selectors.pack(row)
    if code not in policy.items:
        raise Http404(code)
    return policy, guide_of(row, policy, policy.item(code), clock.now())


@public
@require_safe
def guide(request: HttpRequest, pack: str, code: str) -> HttpResponse:
    policy, found = _guide_or_404(pack, code)
    moments = [
        Moment("next", step["label"], step["clock"], phones(f"由{step['owner']}办理。{step['text']}"))
        for step in found["steps"]
    ]
    context = {"guide": found, "policy": policy, "item": policy.item(code), "moments": moments}
    return render(request, "pages/guide.html", context)


@public
@require_safe
def guide_pdf(request: HttpRequest, pack: str, code: str) -> HttpResponse:
    """Drawn when first asked for; drawn again when the pack, the settings, the rounds, the day or the style change.

    It bears the address of the site as configured, whatever name it was asked for under. 429 when too much is drawn.
    """
    policy, found = _guide_or_404(pack, code)
    here = reverse("guide", args=[pack, code])
    content = {**found, "address": f"{settings.SITE_URL.rstrip('/')}{here}"}
    page = documents.information("papers/guide.html", content)
    seen = hashlib.sha256(f"{policy.hash} {code} {documents.style_digest()} {page}".encode()).hexdigest()
    try:
        pdf = _drawn(f"guide:{seen}", page)
    except Refusal as refusal:
        told = {"refusals": refusal.parts, "back": here}
        busy = render(request, "refused.html", told, status=429)
        busy["Retry-After"] = "60"
        return busy
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"办事指南-{found['title']}.pdf") or ""
    answer["Cache-Control"] = "public, max-age=300"
    answer["ETag"] = f'"{seen[:32]}"'
    return answer


def _drawn(key: str, page: str) -> bytes:
    """The PDF of a page: kept, awaited from whoever is drawing it, or drawn. Refusal beyond DRAWS_A_MINUTE."""
    lock = f"{key}:drawing"
    kept: bytes | None = cache.get(key)
    if kept is None and not cache.add(lock, True, DRAWING):
        kept = _awaited(key, lock)
    if kept is not None:
        return kept
    try:
        if _draws() > DRAWS_A_MINUTE:
            raise Refusal(BUSY, code="throttled")
        pdf = documents.render_information(page).pdf
        cache.set(key, pdf, KEPT_FOR)
    finally:
        cache.delete(lock)
    return pdf


def _awaited(key: str, lock: str) -> bytes | None:
    """What another process is drawing; None when it gave up or takes longer than anybody waits."""
    until = time.monotonic() + PATIENCE
    kept: bytes | None = None
    while kept is None and cache.get(lock) and time.monotonic() < until:
        time.sleep(PAUSE)
        kept = cache.get(key)
    return kept or cache.get(key)


def _draws() -> int:
    """Drawings begun on the whole site within the minute, with this one."""
    cache.add("guide:draws", 0, 60)
    try:
        return cache.incr("guide:draws")
    except ValueError:
        return 1
