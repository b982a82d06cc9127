"""One joined timeline of a file: what happened, who has it now and for how long, what comes next."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from applications.models import Claim
from applications.services.decisions import EXAMINE_WORKDAYS
from applications.states import DEAD, ClaimStates
from payouts import selectors as payments
from payouts.models import Payment
from payouts.states import PaymentStates
from portal.kernel import clock
from portal.kernel.models import Document, Event
from portal.kernel.workdays import add_workdays, workdays_between
from portal.pages.states import TIMELINE
from review import selectors as reviews
from review.models import Award, ReviewCase
from review.states import OWNERS, CaseStates

STEP_WORDS = {
    "checking": "查重核查",
    "expert_review": "专家评审",
    "acceptance": "验收核对",
    "listing": "年度清单核对",
    "verification": "逐笔核定",
    "unit_opinions": "责任单位会商",
    "proposed": "集体研究审定",
    "noticed": "公示",
}
HAND_OVER_WORKDAYS = 3
AFTER_NOTICE = ("批复", "提交收款信息", "拨付")


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the timeline, as the component reads it."""

    state: str
    label: str
    at: datetime | date | str = ""
    note: str = ""
    strong: str = ""
    panel: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Who has the file now, since when, and until when."""

    label: str
    owner: str
    since: datetime | None = None
    due_on: date | None = None
    used: int = 0
    limit: int = 0

    @property
    def note(self) -> str:
        if not self.limit:
            return f"由{self.owner}办理" if self.owner else ""
        pace = f"时限{self.limit}个工作日，已用{self.used}个"
        if self.used > self.limit:
            pace = f"时限{self.limit}个工作日，已超过{self.used - self.limit}个"
        return f"由{self.owner}办理，{pace}"


@dataclass(slots=True)
class File:
    """Everything the file page shows about a claim beside its own content."""

    claim: Claim
    case: ReviewCase | None
    award: Award | None
    payment: Payment | None
    progress: Progress | None
    moments: list[Moment] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)


def file_of(claim: Claim, *, for_applicant: bool) -> File:
    """The file of a claim as one audience may see it; a fixed number of queries."""
    case = reviews.cases().filter(claim=claim).first()
    award = payments.awards().filter(case=case).first() if case else None
    payment: Payment | None = getattr(award, "payment", None) if award else None
    found = File(claim, case, award, payment, _progress(claim, case, payment))
    found.moments = [
        *_past(claim, for_applicant=for_applicant),
        *_present(found.progress),
        *_future(claim, case, payment),
    ]
    found.documents = list(documents_of(claim))
    return found


def documents_of(claim: Claim) -> Any:
    """Papers about a claim: those addressed to it, and those of its lines in batches."""
    lines = [str(pk) for pk in _line_ids(claim)]
    return Document.objects.filter(
        Q(subject_type="applications.claim", subject_id=str(claim.pk))
        | Q(subject_type="payouts.batchline", subject_id__in=lines)
    ).order_by("pk")


def _line_ids(claim: Claim) -> list[int]:
    found = Payment.objects.filter(award__case__claim=claim).values_list("lines__pk", flat=True)
    return [pk for pk in found if pk is not None]


def _past(claim: Claim, *, for_applicant: bool) -> list[Moment]:
    moments = []
    repeated = ""
    for event in Event.objects.filter(thread=claim.number).order_by("sequence"):
        words = TIMELINE.get(event.verb)
        if words is None or (for_applicant and not words.applicant):
            continue
        if event.verb == repeated and event.verb in (
            "review.cost_verified",
            "paper.uploaded",
            "paper.removed",
        ):
            continue
        repeated = event.verb
        moments.append(
            Moment(
                state="bad" if event.verb.endswith((".refuse", ".reject", ".lapse", ".bounce")) else "done",
                label=words.applicant if for_applicant else words.office,
                at=event.at.astimezone(clock.SHANGHAI),
                note=_note(event, words.reason, for_applicant=for_applicant),
            )
        )
    return moments


def _note(event: Event, reason_is_public: bool, *, for_applicant: bool) -> str:
    parts = []
    if not for_applicant:
        parts.append(event.actor_name)
    if event.reason and (reason_is_public or not for_applicant):
        parts.append(event.reason)
    if event.data.get("notice"):
        last = date.fromisoformat(event.data["closes_on"])
        parts.append(f"{event.data['notice']}，到{last:%Y年%-m月%-d日}")
    if event.data.get("document_number"):
        parts.append(event.data["document_number"])
    return "，".join(parts)


def _present(progress: Progress | None) -> list[Moment]:
    if progress is None:
        return []
    until = f"，到{progress.due_on:%Y年%-m月%-d日}" if progress.due_on else ""
    return [Moment("now", progress.label, progress.since or "", progress.note + until)]


def _progress(claim: Claim, case: ReviewCase | None, payment: Payment | None) -> Progress | None:
    match claim.state:
        case ClaimStates.DRAFT:
            return Progress("草稿", "申报单位")
        case ClaimStates.SUBMITTED:
            return _counted("形式审查", "受理岗", _submitted_at(claim), EXAMINE_WORKDAYS)
        case ClaimStates.CORRECTION_DUE:
            return Progress("补正", "申报单位", due_on=claim.correction_due_on)
        case ClaimStates.ACCEPTED:
            return _counted("等待转入审核", "处室经办", claim.accepted_at, HAND_OVER_WORKDAYS)
        case ClaimStates.UNDER_REVIEW if case is not None:
            step = CaseStates(case.state)
            since = case.step_since.astimezone(clock.SHANGHAI)
            pace = reviews.step_clock(case)
            if step == CaseStates.NOTICED and case.notice is not None:
                return Progress("公示中", "社会公众", since, case.notice.closes_on)
            if pace is None:
                return Progress(step.label, OWNERS[step], since)
            return Progress(step.label, OWNERS[step], since, pace.due_on, pace.used, pace.limit)
        case ClaimStates.APPROVED:
            state = payment.state if payment else PaymentStates.ACCOUNT_DUE
            label, owner = {
                PaymentStates.ACCOUNT_DUE: ("等待收款信息", "申报单位"),
                PaymentStates.REQUESTED: ("等待编入拨付批次", "财务制单"),
                PaymentStates.IN_BATCH: ("支付办理中", "财务复核和银行"),
            }.get(PaymentStates(state), ("", ""))
            return Progress(label, owner) if label else None
    return None


def _submitted_at(claim: Claim) -> datetime | None:
    last = (
        Event.objects.filter(
            thread=claim.number,
            verb__in=("applications.claim.submit", "applications.claim.resubmit"),
        )
        .order_by("-sequence")
        .values_list("at", flat=True)
        .first()
    )
    return last or claim.filed_at


def _counted(label: str, owner: str, since: datetime | None, limit: int) -> Progress:
    if since is None:
        return Progress(label, owner)
    local = since.astimezone(clock.SHANGHAI)
    due = add_workdays(local.date(), limit)
    return Progress(label, owner, local, due, workdays_between(local.date(), clock.today()), limit)


def _future(claim: Claim, case: ReviewCase | None, payment: Payment | None) -> list[Moment]:
    """The steps still to come, hollow, in the order of the file's own path."""
    if claim.state in DEAD or claim.state == ClaimStates.CLOSED:
        return []
    if claim.state == ClaimStates.APPROVED:
        started = payment is not None and payment.state != PaymentStates.ACCOUNT_DUE
        return [Moment("next", "拨付")] if started else [Moment("next", label) for label in AFTER_NOTICE[2:]]
    if case is None:
        from_start = ["形式审查", "审核", "公示", *AFTER_NOTICE]
        skip = 0 if claim.state == ClaimStates.DRAFT else 1
        return [Moment("next", label) for label in from_start[skip:]]
    if case.state == CaseStates.REJECTION_PROPOSED:
        return []
    steps: list[str] = case.path
    later = {CaseStates.ENDORSED: "proposed", CaseStates.NOTICE_OVER: "noticed"}
    here = later.get(CaseStates(case.state), case.state)
    rest = steps[steps.index(here) + 1 :] if here in steps else []
    return [Moment("next", STEP_WORDS[step]) for step in rest] + [
        Moment("next", label) for label in AFTER_NOTICE
    ]
