"""Reads about claims, and the questions asked of the engine on their behalf."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, DateField, QuerySet, Sum

from applications.counting import as_counted as as_counted
from applications.counting import counts_tax
from applications.models import Attachment, Claim, CostItem, Hold, Nomination, Project
from applications.states import EDITABLE, ClaimStates, Proofs, Sections
from clauses import engine
from clauses import selectors as programmes
from clauses.models import ListedEvent
from clauses.settings_book import Book
from portal.accounts.models import Organisation
from portal.accounts.states import ELSEWHERE
from portal.kernel import clock
from portal.kernel.money import ZERO

COST_DATE_LABELS = {
    field.name: str(field.verbose_name) for field in CostItem._meta.fields if isinstance(field, DateField)
}
DERIVED_FACTS = frozenset({"applicant_kind", "registered_in_harbin"})


@dataclass(frozen=True, slots=True)
class Missing:
    """Something to do before a claim can be submitted; `anchor` is the place on its section's page."""

    section: str
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A nominated cost that another live claim holds; `own` is that claim when it is of the same organisation."""

    cost_item: CostItem
    own: Claim | None

    @property
    def text(self) -> str:
        if self.own is not None:
            return (
                f"这笔费用已由你单位的申报{self.own.number}占用。可以在那份申报里放弃它，"
                "或把它改由本申报使用。"
            )
        return "这张票据与库内另一条记录重号，已交工作人员核对。核对清楚前不计入估算，不影响你提交。"


def claims() -> QuerySet[Claim]:
    return Claim.objects.select_related("organisation", "project", "item__policy", "round")


def claim_by_number(number: str) -> Claim:
    """Claim.DoesNotExist for an unknown one."""
    return claims().get(number=number)


def claims_of(organisation: Organisation) -> QuerySet[Claim]:
    return claims().filter(organisation=organisation).order_by("-pk")


def projects_of(organisation: Organisation) -> QuerySet[Project]:
    return (
        Project.objects.filter(organisation=organisation)
        .annotate(
            cost_count=Count("cost_items", distinct=True),
            claim_count=Count("claims", distinct=True),
        )
        .order_by("pk")
    )


def cost_items_of(project: Project) -> QuerySet[CostItem]:
    return CostItem.objects.filter(project=project).order_by("pk")


def repeated(items: list[CostItem]) -> set[int]:
    """Typed costs whose paper another organisation has entered too, by id; who that is stays with staff."""
    typed = {item.evidence_key: item for item in items if item.proof == Proofs.TYPED}
    others = CostItem.objects.filter(evidence_key__in=list(typed)).values_list("evidence_key", "organisation")
    return {typed[key].pk for key, owner in others if owner != typed[key].organisation_id}


def nominated(claim: Claim) -> list[CostItem]:
    """The costs a claim rests on, each at the amount that counts in it; for reading only."""
    return as_counted(claim, CostItem.objects.filter(nominations__claim=claim).order_by("pk"))


def live_holds(claim: Claim) -> QuerySet[Hold]:
    return Hold.objects.filter(claim=claim, released_at=None)


def not_held(claim: Claim, cost_items: Collection[int]) -> list[CostItem]:
    """Those of `cost_items` that the claim does not hold now."""
    held = live_holds(claim).values_list("evidence_key", flat=True)
    return list(CostItem.objects.filter(pk__in=cost_items).exclude(evidence_key__in=held).order_by("pk"))


def conflicts(claim: Claim, items: list[CostItem] | None = None) -> dict[int, Conflict]:
    """Nominated costs held by another claim, by cost item id; a stranger's claim is never named."""
    items = nominated(claim) if items is None else items
    _, rules = programmes.rules_of(claim.item)
    by_key = {item.evidence_key: item for item in items}
    taken = (
        Hold.objects.filter(
            evidence_key__in=list(by_key), overlap_group=rules.overlap_group or "", released_at=None
        )
        .exclude(claim=claim)
        .select_related("claim")
    )
    found = {}
    for hold in taken:
        item = by_key[hold.evidence_key]
        own = hold.claim if hold.claim.organisation_id == claim.organisation_id else None
        found[item.pk] = Conflict(item, own)
    return found


