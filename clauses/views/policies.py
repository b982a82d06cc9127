"""The policy as a visitor reads it: its clauses, items and official text."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clauses import catalogue, compare, markup, naming, selectors
from clauses.engine.policy import MONEY, Item, Period, Policy
from clauses.models import Policy as LoadedPolicy
from portal.kernel import clock
from portal.kernel.gate import public

PERIODS = (
    ("in_force", "政策有效", "政策文本自哪天起施行、到哪天为止。"),
    ("matter", "费用和事项", "发票、付款、服务、活动等日期要落在这个期间。"),
    ("filing", "提交申报", "在这个期间内、申报窗口开放时提交。"),
)
SCOPE_LABELS = {"claim": "一份", "cost": "每笔费用一份"}


def loaded_or_404(pack: str) -> tuple[LoadedPolicy, Policy]:
    row = selectors.loaded_policies().filter(pack=pack).first()
    if row is None:
        raise Http404(pack)
    return row, selectors.pack(row)


def frame_of(row: LoadedPolicy, policy: Policy, items: list[Item] | None = None) -> dict[str, Any]:
    """What every page about a policy shows: its clauses, the filing period, the rounds of `items`."""
    now = clock.now()
    codes = None if items is None else [one.id for one in items]
    found = catalogue.round_rows(selectors.rounds().filter(policy=row), now, only=codes)
    return {
        "loaded": row,
        "policy": policy,
        "clauses": list(policy.clauses.values()),
        "rounds": found,
        "open_round": next((one for one in found if one.is_open), None),
        "term": catalogue.term(policy, now, is_open=any(one.is_open for one in found)),
        "can_file": policy.status not in catalogue.NOT_IN_FORCE,
        "status": catalogue.STATUS_LABELS[policy.status],
    }


def said(policy: Policy, role: str) -> catalogue.GeneralQuote | None:
    """A sentence outside the clauses; nothing when the policy has none of that role."""
    return catalogue.general(policy, role) if any(one.role == role for one in policy.general) else None


def periods_of(policy: Policy) -> list[tuple[str, str, Period]]:
    """The three pairs of dates, apart, each with what it is for."""
    return [(label, note, getattr(policy, name)) for name, label, note in PERIODS]


def other_edition(policy: Policy) -> LoadedPolicy | None:
    """The latest draft of a final text, or the final text of a draft, when it is loaded too."""
    rows = selectors.loaded_policies()
    if policy.draft_of:
        return rows.filter(pack=policy.draft_of).first()
    drafts = [(selectors.pack(row), row) for row in rows]
    drafts = [(draft, row) for draft, row in drafts if draft.draft_of == policy.id]
    return max(drafts, key=lambda one: one[0].issued_on)[1] if drafts else None


@public
@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    """One loaded policy is shown at once; several are listed."""
    found = [(row, selectors.pack(row)) for row in selectors.loaded_policies()]
    if len(found) == 1:
        return redirect("policy_detail", pack=found[0][0].pack)
    listed = [(row, policy, catalogue.STATUS_LABELS[policy.status]) for row, policy in found]
    groups = {
        "listed": [one for one in listed if one[1].status not in catalogue.NOT_IN_FORCE],
        "shown": [one for one in listed if one[1].status in catalogue.NOT_IN_FORCE],
    }
    return render(request, "clauses/policy_list.html", groups)


@public
@require_safe
def policy_detail(request: HttpRequest, pack: str) -> HttpResponse:
    row, policy = loaded_or_404(pack)
    offers = catalogue.offers(policy, clock.now())
    others = [one for one in offers if not one.pays]
    return render(
        request,
        "clauses/policy.html",
        {
            **frame_of(row, policy),
            "offers": offers,
            "paying": [one for one in offers if one.pays],
            "others": others,
            "overlap": said(policy, "overlap"),
            "sunset": said(policy, "term"),
            "periods": periods_of(policy),
            "other": other_edition(policy),
        },
    )


@public
@require_safe
def clause(request: HttpRequest, pack: str, number: str) -> HttpResponse:
    row, policy = loaded_or_404(pack)
    found = catalogue.clause_by_number(policy, number)
    if found is None:
        raise Http404(number)
    if number != str(found.ordinal):
        return redirect("clause", pack=pack, number=str(found.ordinal))
    items = list(policy.items_of(found.number))
    return render(
        request,
        "clauses/clause.html",
        {
            **frame_of(row, policy, items),
            "clause": found,
            "offers": catalogue.offers(policy, clock.now(), items),
            "pays": any(one.kind == MONEY for one in items),
            "how_many": naming.ordinal(len(items)),
            "overlap": said(policy, "overlap"),
            "law": markup.clause_law(policy, found.number),
        },
    )


@public
@require_safe
def item(request: HttpRequest, pack: str, code: str) -> HttpResponse:
    row, policy = loaded_or_404(pack)
    found = policy.items.get(code)
    if found is None:
        raise Http404(code)
    offer = catalogue.offer(policy, found, clock.now())
    return render(
        request,
        "clauses/item.html",
        {
            **frame_of(row, policy, [found]),
            "clause": offer.clause,
            "offer": offer,
            "periods": periods_of(policy),
            "papers": [(paper, SCOPE_LABELS[paper.scope]) for paper in found.papers],
            "counted": [one.label for one in found.categories if one.eligible],
            "left_out": [one.label for one in found.categories if not one.eligible],
            "settings": [(one, one.reading, one.basis) for one in offer.settings],
        },
    )


@public
@require_safe
def policy_text(request: HttpRequest, pack: str) -> HttpResponse:
    row, policy = loaded_or_404(pack)
    context = {
        "loaded": row,
        "policy": policy,
        "law": markup.whole_law(policy),
        "clauses": list(policy.clauses.values()),
        "status": catalogue.STATUS_LABELS[policy.status],
        "can_file": policy.status not in catalogue.NOT_IN_FORCE,
        "notice": catalogue.not_in_force(policy),
    }
    return render(request, "clauses/text.html", context)


def compared_clause(found: compare.Comparison, pair: compare.ClausePair) -> dict[str, Any]:
    """A clause of a comparison with its changes, those of its items by place, and its marked words."""
    rows = [
        (naming.place(found.after if one.after else found.before, one.item), one.changes)
        for one in pair.items
        if one.changes
    ]
    if pair.changes:
        rows.append(("全条", pair.changes))
    return {"clause": pair.clause, "rows": rows, "law": markup.compared(pair.words)}


@public
@require_safe
def policy_compare(request: HttpRequest, pack: str, other: str) -> HttpResponse:
    """Two editions clause by clause; whichever way they are named, the earlier one comes first."""
    if pack == other:
        raise Http404(other)
    before, after = compare.in_order(loaded_or_404(pack)[1], loaded_or_404(other)[1])
    found = compare.compare(before, after)
    context = {
        "policy": after,
        "before": before,
        "after": after,
        "comparison": found,
        "before_status": catalogue.STATUS_LABELS[before.status],
        "after_status": catalogue.STATUS_LABELS[after.status],
        "changed": [compared_clause(found, one) for one in found.clauses if one.has_changes],
        "unchanged": [compared_clause(found, one) for one in found.clauses if not one.has_changes],
        "general": [
            (one, [("末段", one.changes)] if one.changes else [], markup.compared(one.words))
            for one in found.general
        ],
    }
    return render(request, "clauses/compare.html", context)
