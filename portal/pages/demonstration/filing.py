"""A claim's life at its applicant and at intake, from the draft to acceptance."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from applications import selectors, services
from applications.models import Claim, CostItem
from applications.states import Sections
from clauses import selectors as programmes
from portal.kernel.workdays import add_workdays
from portal.pages.demonstration import figures, papers
from portal.pages.demonstration.diary import Life, on, through
from portal.pages.demonstration.people import APPLICANTS
from portal.pages.demonstration.plan import Plan, moment
from portal.pages.demonstration.world import World

Action = Callable[[], object]
EARLY = frozenset({"draft", "discarded", "submitted", "correction_due", "lapsed", "accepted", "refused"})
"""Ends that are reached before any review."""
CHANGING = ("state", "version", "facts", "faults", "correction_due_on", "filed_at", "accepted_by")
FAULTS = {
    Sections.PAPERS: "合同扫描件缺少签章页，请重新上传完整的合同。",
    Sections.OVERVIEW: "建设内容写得过于简略，请补充设备用途和服务对象。",
}


class Filing:
    """The applicant's part of one plan; each method is one step."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.plan, self.world = plan, world
        self.rng = plan.rng
        self._claim: Claim | None = None

    @property
    def claim(self) -> Claim:
        """The claim as stored now; what it belongs to is read once."""
        if self._claim is None:
            self._claim = selectors.claim_by_number(self.world.numbers[self.plan.key])
        else:
            self._claim.refresh_from_db(fields=CHANGING)
        return self._claim

    def life(self) -> Life:
        """Everything up to acceptance, or to the end of a claim that does not come that far."""
        begun, filed = self._days()
        yield on(begun, self.rng)
        self.begin()
        yield from through(filed, self._drafting(), self.rng)
        if self.plan.end == "draft":
            return
        if self.plan.end == "discarded":
            services.discard(actor=self.world.filler(self.plan.owner), claim=self.claim)
            return
        self.submit()
        yield from self._intake(filed)

    def _days(self) -> tuple[date, datetime]:
        """The day a draft is begun, and the moment its filling in is finished."""
        if not next(one for one in APPLICANTS if one.key == self.plan.owner).certified:
            return date(2023, 10, 13), moment(date(2023, 10, 13), 16, 10)
        if self.plan.same_cost:
            return date(2023, 10, 11), moment(date(2023, 10, 12), 15, 40)
        if self.plan.window == 2:
            late = 9 if self.plan.end not in ("draft", "submitted", "accepted") or self.plan.corrected else 10
            return date(2023, 10, 9), moment(
                date(2023, 10, late), self.rng.randint(14, 16), self.rng.randint(0, 59)
            )
        begun = add_workdays(date(2023, 2, 28), self.rng.randint(1, 12))
        filed = add_workdays(begun, self.rng.randint(3, 8))
        return begun, moment(filed, self.rng.randint(14, 16), self.rng.randint(0, 59))

    def _drafting(self) -> list[Action]:
        steps: list[Action] = [self.describe, self.enter_costs, self.upload_papers, self.declare]
        return steps[: 2 if self.plan.end == "draft" and self.rng.random() < 0.6 else len(steps)]

    def begin(self) -> None:
        """The project, unless an earlier claim made it, and an empty draft."""
        actor = self.world.filler(self.plan.owner)
        place = (self.plan.owner, self.plan.project)
        if place not in self.world.projects:
            self.world.projects[place] = services.create_project(
                actor=actor,
                name=self.plan.name,
                location="哈尔滨市松北区科技创新城（演示地址）",
                leader=self.world.admin(self.plan.owner).display_name,
                summary=f"{self.plan.project}：面向本市产业需求开展建设，由演示数据生成。",
            )
        claim = services.start_claim(
            actor=actor,
            project=self.world.projects[place],
            item=self.world.item(self.plan.item),
            window=self.world.rounds[self.plan.window],
        )
        self.world.numbers[self.plan.key] = claim.number

    def describe(self) -> None:
        plan, claim = self.plan, self.claim
        services.save_section(
            actor=self.world.filler(plan.owner),
            claim=claim,
            section=Sections.OVERVIEW,
            values=figures.facts(plan.item, plan.name, plan.wan, plan.window, self.rng),
            version=claim.version,
        )

    def enter_costs(self) -> None:
        claim = self.claim
        _, rules = programmes.rules_of(claim.item)
        if not rules.takes_costs:
            return
        actor = self.world.filler(self.plan.owner)
        entries = figures.costs(
            self.plan.item, self.plan.wan, self.plan.window, self.rng, freight=self.plan.freight
        )
        if self.plan.shares_invoice:
            entries[0] |= self._invoice_of(self.plan.shares_invoice)
        items = [
            services.add_cost_item(actor=actor, project=claim.project, values=values) for values in entries
        ]
        if self.plan.same_cost:
            others = selectors.cost_items_of(claim.project).exclude(pk__in=[item.pk for item in items])
            items.append(others[0])
        services.nominate(actor=actor, claim=claim, cost_items=items, version=claim.version)

    def _invoice_of(self, key: str) -> dict[str, Any]:
        """The same paper typed by another organisation."""
        theirs = selectors.nominated(selectors.claim_by_number(self.world.numbers[key]))[0]
        return {
            name: getattr(theirs, name)
            for name in ("name", "category", "document_number", "counterparty", "invoice_date", "paid_date")
        } | {"amount": f"{theirs.amount:.2f}"}

    def upload_papers(self) -> None:
        claim = self.claim
        _, rules = programmes.rules_of(claim.item)
        items = selectors.nominated(claim) if rules.takes_costs else []
        for paper in rules.papers:
            if paper.source != "upload" or not (paper.required or paper.code == "photo"):
                continue
            single = paper.scope == "cost" and len(items) == 2
            for item in items if single else [None]:
                self.upload(claim, paper.code, paper.label, item)

    def upload(
        self, claim: Claim, code: str, label: str, item: CostItem | None = None, again: str = ""
    ) -> None:
        content, end = papers.photo(), "png"
        if code != "photo":
            content, end = papers.pdf(label, f"{claim.number} {item.pk if item else code} {again}"), "pdf"
        name = f"{label}-{item.name}" if item else f"{label}{again and '（补正）'}"
        services.upload(
            actor=self.world.filler(self.plan.owner),
            claim=claim,
            paper=code,
            cost_item=item,
            file=io.BytesIO(content),
            name=f"{name}.{end}",
            size=len(content),
        )

    def declare(self) -> None:
        """Other public money: usually none."""
        claim = self.claim
        some = self.rng.random() < 0.15
        services.save_section(
            actor=self.world.filler(self.plan.owner),
            claim=claim,
            section=Sections.PUBLIC_MONEY,
            values={
                "public_money": some,
                "public_money_note": "2022年获得区级研发补助20万元，用于人员费用，与本次申报的费用不重复。"
                if some
                else "",
            },
            version=claim.version,
        )

    def submit(self) -> None:
        claim = self.claim
        services.submit(
            actor=self.world.admin(self.plan.owner), claim=claim, version=claim.version, committed=True
        )

    def _intake(self, filed: datetime) -> Life:
        """Formal examination: correction where planned, then acceptance, refusal or nothing yet."""
        officer = self.world.people[self.rng.choice(["shouli", "shouli2"])]
        plan, day = self.plan, filed.date()
        if plan.end == "submitted" and not plan.corrected:
            return
        quick = plan.window == 2
        steps = [add_workdays(day, count) for count in ((1, 2, 3) if quick else (3, 8, 11))]
        if plan.corrected or plan.end in ("correction_due", "lapsed"):
            yield on(steps[0], self.rng)
            faults = [{"section": section, "text": text} for section, text in FAULTS.items()]
            services.ask_correction(actor=officer, claim=self.claim, faults=faults[: 1 if quick else 2])
            if plan.end == "correction_due":
                return
            if plan.end == "lapsed":
                due = self.claim.correction_due_on
                assert due is not None
                yield moment(due + timedelta(days=1), 0, 5)
                services.lapse(claim=self.claim)
                return
            yield on(steps[1], self.rng)
            self.mend()
            if plan.end == "submitted":
                return
        yield on(steps[2] if plan.corrected else steps[0 if quick else 1], self.rng)
        if plan.end == "refused":
            services.refuse(actor=officer, claim=self.claim, code="out_of_scope", note=plan.why)
        else:
            services.accept(actor=officer, claim=self.claim)

    def mend(self) -> None:
        """Answer the correction notice and hand the claim in again."""
        claim = self.claim
        _, rules = programmes.rules_of(claim.item)
        paper = next(one for one in rules.papers if one.source == "upload" and one.required)
        self.upload(claim, paper.code, paper.label, again="again")
        if any(fault["section"] == Sections.OVERVIEW for fault in claim.faults):
            key = next(key for key in ("platform_content", "scene_content", "goals") if key in claim.facts)
            services.save_section(
                actor=self.world.filler(self.plan.owner),
                claim=claim,
                section=Sections.OVERVIEW,
                values={key: f"{claim.facts[key]}设备用于研发和对外服务，服务对象为本市三十余家企业。"},
                version=claim.version,
            )
        self.submit()