def holders(organisation: Organisation, items: list[CostItem]) -> dict[int, Conflict]:
    """Who holds each of an organisation's costs now, by cost item id; a stranger's claim is never named."""
    by_key = {item.evidence_key: item for item in items}
    live = Hold.objects.filter(evidence_key__in=list(by_key), released_at=None).select_related("claim")
    found = {}
    for hold in live:
        own = hold.claim if hold.claim.organisation_id == organisation.pk else None
        if own is not None or by_key[hold.evidence_key].pk not in found:
            found[by_key[hold.evidence_key].pk] = Conflict(by_key[hold.evidence_key], own)
    return found


def attachments(claim: Claim) -> QuerySet[Attachment]:
    return Attachment.objects.filter(claim=claim, removed_at=None).select_related("cost_item", "uploaded_by")


def fen(amount: Decimal) -> int:
    """Yuan of the tables as the engine's fen."""
    return int(amount * 100)


def yuan(amount: int | None) -> Decimal:
    """The engine's fen as yuan of the tables; nothing counts as zero."""
    return ZERO if amount is None else Decimal(amount).scaleb(-2)


def cost_line(
    item: CostItem, *, amount: Decimal | None = None, held_elsewhere: bool = False
) -> engine.CostLine:
    """A cost item as the engine reads it, at its claimed amount or another."""
    return engine.CostLine(
        id=str(item.pk),
        amount=fen(item.amount if amount is None else amount),
        category=item.category or None,
        contract_date=item.contract_date,
        invoice_date=item.invoice_date,
        paid_date=item.paid_date,
        service_from=item.service_from,
        service_to=item.service_to,
        expense_date=item.expense_date,
        event_date=item.event_date,
        held_elsewhere=held_elsewhere,
        flags=item.flags,
    )


def typed_facts(rules: engine.Item, stored: Mapping[str, Any]) -> dict[str, object]:
    """Facts as stored (JSON) in the types that the engine asks for; empty ones are unknown."""
    typed: dict[str, object] = {}
    for fact in rules.facts:
        value = stored.get(fact.key)
        if value in (None, ""):
            continue
        match fact.type:
            case "money":
                typed[fact.key] = fen(Decimal(value))
            case "date":
                typed[fact.key] = date.fromisoformat(value)
            case "year" | "count":
                typed[fact.key] = int(value)
            case "number" | "rate":
                typed[fact.key] = Fraction(value)
            case _:
                typed[fact.key] = value
    return typed


def asked_facts(rules: engine.Item) -> list[engine.FactSpec]:
    """Facts that the applicant is asked for; those the organisation's own record answers are not asked."""
    return [fact for fact in rules.facts if fact.by == "applicant" and fact.key not in DERIVED_FACTS]


def derived_facts(claim: Claim) -> dict[str, Any]:
    """What the organisation's own record answers: as filed, once the claim is filed; as it stands before."""
    organisation = claim.organisation
    filed = claim.content["organisation"] if claim.content else {}
    return {
        "applicant_kind": filed.get("kind", organisation.kind),
        "registered_in_harbin": filed.get("district", organisation.district) != ELSEWHERE,
    }


def listed_event(claim: Claim) -> ListedEvent | None:
    """The event on the year list that the claim is about: same name, year and organiser."""
    return (
        programmes.listed_events()
        .filter(
            policy=claim.item.policy,
            name=claim.facts.get("event_name") or "",
            year=claim.facts.get("list_year") or 0,
            organiser_code=claim.organisation.code,
        )
        .first()
    )


