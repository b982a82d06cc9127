"""What a person is expected to do, by role; the first page after sign-in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count
from django.urls import reverse

from applications import selectors as filings
from applications.requests import selectors as requests
from applications.requests.models import ServiceRequest
from applications.requests.states import OFFICE as REQUEST_WORDS
from applications.requests.states import RequestStates
from applications.states import ClaimStates
from clauses import selectors as programmes
from payouts import selectors as payments
from payouts.states import BatchStates, PaymentStates
from portal.accounts import selectors as people
from portal.accounts.models import Organisation, User
from portal.accounts.states import OrganisationStates, Roles
from portal.kernel import clock
from review import selectors as reviews
from review.models import ReviewCase
from review.states import AssignmentStates, CaseStates

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do: its name, a hint, where it is done, a badge (label, tone)."""

    name: str
    hint: str
    href: str
    status: tuple[str, str]


@dataclass(slots=True)
class Group:
    """Things of one kind; `count` may be more than the rows shown."""

    title: str
    count: int
    href: str
    rows: list[Row] = field(default_factory=list)


def groups_for(user: User) -> list[Group]:
    """Every non-empty list of what waits for this person."""
    found: list[Group] = []
    if user.member is not None:
        found += _applicant(user)
    for role, make in _BY_ROLE.items():
        if role in user.roles:
            found += make(user)
    return [group for group in found if group.count]


def _applicant(user: User) -> list[Group]:
    assert user.member is not None
    organisation = user.member.organisation
    mine = filings.claims_of(organisation)
    groups = []
    if organisation.state == OrganisationStates.PENDING:
        row = Row(
            "等待认证",
            "工作人员核对单位信息后才能提交申报，草稿可以先填。",
            reverse("organisation"),
            ("待认证", "wait"),
        )
        groups.append(Group("单位认证", 1, reverse("organisation"), [row]))
    corrections = list(mine.filter(state=ClaimStates.CORRECTION_DUE))
    groups.append(
        Group(
            "需要补正",
            len(corrections),
            reverse("claims"),
            [
                Row(
                    claim.project.name,
                    f"{claim.item.title}，{claim.correction_due_on:%Y年%-m月%-d日}前补正{len(claim.faults)}处",
                    reverse("claim", args=[claim.number]),
                    ("需要补正", "wait"),
                )
                for claim in corrections
            ],
        )
    )
    due = [one for one in payments.dues_of(organisation) if one.state == PaymentStates.ACCOUNT_DUE]
    groups.append(
        Group(
            "提供收款账户",
            len(due),
            reverse("dues"),
            [
                Row(
                    one.award.case.claim.project.name,
                    f"已批复{one.award.amount:,.2f}元",
                    reverse("payee_account", args=[one.award.case.claim.number]),
                    ("退票，请更正账户", "bad")
                    if one.payment and one.payment.return_reason
                    else ("待提供", "wait"),
                )
                for one in due
            ],
        )
    )
    groups.append(_answered(organisation))
    drafts = list(mine.filter(state=ClaimStates.DRAFT))
    groups.append(
        Group(
            "草稿",
            len(drafts),
            reverse("claims"),
            [
                Row(
                    claim.project.name,
                    f"{claim.item.title}，{_closing(claim.round.closes_at)}",
                    reverse("claim", args=[claim.number]),
                    ("草稿", "calm"),
                )
                for claim in drafts[:SHOWN]
            ],
        )
    )
    return groups


def _answered(organisation: Organisation) -> Group:
    """Requests with an answer to read and rate."""
    found = list(requests.to_rate(organisation))
    rows = [
        Row(
            one.title,
            f"{one.item.title}，{one.unit.name}已答复",
            reverse("request", args=[one.number]),
            ("已答复，请评价", "wait"),
        )
        for one in found[:SHOWN]
    ]
    return Group("需求和转办已答复", len(found), reverse("requests"), rows)


