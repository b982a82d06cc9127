"""What an organisation is owed, and where it wants to be paid."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications.states import ClaimStates, Wording
from payouts import selectors
from payouts import services as paying
from payouts.forms import AccountForm
from payouts.models import Payment
from payouts.permissions import may_give_account
from payouts.states import APPLICANT, PaymentStates
from portal.accounts.models import User
from portal.accounts.permissions import is_applicant
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.paging import key_in
from portal.kernel.refusals import Forbidden, Refusal
from review.models import Award

PAGE = 50


@only(is_applicant)
def dues(request: HttpRequest) -> HttpResponse:
    """Every award of the organisation with the state of its payment and what to do."""
    user: User = request.user
    before = key_in(request.GET.get("before", ""))
    found = selectors.dues_of(user.organisation, before=before, limit=PAGE + 1)
    return render(
        request,
        "payouts/dues.html",
        {
            "dues": [described(due) for due in found[:PAGE]],
            "next": f"?before={found[PAGE - 1].award.pk}" if len(found) > PAGE else "",
            "first": "?" if before else "",
        },
    )


def described(due: selectors.Due) -> dict[str, Any]:
    """A due with its words: badge, and whether the account is waited for."""
    award, payment = due.award, due.payment
    owed = award.case.claim.state == ClaimStates.APPROVED
    returned = bool(payment and payment.state == PaymentStates.ACCOUNT_DUE and payment.return_reason)
    state = PaymentStates(due.state)
    badge = Wording("银行退票，请重新提供账户", "bad") if returned else APPLICANT[state]
    return {
        "award": award,
        "claim": award.case.claim,
        "payment": payment,
        "badge": badge,
        "returned": returned,
        "account_due": owed and state == PaymentStates.ACCOUNT_DUE,
        "paid": state == PaymentStates.PAID,
    }


@only(is_applicant)
def payee_account(request: HttpRequest, number: str) -> HttpResponse:
    """The account step: form, confirmation, then the account masked."""
    user: User = request.user
    try:
        award = selectors.award_of(number)
    except Award.DoesNotExist:
        raise Http404 from None
    organisation = award.case.claim.organisation
    if organisation != user.organisation:
        raise Http404
    due = selectors.Due(award, getattr(award, "payment", None))
    draft = due.payment or Payment(award=award, amount=award.amount)
    why_not = may_give_account.why_not(user, draft)
    context = {
        "due": described(due),
        "award": award,
        "claim": award.case.claim,
        "organisation": organisation,
        "why_not": why_not,
        "administrators": selectors.administrators_of(organisation) if why_not else [],
    }
    if request.method != "POST":
        offered = selectors.offered_account(organisation)
        form = AccountForm(offered=offered, initial={"account_name": organisation.name})
        return render(request, "payouts/payee_account.html", {**context, "form": form})
    if why_not:
        raise Forbidden(why_not)
    return _given(request, award, context)


def _given(request: HttpRequest, award: Award, context: dict[str, Any]) -> HttpResponse:
    organisation = award.case.claim.organisation
    offered = selectors.offered_account(organisation)
    form = AccountForm(request.POST, offered=offered)
    page = {**context, "form": form}
    if not form.is_valid() or "edit" in request.POST:
        return render(request, "payouts/payee_account.html", page)
    try:
        if "confirmed" in request.POST:
            payment = paying.give_account(actor=request.user, award=award, reuse=form.reused, **form.typed)
            messages.success(request, f"已提交收款账户{payment.account.masked}，等待编入拨付批次。")
            return redirect("dues")
        shown = offered
        if form.reused is None:
            bank, code, account_number = paying.check_account(organisation=organisation, **form.typed)
            shown = {
                "account_name": organisation.name,
                "bank_name": bank,
                "bank_code": code,
                "number": grouped(account_number),
            }
    except Forbidden:
        raise
    except Refusal as refusal:
        add_refusals(form, refusal)
        return render(request, "payouts/payee_account.html", page)
    return render(request, "payouts/payee_account_confirm.html", {**page, "account": shown})


def grouped(number: str) -> str:
    """An account number in fours, to be read over."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
