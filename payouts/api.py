"""Payments for programs: the same services as the pages. Amounts are strings in yuan with two decimals."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from payouts import selectors
from payouts import services as paying
from payouts.models import Batch, BatchLine, Payment
from payouts.permissions import may_make, may_see_batches
from payouts.states import BatchStates, PaymentStates, Results
from portal.accounts.permissions import is_applicant, is_finance_clerk
from portal.kernel.money import ZERO, yuan
from portal.kernel.paging import key_in
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.rest import Problem
from review.models import Award

PAGE = 50
TAGS = ["拨付"]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REFUSED = {
    400: OpenApiResponse(Problem, "内容有误"),
    403: OpenApiResponse(Problem, "没有这个权限"),
    404: OpenApiResponse(Problem, "没有这个编号"),
    409: OpenApiResponse(Problem, "状态已变，或另有更新"),
}
BEFORE = OpenApiParameter("before", int, description="上一页的`next`")


class Money(serializers.CharField):
    """Yuan, two decimals, as a string."""

    def to_representation(self, value: Any) -> str:
        return f"{value:.2f}"


class AccountOut(serializers.Serializer):
    """An account as it is shown: never the whole number."""

    id = serializers.IntegerField()
    account_name = serializers.CharField()
    bank_name = serializers.CharField()
    bank_code = serializers.CharField()
    masked = serializers.CharField()


class DueOut(serializers.Serializer):
    """An award with the state of its payment; `offered_account` may be given again by its id."""

    claim = serializers.CharField()
    project = serializers.CharField()
    item = serializers.CharField()
    amount = Money()
    document_number = serializers.CharField()
    approved_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=PaymentStates.choices)
    return_reason = serializers.CharField(allow_blank=True)
    account = AccountOut(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)


class DuesOut(serializers.Serializer):
    results = DueOut(many=True)
    next = serializers.IntegerField(allow_null=True)
    offered_account = AccountOut(allow_null=True)


class AccountIn(serializers.Serializer):
    """A new account in four words, or `reuse` alone."""

    account_name = serializers.CharField(required=False, allow_blank=True, default="")
    bank_name = serializers.CharField(required=False, allow_blank=True, default="")
    bank_code = serializers.CharField(required=False, allow_blank=True, default="")
    account_number = serializers.CharField(required=False, allow_blank=True, default="")
    reuse = serializers.IntegerField(required=False, allow_null=True, default=None)


class PayableOut(serializers.Serializer):
    claim = serializers.CharField()
    organisation = serializers.CharField()
    item = serializers.CharField()
    amount = Money()
    account = AccountOut()


class PayableListOut(serializers.Serializer):
    count = serializers.IntegerField()
    total = Money()
    results = PayableOut(many=True)
    next = serializers.IntegerField(allow_null=True)


class BatchOut(serializers.Serializer):
    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=BatchStates.choices)
    count = serializers.IntegerField()
    total = Money()
    maker = serializers.CharField()
    checker = serializers.CharField(allow_null=True)


class BatchListOut(serializers.Serializer):
    results = BatchOut(many=True)
    next = serializers.IntegerField(allow_null=True)


class LineOut(serializers.Serializer):
    claim = serializers.CharField()
    organisation = serializers.CharField()
    amount = Money()
    account = AccountOut()
    budget_line = serializers.CharField()
    result = serializers.ChoiceField(choices=Results.choices)
    bank_reference = serializers.CharField(allow_blank=True)
    return_reason = serializers.CharField(allow_blank=True)


class BatchPaperOut(serializers.Serializer):
    number = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    digest = serializers.CharField()


class BatchDetailOut(BatchOut):
    digest = serializers.CharField(allow_blank=True)
    lines = LineOut(many=True)
    papers = BatchPaperOut(many=True)


class BatchIn(serializers.Serializer):
    title = serializers.CharField(allow_blank=True)


class ClaimsIn(serializers.Serializer):
    claims = serializers.ListField(child=serializers.CharField(), allow_empty=False, max_length=500)


class ReasonIn(serializers.Serializer):
    reason = serializers.CharField(allow_blank=True)


class ReleaseIn(serializers.Serializer):
    """Both may be left out; given, they must be those of the frozen batch."""

    digest = serializers.CharField(required=False, allow_null=True, default=None)
    total = serializers.CharField(required=False, allow_null=True, default=None)


class ResultIn(serializers.Serializer):
    claim = serializers.CharField()
    result = serializers.CharField()
    bank_reference = serializers.CharField(required=False, allow_blank=True, default="")
    return_reason = serializers.CharField(required=False, allow_blank=True, default="")


class ResultsIn(serializers.Serializer):
    results = ResultIn(many=True, allow_empty=False, max_length=500)


class OutcomeOut(serializers.Serializer):
    """What became of one result; each stands on its own."""

    claim = serializers.CharField()
    done = serializers.BooleanField()
    result = serializers.ChoiceField(choices=Results.choices, allow_null=True)
    code = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class OutcomesOut(serializers.Serializer):
    results = OutcomeOut(many=True)


class ExportIn(serializers.Serializer):
    kind = serializers.CharField()


@extend_schema(
    tags=TAGS,
    summary="本单位的拨付",
    operation_id="dues",
    parameters=[BEFORE],
    responses={200: DuesOut, 403: REFUSED[403]},
    examples=[
        OpenApiExample(
            "等待账户",
            response_only=True,
            value={
                "results": [
                    {
                        "claim": "2023-2A-0001",
                        "project": "寒地装备智能检测平台",
                        "item": "2a",
                        "amount": "10000000.00",
                        "document_number": "哈科发〔2023〕30号",
                        "approved_at": "2023-10-24T09:00:00+08:00",
                        "state": "account_due",
                        "return_reason": "",
                        "account": None,
                        "paid_at": None,
                    }
                ],
                "next": None,
                "offered_account": None,
            },
        )
    ],
)
@api_view(["GET"])
def dues(request: Request) -> Response:
    """Awards of the token's organisation, newest first, 50 a page."""
    require(is_applicant, request.user, None)
    organisation = request.user.organisation
    found = selectors.dues_of(organisation, before=_before(request), limit=PAGE + 1)
    offered = selectors.offered_account(organisation)
    answer = {
        "results": [_due(due.award, due.payment) for due in found[:PAGE]],
        "next": found[PAGE - 1].award.pk if len(found) > PAGE else None,
        "offered_account": offered,
    }
    return Response(DuesOut(answer).data)