def _request_row(asked: ServiceRequest) -> Row:
    pace = requests.pace(asked)
    said = REQUEST_WORDS[RequestStates(asked.state)]
    return Row(
        asked.title,
        f"{asked.organisation.name}，{asked.number}{f'，{pace.words}' if pace else ''}",
        reverse("request_desk_file", args=[asked.number]),
        (said.label, pace.tone if pace and pace.tone == "bad" else said.tone),
    )


def _closing(moment: datetime) -> str:
    local = moment.astimezone(clock.SHANGHAI)
    if local <= clock.now():
        return "窗口已截止"
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local - timedelta(days=1):%Y年%-m月%-d日} 24:00截止"
    return f"{local:%Y年%-m月%-d日 %H:%M}截止"


def _intake(user: User) -> list[Group]:
    queue = filings.intake_queue()
    pending = people.awaiting_certification()
    return [
        Group(
            "形式审查",
            queue.count(),
            reverse("intake"),
            [
                Row(
                    claim.organisation.name,
                    f"{claim.item.title}，{claim.number}",
                    reverse("intake_file", args=[claim.number]),
                    ("待形式审查", "wait"),
                )
                for claim in queue[:SHOWN]
            ],
        ),
        Group(
            "单位认证",
            pending.count(),
            reverse("certifications"),
            [
                Row(one.name, one.code, reverse("certifications"), ("待认证", "wait"))
                for one in pending[:SHOWN]
            ],
        ),
    ]


def _handler(user: User) -> list[Group]:
    accepted = filings.claims().filter(state=ClaimStates.ACCEPTED).order_by("accepted_at")
    working = reviews.live().filter(
        state__in=(
            CaseStates.CHECKING,
            CaseStates.EXPERT_REVIEW,
            CaseStates.ACCEPTANCE,
            CaseStates.LISTING,
            CaseStates.VERIFICATION,
            CaseStates.UNIT_OPINIONS,
        )
    )
    mine = working.filter(handler=user).order_by("step_since")
    endorsed = reviews.waiting(CaseStates.ENDORSED)
    return [
        Group(
            "已受理，待转入审核",
            accepted.count(),
            reverse("cases"),
            [
                Row(
                    claim.organisation.name,
                    f"{claim.item.title}，{claim.number}",
                    reverse("cases"),
                    ("已受理", "wait"),
                )
                for claim in accepted[:SHOWN]
            ],
        ),
        Group("我经办的审核", mine.count(), reverse("cases"), [_case_row(case) for case in mine[:SHOWN]]),
        Group(
            "待公示", endorsed.count(), reverse("notice_desk"), [_case_row(case) for case in endorsed[:SHOWN]]
        ),
    ]


def _case_row(case: ReviewCase) -> Row:
    pace = reviews.step_clock(case)
    late = pace is not None and pace.late
    hint = f"{case.claim.item.title}，{case.claim.number}"
    if pace is not None:
        hint += f"，已超过{-pace.left}个工作日" if late else f"，还剩{pace.left}个工作日"
    return Row(
        case.claim.organisation.name,
        hint,
        reverse("case", args=[case.claim.number]),
        (CaseStates(case.state).label, "bad" if late else "now"),
    )


def _expert(user: User) -> list[Group]:
    tasks = list(
        reviews.assignments_of(user).filter(
            state__in=(AssignmentStates.INVITED, AssignmentStates.ACCEPTED),
            case__state=CaseStates.EXPERT_REVIEW,
            case__claim__state=ClaimStates.UNDER_REVIEW,
        )
    )
    rows = [
        Row(
            task.case.claim.project.name,
            task.case.claim.item.title,
            reverse("assignment", args=[task.pk]),
            (AssignmentStates(task.state).label, "wait" if task.state == AssignmentStates.INVITED else "now"),
        )
        for task in tasks[:SHOWN]
    ]
    return [Group("评审任务", len(tasks), reverse("assignments"), rows)]


