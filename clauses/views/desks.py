"""The office's desks: opening rounds, keeping the year list of events."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clauses import catalogue, selectors, services
from clauses.forms import ListedEventForm, RoundForm
from clauses.models import Policy
from portal.accounts.permissions import is_administrator, is_handler
from portal.kernel import clock
from portal.kernel.gate import only
from portal.kernel.middleware import say
from portal.kernel.refusals import Refusal

METHODS = ["GET", "HEAD", "POST"]


def final_policies() -> list[Policy]:
    return [row for row, _ in catalogue.published()]


@require_http_methods(METHODS)
@only(is_administrator)
def round_desk(request: HttpRequest) -> HttpResponse:
    form = RoundForm(request.POST or None, policies=final_policies())
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            window = services.open_round(
                actor=request.user,
                policy=form.chosen_policy(),
                number=given["number"],
                name=given["name"],
                document_number=given["document_number"],
                guide=given["guide"],
                opens_at=given["opens_at"],
                closes_at=given["closes_at"],
                items=given["items"],
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            say(request, f"已发布{window.name}。")
            return redirect("round_desk")
    rows = catalogue.round_rows(selectors.rounds(), clock.now())
    status = 400 if form.is_bound else 200
    return render(request, "clauses/round_desk.html", {"form": form, "rounds": rows}, status=status)


@require_http_methods(METHODS)
@only(is_handler)
def listed_events(request: HttpRequest) -> HttpResponse:
    form = ListedEventForm(request.POST or None, policies=final_policies())
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            event = services.list_event(
                actor=request.user,
                policy=form.chosen_policy(),
                year=given["year"],
                name=given["name"],
                organiser_code=given["organiser_code"],
                organiser_name=given["organiser_name"],
                held_on=given["held_on"],
                document_number=given["document_number"],
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            say(request, f"已把“{event.name}”列入{event.year}年度清单。")
            return redirect("listed_events")
    events = list(selectors.listed_events())
    years = sorted({event.year for event in events}, reverse=True)
    by_year = [(year, [event for event in events if event.year == year]) for year in years]
    context = {"form": form, "by_year": by_year}
    return render(request, "clauses/listed_events.html", context, status=400 if form.is_bound else 200)
