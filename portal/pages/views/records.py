"""The auditor's pages: the event chain and its verification."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.kernel import events as chain
from portal.kernel.gate import only
from portal.kernel.models import ChainHead, Event
from portal.pages.permissions import reads_records
from portal.pages.states import TIMELINE

PAGE = 100


@only(reads_records)
def events(request: HttpRequest) -> HttpResponse:
    """Every recorded act, newest first; by file with ?thread=."""
    found = Event.objects.all()
    thread, before = request.GET.get("thread", "").strip(), request.GET.get("before", "")
    if thread:
        found = found.filter(thread=thread)
    if before.isdigit():
        found = found.filter(sequence__lt=int(before))
    page = list(found.order_by("-sequence")[: PAGE + 1])
    rows = [(event, TIMELINE[event.verb].office if event.verb in TIMELINE else event.verb) for event in page[:PAGE]]
    suffix = f"&thread={thread}" if thread else ""
    context = {
        "rows": rows,
        "thread": thread,
        "first": f"?{suffix.lstrip('&')}" if before else "",
        "next": f"?before={page[PAGE - 1].sequence}{suffix}" if len(page) > PAGE else "",
        "head": ChainHead.objects.filter(pk=1).first(),
    }
    return render(request, "pages/events.html", context)


@only(reads_records)
def events_check(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and name what does not hold."""
    faults = [(fault.message, "") for fault in chain.verify_chain()]
    return render(request, "pages/events_check.html", {"faults": faults, "count": Event.objects.count()})
