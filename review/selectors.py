"""Reads about cases, and the questions that guards ask."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from applications import selectors as filings
from applications.facts import in_words as fact_words
from applications.models import Claim, CostItem, Hold
from applications.states import OFFICE as CLAIM_WORDING
from applications.states import ClaimStates
from clauses import catalogue, engine
from clauses import selectors as programmes
from clauses.models import Policy
from clauses.pack_file import PackError
from clauses.settings_book import Book
from portal.accounts.models import Unit, User
from portal.kernel import clock
from portal.kernel.canonical import digest
from portal.kernel.money import CENT, ZERO
from portal.kernel.refusals import Refusal
from portal.kernel.workdays import add_workdays, workdays_between
from portal.ledger import selectors as books
from portal.ledger.models import BudgetLine
from portal.ledger.states import Accounts
from review.models import Assignment, CostVerification, Determination, Notice, ReviewCase, Score, UnitOpinion
from review.states import LIMITS, AssignmentStates, CaseStates, NoticeStates, Opinions

SettingUsed = tuple[catalogue.Point, str, str]
"""A point that an answer used, its reading and where it comes from."""

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
        left: Decimal = self.verification.claimed - self.verification.verified
        return left


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

    @property
    def pace(self) -> str:
        if self.late:
            return f"已超过{-self.left}个工作日"
        return f"还剩{self.left}个工作日" if self.left else "今天到期"

    @property
    def words(self) -> str:
        """The limit in words, with its day."""
        day = f"{self.due_on.year}年{self.due_on.month}月{self.due_on.day}日"
        return f"时限{day}，{self.pace}"


@dataclass(frozen=True, slots=True)
class PathStep:
    """A step of a case's way; `standing` is done, now, next or bad."""

    state: CaseStates
    standing: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A case before the leader, with the figures, the sentence they stand on and the budget that bears them."""

    case: ReviewCase
    rules: engine.Item
    determination: Determination | None
    line: BudgetLine | None

    @property
    def rate(self) -> str | None:
        return rate_percent(self.determination)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A line of a public notice as published; the figures behind it while the case still stands on the notice.

    `gone` says in words why a published amount no longer counts.
    """

    organisation: str
    project: str
    clause: str
    amount: Decimal
    determination: Determination | None
    gone: str

    @property
    def rate(self) -> str | None:
        return rate_percent(self.determination)

    @property
    def capped(self) -> bool:
        found = self.determination
        return found is not None and found.cap is not None and found.amount == found.cap


def cases() -> QuerySet[ReviewCase]:
    return ReviewCase.objects.select_related(
        "claim__organisation",
        "claim__project",
        "claim__item__policy",
        "claim__round",
        "handler",
        "notice__document",
    )


def case_by_number(number: str) -> ReviewCase:
    """ReviewCase.DoesNotExist when the claim has no case."""
    return cases().get(claim__number=number)


def live(found: QuerySet[ReviewCase] | None = None) -> QuerySet[ReviewCase]:
    """Cases whose claim is still under review."""
    return (cases() if found is None else found).filter(claim__state=ClaimStates.UNDER_REVIEW)


def under_review(case: ReviewCase) -> bool:
    return case.claim.state == ClaimStates.UNDER_REVIEW


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
    """Every claimed cost with its verification, a collision, and why the engine leaves it out.

    A cost not yet verified is asked about at its claimed amount, so that the reason is known beforehand.
    """
    items = filings.nominated(case.claim)
    done = {row.cost_item_id: row for row in case.verifications.select_related("verified_by")}
    contested = filings.conflicts(case.claim, items)
    whole = {item.pk: done.get(item.pk) or _in_full(case, item) for item in items}
    out = {cost.id: cost.reason.text for cost in assess(case, items, whole).excluded_costs}
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


def measured(case: ReviewCase) -> tuple[engine.Verdict, list[SettingUsed]]:
    """`assess` with the settings it used, in words; the book of settings is read once."""
    book = programmes.settings_book(case.claim.item.policy)
    policy, asked = question(case, book=book)
    verdict = engine.assess(policy, asked)
    now = case.decided_at or case.claim.ended_at
    told = programmes.documented(verdict, asked.filed_at, now, book)
    return verdict, catalogue.points_used(policy, told["settings"])


def settings_used(policy: Policy, pack_hash: str, told: Iterable[Mapping[str, Any]]) -> list[SettingUsed]:
    """The settings a stored verdict tells, in the words of its edition; of the loaded one where that cannot be read."""
    try:
        content = programmes.edition(policy.pack, pack_hash)
    except (KeyError, PackError):
        content = programmes.pack(policy)
    return catalogue.points_used(content, told)


