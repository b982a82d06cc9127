"""The auditor's pages: the event chain and its verification."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.kernel import events as chain
from portal.kernel.gate import only
from portal.kernel.models import ChainHead, Event
from portal.kernel.paging import page_of
from portal.pages.permissions import reads_records
from portal.pages.states import record_words

PAGE = 100


@only(reads_records)
def events(request: HttpRequest) -> HttpResponse:
    """Every recorded act, newest first; by file with ?thread=."""
    found = Event.objects.all()
    thread = request.GET.get("thread", "").strip()
    if thread:
        found = found.filter(thread=thread)
    page = page_of(request, found, newest_first=True, size=PAGE)
    rows = [(event, record_words(event.verb)) for event in page.rows]
    context = {
        "rows": rows,
        "thread": thread,
        "page": page,
        "head": ChainHead.objects.filter(pk=1).first(),
    }
    return render(request, "pages/events.html", context)


@only(reads_records)
def events_check(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and name what does not hold."""
    faults = [(fault.message, "") for fault in chain.verify_chain()]
    return render(request, "pages/events_check.html", {"faults": faults, "count": Event.objects.count()})
