"""The finance desk: batches, their lines, papers and the bank's word."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from payouts import selectors
from payouts import services as paying
from payouts.forms import BatchForm, ReleaseForm, ResultForm, SendBackForm
from payouts.machine import batches as machine
from payouts.models import Batch, BatchLine, Payment
from payouts.permissions import may_make, may_release, may_see_batches, may_settle
from payouts.states import BATCH, RESULT, BatchStates, Results
from portal.accounts.permissions import is_finance, is_finance_approver, is_finance_clerk
from portal.kernel import clock
from portal.kernel.forms import add_refusals
from portal.kernel.gate import only
from portal.kernel.models import Document
from portal.kernel.money import ZERO, yuan
from portal.kernel.paging import key_in
from portal.kernel.permissions import require
from portal.kernel.refusals import Forbidden, Refusal
from portal.kernel.templatetags.formats import cn_datetime

PAGE = 50
FROZEN = {BatchStates.SUBMITTED, BatchStates.RELEASED, BatchStates.SETTLED}
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPER_TONES = {Document.States.PENDING: "now", Document.States.READY: "done", Document.States.FAILED: "bad"}


@only(may_see_batches)
def batches(request: HttpRequest) -> HttpResponse:
    """Batches, newest first, and what waits to be put into one."""
    found = selectors.listed_batches()
    before = key_in(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    return render(
        request,
        "payouts/batches.html",
        {
            "rows": [
                {"batch": one, "badge": BATCH[BatchStates(one.state)], "total": one.line_total or ZERO}
                for one in page[:PAGE]
            ],
            "waiting": selectors.tally(selectors.payable()),
            "accountless": selectors.awaiting_account().count(),
            "makes": is_finance_clerk(request.user, None),
            "next": f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
            "first": "?" if before else "",
        },
    )


@only(is_finance_clerk)
def batch_new(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    form = BatchForm(posted(request), initial={"title": f"{today.year}年{today.month}月补助资金"})
    if request.method == "POST" and form.is_valid():
        try:
            made = paying.create_batch(actor=request.user, title=form.cleaned_data["title"])
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已建立批次{made.number}，请加入待付款项。")
            return redirect("batch", made.number)
    context = {"form": form, "waiting": selectors.tally(selectors.payable())}
    return render(request, "payouts/batch_new.html", context)


@only(may_see_batches)
@require_GET
def batch(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _batch(number))


@only(is_finance_clerk)
@require_POST
def batch_add(request: HttpRequest, number: str) -> HttpResponse:
    """Put the ticked payments into the batch, all or none."""
    found = _batch(number)
    numbers = request.POST.getlist("claims")
    if not numbers:
        return _page(request, found, Refusal("请先勾选要加入的款项。", code="required", field="claims"))
    chosen = list(selectors.payments().filter(award__case__claim__number__in=numbers))
    if len(chosen) != len(set(numbers)):
        return _page(
            request, found, Refusal("勾选的款项里有找不到的，请刷新页面重新选择。", code="not_found")
        )
    try:
        lines = paying.add_payments(actor=request.user, batch=found, chosen=chosen)
    except Forbidden:
        raise
    except Refusal as refusal:
        return _page(request, found, refusal, ticked=numbers)
    messages.success(request, f"已加入{len(lines)}笔。")
    return redirect("batch", number)


@only(is_finance_clerk)
@require_POST
def batch_remove(request: HttpRequest, number: str, claim: str) -> HttpResponse:
    found = _batch(number)
    line = _line(found, claim)
    return _act(
        request,
        found,
        lambda: paying.remove_payment(actor=request.user, batch=found, line=line),
        f"已移出{line.payment.award.case.claim.organisation.name}的款项，它可以编入其他批次。",
    )


@only(is_finance_clerk)
@require_POST
def batch_submit(request: HttpRequest, number: str) -> HttpResponse:
    found = _batch(number)
    return _act(
        request,
        found,
        lambda: paying.submit_batch(actor=request.user, batch=found),
        "已提交复核。笔数、合计和摘要已经冻结，由另一位同事复核放行。",
    )


@only(is_finance_clerk)
def batch_cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Asks first; the payments go back to those waiting."""
    found = _batch(number)
    require(may_make, request.user, found)
    if request.method != "POST":
        context = {"batch": found, "sum": selectors.tally(found.lines.all())}
        return render(request, "payouts/batch_cancel.html", context)
    return _act(
        request, found, lambda: paying.cancel_batch(actor=request.user, batch=found), f"已取消批次{number}。"
    )