def question(
    case: ReviewCase,
    items: list[CostItem] | None = None,
    done: dict[int, CostVerification] | None = None,
    book: Book | None = None,
    now: datetime | None = None,
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
    return filings.question(
        claim, costs=lines, facts=reviewed_facts(case), book=book, now=now or case.decided_at
    )


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


def reviews_of(
    claims: Iterable[Claim],
) -> tuple[dict[tuple[int, int], Decimal], dict[int, dict[str, Any]]]:
    """What reviews of several claims have settled so far, in two queries: verified amounts by (claim, cost item),
    established facts by claim."""
    verified: dict[tuple[int, int], Decimal] = {}
    facts: dict[int, dict[str, Any]] = {}
    for case in cases().filter(claim__in=[claim.pk for claim in claims]).prefetch_related("verifications"):
        facts[case.claim_id] = reviewed_facts(case)
        for row in case.verifications.all():
            verified[(case.claim_id, row.cost_item_id)] = row.verified
    return verified, facts


def determined() -> QuerySet[Determination]:
    """Determinations that stand, for asking which claims have one."""
    return Determination.objects.filter(voided_at=None)


def verification_faults(case: ReviewCase) -> Iterator[Refusal]:
    """What is still open before an amount can be proposed."""
    _, rules = rules_of(case)
    if not rules.takes_costs:
        if rules.is_judged and case.approved_sum is None:
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
                f"{opinion.unit.name}不同意。请重新核定，或提出不予支持意见。",
                code="unit_disagrees",
                field="units",
            )


def counted_costs(determination: Determination) -> list[int]:
    """Cost items a determination rests on: those verified above nothing and not left out as held elsewhere."""
    costs = determination.question["claims"][0].get("costs", [])
    return [int(cost["id"]) for cost in costs if not cost.get("held_elsewhere") and Decimal(cost["amount"])]


def standing(case: ReviewCase) -> Determination | None:
    """The determination that counts now."""
    return case.determinations.filter(voided_at=None).first()


def expert_conflict(case: ReviewCase, expert: User) -> str | None:
    """A conflict of interest the system can see, in words; None when it sees none."""
    return expert_conflicts(case, [expert])[expert.pk]


def expert_conflicts(case: ReviewCase, experts: list[User]) -> dict[int, str | None]:
    """`expert_conflict` of many experts by their pk, in two queries."""
    partners = {item.counterparty.strip() for item in filings.nominated(case.claim)}
    insiders = set(
        User.objects.filter(
            pk__in=[expert.pk for expert in experts], membership__organisation=case.claim.organisation_id
        ).values_list("pk", flat=True)
    )

    def one(expert: User) -> str | None:
        profile = getattr(expert, "expert_profile", None)
        if expert.pk in insiders:
            return "是申报单位的成员"
        if profile is None:
            return "没有登记工作单位"
        if profile.employer_code == case.claim.organisation.code:
            return "工作单位就是申报单位"
        if profile.employer_name.strip() in partners:
            return "工作单位是本申报费用里的供应商或客户"
        if expert.pk in {case.handler_id, case.claim.accepted_by_id}:
            return "办理过这份申报的前面步骤"
        return None

    return {expert.pk: one(expert) for expert in experts}


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
        .select_related(
            "case__claim__organisation", "case__claim__project", "case__claim__item__policy", "unit"
        )
        .order_by("asked_at")
    )


def notices() -> QuerySet[Notice]:
    return Notice.objects.select_related("document").order_by("-pk")


def running_notices() -> list[Notice]:
    """Notices within their period, those that end first at the front, with `case_count`."""
    return list(
        notices()
        .filter(state=NoticeStates.OPEN)
        .annotate(case_count=Count("cases"))
        .order_by("closes_on", "pk")[:100]
    )


def due_notices() -> QuerySet[Notice]:
    """Notices whose last day is over."""
    return Notice.objects.filter(state=NoticeStates.OPEN, closes_on__lt=clock.today())


def reviewer_facts(case: ReviewCase) -> list[engine.FactSpec]:
    """Facts that the item leaves to the reviewer and that no step of the path answers by itself."""
    _, rules = rules_of(case)
    answered = {"reviewed_amount", "review_passed", "acceptance_passed", "event_listed", "is_organiser"}
    return [fact for fact in rules.facts if fact.by == "reviewer" and fact.key not in answered]


def stamp(value: Any) -> str:
    """A short mark of stored content; a form carries it, so that an older window cannot overwrite a newer save."""
    return digest(value)[:16]