@extend_schema(
    tags=TAGS,
    summary="提供收款账户",
    operation_id="payee_account",
    request=AccountIn,
    responses={200: DueOut, **REFUSED},
    examples=[
        OpenApiExample(
            "新账户",
            request_only=True,
            value={
                "account_name": "哈尔滨冰城智算科技有限公司",
                "bank_name": "中国银行哈尔滨松北支行",
                "bank_code": "104261000017",
                "account_number": "1672000000001234",
            },
        ),
        OpenApiExample("沿用上次账户", request_only=True, value={"reuse": 12}),
    ],
)
@api_view(["POST"])
def account(request: Request, number: str) -> Response:
    """Where to pay an award. The same account again changes nothing."""
    require(is_applicant, request.user, None)
    given = _read(AccountIn, request)
    try:
        award = selectors.award_of(number)
    except Award.DoesNotExist:
        raise Http404 from None
    if award.case.claim.organisation != request.user.organisation:
        raise Http404
    payment = paying.give_account(actor=request.user, award=award, **given)
    return Response(DueOut(_due(award, payment)).data)


@extend_schema(
    tags=TAGS,
    summary="等待编入批次的款项",
    operation_id="payable",
    parameters=[OpenApiParameter("after", int, description="上一页的`next`")],
    responses={200: PayableListOut, 403: REFUSED[403]},
)
@api_view(["GET"])
def payable(request: Request) -> Response:
    """Payments with an account, in no batch; count and total are those of the whole list."""
    require(may_see_batches, request.user, None)
    whole = selectors.payable().order_by("pk")
    after = key_in(request.query_params.get("after", ""))
    found = list((whole if after is None else whole.filter(pk__gt=after))[: PAGE + 1])
    sums = selectors.tally(whole)
    answer = {
        "count": sums.count,
        "total": sums.total,
        "results": [
            {
                "claim": payment.award.case.claim.number,
                "organisation": payment.award.case.claim.organisation.name,
                "item": payment.award.case.claim.item.code,
                "amount": payment.amount,
                "account": payment.account,
            }
            for payment in found[:PAGE]
        ],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return Response(PayableListOut(answer).data)


@extend_schema(
    methods=["GET"],
    tags=TAGS,
    summary="拨付批次",
    operation_id="batches",
    parameters=[BEFORE],
    responses={200: BatchListOut, 403: REFUSED[403]},
)
@extend_schema(
    methods=["POST"],
    tags=TAGS,
    summary="新建批次",
    operation_id="batch_create",
    request=BatchIn,
    responses={201: BatchDetailOut, **REFUSED},
    examples=[OpenApiExample("首批", request_only=True, value={"title": "2023年第一批人工智能专项资金"})],
)
@api_view(["GET", "POST"])
def batches(request: Request) -> Response:
    """Batches, newest first, 50 a page; or a new, empty one."""
    if request.method == "POST":
        made = paying.create_batch(actor=request.user, title=_read(BatchIn, request)["title"])
        return Response(_detail(made), status=status.HTTP_201_CREATED)
    require(may_see_batches, request.user, None)
    found = selectors.listed_batches()
    before = _before(request)
    page = list((found.filter(pk__lt=before) if before else found)[: PAGE + 1])
    answer = {
        "results": [_head(one, one.line_count, one.line_total or ZERO) for one in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
    }
    return Response(BatchListOut(answer).data)


@extend_schema(tags=TAGS, summary="批次", operation_id="batch", responses={200: BatchDetailOut, **REFUSED})
@api_view(["GET"])
def batch(request: Request, number: str) -> Response:
    require(may_see_batches, request.user, None)
    return Response(_detail(_batch(number)))


@extend_schema(
    tags=TAGS,
    summary="加入款项",
    operation_id="batch_add",
    request=ClaimsIn,
    responses={200: BatchDetailOut, **REFUSED},
    examples=[OpenApiExample("两笔", request_only=True, value={"claims": ["2023-2A-0001", "2023-9B-0001"]})],
)
@api_view(["POST"])
def add(request: Request, number: str) -> Response:
    """All of them or none; one that is in the batch already stays."""
    require(is_finance_clerk, request.user, None)
    numbers = set(_read(ClaimsIn, request)["claims"])
    found = _batch(number)
    chosen = list(selectors.payments().filter(award__case__claim__number__in=numbers))
    missing = numbers - {payment.award.case.claim.number for payment in chosen}
    if missing:
        named = "、".join(sorted(missing))
        raise Refusal(f"没有这些申报号的款项：{named}。", code="not_found", field="claims")
    paying.add_payments(actor=request.user, batch=found, chosen=chosen)
    return Response(_detail(found))


@extend_schema(
    tags=TAGS,
    summary="移出款项",
    operation_id="batch_remove",
    request=None,
    responses={200: BatchDetailOut, **REFUSED},
)
@api_view(["DELETE"])
def remove(request: Request, number: str, claim: str) -> Response:
    """Take one out of a draft; one that is not in it is out already."""
    found = _batch(number)
    require(may_make, request.user, found)
    try:
        line = selectors.line_of(found, claim)
    except BatchLine.DoesNotExist:
        if not selectors.payments().filter(award__case__claim__number=claim).exists():
            raise Http404 from None
    else:
        paying.remove_payment(actor=request.user, batch=found, line=line)
    return Response(_detail(found))


@extend_schema(
    tags=TAGS,
    summary="提交复核",
    operation_id="batch_submit",
    request=None,
    responses={200: BatchDetailOut, **REFUSED},
)
@api_view(["POST"])
def submit(request: Request, number: str) -> Response:
    """Freeze count, sum and digest; again by the same person changes nothing."""
    return Response(_detail(paying.submit_batch(actor=request.user, batch=_batch(number))))


@extend_schema(
    tags=TAGS,
    summary="退回制单人",
    operation_id="batch_send_back",
    request=ReasonIn,
    responses={200: BatchDetailOut, **REFUSED},
    examples=[
        OpenApiExample("退回", request_only=True, value={"reason": "第2笔的开户支行与账户证明不一致。"})
    ],
)
@api_view(["POST"])
def send_back(request: Request, number: str) -> Response:
    reason = _read(ReasonIn, request)["reason"]
    return Response(_detail(paying.send_back_batch(actor=request.user, batch=_batch(number), reason=reason)))


@extend_schema(
    tags=TAGS,
    summary="复核放行",
    operation_id="batch_release",
    request=ReleaseIn,
    responses={200: BatchDetailOut, **REFUSED},
    examples=[OpenApiExample("核对合计", request_only=True, value={"total": "16500000.00"})],
)
@api_view(["POST"])
def release(request: Request, number: str) -> Response:
    """By another person than the maker; again by the same person changes nothing."""
    given = _read(ReleaseIn, request)
    total = None if given["total"] is None else yuan(given["total"], field="total")
    found = paying.release_batch(
        actor=request.user, batch=_batch(number), digest=given["digest"], total=total
    )
    return Response(_detail(found))


@extend_schema(
    tags=TAGS,
    summary="取消批次",
    operation_id="batch_cancel",
    request=None,
    responses={200: BatchDetailOut, **REFUSED},
)
@api_view(["POST"])
def cancel(request: Request, number: str) -> Response:
    return Response(_detail(paying.cancel_batch(actor=request.user, batch=_batch(number))))


@extend_schema(
    tags=TAGS,
    summary="办结批次",
    operation_id="batch_settle",
    request=None,
    responses={200: BatchDetailOut, **REFUSED},
)
@api_view(["POST"])
def settle(request: Request, number: str) -> Response:
    return Response(_detail(paying.settle_batch(actor=request.user, batch=_batch(number))))


@extend_schema(
    tags=TAGS,
    summary="登记银行结果",
    operation_id="batch_results",
    request=ResultsIn,
    responses={200: OutcomesOut, **REFUSED},
    examples=[
        OpenApiExample(
            "一成一退",
            request_only=True,
            value={
                "results": [
                    {"claim": "2023-2A-0001", "result": "paid", "bank_reference": "20231026000017"},
                    {"claim": "2023-9B-0001", "result": "returned", "return_reason": "账号与户名不符"},
                ]
            },
        )
    ],
)
@api_view(["POST"])
def results(request: Request, number: str) -> Response:
    """Each result stands on its own: what is wrong with one does not hold up the others."""
    require(is_finance_clerk, request.user, None)
    given = _read(ResultsIn, request)["results"]
    found = _batch(number)
    lines = {line.payment.award.case.claim.number: line for line in selectors.lines_of(found)}
    outcomes = [_outcome(request, lines.get(one["claim"]), dict(one)) for one in given]
    return Response(OutcomesOut({"results": outcomes}).data)


@extend_schema(
    tags=TAGS,
    summary="导出Excel",
    operation_id="batch_export",
    request=ExportIn,
    responses={(200, EXCEL): OpenApiTypes.BINARY, **REFUSED},
    examples=[OpenApiExample("支付表", request_only=True, value={"kind": "payment"})],
)
@api_view(["POST"])
def export(request: Request, number: str) -> HttpResponse:
    """`summary` or `payment` as a workbook; each export is recorded."""
    name, content = paying.export_workbook(
        actor=request.user, batch=_batch(number), kind=_read(ExportIn, request)["kind"]
    )
    return HttpResponse(
        content,
        content_type=EXCEL,
        headers={"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"},
    )


def _read(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """The body in its shape; ValidationError becomes the API's own words for it."""
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _before(request: Request) -> int | None:
    return key_in(request.query_params.get("before", ""))


def _batch(number: str) -> Batch:
    try:
        return selectors.batch_of(number)
    except Batch.DoesNotExist:
        raise Http404 from None


def _due(award: Award, payment: Payment | None) -> dict[str, Any]:
    claim = award.case.claim
    return {
        "claim": claim.number,
        "project": claim.project.name,
        "item": claim.item.code,
        "amount": award.amount,
        "document_number": award.document_number,
        "approved_at": award.approved_at,
        "state": selectors.Due(award, payment).state,
        "return_reason": payment.return_reason if payment else "",
        "account": payment.account if payment else None,
        "paid_at": payment.paid_at if payment else None,
    }


def _head(found: Batch, count: int, total: Any) -> dict[str, Any]:
    return {
        "number": found.number,
        "title": found.title,
        "state": found.state,
        "count": count,
        "total": total,
        "maker": found.made_by.display_name,
        "checker": found.released_by.display_name if found.released_by else None,
    }


def _detail(found: Batch) -> dict[str, Any]:
    lines = list(selectors.lines_of(found))
    papers = selectors.papers_of_batch(found) if found.released_at else []
    answer = {
        **_head(found, len(lines), sum((line.amount for line in lines), ZERO)),
        "digest": found.digest,
        "lines": [
            {
                "claim": line.payment.award.case.claim.number,
                "organisation": line.payment.award.case.claim.organisation.name,
                "amount": line.amount,
                "account": line.account,
                "budget_line": str(line.payment.award.budget_line),
                "result": line.result,
                "bank_reference": line.bank_reference,
                "return_reason": line.return_reason,
            }
            for line in lines
        ],
        "papers": [
            {
                "number": paper.number,
                "kind": paper.kind,
                "title": paper.title,
                "state": paper.state,
                "digest": paper.decision_digest,
            }
            for paper in papers
        ],
    }
    return BatchDetailOut(answer).data


def _outcome(request: Request, line: BatchLine | None, given: dict[str, str]) -> dict[str, Any]:
    claim = given.pop("claim")
    told: dict[str, Any] = {
        "claim": claim,
        "done": False,
        "result": None,
        "code": "",
        "message": "",
        "fields": {},
    }
    if line is None:
        message = "这个批次里没有这份申报的款项。"
        return told | {"code": "not_found", "message": message, "fields": {"claim": [message]}}
    try:
        noted = paying.record_result(actor=request.user, line=line, **given)
    except Refusal as refusal:
        fields: dict[str, list[str]] = {}
        for part in refusal.parts:
            fields.setdefault(part.field or "non_field_errors", []).append(part.message)
        return told | {
            "result": line.result,
            "code": refusal.code,
            "message": refusal.message,
            "fields": fields,
        }
    return told | {"done": True, "result": noted.result}
