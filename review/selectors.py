"""Reads about cases, and the questions that guards ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import QuerySet

from applications import selectors as filings
from applications.models import CostItem
from applications.states import ClaimStates
from clauses import engine
from clauses import selectors as programmes
from portal.accounts.models import Unit, User
from portal.kernel import clock
from portal.kernel.money import CENT
from portal.kernel.refusals import Refusal
from portal.kernel.workdays import add_workdays, workdays_between
from review.models import Assignment, CostVerification, Determination, Notice, ReviewCase, UnitOpinion
from review.states import LIMITS, AssignmentStates, CaseStates, NoticeStates, Opinions

EXPERTS_NEEDED = 2
TRIMMED_FROM = 5


@dataclass(frozen=True, slots=True)
class CostLineView:
    """A claimed cost beside its verification: what the handler settles, row by row."""

    cost_item: CostItem
    verification: CostVerification | None
    contested: filings.Conflict | None
    excluded: str

    @property
    def cut(self) -> Decimal | None:
        if self.verification is None:
            return None
        return self.verification.claimed - self.verification.verified


@dataclass(frozen=True, slots=True)
class StepClock:
    """How much of a step's working days is used; `late` once they are over."""

    limit: int
    due_on: date
    used: int

    @property
    def late(self) -> bool:
        return self.used > self.limit

    @property
    def left(self) -> int:
        return self.limit - self.used


def cases() -> QuerySet[ReviewCase]:
    return ReviewCase.objects.select_related(
        "claim__organisation", "claim__project", "claim__item__policy", "claim__round", "handler", "notice"
    )


def case_by_number(number: str) -> ReviewCase:
    """ReviewCase.DoesNotExist when the claim has no case."""
    return cases().get(claim__number=number)


def live(found: QuerySet[ReviewCase] | None = None) -> QuerySet[ReviewCase]:
    """Cases whose claim is still under review."""
    return (cases() if found is None else found).filter(claim__state=ClaimStates.UNDER_REVIEW)


def waiting(*states: CaseStates) -> QuerySet[ReviewCase]:
    """Live cases in `states`, those that wait longest first."""
    return live().filter(state__in=states).order_by("step_since")


def next_step(case: ReviewCase) -> str | None:
    """The step after the case's state on its path."""
    steps: list[str] = case.path
    if case.state not in steps:
        return None
    place = steps.index(case.state) + 1
    return steps[place] if place < len(steps) else None


def step_clock(case: ReviewCase) -> StepClock | None:
    """The clock of the current step; None where nobody is on the clock."""
    limit = LIMITS.get(CaseStates(case.state))
    if limit is None:
        return None
    since = case.step_since.astimezone(clock.SHANGHAI).date()
    return StepClock(limit, add_workdays(since, limit), workdays_between(since, clock.today()))


def rules_of(case: ReviewCase) -> tuple[engine.Policy, engine.Item]:
    return programmes.rules_of(case.claim.item)


def signed_scores(case: ReviewCase) -> list[Decimal]:
    found = case.assignments.filter(state=AssignmentStates.SCORED).values_list("total", flat=True)
    return [total for total in found if total is not None]


def final_score(totals: list[Decimal]) -> Decimal:
    """Mean to two decimals, half up; one highest and one lowest are dropped from five scores on."""
    kept = sorted(totals)
    if len(kept) >= TRIMMED_FROM:
        kept = kept[1:-1]
    return (sum(kept, Decimal(0)) / len(kept)).quantize(CENT, rounding=ROUND_HALF_UP)


def scoring_faults(case: ReviewCase) -> Iterator[Refusal]:
    """Why expert review cannot end in favour yet."""
    counted = case.assignments.exclude(state=AssignmentStates.RECUSED)
    open_count = counted.exclude(state=AssignmentStates.SCORED).count()
    totals = signed_scores(case)
    if len(totals) < EXPERTS_NEEDED:
        yield Refusal(
            f"至少要有{EXPERTS_NEEDED}位专家提交评分，现在有{len(totals)}位。", code="quorum", field="experts"
        )
    if open_count:
        yield Refusal(f"还有{open_count}位专家没有提交评分。", code="scores_missing", field="experts")
    if len(totals) >= EXPERTS_NEEDED and not open_count:
        _, rules = rules_of(case)
        mean = final_score(totals)
        if rules.pass_line is not None and mean < rules.pass_line:
            yield Refusal(
                f"评审得分{mean}，低于{rules.pass_line}分的合格线，不能转入核定，可以提出不予支持意见。",
                code="below_pass_line",
            )


def cost_lines(case: ReviewCase) -> list[CostLineView]:
    """Every claimed cost with its verification, a collision, and why the engine leaves it out."""
    items = filings.nominated(case.claim)
    done = {row.cost_item_id: row for row in case.verifications.select_related("verified_by")}
    contested = filings.conflicts(case.claim, items)
    out = {cost.id: cost.reason.text for cost in assess(case, items, done).excluded_costs}
    return [
        CostLineView(item, done.get(item.pk), contested.get(item.pk), out.get(str(item.pk), ""))
        for item in items
    ]


def assess(
    case: ReviewCase,
    items: list[CostItem] | None = None,
    done: dict[int, CostVerification] | None = None,
) -> engine.Verdict:
    """The engine on what is verified so far; costs not yet verified count as nothing."""
    return engine.assess(*question(case, items, done))