def verification_stamp(row: CostVerification | None) -> str:
    return "" if row is None else stamp([row.verified, row.cut_code, row.note])


def marks_stamp(assignment: Assignment) -> str:
    marks = {score.criterion: [score.points, score.reason] for score in assignment.scores.all()}
    return stamp([marks, assignment.comment, assignment.cost_advice])


def signing_faults(assignment: Assignment) -> list[Refusal]:
    """What a score sheet still lacks, as it is stored: points and reasons of each criterion, the opinion."""
    _, rules = rules_of(assignment.case)
    given = {score.criterion: score for score in Score.objects.filter(assignment=assignment)}
    faults = []
    for one in rules.criteria:
        score = given.get(one.code)
        if score is None or score.points is None:
            faults.append(Refusal(f"请给“{one.label}”打分。", code="required", field=f"points-{one.code}"))
        if score is None or not score.reason:
            faults.append(
                Refusal(f"请写“{one.label}”的打分理由。", code="required", field=f"reasons-{one.code}")
            )
    if not assignment.comment:
        faults.append(Refusal("请写总体评审意见。", code="required", field="comment"))
    return faults


def opening_queue() -> QuerySet[Claim]:
    """Accepted claims that nobody has taken into review, the longest waiting first."""
    return filings.claims().filter(state=ClaimStates.ACCEPTED).order_by("accepted_at", "pk")


def ended() -> QuerySet[ReviewCase]:
    """Cases that are decided or were stopped by the applicant."""
    return cases().exclude(claim__state=ClaimStates.UNDER_REVIEW)


TAIL = (
    CaseStates.PROPOSED,
    CaseStates.ENDORSED,
    CaseStates.NOTICED,
    CaseStates.NOTICE_OVER,
    CaseStates.APPROVED,
)


def path_steps(case: ReviewCase) -> list[PathStep]:
    """The whole way of a case in order, up to the award or the rejection."""
    state = CaseStates(case.state)
    if state in (CaseStates.REJECTION_PROPOSED, CaseStates.REJECTED):
        over = state == CaseStates.REJECTED
        return [
            PathStep(CaseStates.CHECKING, "done"),
            PathStep(CaseStates.REJECTION_PROPOSED, "done" if over else "now"),
            PathStep(CaseStates.REJECTED, "bad" if over else "next"),
        ]
    way = [CaseStates(step) for step in case.path if step not in TAIL]
    if CaseStates.PROPOSED in case.path:
        way += TAIL
    place = way.index(state)
    last = state == CaseStates.APPROVED
    return [
        PathStep(step, "done" if at < place or last else "now" if at == place else "next")
        for at, step in enumerate(way)
    ]


def answers(claim: Claim) -> list[tuple[str, str]]:
    """What the applicant answered, in words: (label, text), in the order of the item's facts."""
    _, rules = programmes.rules_of(claim.item)
    return [
        (fact.label, fact_words(fact, claim.facts[fact.key]))
        for fact in filings.asked_facts(rules)
        if claim.facts.get(fact.key) not in (None, "")
    ]


def papers(claim: Claim) -> list[tuple[str, list[Any]]]:
    """Uploaded papers by kind, in the item's order."""
    _, rules = programmes.rules_of(claim.item)
    found = list(filings.attachments(claim))
    labels = {paper.code: paper.label for paper in rules.papers}
    order = [*labels, *sorted({one.paper for one in found} - labels.keys())]
    grouped = [(labels.get(code, code), [one for one in found if one.paper == code]) for code in order]
    return [(label, rows) for label, rows in grouped if rows]


def preview(case: ReviewCase, cost_item: CostItem) -> engine.Verdict:
    """The engine's answer if `cost_item` were verified in full beside what is verified already."""
    done = {row.cost_item_id: row for row in case.verifications.all()}
    done[cost_item.pk] = _in_full(case, cost_item)
    return assess(case, done=done)


def _in_full(case: ReviewCase, cost_item: CostItem) -> CostVerification:
    return CostVerification(
        case=case, cost_item=cost_item, claimed=cost_item.amount, verified=cost_item.amount
    )


def rival_hold(case: ReviewCase, cost_item: CostItem) -> Hold | None:
    """The live hold of another claim on the same paper, with that claim and its organisation."""
    _, rules = rules_of(case)
    return (
        Hold.objects.filter(
            evidence_key=cost_item.evidence_key, overlap_group=rules.overlap_group or "", released_at=None
        )
        .exclude(claim=case.claim)
        .select_related("claim__organisation", "claim__project", "cost_item")
        .first()
    )


