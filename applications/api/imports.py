"""Costs by pasting, by workbook and by 数电票, and how far an import is."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from applications import services
from applications.api.projects import CostFields
from applications.api.reading import (
    AFTER,
    BEFORE,
    FORBIDDEN,
    NOT_FOUND,
    Amount,
    Strict,
    body,
    own_import,
    own_project,
    page,
    paged,
    says,
)
from applications.importing import sheets, workbooks
from applications.models import ImportJob
from applications.states import ImportKinds

NO_HEAD = says("bad_head", "表头里缺少“金额”。", {"text": ["表头里缺少“金额”。"]})
NO_FILE = says(
    "type_not_allowed",
    "“发票.pdf”不能在这里读取。请选数电票的XML文件，或装着它们的.zip压缩包。",
    {"file": ["“发票.pdf”不能在这里读取。请选数电票的XML文件，或装着它们的.zip压缩包。"]},
)
TAGS = ["项目与费用"]


class Pasted(Strict):
    text = serializers.CharField(
        trim_whitespace=False, help_text="制表符分隔的行，第一行可以是表头；没有表头的按模板的列顺序"
    )
    save = serializers.BooleanField(default=False, help_text="false只检查，true录入对的行")


class RowFault(serializers.Serializer):
    row = serializers.IntegerField(help_text="第几行")
    column = serializers.CharField(help_text="列名")
    message = serializers.CharField()


class PasteResult(serializers.Serializer):
    saved = serializers.BooleanField()
    good = serializers.IntegerField(help_text="可以录入（或已经录入）的行数")
    total = Amount(help_text="元，这些行的金额合计")
    fills = serializers.IntegerField(help_text="补填已录入费用的行数，只填空着的")
    rows = CostFields(many=True, help_text="可以录入的行，最多列前50行")
    faults = RowFault(many=True)
    rest = serializers.CharField(help_text="有问题的行，改好后可以原样再发")
    ignored = serializers.ListField(child=serializers.CharField(), help_text="没有读的列")


class ImportRequest(serializers.Serializer):
    kind = serializers.ChoiceField(ImportKinds.choices)
    category = serializers.CharField(required=False, allow_blank=True)
    file = serializers.ListField(child=serializers.FileField())


class StoredImport(serializers.Serializer):
    id = serializers.IntegerField()
    project = serializers.IntegerField(source="project_id")
    kind = serializers.ChoiceField(ImportKinds.choices)
    total = serializers.IntegerField(help_text="一共多少行或多少个文件；0是还没有打开")
    read = serializers.IntegerField(help_text="已处理")
    added = serializers.IntegerField(help_text="录入的费用")
    matched = serializers.IntegerField(help_text="由数电票证明的手工录入、已冲减的红字发票，或补填的行")
    refused = serializers.IntegerField(help_text="没有导入")
    skipped = serializers.IntegerField(help_text="压缩包里附带的、没有读的文件")
    amount = Amount(help_text="元，录入的金额合计")
    failure = serializers.CharField(help_text="整个没有导入时的原因")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True, help_text="null是还在处理")


class StoredFault(serializers.Serializer):
    id = serializers.IntegerField()
    place = serializers.CharField(help_text="第几行，或哪个文件")
    column = serializers.CharField()
    message = serializers.CharField()


ImportPage = paged("ImportPage", StoredImport)
FaultPage = paged("ImportFaultPage", StoredFault)
SHOWN = 50


@extend_schema(
    operation_id="costs_paste",
    summary="粘贴录入费用",
    description="先以save=false检查，再以save=true录入对的行；有问题的行在rest里原样返回。",
    tags=TAGS,
    request=Pasted,
    responses={200: PasteResult, 400: NO_HEAD, 404: NOT_FOUND},
    examples=[
        OpenApiExample(
            "两行",
            value={
                "text": "名称\t金额\t对方单位\t发票号码\n训练服务器\t1000.00\t省外设备有限公司\t23232000000012345678",
                "save": False,
            },
            request_only=True,
        )
    ],
)
@api_view(["POST"])
def paste(request: Request, pk: int) -> Response:
    found = own_project(request, pk)
    given = body(Pasted, request)
    act = services.paste if given["save"] else services.examine_text
    reading = act(actor=request.user, project=found, text=given["text"])
    result = {
        "saved": given["save"],
        "good": len(reading.good),
        "total": reading.total,
        "fills": len(reading.fills),
        "rows": [one.fields for one in reading.good[:SHOWN]],
        "faults": reading.faults,
        "rest": reading.rest,
        "ignored": list(reading.sheet.ignored),
    }
    return Response(PasteResult(result).data)


@extend_schema(
    operation_id="costs_template",
    summary="费用的Excel模板",
    tags=TAGS,
    parameters=[OpenApiParameter("fill", bool, description="1时带出还缺类别或付款日期的费用，补好再传")],
    responses={(200, workbooks.TYPE): OpenApiTypes.BINARY, 404: NOT_FOUND},
)
@api_view(["GET"])
def template(request: Request, pk: int) -> HttpResponse:
    found = own_project(request, pk)
    rows = services.rows_to_complete(found) if request.query_params.get("fill") else ()
    data = workbooks.template(sheets.columns(), rows, project=found.name)
    return HttpResponse(data, content_type=workbooks.TYPE)


@extend_schema(
    methods=["GET"],
    operation_id="imports_list",
    summary="项目的历次导入",
    tags=TAGS,
    parameters=[BEFORE],
    responses={200: ImportPage, 404: NOT_FOUND},
)
@extend_schema(
    methods=["POST"],
    operation_id="imports_start",
    summary="导入数电票或Excel表格",
    description="文件交给后台处理，答复里的id用来查进度。同样的文件正在处理时，返回那一次导入。",
    tags=TAGS,
    request={"multipart/form-data": ImportRequest},
    responses={202: StoredImport, 400: NO_FILE, 403: FORBIDDEN, 404: NOT_FOUND},
)
@api_view(["GET", "POST"])
@parser_classes([MultiPartParser, JSONParser])
def imports(request: Request, pk: int) -> Response:
    found = own_project(request, pk)
    if request.method == "GET":
        jobs = ImportJob.objects.filter(project=found.pk)
        return Response(page(request, jobs, StoredImport, newest_first=True))
    job = services.start_import(
        actor=request.user,
        project=found,
        kind=str(request.data.get("kind", "")),
        files=[(one.name, one.size, one.file) for one in request.FILES.getlist("file")],
        category=str(request.data.get("category", "")),
    )
    return Response(_job(job), status=status.HTTP_202_ACCEPTED)


@extend_schema(
    operation_id="imports_read",
    summary="一次导入的进度",
    tags=TAGS,
    responses={200: OpenApiResponse(StoredImport), 404: NOT_FOUND},
)
@api_view(["GET"])
def job(request: Request, pk: int) -> Response:
    return Response(_job(own_import(request, pk)))


@extend_schema(
    operation_id="imports_faults",
    summary="没有导入的行或文件，和原因",
    tags=TAGS,
    parameters=[AFTER],
    responses={200: FaultPage, 404: NOT_FOUND},
)
@api_view(["GET"])
def faults(request: Request, pk: int) -> Response:
    return Response(page(request, own_import(request, pk).faults.all(), StoredFault))


def _job(found: ImportJob) -> dict[str, Any]:
    return dict(StoredImport(found).data)
