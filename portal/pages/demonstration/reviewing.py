"""A claim's life under review, from the opening of its case to approval and the payee's account."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from applications import selectors as filings
from applications import services as claims
from clauses import selectors as programmes
from payouts import selectors as payouts
from payouts import services as paying
from portal.accounts.models import User
from portal.accounts.states import Roles
from portal.kernel.money import CENT
from portal.kernel.workdays import add_workdays
from portal.pages.demonstration import figures
from portal.pages.demonstration.diary import Life, on, through
from portal.pages.demonstration.filing import EARLY, Filing
from portal.pages.demonstration.people import APPLICANTS, EXPERTS, OFFICERS
from portal.pages.demonstration.plan import GROUPS, Cut, Plan, moment
from portal.pages.demonstration.world import World
from review import selectors, services
from review.models import Assignment, ReviewCase
from review.states import CaseStates

Action = Callable[[], object]
UNIT_OFFICERS = {one.unit: one.username for one in OFFICERS if one.role == Roles.UNIT_OFFICER}
REJECTED = frozenset({"rejection_proposed", "rejected"})
AT_WORK = frozenset(
    {
        "checking",
        "expert_review",
        "acceptance",
        "listing",
        "verification",
        "unit_opinions",
        "proposed",
        "rejection_proposed",
    }
)
"""Ends at which the leader has not spoken yet."""
CHANGING = ("state", "score", "findings", "approved_sum", "listed_event", "verified_at")
REACHED = {
    "expert_review": date(2023, 9, 25),
    "acceptance": date(2023, 10, 10),
    "listing": date(2023, 10, 11),
    "verification": date(2023, 10, 8),
    "unit_opinions": date(2023, 10, 10),
}
"""When cases that are still at work reached the step they are in."""


class Reviewing:
    """The offices' part of one plan."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.plan, self.world = plan, world
        self.filing = Filing(plan, world)
        self.rng = self.filing.rng
        self.group = GROUPS[plan.group]
        self._case: ReviewCase | None = None
        self._handler = self.rng.choice(["jingbanren", "jingbanren2"])
        self._leader = self.rng.choice(["lingdao", "lingdao2"])

    @property
    def handler(self) -> User:
        return self.world.people[self._handler]

    @property
    def leader(self) -> User:
        return self.world.people[self._leader]

    @property
    def case(self) -> ReviewCase:
        """The case as stored now; what it belongs to is read once."""
        if self._case is None:
            self._case = selectors.case_by_number(self.world.numbers[self.plan.key])
        else:
            self._case.refresh_from_db(fields=CHANGING)
        return self._case

    def life(self) -> Life:
        """The claim from its draft as far as its plan goes."""
        yield from self.filing.life()
        plan, group = self.plan, self.group
        if plan.end in EARLY:
            return
        if plan.end == "withdrawn" and plan.window == 2:
            yield on(date(2023, 10, 12), self.rng)
            self.withdraw()
            return
        yield on(add_workdays(group.opened, 0 if plan.window == 2 else self.rng.randint(0, 4)), self.rng)
        services.open_case(actor=self.handler, claim=self.filing.claim)
        until = REACHED.get(plan.end, group.proposed) - timedelta(days=21 if plan.late else 0)
        reaching, inside = self.working()
        yield from through(moment(until, 15, self.rng.randint(0, 59)), reaching, self.rng)
        yield from through(moment(date(2023, 10, 13), 11, self.rng.randint(0, 59)), inside, self.rng)
        if plan.sent_back:
            yield from self.again()
        yield from self.ending()

    def working(self) -> tuple[list[Action], list[Action]]:
        """Steps along the case's path up to the state that the plan names, and those done in that state so far."""
        if self.plan.end == "checking":
            return [], [self.note_duplicates] if self.rng.random() < 0.5 else []
        steps: list[Action] = [self.note_duplicates, self.advance]
        for state in self.case.path[1:]:
            if state == CaseStates.PROPOSED:
                break
            here = state == self.plan.end
            if state == self._rejected_at() and state != CaseStates.EXPERT_REVIEW:
                return [*steps, self.reject], []
            inside = getattr(self, f"_{state}")(here)
            if here:
                return steps, inside
            steps += inside
            if state == self._rejected_at():
                return [*steps, self.reject], []
            if self._goes_on(state):
                steps.append(self.advance)
        return [*steps, self.propose], []

    def _rejected_at(self) -> str:
        """The step at which it shows that the claim cannot be supported; empty for claims that can."""
        if self.plan.end not in REJECTED:
            return ""
        path = self.case.path
        return str(path[1] if self.plan.points < 0.6 or path[1] != CaseStates.EXPERT_REVIEW else path[2])

    def _goes_on(self, state: str) -> bool:
        path = self.case.path
        return bool(path[path.index(state) + 1] != CaseStates.PROPOSED)

    def _expert_review(self, here: bool) -> list[Action]:
        """Every expert takes the case on and marks it; where the plan stops here, some have not yet."""
        names = self.rng.sample([name for name, *_ in EXPERTS], 7)
        free = [name for name in names if not selectors.expert_conflict(self.case, self.world.people[name])]
        chosen = free[: self.plan.experts]
        steps: list[Action] = [lambda: self.appoint(*chosen)]
        if not here:
            return steps + [action for name in chosen for action in self._marking(name)]
        steps += [lambda: self.take_on(chosen[0]), lambda: self.mark(chosen[0])]
        steps += [
            lambda: self.sign(chosen[0]),
            lambda: self.take_on(chosen[1]),
            lambda: self.mark(chosen[1], half=True),
        ]
        if self.plan.experts > 2:
            steps += [lambda: self.recuse(chosen[2]), lambda: self.appoint(free[3])]
        return steps

    def _marking(self, name: str) -> list[Action]:
        return [lambda: self.take_on(name), lambda: self.mark(name), lambda: self.sign(name)]

    def _acceptance(self, here: bool) -> list[Action]:
        return [] if here else [self.record_acceptance]

    def _listing(self, here: bool) -> list[Action]:
        return [] if here else [self.record_listing]

    def _verification(self, here: bool) -> list[Action]:
        if here:
            return [self.record_findings, lambda: self.verify(half=True)]
        return [self.record_findings, self.verify]

    def _unit_opinions(self, here: bool) -> list[Action]:
        _, rules = selectors.rules_of(self.case)
        units = list(rules.units[1:])
        if here:
            units = units[: len(units) // 2]
        return [lambda code=code: self.opine(code) for code in units]

    def note_duplicates(self) -> None:
        services.record_duplicates(
            actor=self.handler,
            case=self.case,
            note="比对本政策历次申报和其他专项台账，没有发现同一费用得到过支持。",
        )

    def advance(self) -> None:
        services.advance(actor=self.handler, case=self.case)

    def appoint(self, *names: str) -> None:
        for name in names:
            services.appoint(actor=self.handler, case=self.case, expert=self.world.people[name])

    def assignment(self, name: str) -> Assignment:
        return selectors.assignments_of(self.world.people[name]).get(case=self.case)

    def take_on(self, name: str) -> None:
        services.take_on(actor=self.world.people[name], assignment=self.assignment(name))

    def recuse(self, name: str) -> None:
        services.recuse(
            actor=self.world.people[name],
            assignment=self.assignment(name),
            reason="近三年与申报单位有合作项目，申请回避。",
        )

    def mark(self, name: str, *, half: bool = False) -> None:
        _, rules = selectors.rules_of(self.case)
        criteria = rules.criteria[: len(rules.criteria) // 2] if half else rules.criteria
        points = {
            one.code: min(one.weight, round(one.weight * (self.plan.points + self.rng.uniform(-0.06, 0.08))))
            for one in criteria
        }
        words = "材料充分，安排合理。" if self.plan.points >= 0.6 else "论证不够充分，依据不足。"
        services.save_scores(
            actor=self.world.people[name],
            assignment=self.assignment(name),
            points=points,
            reasons={one.code: f"{one.label}：{words}" for one in criteria},
            comment="" if half else ("建议支持。" if self.plan.points >= 0.6 else "不建议支持。"),
            cost_advice="" if half else "设备价格参考同期市场询价核定。",
        )

    def sign(self, name: str) -> None:
        services.sign_score(actor=self.world.people[name], assignment=self.assignment(name))

    def record_acceptance(self) -> None:
        services.record_acceptance(
            actor=self.handler,
            case=self.case,
            accepted_on=date(2023, 4, 7) if self.group.opened < date(2023, 6, 1) else date(2023, 7, 28),
            document_number=f"哈科验〔2023〕{self.rng.randint(11, 60)}号（演示）",
        )

    def record_listing(self) -> None:
        event = filings.listed_event(self.filing.claim)
        assert event is not None
        services.record_listing(actor=self.handler, case=self.case, event=event)

    def record_findings(self) -> None:
        case = self.case
        asked = {fact.key for fact in selectors.reviewer_facts(case)}
        values = {key: value for key, value in figures.FINDINGS.items() if key in asked}
        if "review_date" in asked:
            values["review_date"] = (self.group.opened + timedelta(days=10)).isoformat()
        services.record_findings(actor=self.handler, case=case, values=values)

    def verify(self, *, half: bool = False) -> None:
        """Every cost with its cut; item 1 gets its approved sum instead."""
        case = self.case
        _, rules = programmes.rules_of(case.claim.item)
        if not rules.takes_costs:
            wan = Decimal(self.plan.wan * 10000)
            services.record_approved_sum(
                actor=self.handler,
                case=case,
                amount=(wan * Decimal("0.9")).quantize(CENT),
                reason="按专家组意见核减人员费用，核定为申请金额的九成。",
            )
            return
        lines = selectors.cost_lines(case)
        cuts = {cut.place: cut for cut in self.plan.cuts}
        for place, line in enumerate(lines[: len(lines) // 2] if half else lines):
            cut: Cut | None = cuts.get(place)
            amount = line.cost_item.amount
            if cut is not None:
                amount -= (amount * Decimal(cut.share)).quantize(CENT)
            services.verify_cost(
                actor=self.handler,
                case=case,
                cost_item=line.cost_item,
                verified=amount,
                cut_code=cut.code if cut else "",
                note=cut.note if cut else "",
            )

    def opine(self, code: str) -> None:
        remark = self.rng.random() < 0.2
        services.give_opinion(
            actor=self.world.people[UNIT_OFFICERS[code]],
            case=self.case,
            opinion="remarks" if remark else "agree",
            text="同意支持。建议项目单位按季度报送运行情况。" if remark else "",
        )

    def propose(self) -> None:
        services.propose(actor=self.handler, case=self.case)

    def reject(self) -> None:
        services.propose_rejection(actor=self.handler, case=self.case, reason=self.plan.why)

    def withdraw(self) -> None:
        claims.withdraw(
            actor=self.world.admin(self.plan.owner), claim=self.filing.claim, reason=self.plan.why
        )

    def again(self) -> Life:
        """The leader returns the proposal once; the handler settles one cost anew and proposes again."""
        yield on(add_workdays(self.group.proposed, 1), self.rng)
        services.send_back(
            actor=self.leader, case=self.case, reason="装修改造的核定依据不足，请补充造价审核意见。"
        )
        line = selectors.cost_lines(self.case)[0]
        yield on(add_workdays(self.group.proposed, 2), self.rng)
        services.verify_cost(
            actor=self.handler,
            case=self.case,
            cost_item=line.cost_item,
            verified=(line.cost_item.amount * Decimal("0.95")).quantize(CENT),
            cut_code="other",
            note="按造价审核意见核减。",
        )
        steps: list[Action] = []
        if self._goes_on(CaseStates.VERIFICATION):
            steps = [self.advance, *self._unit_opinions(False)]
        yield from through(
            moment(add_workdays(self.group.proposed, 3), 16, 30), [*steps, self.propose], self.rng
        )

    def ending(self) -> Life:
        """From the proposal on: leader, public notice (posted for the whole group), approval, account."""
        plan, group = self.plan, self.group
        if plan.end in AT_WORK:
            return
        yield on(group.endorsed, self.rng)
        if plan.end == "withdrawn":
            self.withdraw()
            return
        if plan.end == "rejected":
            services.confirm_rejection(actor=self.leader, case=self.case)
            return
        services.endorse(actor=self.leader, case=self.case)
        if group.approved is None:
            return
        yield on(group.approved, self.rng)
        services.approve(actor=self.leader, case=self.case, document_number=group.approval)
        if plan.end == "account_due":
            return
        yield on(add_workdays(group.approved, self.rng.randint(2, 4)), self.rng)
        self.give_account()

    def give_account(self, *, tail: str = "0001") -> None:
        award = payouts.award_of(self.world.numbers[self.plan.key])
        organisation = award.case.claim.organisation
        place = next(place for place, one in enumerate(APPLICANTS) if one.key == self.plan.owner)
        paying.give_account(
            actor=self.world.admin(self.plan.owner),
            award=award,
            account_name=organisation.name,
            bank_name="演示银行哈尔滨松北支行",
            bank_code="999261000017",
            account_number=f"1672{place:08d}{tail}",
        )