def _unit_officer(user: User) -> list[Group]:
    if user.unit is None:
        return []
    due = reviews.opinions_due(user.unit)
    rows = [
        Row(
            one.case.claim.organisation.name,
            f"{one.case.claim.item.title}，{one.case.claim.number}",
            reverse("opinion", args=[one.case.claim.number]),
            ("待出具意见", "wait"),
        )
        for one in due[:SHOWN]
    ]
    asked = requests.due_of(user.unit)
    return [
        Group("征求意见", due.count(), reverse("opinions"), rows),
        Group(
            "需求和转办",
            asked.count(),
            reverse("request_desk"),
            [_request_row(one) for one in asked[:SHOWN]],
        ),
    ]


def _leader(user: User) -> list[Group]:
    groups = []
    for title, state in (
        ("拟支持，待审定", CaseStates.PROPOSED),
        ("拟不支持，待审定", CaseStates.REJECTION_PROPOSED),
        ("公示期满，待批复", CaseStates.NOTICE_OVER),
    ):
        waiting = reviews.waiting(state)
        rows = [
            Row(
                case.claim.organisation.name,
                f"{case.claim.item.title}，{case.claim.number}",
                reverse("approvals"),
                (state.label, "wait"),
            )
            for case in waiting[:SHOWN]
        ]
        groups.append(Group(title, waiting.count(), reverse("approvals"), rows))
    return [*groups, *_settings(user)]


def _settings(user: User) -> list[Group]:
    """Changes of settings that somebody else proposed."""
    waiting = programmes.proposed_settings().exclude(proposed_by=user)
    rows = [
        Row(
            f"{change.setting}　{programmes.pack(change.policy).settings[change.setting].title}",
            f"{change.document_number}，{change.effective_from:%Y年%-m月%-d日}起",
            reverse("setting_change", args=[change.pk]),
            ("待批准", "wait"),
        )
        for change in waiting[:SHOWN]
    ]
    return [Group("细则口径调整，待批准", waiting.count(), reverse("settings"), rows)]


def _batches(title: str, *states: BatchStates) -> Group:
    found = payments.batches().filter(state__in=states).annotate(lines_count=Count("lines"))
    rows = [
        Row(
            batch.title,
            f"{batch.number}，{batch.lines_count}笔",
            reverse("batch", args=[batch.number]),
            (BatchStates(batch.state).label, "wait"),
        )
        for batch in found[:SHOWN]
    ]
    return Group(title, found.count(), reverse("batches"), rows)


def _finance_clerk(user: User) -> list[Group]:
    waiting = payments.payable()
    rows = [
        Row(
            one.award.case.claim.organisation.name,
            f"{one.amount:,.2f}元，{one.award.case.claim.number}",
            reverse("batches"),
            ("待编批次", "wait"),
        )
        for one in waiting[:SHOWN]
    ]
    return [
        Group("待编入批次的款项", waiting.count(), reverse("batches"), rows),
        _batches("制单中的批次", BatchStates.DRAFT),
        _batches("等银行结果的批次", BatchStates.RELEASED),
    ]


def _finance_approver(user: User) -> list[Group]:
    return [_batches("待复核的批次", BatchStates.SUBMITTED)]


def _administrator(user: User) -> list[Group]:
    pending = people.awaiting_certification()
    rows = [Row(one.name, one.code, reverse("certifications"), ("待认证", "wait")) for one in pending[:SHOWN]]
    lonely = requests.without_officer()
    waiting = [
        Row(
            one.title, f"{one.unit.name}还没有办理账号，{one.number}", reverse("staff"), ("没有人办理", "bad")
        )
        for one in lonely[:SHOWN]
    ]
    return [
        Group("单位认证", pending.count(), reverse("certifications"), rows),
        Group("责任单位没有人办理的需求", lonely.count(), reverse("staff"), waiting),
        *_settings(user),
    ]


_BY_ROLE = {
    Roles.INTAKE: _intake,
    Roles.HANDLER: _handler,
    Roles.EXPERT: _expert,
    Roles.UNIT_OFFICER: _unit_officer,
    Roles.LEADER: _leader,
    Roles.FINANCE_CLERK: _finance_clerk,
    Roles.FINANCE_APPROVER: _finance_approver,
    Roles.ADMINISTRATOR: _administrator,
}