def question(
    claim: Claim,
    *,
    costs: tuple[engine.CostLine, ...] | None,
    facts: Mapping[str, Any] | None = None,
    book: Book | None = None,
    now: datetime | None = None,
) -> tuple[engine.Policy, engine.ClaimFacts]:
    """The claim as a question to the engine: filing time, facts, costs, settings then in force.

    Settings that act on pending claims are read at `now`: business time, or the claim's end.
    """
    policy, rules = programmes.rules_of(claim.item)
    filed_at = claim.filed_at or clock.now()
    return policy, engine.ClaimFacts(
        id=claim.number,
        item=rules.id,
        filed_at=filed_at,
        facts=typed_facts(rules, {**derived_facts(claim), **claim.facts, **(facts or {})}),
        costs=tuple(_fitted(rules, cost) for cost in costs or ()) if rules.takes_costs else None,
        in_force=programmes.settings_in_force(
            claim.item.policy, filed_at, item=rules.id, now=now or claim.ended_at, book=book
        ),
    )


def _fitted(rules: engine.Item, cost: engine.CostLine) -> engine.CostLine:
    """A cost in the item's own terms: a category it does not know is its "other", marks it does not ask for go."""
    category = cost.category
    if category and rules.categories and rules.category(category) is None:
        category = "other" if rules.category("other") else rules.categories[-1].code
    asked = {test.flag for test in rules.cost_tests}
    flags = {name: mark for name, mark in cost.flags.items() if name in asked}
    return replace(cost, category=category, flags=flags)


def estimate(claim: Claim) -> engine.Verdict:
    """What the claim would give on its claimed figures; a sum a reviewer judges is taken as requested."""
    return estimates([claim])[claim.pk]


def estimates(found: Iterable[Claim]) -> dict[int, engine.Verdict]:
    """`estimate` of several claims by their pk: two queries, and one for the settings of each policy."""
    return {pk: engine.assess(policy, asked) for pk, (policy, asked) in questions(found).items()}


def questions(
    found: Iterable[Claim],
    *,
    verified: Mapping[tuple[int, int], Decimal] | None = None,
    reviewed: Mapping[int, Mapping[str, Any]] | None = None,
) -> dict[int, tuple[engine.Policy, engine.ClaimFacts]]:
    """Several claims as questions to the engine, by their pk, in three queries for one policy.

    Costs count at their claimed amounts, or as `verified` by (claim, cost item); `reviewed` holds what a review
    established, by claim. A sum a reviewer judges is taken as requested until then.
    """
    listed = list(found)
    verified, reviewed = verified or {}, reviewed or {}
    books = {pack: programmes.settings_book(pack) for pack in {claim.item.policy.pack for claim in listed}}
    items: dict[int, list[CostItem]] = defaultdict(list)
    named = Nomination.objects.filter(claim__in=listed).select_related("cost_item").order_by("cost_item_id")
    for nomination in named:
        items[nomination.claim_id].append(nomination.cost_item)
    keys = {item.evidence_key for costs in items.values() for item in costs}
    holders: dict[tuple[str, str], int] = {
        (key, group): claim
        for key, group, claim in Hold.objects.filter(evidence_key__in=keys, released_at=None).values_list(
            "evidence_key", "overlap_group", "claim"
        )
    }
    answers = {}
    for claim in listed:
        _, rules = programmes.rules_of(claim.item)
        lines = tuple(
            cost_line(
                item,
                amount=verified.get((claim.pk, item.pk)),
                held_elsewhere=holders.get((item.evidence_key, rules.overlap_group or ""), claim.pk)
                != claim.pk,
            )
            for item in as_counted(claim, items[claim.pk], book=books[claim.item.policy.pack])
        )
        requested = (
            {"reviewed_amount": claim.facts.get("requested_amount")}
            if "requested_amount" in claim.facts
            else {}
        )
        answers[claim.pk] = question(
            claim,
            costs=lines,
            facts={**requested, **reviewed.get(claim.pk, {})},
            book=books[claim.item.policy.pack],
        )
    return answers


