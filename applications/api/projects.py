"""Projects and their cost items."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from applications import selectors, services
from applications.api.reading import (
    AFTER,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    Amount,
    Day,
    Strict,
    body,
    own_cost,
    own_project,
    page,
    paged,
    says,
)
from applications.models import CostItem
from applications.states import EvidenceKinds, Proofs, Sides
from portal.accounts.permissions import is_applicant
from portal.kernel.permissions import require

IN_USE = says("in_use", "这笔费用已写进提交的申报2023-2A-0001，不能再改。要更正请先撤回那份申报。")
TWICE = says(
    "already_done",
    "你单位已有同名的项目，请直接使用或换一个名称。",
    {"name": ["你单位已有同名的项目，请直接使用或换一个名称。"]},
)


class StoredProject(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    location = serializers.CharField()
    leader = serializers.CharField()
    summary = serializers.CharField()
    cost_count = serializers.IntegerField()
    claim_count = serializers.IntegerField()


class NewProject(Strict):
    name = serializers.CharField(allow_blank=True)
    location = serializers.CharField(allow_blank=True, default="")
    leader = serializers.CharField(allow_blank=True, default="")
    summary = serializers.CharField(allow_blank=True, default="")


class ProjectChange(Strict):
    location = serializers.CharField(allow_blank=True, required=False)
    leader = serializers.CharField(allow_blank=True, required=False)
    summary = serializers.CharField(allow_blank=True, required=False)


class CostFields(Strict):
    name = serializers.CharField(allow_blank=True, help_text="名称")
    quantity = serializers.CharField(allow_blank=True, required=False, help_text="数量")
    category = serializers.CharField(allow_blank=True, required=False, help_text="类别，见事项的费用类别")
    side = serializers.CharField(required=False, help_text="purchase支出（默认）或sale收入")
    evidence_kind = serializers.CharField(
        required=False, help_text="invoice发票（默认）、payroll、foreign、other"
    )
    invoice_code = serializers.CharField(allow_blank=True, required=False, help_text="发票代码，数电发票没有")
    document_number = serializers.CharField(allow_blank=True, help_text="发票号码或凭证号")
    line = serializers.IntegerField(required=False, help_text="行号，从1起")
    counterparty = serializers.CharField(allow_blank=True, help_text="对方单位")
    amount = Amount(help_text="元，两位小数；可以抵扣进项税的填不含税金额")
    tax = Amount(required=False, allow_null=True, help_text="元，发票上的税额；能不能计入按政策口径确定")
    contract_number = serializers.CharField(allow_blank=True, required=False)
    contract_date = Day(required=False, allow_null=True)
    invoice_date = Day(required=False, allow_null=True)
    paid_date = Day(required=False, allow_null=True)
    service_from = Day(required=False, allow_null=True)
    service_to = Day(required=False, allow_null=True)
    expense_date = Day(required=False, allow_null=True)
    event_date = Day(required=False, allow_null=True)
    flags = serializers.DictField(child=serializers.BooleanField(), required=False)


class NewCostItem(CostFields):
    pass


class CostItemChange(CostFields):
    pass


class StoredCostItem(CostFields):
    id = serializers.IntegerField()
    project = serializers.IntegerField(source="project_id")
    side = serializers.ChoiceField(Sides.choices)
    evidence_kind = serializers.ChoiceField(EvidenceKinds.choices)
    proof = serializers.ChoiceField(Proofs.choices, help_text="依据：手工录入、数电票，或受理时核对过")
    reversed = Amount(help_text="元，红字发票冲减的金额")
    repeated = serializers.SerializerMethodField(help_text="与库内另一条记录重号，请核对号码")

    def get_repeated(self, item: CostItem) -> bool:
        return item.pk in self.context.get("repeated", ())


def _repeated(items: list[CostItem]) -> dict[str, Any]:
    return {"repeated": selectors.repeated(items)}


def _stored(item: CostItem) -> Any:
    return StoredCostItem(item, context=_repeated([item])).data


ProjectPage = paged("ProjectPage", StoredProject)
CostPage = paged("CostPage", StoredCostItem)
PROJECT = {
    "name": "寒地装备智能检测平台",
    "location": "松北区科技创新城",
    "leader": "钱二",
    "summary": "建设共性技术研发平台。",
}
COST = {
    "name": "训练服务器",
    "quantity": "8台",
    "category": "equipment",
    "document_number": "23232000000012345678",
    "line": 1,
    "counterparty": "省外设备有限公司",
    "amount": "60000000.00",
    "invoice_date": "2023-03-01",
    "paid_date": "2023-03-09",
}


@extend_schema(
    methods=["GET"],
    operation_id="projects_list",
    summary="你单位的项目",
    tags=["项目与费用"],
    parameters=[AFTER],
    responses={200: ProjectPage, 403: FORBIDDEN},
)
@extend_schema(
    methods=["POST"],
    operation_id="projects_create",
    summary="新建项目",
    tags=["项目与费用"],
    request=NewProject,
    responses={201: StoredProject, 400: INVALID, 409: TWICE},
    examples=[OpenApiExample("新建项目", value=PROJECT, request_only=True)],
)
@api_view(["GET", "POST"])
def projects(request: Request) -> Response:
    require(is_applicant, request.user, None)
    if request.method == "POST":
        made = services.create_project(actor=request.user, **body(NewProject, request))
        return Response(StoredProject(own_project(request, made.pk)).data, status=status.HTTP_201_CREATED)
    return Response(page(request, selectors.projects_of(request.user.organisation), StoredProject))


@extend_schema(
    methods=["GET"],
    operation_id="projects_read",
    summary="一个项目",
    tags=["项目与费用"],
    responses={200: StoredProject, 404: NOT_FOUND},
)
@extend_schema(
    methods=["PATCH"],
    operation_id="projects_change",
    summary="修改项目情况",
    description="名称不能改，提交过的申报带着它。没有写的键保持原样。",
    tags=["项目与费用"],
    request=ProjectChange,
    responses={200: StoredProject, 400: INVALID, 404: NOT_FOUND},
    examples=[OpenApiExample("改负责人", value={"leader": "孙三"}, request_only=True)],
)
@api_view(["GET", "PATCH"])
def project(request: Request, pk: int) -> Response:
    found = own_project(request, pk)
    if request.method == "PATCH":
        kept = {"location": found.location, "leader": found.leader, "summary": found.summary}
        given = body(ProjectChange, request)
        services.update_project(actor=request.user, project=found, **{**kept, **given})
        found = own_project(request, pk)
    return Response(StoredProject(found).data)


@extend_schema(
    methods=["GET"],
    operation_id="costs_list",
    summary="项目的费用",
    tags=["项目与费用"],
    parameters=[AFTER],
    responses={200: CostPage, 404: NOT_FOUND},
)
@extend_schema(
    methods=["POST"],
    operation_id="costs_create",
    summary="录入一笔费用",
    description="同一张凭证的同一行只能录入一次：全角、大小写、空格和前导零不算差别。",
    tags=["项目与费用"],
    request=NewCostItem,
    responses={201: StoredCostItem, 400: INVALID, 404: NOT_FOUND},
    examples=[OpenApiExample("一张发票", value=COST, request_only=True)],
)
@api_view(["GET", "POST"])
def costs(request: Request, pk: int) -> Response:
    found = own_project(request, pk)
    if request.method == "POST":
        made = services.add_cost_item(actor=request.user, project=found, values=body(NewCostItem, request))
        return Response(_stored(made), status=status.HTTP_201_CREATED)
    return Response(page(request, selectors.cost_items_of(found), StoredCostItem, context=_repeated))


@extend_schema(
    methods=["PATCH"],
    operation_id="costs_change",
    summary="修改一笔费用",
    description="写进已提交申报的费用不能改。没有写的键保持原样。",
    tags=["项目与费用"],
    request=CostItemChange,
    responses={200: StoredCostItem, 400: IN_USE, 404: NOT_FOUND},
    examples=[OpenApiExample("改金额", value={"amount": "59000000.00"}, request_only=True)],
)
@extend_schema(
    methods=["DELETE"],
    operation_id="costs_remove",
    summary="删除一笔费用",
    tags=["项目与费用"],
    request=None,
    responses={204: None, 400: IN_USE, 404: NOT_FOUND},
)
@api_view(["PATCH", "DELETE"])
def cost(request: Request, pk: int) -> Response:
    found = own_cost(request, pk)
    if request.method == "DELETE":
        services.remove_cost_item(actor=request.user, item=found)
        return Response(status=status.HTTP_204_NO_CONTENT)
    stored: dict[str, Any] = {name: getattr(found, name) for name in NewCostItem().fields}
    given = body(CostItemChange, request, partial=True)
    changed = services.update_cost_item(actor=request.user, item=found, values={**stored, **given})
    return Response(_stored(changed))