@only(is_finance_approver)
def batch_send_back(request: HttpRequest, number: str) -> HttpResponse:
    """The checker returns the batch with a reason."""
    found = _batch(number)
    form = SendBackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            paying.send_back_batch(actor=request.user, batch=found, reason=form.cleaned_data["reason"])
        except Forbidden:
            raise
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已把批次{number}退回{found.made_by.display_name}。")
            return redirect("batch", number)
    return render(request, "payouts/batch_send_back.html", {"batch": found, "form": form})


@only(is_finance_approver)
def batch_release(request: HttpRequest, number: str) -> HttpResponse:
    """Count, sum in words and digest once more; the sum is typed from the checker's own paper."""
    found = _batch(number)
    require(may_release, request.user, found)
    if found.state != BatchStates.SUBMITTED:
        return redirect("batch", number)
    form = ReleaseForm(posted(request), initial={"digest": found.digest})
    if request.method == "POST" and form.is_valid():
        try:
            paying.release_batch(
                actor=request.user,
                batch=found,
                digest=form.cleaned_data["digest"],
                total=yuan(form.cleaned_data["total"], field="total"),
            )
        except Forbidden:
            raise
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已放行批次{number}，拨付文件正在生成。")
            return redirect("batch", number)
    return render(request, "payouts/batch_release.html", {"batch": found, "form": form})


@only(is_finance_clerk)
def batch_result(request: HttpRequest, number: str, claim: str) -> HttpResponse:
    """The bank's word on one line; it is final."""
    found = _batch(number)
    line = _line(found, claim)
    require(may_settle, request.user, found)
    form = ResultForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            noted = paying.record_result(actor=request.user, line=line, **form.cleaned_data)
        except Forbidden:
            raise
        except Refusal as refusal:
            add_refusals(form, refusal)
        else:
            messages.success(request, f"已登记{line.account.account_name}：{noted.get_result_display()}。")
            return redirect("batch", number)
    context = {"batch": found, "line": line, "form": form, "badge": RESULT[Results(line.result)]}
    return render(request, "payouts/batch_result.html", context)


@only(is_finance_clerk)
@require_POST
def batch_settle(request: HttpRequest, number: str) -> HttpResponse:
    found = _batch(number)
    return _act(
        request, found, lambda: paying.settle_batch(actor=request.user, batch=found), f"批次{number}已办结。"
    )


@only(may_see_batches)
@require_GET
def batch_papers(request: HttpRequest, number: str) -> HttpResponse:
    """The panel of papers alone; the page asks for it again while some are being drawn."""
    return render(request, "payouts/papers_panel.html", _papers(_batch(number)))


@only(is_finance)
@require_POST
def batch_export(request: HttpRequest, number: str) -> HttpResponse:
    """A workbook; each one is recorded."""
    found = _batch(number)
    try:
        name, content = paying.export_workbook(
            actor=request.user, batch=found, kind=request.POST.get("kind", "")
        )
    except Forbidden:
        raise
    except Refusal as refusal:
        return _page(request, found, refusal)
    return HttpResponse(
        content,
        content_type=EXCEL,
        headers={"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"},
    )


def posted(request: HttpRequest) -> Any:
    """What was sent, were it nothing at all; None when nothing was."""
    return request.POST if request.method == "POST" else None


def _batch(number: str) -> Batch:
    try:
        return selectors.batch_of(number)
    except Batch.DoesNotExist:
        raise Http404 from None


def _line(found: Batch, claim: str) -> BatchLine:
    try:
        return selectors.line_of(found, claim)
    except BatchLine.DoesNotExist:
        raise Http404 from None


def _act(request: HttpRequest, found: Batch, act: Any, said: str) -> HttpResponse:
    """Do it and go back to the batch; a refusal stands on the batch's own page."""
    try:
        act()
    except Forbidden:
        raise
    except Refusal as refusal:
        return _page(request, _batch(found.number), refusal)
    messages.success(request, said)
    return redirect("batch", found.number)