def rate_percent(determination: Determination | None) -> str | None:
    """The rate of a determination as 20%; None where the text names none."""
    rate = determination.verdict.get("rate") if determination else None
    if rate is None:
        return None
    try:
        return f"{(Decimal(rate) * 100).normalize():f}%"
    except ArithmeticError:
        return str(rate)


def decisions(found: QuerySet[ReviewCase]) -> list[Decision]:
    """Cases as the leader sees them, in a fixed number of queries."""
    standing_ones = Prefetch(
        "determinations",
        Determination.objects.filter(voided_at=None).select_related("made_by"),
        to_attr="standing_ones",
    )
    listed = list(
        found.select_related("proposed_by", "verified_by").prefetch_related(
            "assignments", "verifications", "opinions", standing_ones
        )
    )
    lines = books.lines_of([case.claim.number for case in listed], Accounts.RESERVED)
    return [
        Decision(
            case,
            rules_of(case)[1],
            case.standing_ones[0] if case.standing_ones else None,  # type: ignore[attr-defined]
            lines.get(case.claim.number),
        )
        for case in listed
    ]


def budget_of(case: ReviewCase) -> tuple[BudgetLine, Decimal] | None:
    """The line that would bear the case this year, with what is still available on it."""
    item = case.claim.item
    line = books.line_for(policy=item.policy.pack, item=item.code, year=clock.today().year)
    return None if line is None else (line, books.balance(line, Accounts.AVAILABLE))


def notice_by_number(number: str) -> Notice:
    """Notice.DoesNotExist for an unknown one."""
    return notices().get(document__number=number)


def notice_clock(notice: Notice) -> StepClock:
    """Working days of the notice: which one it is today, and the last day."""
    used = workdays_between(notice.opens_on, clock.today())
    return StepClock(notice.workdays, notice.closes_on, max(used, 0))


def notice_rows(notice: Notice) -> list[NoticeRow]:
    """The notice as published, line by line, with the figures behind each amount."""
    standing_ones = Prefetch(
        "determinations", Determination.objects.filter(voided_at=None), to_attr="standing_ones"
    )
    listed = cases().filter(notice=notice).order_by("pk").prefetch_related(standing_ones)
    behind: dict[tuple[str, str, str], list[ReviewCase]] = {}
    for one in listed:
        _, rules = rules_of(one)
        place = (one.claim.organisation.name, one.claim.project.name, rules.title)
        behind.setdefault(place, []).append(one)
    rows = []
    for row in notice.document.decision["rows"]:
        found = behind.get((row["organisation"], row["project"], row["clause"].partition(" ")[2]), [])
        case: ReviewCase | None = found.pop(0) if found else None
        gone = ""
        if case is None:
            gone = "公示后退回重新核定，以后续公示为准"
        elif case.claim.state in (ClaimStates.WITHDRAWN, ClaimStates.REJECTED):
            gone = CLAIM_WORDING[ClaimStates(case.claim.state)].label
        standing_one = case.standing_ones[0] if case and case.standing_ones else None  # type: ignore[attr-defined]
        rows.append(
            NoticeRow(
                row["organisation"],
                row["project"],
                row["clause"],
                Decimal(row["amount"]),
                None if gone else standing_one,
                gone,
            )
        )
    return rows


def endorsed() -> QuerySet[ReviewCase]:
    """Live cases that the leader endorsed and that wait for their public notice."""
    return waiting(CaseStates.ENDORSED).prefetch_related(
        Prefetch("determinations", Determination.objects.filter(voided_at=None), to_attr="standing_ones")
    )


def opinions_given(unit: Unit) -> QuerySet[UnitOpinion]:
    """What this unit has said, newest first."""
    return (
        UnitOpinion.objects.filter(unit=unit, given_at__isnull=False)
        .select_related(
            "case__claim__organisation", "case__claim__project", "case__claim__item__policy", "given_by"
        )
        .order_by("-given_at")
    )


def opinion_of(unit: Unit | None, number: str) -> UnitOpinion:
    """UnitOpinion.DoesNotExist when this unit was not asked about that claim."""
    return UnitOpinion.objects.select_related("unit", "given_by").get(unit=unit, case__claim__number=number)


def verified_total(lines: list[CostLineView]) -> Decimal:
    return sum((line.verification.verified for line in lines if line.verification), ZERO)


def calculation(determination: Determination) -> list[dict[str, str]]:
    """The arithmetic of a determination, line by line: label, why, formula, result."""
    return [
        {name: step.get(name) or "" for name in ("label", "why", "formula", "result")}
        for step in determination.verdict["steps"]
    ]
