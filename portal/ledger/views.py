"""Budget pages: every line, one line with its postings, a new line."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.accounts.permissions import is_administrator, is_auditor, is_finance
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.money import ZERO
from portal.kernel.paging import page_of
from portal.kernel.refusals import Refusal
from portal.ledger import selectors, services
from portal.ledger.forms import LineForm
from portal.ledger.models import BudgetLine, Posting
from portal.ledger.states import MOVES, Kinds
from portal.ledger.uses import item_titles, uses

may_see_budget = is_administrator | is_finance | is_auditor
SUMS = ("appropriated", "available", "reserved", "committed", "paid")


@only(may_see_budget)
def budget(request: HttpRequest) -> HttpResponse:
    """Every line with what it was given and where that stands, and the totals."""
    balances = selectors.balances()
    totals = {name: sum((getattr(one, name) for one in balances), ZERO) for name in SUMS}
    context = {"balances": balances, "totals": totals, "may_open": is_administrator(request.user, None)}
    return render(request, "ledger/budget.html", context)


@only(may_see_budget)
def budget_line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: its sums and every entry on it, newest first."""
    line = get_object_or_404(BudgetLine, pk=pk)
    (sums,) = selectors.balances(line=line)
    page = page_of(request, selectors.entries_on(line), newest_first=True)
    titles = item_titles(line.policy)
    context = {
        "line": line,
        "sums": sums,
        "items": [(code, titles.get(code, "")) for code in line.items],
        "rows": [_moved(posting) for posting in page.rows],
        "page": page,
    }
    return render(request, "ledger/line.html", context)


@only(is_administrator)
def budget_new(request: HttpRequest) -> HttpResponse:
    """Open a line with its appropriation, for items of the policy in `?policy=` or the first one."""
    offered = uses()
    if not offered:
        return render(request, "ledger/no_policy.html")
    wanted = request.GET.get("policy") or offered[0].policy
    use = next((one for one in offered if one.policy == wanted), None)
    if use is None:
        raise Http404
    form = LineForm(request.POST or None, use=use)
    if request.method == "POST" and form.is_valid():
        try:
            line = services.open_line(policy=use.policy, actor=request.user, **form.cleaned_data)
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已下达“{line}”。", extra_tags="keep:budget-new")
            return redirect("budget_line", line.pk)
    others = [one for one in offered if one.policy != use.policy]
    return render(request, "ledger/line_new.html", {"form": form, "use": use, "others": others})


def _moved(posting: Posting) -> dict[str, Any]:
    """An entry by the leg that received the money: from which account to which."""
    source, target = MOVES[Kinds(posting.entry.kind)]
    return {"posting": posting, "entry": posting.entry, "source": source.label, "target": target.label}
