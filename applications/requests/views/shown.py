"""What both sides' pages show of a request."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from applications.requests import selectors
from applications.requests.models import RequestFile, ServiceRequest
from applications.requests.permissions import may_read
from applications.requests.states import APPLICANT, OFFICE, RequestStates
from applications.views.uploads import served
from clauses import naming
from clauses import selectors as programmes
from portal.accounts.models import User
from portal.kernel import clock, issuing
from portal.kernel.models import Event

PUBLIC_REASONS = ("pass_on", "pass_on_follow_up", "withdraw")


def content(asked: ServiceRequest, *, own: bool) -> dict[str, Any]:
    """A request with its place in the policy, clock, answers, files, papers and history."""
    policy, rules = programmes.rules_of(asked.item)
    wording = APPLICANT if own else OFFICE
    return {
        "asked": asked,
        "rules": rules,
        "place": naming.place(policy, rules),
        "source": policy.document_number,
        "said": wording[RequestStates(asked.state)],
        "pace": selectors.pace(asked),
        "facts": selectors.answered_facts(asked),
        "files": selectors.files_of(asked, from_unit=False),
        "answer_files": selectors.files_of(asked, from_unit=True),
        "documents": list(issuing.papers_of(asked)),
        "moments": moments(asked, own=own),
        "referral": asked.kind == "referral",
    }


def moments(asked: ServiceRequest, *, own: bool) -> list[dict[str, Any]]:
    """History for the timeline, then who has it now."""
    found: list[dict[str, Any]] = [
        {
            "state": "bad" if past.event.verb.endswith(".decline") else "done",
            "label": past.applicant if own else past.office,
            "at": past.event.at.astimezone(clock.SHANGHAI),
            "note": _note(past.event, own=own),
        }
        for past in selectors.history(asked)
    ]
    pace = selectors.pace(asked)
    if pace is not None:
        found.append(
            {
                "state": "now",
                "label": (APPLICANT if own else OFFICE)[RequestStates(asked.state)].label,
                "note": f"由{asked.unit.name}办理，时限{pace.limit}个工作日，"
                f"到{pace.due_on.year}年{pace.due_on.month}月{pace.due_on.day}日，{pace.words}",
            }
        )
    elif asked.state == RequestStates.ANSWERED:
        found.append({"state": "now", "label": "等待评价", "note": "由申报单位评价，或在期限内追问一次"})
    return found


def _note(event: Event, *, own: bool) -> str:
    public = event.verb.rsplit(".", 1)[-1] in PUBLIC_REASONS
    parts = [] if own else [event.actor_name]
    if event.reason and (public or not own):
        parts.append(event.reason)
    return "，".join(parts)


@require_safe
def request_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file of a request for its organisation and the desk; 404 for the rest."""
    found = get_object_or_404(
        RequestFile.objects.select_related("request__item", "request__organisation"), pk=pk
    )
    user = request.user
    if not isinstance(user, User) or not may_read(user, found.request):
        raise Http404
    return served(found)
