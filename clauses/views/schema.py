"""The JSON Schemas of policy packs, for editors that fetch them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from clauses.loader import PACKS
from clauses.pack_form.schema import FILES
from portal.kernel.gate import public


@public
@require_safe
def pack_schema(request: HttpRequest, schema: str) -> HttpResponse:
    if schema not in FILES:
        raise Http404(schema)
    return HttpResponse((PACKS / schema).read_bytes(), content_type="application/schema+json")
