"""What a change of a setting would do to open claims, before anybody approves it."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Exists, OuterRef

from applications import selectors as filings
from applications.models import Claim
from applications.states import OFFICE, ClaimStates
from clauses import engine
from clauses import selectors as programmes
from clauses.models import SettingChange
from portal.kernel import clock
from portal.kernel.money import ZERO
from review import selectors as reviews

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
    """One claim that would change. A draft is nobody's business yet: its organisation is not named."""

    claim: Claim
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before

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

    `open` counts them all, `computed` those with both answers, `unknown` those that lack facts; `settled` are filed
    claims whose amount is proposed already and stands. Totals are over all computed claims, `lines` the largest changes.
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
    content = programmes.pack(change.policy.pack)
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
    computed, before_total, after_total = 0, ZERO, ZERO
    asked = filings.questions(listed, verified=verified, reviewed=facts)
    for claim in listed:
        policy, question = asked[claim.pk]
        at = claim.filed_at or now
        before, after = (
            engine.assess(policy, replace(question, in_force=one.values(question.item, at, now))).amount
            for one in (book, changed_book)
        )
        if before is None or after is None:
            continue
        computed += 1
        line = Line(claim, filings.yuan(before), filings.yuan(after))
        before_total += line.before
        after_total += line.after
        if before != after:
            lines.append(line)
    lines.sort(key=lambda line: (-abs(line.difference), line.claim.pk))
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
    )
