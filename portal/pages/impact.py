"""What a change of a setting would do to open claims, before anybody approves it."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Exists, OuterRef

from applications import selectors as filings
from applications.models import Claim
from applications.states import OFFICE, ClaimStates
from clauses import engine
from clauses import selectors as programmes
from clauses.engine.verdict import NOTHING_PAYABLE, OUT_OF_TERM, PAYABLE, Verdict
from clauses.models import SettingChange
from portal.kernel import clock
from portal.kernel.money import ZERO
from review import selectors as reviews

OUTCOMES = {PAYABLE: "可以得到", NOTHING_PAYABLE: "得不到", OUT_OF_TERM: "不在期间内"}
OUTCOME_CODES = tuple(OUTCOMES)
MOST_CLAIMS = 1000
MOST_LINES = 100
PENDING = (
    ClaimStates.SUBMITTED,
    ClaimStates.CORRECTION_DUE,
    ClaimStates.ACCEPTED,
    ClaimStates.UNDER_REVIEW,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One claim that would change; an amount is None where a fact is missing on that side.

    A draft is nobody's business yet: its organisation is not named.
    """

    claim: Claim
    before: Decimal | None
    after: Decimal | None
    outcome_before: str
    outcome_after: str

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def weight(self) -> Decimal:
        """How much is at stake: the difference, or the one amount there is."""
        return abs((self.after or ZERO) - (self.before or ZERO))

    @property
    def sides(self) -> tuple[str, str]:
        """What becomes of the claim without and with the change, in words; empty where the amounts tell it."""
        if self.outcome_before == self.outcome_after or self.difference is None:
            return "", ""
        return OUTCOMES[self.outcome_before], OUTCOMES[self.outcome_after]

    @property
    def filed(self) -> bool:
        return self.claim.filed_at is not None

    @property
    def badge(self) -> tuple[str, str]:
        words = OFFICE[ClaimStates(self.claim.state)]
        return words.label, words.tone


@dataclass(frozen=True, slots=True)
class Impact:
    """Open claims the change is about: computed with it and without it, in yuan.

    `open` counts them all, `computed` those with an answer, `one_sided` those of them with an answer on one side only,
    `unknown` those with none; `settled` are filed claims whose amount is proposed already and stands. `changed` differ in
    amount or outcome. Totals are over claims with both answers, `lines` the largest changes.
    """

    open: int
    computed: int
    unknown: int
    settled: int
    changed: int
    before: Decimal
    after: Decimal
    lines: tuple[Line, ...]
    acts_on_pending: bool
    by_engine: bool
    one_sided: int

    @property
    def difference(self) -> Decimal:
        return self.after - self.before

    @property
    def left_out(self) -> int:
        """Open claims beyond the number that is computed here."""
        return self.open - self.computed - self.unknown


def impact_of(change: SettingChange) -> Impact:
    """The engine on every open claim, with the book as it stands and with the change, in a fixed number of queries.

    Drafts are asked as if filed once the change is in force; filed claims only where the point acts on pending ones.
    """
    content = programmes.pack(change.policy)
    spec = content.settings[change.setting]
    found = filings.claims().filter(
        item__policy=change.policy, item__code__in=programmes.covered_items(change)
    )
    drafts = found.filter(state=ClaimStates.DRAFT)
    settled = 0
    if spec.acts_on_pending:
        standing = Exists(reviews.determined().filter(case__claim=OuterRef("pk")))
        settled = found.filter(standing, state__in=PENDING).count()
        found = found.filter(~standing, state__in=(ClaimStates.DRAFT, *PENDING))
    else:
        found = drafts
    count = found.count()
    listed = list(found.order_by("pk")[:MOST_CLAIMS])
    verified, facts = reviews.reviews_of(listed)
    now = max(clock.now(), clock.at(change.effective_from))
    book = programmes.settings_book(change.policy)
    changed_book = book.with_entry(programmes.entry_of(content, change))
    lines: list[Line] = []
    computed, one_sided, before_total, after_total = 0, 0, ZERO, ZERO
    asked = filings.questions(listed, verified=verified, reviewed=facts)
    for claim in listed:
        policy, question = asked[claim.pk]
        at = claim.filed_at or now
        before, after = (
            engine.assess(policy, replace(question, in_force=one.values(question.item, at, now)))
            for one in (book, changed_book)
        )
        line = Line(claim, _yuan(before), _yuan(after), before.outcome, after.outcome)
        if line.before is None and line.after is None:
            continue
        computed += 1
        if line.before is None or line.after is None:
            one_sided += 1
        else:
            before_total += line.before
            after_total += line.after
        if (line.before, before.outcome) != (line.after, after.outcome):
            lines.append(line)
    lines.sort(key=lambda line: (-line.weight, line.claim.pk))
    return Impact(
        open=count,
        computed=computed,
        unknown=len(listed) - computed,
        settled=settled,
        changed=len(lines),
        before=before_total,
        after=after_total,
        lines=tuple(lines[:MOST_LINES]),
        acts_on_pending=spec.acts_on_pending,
        by_engine=spec.applied_by == "engine",
        one_sided=one_sided,
    )


def _yuan(verdict: Verdict) -> Decimal | None:
    return None if verdict.amount is None else filings.yuan(verdict.amount)
