"""Makers of people, projects and claims for tests; everything goes through the services."""

import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from pypdf import PdfWriter
from stdnum.cn import uscc

from applications import selectors as filings
from applications import services as filing
from applications.models import Claim, CostItem, Project
from clauses import selectors as programmes
from clauses import services as programme_services
from clauses.models import Item, Policy, Round, SettingChange
from payouts import services as paying
from portal.accounts import services as accounts
from portal.accounts.models import Membership, Unit, User
from portal.accounts.states import Roles
from portal.kernel import clock
from portal.ledger import services as ledger
from portal.ledger.models import BudgetLine
from review import selectors as reviews
from review import services as reviewing
from review.models import Award, ReviewCase
from review.states import CaseStates

PACK = "harbin-ai-2022"
DAY = timedelta(days=1)
PASSWORD = "correct-horse-battery"


def sample_pdf() -> bytes:
    """One blank A4 page."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


PDF = sample_pdf()


def credit_code(number: int, prefix: str = "91230102") -> str:
    """A synthetic 统一社会信用代码 with right check characters."""
    body = f"MA1B{number:04d}" if number < 10000 else f"MA{number:06d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    value = sum(weight * int(char, 36) for weight, char in zip(weights, body, strict=True)) % 11
    check = {0: "0", 1: "X"}.get(value, str(11 - value))
    code = prefix + body + check
    return code + uscc.calc_check_digit(code)


_numbers = count(1)


def staff(*roles: Roles, unit: str = "science", name: str = "") -> User:
    number = next(_numbers)
    label = name or (roles[0].label if roles else "职员")
    return accounts.create_user(
        username=f"staff{number}",
        display_name=f"{label}{number}",
        password=PASSWORD,
        unit=Unit.objects.get_or_create(code=unit, defaults={"name": unit})[0],
        roles=roles,
        demonstration=True,
    )


def expert(employer: str = "外地大学") -> User:
    person = staff(Roles.EXPERT)
    accounts.describe_expert(
        user=person,
        employer_name=employer,
        employer_code=credit_code(person.pk, "12110000"),
        fields="人工智能",
    )
    return person


def organisation(kind: str = "enterprise", *, certified: bool = True, name: str = "") -> User:
    """A new organisation; returns its 单位管理员."""
    number = next(_numbers)
    prefix = "12230100" if kind in ("university", "institute") else "91230102"
    made = accounts.register_organisation(
        code=credit_code(number, prefix),
        name=name or f"哈尔滨第{number}智能科技有限公司",
        kind=kind,
        district="松北区",
        legal_person="赵一",
        contact_phone="0451-00000000",
        username=f"unit{number}",
        display_name=f"管理员{number}",
        password=PASSWORD,
        demonstration=True,
    )
    if certified:
        accounts.certify_organisation(organisation=made, actor=staff(Roles.INTAKE))
    return Membership.objects.get(organisation=made).user


def filler(admin: User) -> User:
    number = next(_numbers)
    return accounts.add_filler(
        actor=admin, username=f"filler{number}", display_name=f"经办{number}", password=PASSWORD
    )


def policy() -> Policy:
    found = Policy.objects.filter(pack=PACK).first()
    return found or next(one for one in programme_services.load_policies() if one.pack == PACK)


def item(code: str = "2a") -> Item:
    policy()
    return programmes.item_by_code(PACK, code)


def setting_change(
    setting: str = "Q35",
    value: Any = "fen",
    *,
    starts: date = date(2023, 11, 1),
    items: Iterable[str] = (),
    document_number: str = "哈科规〔2023〕5号",
) -> SettingChange:
    """A proposed change of a setting, by a new administrator."""
    return programme_services.propose_setting(
        actor=staff(Roles.ADMINISTRATOR),
        policy=policy(),
        setting=setting,
        value=value,
        items=items,
        effective_from=starts,
        document_number=document_number,
    )


def set_to(setting: str = "Q35", value: Any = "fen", **kwargs: Any) -> SettingChange:
    """A change that a second person approved."""
    change = setting_change(setting, value, **kwargs)
    return programme_services.approve_setting(actor=staff(Roles.LEADER), change=change)


def window(*codes: str, opens: datetime | None = None, closes: datetime | None = None) -> Round:
    found = policy()
    number = next(_numbers)
    return programme_services.open_round(
        actor=staff(Roles.ADMINISTRATOR),
        policy=found,
        number=f"R{number}",
        name=f"2023年第{number}批",
        document_number="哈科发〔2023〕8号",
        guide="申报指南",
        opens_at=opens or clock.at(date(2023, 3, 1)),
        closes_at=closes or clock.at(date(2024, 1, 1)),
        items=[item(code) for code in codes or ("1", "2a", "2b", "2c", "3a", "4", "6a", "6b", "9b")],
    )


def budget(amount: str = "100000000.00", *, codes: Iterable[str] = (), year: int = 2023) -> BudgetLine:
    number = next(_numbers)
    return ledger.open_line(
        policy=policy().pack,
        year=year,
        name=f"人工智能专项{number}",
        source="市级科技专项资金",
        function_code="2060499",
        document_number=f"哈财预〔{year}〕{number}号",
        items=list(codes) or ["1", "2a", "2b", "2c", "3a", "4", "6a", "6b", "9b"],
        amount=Decimal(amount),
        actor=staff(Roles.ADMINISTRATOR),
    )


def project(admin: User, name: str = "") -> Project:
    return filing.create_project(
        actor=admin,
        name=name or f"寒地装备智能检测平台{next(_numbers)}",
        location="松北区科技创新城",
        leader="钱二",
        summary="建设共性技术研发平台。",
    )


def cost(admin: User, owner: Project, amount: str = "60000000.00", **values: Any) -> CostItem:
    number = next(_numbers)
    given = {
        "name": f"训练服务器{number}",
        "document_number": f"2323{number:016d}",
        "counterparty": "省外设备有限公司",
        "amount": amount,
        "category": "equipment",
        "invoice_date": "2023-03-01",
        "paid_date": "2023-03-09",
    }
    return filing.add_cost_item(actor=admin, project=owner, values={**given, **values})


def facts(claim: Claim) -> dict[str, Any]:
    """A plausible answer to every fact the item asks the applicant for."""
    _, rules = programmes.rules_of(claim.item)
    samples: dict[str, Any] = {
        "money": "8000000.00",
        "date": "2023-03-01",
        "year": "2023",
        "count": "2",
        "bool": True,
    }
    return {
        fact.key: next(iter(fact.choices))
        if fact.type == "choice"
        else samples.get(fact.type, f"{fact.label}说明")
        for fact in filings.asked_facts(rules)
    }


def draft(
    admin: User | None = None,
    code: str = "2a",
    *,
    amounts: Iterable[str] = ("60000000.00",),
    round_: Round | None = None,
    owner: Project | None = None,
    costs: Iterable[CostItem] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Claim:
    """A draft with everything filled in, ready to submit; `answers` replace plausible facts."""
    admin = admin or organisation("university" if code in ("1",) else "enterprise")
    owner = owner or project(admin)
    claim = filing.start_claim(actor=admin, project=owner, item=item(code), window=round_ or window(code))
    values = {**facts(claim), **(answers or {})}
    listed = programmes.listed_events(year=2023).filter(name=values.get("event_name", ""))
    if code == "9b" and not listed.exists():
        handler = staff(Roles.HANDLER)
        programme_services.list_event(
            actor=handler,
            policy=claim.item.policy,
            year=2023,
            name=values["event_name"],
            organiser_code=claim.organisation.code,
            organiser_name=claim.organisation.name,
            held_on=date(2023, 6, 1),
            document_number="哈科发〔2023〕3号",
        )
    claim = filing.save_section(
        actor=admin, claim=claim, section="overview", values=values, version=claim.version
    )
    claim = filing.save_section(
        actor=admin,
        claim=claim,
        section="public_money",
        values={"public_money": False},
        version=claim.version,
    )
    _, rules = programmes.rules_of(claim.item)
    if rules.takes_costs:
        dates = {
            "2c": {
                "side": "sale",
                "category": "research_service",
                "service_from": "2023-01-01",
                "service_to": "2023-06-30",
            },
            "6b": {"category": "salary", "expense_date": "2023-04-01"},
            "9b": {"category": "venue", "event_date": "2023-06-01"},
        }.get(code, {})
        items = list(costs or ()) or [cost(admin, owner, amount, **dates) for amount in amounts]
        claim = filing.nominate(actor=admin, claim=claim, cost_items=items, version=claim.version)
    for paper in rules.papers:
        if paper.required and paper.source == "upload":
            upload(admin, claim, paper.code)
    assert filings.missing_actions(claim) == []
    return filings.claims().get(pk=claim.pk)


def upload(admin: User, claim: Claim, paper: str, content: bytes = PDF, name: str = "材料.pdf") -> Any:
    return filing.upload(
        actor=admin, claim=claim, paper=paper, file=io.BytesIO(content), name=name, size=len(content)
    )


def admin_of(claim: Claim) -> User:
    return Membership.objects.filter(organisation=claim.organisation, role="admin")[0].user


def submitted(claim: Claim | None = None, **kwargs: Any) -> Claim:
    claim = claim or draft(**kwargs)
    return filing.submit(actor=admin_of(claim), claim=claim, version=claim.version, committed=True)[0]


def case(claim: Claim | None = None, **kwargs: Any) -> ReviewCase:
    """An opened case, waiting for the duplicate check."""
    claim = claim or submitted(**kwargs)
    claim = filing.accept(actor=staff(Roles.INTAKE), claim=claim)
    return reviewing.open_case(actor=staff(Roles.HANDLER), claim=claim)


def verified(found: ReviewCase | None = None, **kwargs: Any) -> ReviewCase:
    """A case with every cost verified in full, still in verification."""
    found = found or case(**kwargs)
    handler = found.handler
    reviewing.record_duplicates(actor=handler, case=found, note="没有发现重复。")
    found = reviewing.advance(actor=handler, case=fresh(found))
    if found.state == CaseStates.EXPERT_REVIEW:
        scored(found)
        found = reviewing.advance(actor=handler, case=fresh(found))
    elif found.state == CaseStates.ACCEPTANCE:
        reviewing.record_acceptance(
            actor=handler, case=found, accepted_on=date(2023, 9, 1), document_number="哈科验〔2023〕6号"
        )
        found = reviewing.advance(actor=handler, case=fresh(found))
    elif found.state == CaseStates.LISTING:
        event = filings.listed_event(found.claim)
        assert event is not None
        reviewing.record_listing(actor=handler, case=found, event=event)
        found = reviewing.advance(actor=handler, case=fresh(found))
    found = fresh(found)
    if found.claim.item.code == "1":
        reviewing.record_approved_sum(actor=handler, case=found, amount="6000000", reason="专家组建议。")
    for entry in filings.nominated(found.claim):
        reviewing.verify_cost(actor=handler, case=found, cost_item=entry, verified=str(entry.amount))
    return fresh(found)


def scored(found: ReviewCase, points: float = 0.85) -> None:
    _, rules = reviews.rules_of(found)
    for _ in range(2):
        person = expert()
        assignment = reviewing.appoint(actor=found.handler, case=found, expert=person)
        assignment = reviewing.take_on(actor=person, assignment=assignment)
        reviewing.save_scores(
            actor=person,
            assignment=assignment,
            points={one.code: int(one.weight * points) for one in rules.criteria},
            reasons={one.code: "符合要求。" for one in rules.criteria},
            comment="建议支持。",
        )
        reviewing.sign_score(actor=person, assignment=assignment)


def proposed(found: ReviewCase | None = None, **kwargs: Any) -> ReviewCase:
    if not BudgetLine.objects.exists():
        budget()
    found = found or verified(**kwargs)
    if reviews.next_step(found) == CaseStates.UNIT_OPINIONS:
        found = fresh(reviewing.advance(actor=found.handler, case=found))
        for unit in reviews.named_units(found):
            officer = staff(Roles.UNIT_OFFICER, unit=unit.code)
            reviewing.give_opinion(actor=officer, case=found, opinion="agree", text="")
    reviewing.propose(actor=found.handler, case=fresh(found))
    return fresh(found)


def noticed(found: ReviewCase | None = None, **kwargs: Any) -> ReviewCase:
    found = found or proposed(**kwargs)
    reviewing.endorse(actor=staff(Roles.LEADER), case=found)
    reviewing.post_notice(actor=found.handler, chosen=[fresh(found)])
    return fresh(found)


def awarded(found: ReviewCase | None = None, **kwargs: Any) -> Award:
    """An approved award; business time is moved past the public notice."""
    found = found or noticed(**kwargs)
    assert found.notice is not None
    with clock.shifted_to(clock.at(found.notice.closes_on).replace(hour=9) + DAY):
        reviewing.close_due_notices()
        return reviewing.approve(
            actor=staff(Roles.LEADER), case=fresh(found), document_number="哈科发〔2023〕30号"
        )


def requested(award: Award | None = None, **kwargs: Any) -> Any:
    award = award or awarded(**kwargs)
    claim = award.case.claim
    return paying.give_account(
        actor=admin_of(claim),
        award=award,
        account_name=claim.organisation.name,
        bank_name="中国银行哈尔滨松北支行",
        bank_code="104261000017",
        account_number="1672 0000 0000 1234",
    )


def fresh(found: ReviewCase) -> ReviewCase:
    return reviews.cases().get(pk=found.pk)
