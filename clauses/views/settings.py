"""The desk's list of open points: which are defaults, which were set, by which document."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clauses import catalogue
from clauses.permissions import may_propose, reads_settings
from clauses.settings_desk import point_rows
from portal.kernel.gate import only


@require_safe
@only(reads_settings)
def settings_desk(request: HttpRequest) -> HttpResponse:
    """Points of one final policy; ?policy= chooses among several."""
    published = catalogue.published()
    asked = request.GET.get("policy", "")
    pair = next((one for one in published if asked in ("", one[0].pack)), None)
    if pair is None:
        if asked:
            raise Http404(asked)
        return render(request, "clauses/settings.html", {"policies": [], "policy": None, "rows": []})
    row, content = pair
    rows = point_rows(row)
    return render(
        request,
        "clauses/settings.html",
        {
            "policies": [one for _, one in published if len(published) > 1],
            "policy": content,
            "rows": rows,
            "set_count": sum(any(holding.line for holding in one.holdings) for one in rows),
            "waiting": [line for one in rows for line in one.changes if line.change.state == "proposed"],
            "may_propose": may_propose(request.user, None),
        },
    )
