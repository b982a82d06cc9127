"""The calculator: GET with everything in the address, so that a result can be passed on. Nothing is kept."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from clauses import catalogue, selectors
from clauses.engine.policy import Policy
from clauses.engine.term import local
from clauses.forms import EstimateForm, ItemForm, Question, RateField
from clauses.inputs import InputErrors
from clauses.views.chart import chart_of
from clauses.views.estimate import Estimate
from clauses.wording import instalments, rule_in_words
from portal.kernel import clock
from portal.kernel.gate import public
from portal.kernel.money import format_yuan

NAMES = ("pack", "item")
STEERING = ("edit", "rows")
TYPED = {"核定基数": "你填写的数", "申报事实": "你填写的数"}
STEP = ("label", "result", "why", "formula")


@public
@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    found = calculable()
    if not found:
        return render(request, "clauses/calculator_empty.html")
    tidy = without_blanks(request.GET)
    if tidy is not None:
        return redirect(f"{reverse('calculator')}?{tidy.urlencode()}")
    packs = {policy.id: policy for policy in found}
    policy = packs.get(request.GET.get("pack", ""), found[0])
    code = request.GET.get("item", "")
    if code not in policy.items or policy.id != request.GET.get("pack", policy.id):
        return choose(request, policy, found)
    question = Question(request.GET, policy=policy, item=policy.item(code))
    wants_form = any(request.GET.get(name) for name in STEERING)
    if question.is_filled and not wants_form and question.is_valid():
        try:
            estimate = Estimate(policy, question.item, question.claim(), filed_at(policy))
        except InputErrors as errors:
            question.take(errors.errors)
        else:
            if not estimate.missing:
                return show(request, question, estimate)
            question.lack(estimate.missing)
    return ask(request, question)


def calculable() -> list[Policy]:
    """The policies one may calculate with: those in force first, then examples; a draft has nothing to promise."""
    loaded = [selectors.pack(row) for row in selectors.loaded_policies()]
    found = [policy for policy in loaded if policy.status != "draft"]
    return sorted(found, key=lambda policy: policy.status != "final")


def filed_at(policy: Policy) -> datetime:
    """Now; an example is calculated inside its own term, whenever that is."""
    now = clock.now()
    if policy.status == "final" or policy.filing.first <= local(now).date() <= policy.filing.last:
        return now
    return clock.at(policy.filing.first)


def warning(policy: Policy) -> tuple[str, str] | None:
    """What is said on every page about a policy that is not in force: lead words and a sentence."""
    return catalogue.not_in_force(policy)


def without_blanks(given: QueryDict) -> QueryDict | None:
    """The address without the fields left empty; None when it is tidy already. An empty form stays as it was sent."""
    said = {name for name in given if given[name].strip() and name not in NAMES}
    blank = [name for name in given if not given[name].strip()]
    if not said or not blank:
        return None
    tidy = given.copy()
    for name in blank:
        del tidy[name]
    return tidy


def choose(request: HttpRequest, policy: Policy, policies: list[Policy]) -> HttpResponse:
    """Which item; figures that came along are carried on."""
    form = ItemForm(request.GET if "item" in request.GET else None, policy=policy, at=clock.now())
    unknown = request.GET.get("pack", policy.id) != policy.id
    faults = [("没有这项政策，请从下面选择事项。", "")] if unknown else []
    kept = [(name, request.GET[name]) for name in request.GET if name not in (*NAMES, *STEERING)]
    context = {
        "form": form,
        "policy": policy,
        "others": [one for one in policies if one.id != policy.id],
        "faults": faults,
        "kept": kept,
        "term": catalogue.term(policy, clock.now(), is_open=bool(open_round_of(policy))),
        "warning": warning(policy),
    }
    return render(request, "clauses/calculator.html", context)


def open_round_of(policy: Policy, code: str | None = None) -> Any:
    """The round that closes first among those open now, for an item or for any."""
    for window in selectors.open_rounds():
        codes = {item.code for item in window.items.all()}
        if window.policy.pack == policy.id and (code is None or code in codes):
            return window
    return None


def ask(request: HttpRequest, question: Question) -> HttpResponse:
    offer = catalogue.offer(question.policy, question.item, clock.now())
    context = {
        "question": question,
        "offer": offer,
        "policy": question.policy,
        "rule": rule_in_words(question.item),
        "warning": warning(question.policy),
    }
    return render(request, "clauses/estimate_form.html", context)


def show(request: HttpRequest, question: Question, estimate: Estimate) -> HttpResponse:
    policy, item = question.policy, question.item
    offer = catalogue.offer(policy, item, clock.now())
    answer = estimate.answer
    again = request.GET.copy()
    again["edit"] = "1"
    rows = {row.name: row for row in question.used}
    window = open_round_of(policy, item.id)
    context = {
        "question": question,
        "estimate": estimate,
        "answer": answer,
        "offer": offer,
        "policy": policy,
        "reasons": [one for one in answer["reasons"] if one["code"] != "rate_applied"],
        "other_quotes": other_quotes(policy, answer, item.quote),
        "steps": [
            {key: step[key] for key in STEP} | {"why": TYPED.get(step["why"], step["why"])}
            for step in answer["steps"]
        ],
        "excluded": [(rows[one["id"]], one["text"]) for one in answer["excluded_costs"]],
        "typed": typed(question),
        "settings": catalogue.points_used(policy, answer["settings"]),
        "chart": chart_of(estimate),
        "warning": warning(policy),
        "instalments": [
            (label, text, Decimal(one["amount"]))
            for (label, text, _), one in zip(instalments(item), answer.get("instalments", []), strict=False)
        ],
        "again": f"{reverse('calculator')}?{again.urlencode()}",
        "window": window,
        "made": clock.now(),
        "term": catalogue.term(policy, clock.now(), is_open=window is not None),
    }
    return render(request, "clauses/estimate.html", context)


def other_quotes(policy: Policy, answer: dict[str, Any], own: str) -> list[catalogue.GeneralQuote]:
    """Sentences outside the item that the reasons stand on, each once."""
    quotes = {reason["quote"] for reason in answer["reasons"]} - {own}
    return [catalogue.general(policy, one.role) for one in policy.general if one.quote in quotes]


def _money(amount: Decimal) -> SafeString:
    return format_html('<span class="pt-money">{}元</span>', format_yuan(amount))


def _typed(form: EstimateForm, name: str, value: Any, unit: str) -> str | SafeString:
    """One answer as it is read back."""
    if unit == "元" and isinstance(value, Decimal):
        return _money(value)
    if isinstance(value, bool):
        return "是" if value else "不是"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(form.fields[name], RateField):
        return f"{(Decimal(value) * 100).normalize():f}%"
    choices = dict(getattr(form.fields[name], "choices", ()))
    return str(choices.get(value, f"{value}{unit}"))


def typed(question: Question) -> list[tuple[str, str | SafeString]]:
    """What the visitor typed, by label."""
    form = question.form
    found: list[tuple[str, str | SafeString]] = []
    for bound, unit in [*form.main_fields, *form.more_fields]:
        value = form.cleaned_data.get(bound.name)
        if value in (None, ""):
            continue
        found.append((bound.label, _typed(form, bound.name, value, unit)))
    if question.used:
        total = sum((row.cleaned_data["amount"] for row in question.used), Decimal(0))
        found.append((f"逐笔费用{len(question.used)}笔", _money(total)))
    return found
