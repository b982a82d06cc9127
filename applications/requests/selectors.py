"""Reads about requests and referrals."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from applications import selectors as filings
from applications.facts import in_words
from applications.models import Claim
from applications.requests.models import RequestFile, ServiceRequest
from applications.requests.states import (
    AMBER_WORKDAYS,
    HISTORY,
    RUNNING,
    TONES,
    Outcomes,
    Paces,
    RequestStates,
)
from applications.states import DEAD
from clauses import engine
from clauses import selectors as programmes
from clauses.engine.term import filing_refusal
from clauses.models import Item
from portal.accounts.models import Organisation, Unit, User
from portal.accounts.states import Roles
from portal.kernel import clock
from portal.kernel.models import Event
from portal.kernel.workdays import workdays_between


@dataclass(frozen=True, slots=True)
class Pace:
    """A running clock: its last day, working days used and allowed, how it stands and in what words."""

    due_on: date
    used: int
    limit: int

    @property
    def left(self) -> int:
        return self.limit - self.used

    @property
    def light(self) -> Paces:
        if self.left < 0 or clock.today() > self.due_on:
            return Paces.RED
        return Paces.AMBER if self.left <= AMBER_WORKDAYS else Paces.GREEN

    @property
    def tone(self) -> str:
        return TONES[self.light]

    @property
    def words(self) -> str:
        if self.light == Paces.RED:
            return f"已超时{-self.left}个工作日" if self.left < 0 else "已超时"
        return f"还剩{self.left}个工作日" if self.left else "今天到期"


@dataclass(frozen=True, slots=True)
class LiveClaim:
    """A claim of the same organisation that may touch a referral: what it names and what it holds."""

    claim: Claim
    same_project: bool
    costs: int
    total: Decimal
    held: int


@dataclass(frozen=True, slots=True)
class Past:
    """One line of a request's history."""

    event: Event
    office: str
    applicant: str


def service_requests() -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.select_related(
        "organisation",
        "item__policy",
        "unit",
        "project",
        "answering_unit",
        "second_answering_unit",
    )


def requests_of(organisation: Organisation) -> QuerySet[ServiceRequest]:
    return service_requests().filter(organisation=organisation).order_by("-pk")


def at_desk(unit: Unit | None) -> QuerySet[ServiceRequest]:
    """What one unit has had or has now; without a unit, every request."""
    found = service_requests()
    if unit is None:
        return found
    return found.filter(Q(unit=unit) | Q(answering_unit=unit) | Q(second_answering_unit=unit))


def due_of(unit: Unit) -> QuerySet[ServiceRequest]:
    """What waits for the unit, that with the nearest limit first."""
    return service_requests().filter(unit=unit, state__in=RUNNING).order_by("due_on", "pk")


def to_rate(organisation: Organisation) -> QuerySet[ServiceRequest]:
    """Answered and not yet rated, that answered first at the front."""
    return requests_of(organisation).filter(state=RequestStates.ANSWERED).order_by("answered_at", "pk")


def without_officer() -> QuerySet[ServiceRequest]:
    """Running requests whose unit has nobody to handle them; administrators see these."""
    return (
        service_requests()
        .filter(state__in=RUNNING)
        .exclude(unit__in=User.objects.filter(_officer()).values("unit"))
        .order_by("due_on", "pk")
    )


def _officer() -> Q:
    return Q(is_active=True, role_grants__role=Roles.UNIT_OFFICER, unit__isnull=False)


def pace(asked: ServiceRequest) -> Pace | None:
    """The clock that runs now; None where nobody is on it."""
    if asked.due_on is None or asked.clock_from is None:
        return None
    return Pace(
        asked.due_on,
        workdays_between(asked.clock_from, clock.today()),
        workdays_between(asked.clock_from, asked.due_on),
    )


def files_of(asked: ServiceRequest, *, from_unit: bool) -> list[RequestFile]:
    return list(asked.files.filter(from_unit=from_unit).order_by("pk"))


def history(asked: ServiceRequest) -> list[Past]:
    """What was done about a request, in the words of both audiences; papers and inner notes left out."""
    found = Event.objects.filter(thread=asked.number, verb__in=HISTORY).order_by("sequence")
    return [Past(event, *HISTORY[event.verb]) for event in found]


def units_to_pass_on(asked: ServiceRequest) -> QuerySet[Unit]:
    """Other units of the clause that have somebody who can handle it."""
    _, rules = programmes.rules_of(asked.item)
    officers = User.objects.filter(_officer()).values("unit")
    return Unit.objects.filter(code__in=rules.units, pk__in=officers).exclude(pk=asked.unit_id).order_by("pk")


def closed_because(item: Item) -> engine.Reason | None:
    """Why nothing can be filed for the item now: the policy's filing window does not contain the moment."""
    policy, rules = programmes.rules_of(item)
    return filing_refusal(policy, rules, clock.now())


def live_claims(asked: ServiceRequest) -> list[LiveClaim]:
    """Filed claims of the organisation that are neither dead nor drafts, those of the same project first."""
    claims = list(
        filings.claims_of(asked.organisation)
        .filter(filed_at__isnull=False)
        .exclude(state__in=DEAD)
        .annotate(
            costs=Count("nominations"),
            total=Sum("nominations__cost_item__amount"),
        )
    )
    held = _held(claims)
    found = [
        LiveClaim(
            claim,
            asked.project_id is not None and claim.project_id == asked.project_id,
            claim.costs,
            claim.total or Decimal(claim.facts.get("requested_amount") or 0),
            held.get(claim.pk, 0),
        )
        for claim in claims
    ]
    return sorted(found, key=lambda one: (not one.same_project, -one.claim.pk))


def _held(claims: Collection[Claim]) -> dict[int, int]:
    rows = (
        Claim.objects.filter(pk__in=[claim.pk for claim in claims])
        .annotate(held=Count("holds", filter=Q(holds__released_at=None)))
        .values_list("pk", "held")
    )
    return dict(rows)


def other_referrals(asked: ServiceRequest) -> list[ServiceRequest]:
    """Referrals of the organisation that were not withdrawn or turned away, those of the same project first."""
    found = (
        requests_of(asked.organisation)
        .filter(kind=asked.kind)
        .exclude(pk=asked.pk)
        .exclude(state=RequestStates.WITHDRAWN)
        .exclude(outcome=Outcomes.NOT_REFERRED)
    )
    return sorted(
        found, key=lambda one: (one.project_id is None or one.project_id != asked.project_id, -one.pk)
    )


def answered_facts(asked: ServiceRequest) -> list[tuple[str, str]]:
    """What the item asked and the organisation answered, in words."""
    _, rules = programmes.rules_of(asked.item)
    return [
        (fact.label, in_words(fact, asked.facts[fact.key]))
        for fact in filings.asked_facts(rules)
        if asked.facts.get(fact.key) not in (None, "")
    ]


def ratings(unit: Unit | None) -> dict[str, int]:
    """How many answers of a unit (or of all) were rated how."""
    found = ServiceRequest.objects.exclude(rating="")
    if unit is not None:
        found = found.filter(Q(answering_unit=unit) | Q(second_answering_unit=unit))
    return dict(found.values_list("rating").annotate(count=Count("pk")).order_by("rating"))


def overdue() -> QuerySet[ServiceRequest]:
    return service_requests().filter(due_on__lt=clock.today()).order_by(F("due_on"), "pk")