def totals(claim: Claim) -> tuple[int, Decimal]:
    """How many costs are nominated and what they add up to."""
    row = CostItem.objects.filter(nominations__claim=claim).aggregate(
        count=Count("pk"), total=Sum("amount"), tax=Sum("tax")
    )
    tax = row["tax"] if row["tax"] and counts_tax(claim) else ZERO
    return row["count"], (row["total"] or ZERO) + tax


def unlocked(claim: Claim) -> frozenset[str]:
    """Sections that may be changed now: all of a draft, those a correction notice lists, none otherwise."""
    if claim.state == ClaimStates.DRAFT:
        return frozenset(Sections)
    if claim.state == ClaimStates.CORRECTION_DUE:
        return frozenset(fault["section"] for fault in claim.faults)
    return frozenset()


def missing_actions(claim: Claim) -> list[Missing]:
    """Everything that still keeps the claim from being submitted; the page shows it, submission obeys it."""
    _, rules = programmes.rules_of(claim.item)
    found: list[Missing] = []
    if claim.organisation.kind not in rules.applicants and "any" not in rules.applicants:
        found.append(Missing("organisation", f"本项的申报主体是{rules.who}，与你单位类型不符"))
    for fact in asked_facts(rules):
        if fact.required and claim.facts.get(fact.key) in (None, ""):
            found.append(Missing(Sections.OVERVIEW, f"填写“{fact.label}”", fact.key))
    if rules.review_mode == "年度清单" and not listed_event(claim):
        found.append(Missing(Sections.OVERVIEW, "选择列入年度活动清单、由你单位主办的活动", "event_name"))
    items = nominated(claim) if rules.takes_costs else []
    if rules.takes_costs and not items:
        found.append(Missing(Sections.COSTS, "选择计入本申报的费用"))
    for item in items:
        if rules.categories and not item.category:
            found.append(Missing(Sections.COSTS, f"给“{item.name}”选择费用类别", f"cost-{item.pk}"))
        for name in rules.cost_dates:
            if getattr(item, name, None) is None:
                label = COST_DATE_LABELS[name]
                found.append(Missing(Sections.COSTS, f"补填“{item.name}”的{label}", f"cost-{item.pk}"))
    if claim.public_money is None:
        found.append(Missing(Sections.PUBLIC_MONEY, "说明其他财政资金情况"))
    elif claim.public_money and not claim.public_money_note.strip():
        found.append(Missing(Sections.PUBLIC_MONEY, "写明其他财政资金的级别、文件、金额和对应费用"))
    found.extend(_missing_papers(claim, rules, items))
    return found


def _missing_papers(claim: Claim, rules: engine.Item, items: list[CostItem]) -> list[Missing]:
    have: dict[str, set[int | None]] = defaultdict(set)
    for code, cost in Attachment.objects.filter(claim=claim, removed_at=None).values_list(
        "paper", "cost_item"
    ):
        have[code].add(cost)
    found = []
    for paper in rules.papers:
        if not paper.required or paper.source != "upload":
            continue
        if paper.scope == "claim":
            if not have[paper.code]:
                found.append(Missing(Sections.PAPERS, f"上传{paper.label}", f"paper-{paper.code}"))
            continue
        lacking = 0 if None in have[paper.code] else sum(item.pk not in have[paper.code] for item in items)
        if lacking:
            found.append(
                Missing(Sections.PAPERS, f"上传{paper.label}，还缺{lacking}笔费用的", f"paper-{paper.code}")
            )
    return found


def intake_queue() -> QuerySet[Claim]:
    return claims().filter(state=ClaimStates.SUBMITTED).order_by("filed_at")


def editable(claim: Claim) -> bool:
    return claim.state in EDITABLE


def masked_name(name: str) -> str:
    """An organisation's name as a stranger may see it: the first and the last characters."""
    return f"{name[:4]}***{name[-4:]}" if len(name) > 10 else f"{name[:2]}***"