def _page(
    request: HttpRequest, found: Batch, refusal: Refusal | None = None, *, ticked: list[str] | None = None
) -> HttpResponse:
    user, state = request.user, BatchStates(found.state)
    after, waiting_after = key_in(request.GET.get("after", "")), key_in(request.GET.get("waiting", ""))
    lines = selectors.lines_of(found).order_by("pk")
    payable = selectors.payable().order_by("pk")
    may = {name: machine.allows(name, found, user) for name in machine.rows}
    shown = list((lines if after is None else lines.filter(pk__gt=after))[: PAGE + 1])
    choice: list[Payment] = []
    if may["submit"]:
        asked = payable if waiting_after is None else payable.filter(pk__gt=waiting_after)
        choice = list(asked[: PAGE + 1])
    left = selectors.open_results(found) if state == BatchStates.RELEASED else 0
    context = {
        "batch": found,
        "badge": BATCH[state],
        "frozen": state in FROZEN,
        "sum": selectors.tally(lines),
        "rows": [{"line": line, "badge": RESULT[Results(line.result)]} for line in shown[:PAGE]],
        "start": lines.filter(pk__lt=shown[0].pk).count() if after is not None and shown else 0,
        "next": f"?after={shown[PAGE - 1].pk}" if len(shown) > PAGE else "",
        "first": "?" if after else "",
        "waiting": choice[:PAGE],
        "waiting_next": f"?waiting={choice[PAGE - 1].pk}#add" if len(choice) > PAGE else "",
        "waiting_first": "?#add" if waiting_after else "",
        "ticked": ticked or [],
        "budget": selectors.budget_use(found),
        "moments": _moments(found, user, left),
        "may": may,
        "why_not_release": _why_not_release(found, user),
        "records": state == BatchStates.RELEASED and may_settle(user, found),
        "left": left,
        "exports": state in FROZEN and is_finance(user, found),
        "refusal": refusal,
        **(_papers(found) if found.released_at else {}),
    }
    return render(request, "payouts/batch.html", context)


def _why_not_release(found: Batch, user: Any) -> str:
    """Why a checker may not release this batch; nothing when he may, or when it is not his to release."""
    if found.state != BatchStates.SUBMITTED or not is_finance_approver(user, found):
        return ""
    return may_release.why_not(user, found) or ""


def _moments(found: Batch, user: Any, left: int) -> list[dict[str, Any]]:
    """Who made, checks and settles the batch."""

    def named(person: Any) -> str:
        return f"{person.display_name}{'（你）' if person.pk == user.pk else ''}"

    state = BatchStates(found.state)
    making = state in (BatchStates.DRAFT, BatchStates.CANCELLED)
    moments = [
        {
            "state": "now" if state == BatchStates.DRAFT else "done",
            "label": f"制单　{named(found.made_by)}",
            "at": cn_datetime(found.made_at),
        }
    ]
    if state == BatchStates.CANCELLED:
        return [*moments, {"state": "bad", "label": "已取消", "note": "款项已退回待付。"}]
    if found.submitted_by and found.submitted_by_id != found.made_by_id:
        moments.append(
            {
                "state": "done",
                "label": f"提交复核　{named(found.submitted_by)}",
                "at": cn_datetime(found.submitted_at),
            }
        )
    if found.released_by:
        moments.append(
            {
                "state": "done",
                "label": f"复核　{named(found.released_by)}",
                "at": cn_datetime(found.released_at),
            }
        )
    else:
        note = (
            "制单人提交后由另一个人复核"
            if making
            else f"{timezone.localtime(found.submitted_at):%-m月%-d日 %H:%M}提交，等待复核"
        )
        moments.append({"state": "next" if making else "now", "label": "复核放行", "note": note})
    if found.settled_at:
        moments.append({"state": "done", "label": "办结", "at": cn_datetime(found.settled_at)})
    elif found.released_at:
        moments.append(
            {
                "state": "now",
                "label": "登记银行结果",
                "note": f"还有{left}笔没有登记" if left else "都已登记，可以办结",
            }
        )
    else:
        moments.append({"state": "next", "label": "登记银行结果"})
    return moments


def _papers(found: Batch) -> dict[str, Any]:
    """The papers of a released batch and how many are drawn."""
    papers = list(selectors.papers_of_batch(found))
    drawn = sum(paper.state == Document.States.READY for paper in papers)
    described = [
        {
            "paper": paper,
            "label": paper.get_state_display(),
            "tone": PAPER_TONES[Document.States(paper.state)],
            "ready": paper.state == Document.States.READY,
        }
        for paper in papers
    ]
    return {
        "batch": found,
        "tables": [one for one in described if one["paper"].kind in ("summary", "payment")],
        "letters": [one for one in described if one["paper"].kind in ("letter", "calculation")],
        "drawn": drawn,
        "paper_count": len(papers),
        "drawing": any(paper.state == Document.States.PENDING for paper in papers),
    }