def question(
    case: ReviewCase,
    items: list[CostItem] | None = None,
    done: dict[int, CostVerification] | None = None,
) -> tuple[engine.Policy, engine.ClaimFacts]:
    """The case as a question to the engine: verified amounts, held items only, what reviewers established."""
    claim = case.claim
    items = filings.nominated(claim) if items is None else items
    done = {row.cost_item_id: row for row in case.verifications.all()} if done is None else done
    held = set(filings.live_holds(claim).values_list("evidence_key", flat=True))
    lines = tuple(
        filings.cost_line(item, amount=done[item.pk].verified, held_elsewhere=item.evidence_key not in held)
        for item in items
        if item.pk in done
    )
    return filings.question(claim, costs=lines, facts=reviewed_facts(case))


def reviewed_facts(case: ReviewCase) -> dict[str, Any]:
    """What the review itself established, by fact key, as stored values."""
    _, rules = rules_of(case)
    known = {fact.key for fact in rules.facts}
    found = {
        **case.findings,
        "reviewed_amount": None if case.approved_sum is None else f"{case.approved_sum:.2f}",
        "review_passed": True if case.score is not None else None,
        "acceptance_passed": True if case.acceptance_on else None,
        "event_listed": True if case.listed_event_id else None,
        "is_organiser": True if case.listed_event_id else None,
    }
    return {key: value for key, value in found.items() if key in known and value is not None}


def verification_faults(case: ReviewCase) -> Iterator[Refusal]:
    """What is still open before an amount can be proposed."""
    _, rules = rules_of(case)
    if not rules.takes_costs:
        if case.approved_sum is None:
            yield Refusal("请先填写评审核定金额和理由。", code="required", field="approved_sum")
    else:
        open_count = len(filings.nominated(case.claim)) - case.verifications.count()
        if open_count > 0:
            yield Refusal(f"还有{open_count}笔费用没有核定。", code="not_verified", field="costs")
        for line in cost_lines(case):
            if line.contested and line.verification and line.verification.verified:
                yield Refusal(
                    f"“{line.cost_item.name}”与另一份申报重复占用，先核对清楚，或核定为0。",
                    code="held",
                    field=f"cost-{line.cost_item.pk}",
                )


def named_units(case: ReviewCase) -> list[Unit]:
    """Units of the clause other than the lead one, in the clause's order."""
    _, rules = rules_of(case)
    found = {unit.code: unit for unit in Unit.objects.filter(code__in=rules.units[1:])}
    return [found[code] for code in rules.units[1:] if code in found]


def opinion_faults(case: ReviewCase) -> Iterator[Refusal]:
    for opinion in case.opinions.select_related("unit"):
        if not opinion.opinion:
            yield Refusal(f"{opinion.unit.name}还没有出具意见。", code="opinion_missing", field="units")
        elif opinion.opinion == Opinions.DISAGREE:
            yield Refusal(
                f"{opinion.unit.name}不同意。请重新核定，或提出不予支持意见。", code="unit_disagrees", field="units"
            )


def standing(case: ReviewCase) -> Determination | None:
    """The determination that counts now."""
    return case.determinations.filter(voided_at=None).first()


def expert_conflict(case: ReviewCase, expert: User) -> str | None:
    """A conflict of interest the system can see, in words; None when it sees none."""
    profile = getattr(expert, "expert_profile", None)
    if expert.member is not None and expert.member.organisation_id == case.claim.organisation_id:
        return "是申报单位的成员"
    if profile is None:
        return "没有登记工作单位"
    if profile.employer_code == case.claim.organisation.code:
        return "工作单位就是申报单位"
    partners = {item.counterparty.strip() for item in filings.nominated(case.claim)}
    if profile.employer_name.strip() in partners:
        return "工作单位是本申报费用里的供应商或客户"
    if expert.pk in {case.handler_id, case.claim.accepted_by_id}:
        return "办理过这份申报的前面步骤"
    return None


def assignments_of(expert: User) -> QuerySet[Assignment]:
    return Assignment.objects.filter(expert=expert).select_related(
        "case__claim__organisation", "case__claim__project", "case__claim__item__policy"
    )


def opinions_due(unit: Unit) -> QuerySet[UnitOpinion]:
    """Opinions this unit still owes, on live cases."""
    return (
        UnitOpinion.objects.filter(
            unit=unit,
            given_at=None,
            case__state=CaseStates.UNIT_OPINIONS,
            case__claim__state=ClaimStates.UNDER_REVIEW,
        )
        .select_related("case__claim__organisation", "case__claim__project", "case__claim__item__policy", "unit")
        .order_by("asked_at")
    )


def notices() -> QuerySet[Notice]:
    return Notice.objects.select_related("document").order_by("-pk")


def due_notices() -> QuerySet[Notice]:
    """Notices whose last day is over."""
    return Notice.objects.filter(state=NoticeStates.OPEN, closes_on__lt=clock.today())


def reviewer_facts(case: ReviewCase) -> list[engine.FactSpec]:
    """Facts that the item leaves to the reviewer and that no step of the path answers by itself."""
    _, rules = rules_of(case)
    answered = {"reviewed_amount", "review_passed", "acceptance_passed", "event_listed", "is_organiser"}
    return [fact for fact in rules.facts if fact.by == "reviewer" and fact.key not in answered]
