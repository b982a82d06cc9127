"""Uploaded papers of a claim."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from applications import selectors, services
from applications.api.reading import FORBIDDEN, NOT_FOUND, Strict, body, own_claim, says, unknown
from applications.models import CostItem

REFUSED = says(
    "type_not_allowed",
    "“合同.txt”的类型不能上传。请上传PDF、JPG、PNG、XLSX、DOCX文件。",
    {"file": ["“合同.txt”的类型不能上传。请上传PDF、JPG、PNG、XLSX、DOCX文件。"]},
)


class UploadedPaper(serializers.Serializer):
    id = serializers.IntegerField()
    paper = serializers.CharField(help_text="材料编号，见事项的papers")
    cost_item = serializers.IntegerField(source="cost_item_id", allow_null=True)
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    uploaded_at = serializers.DateTimeField()


class PaperUpload(Strict):
    paper = serializers.CharField(help_text="材料编号，见事项的papers")
    cost_item = serializers.IntegerField(required=False, help_text="按费用提交的材料写费用的id")
    file = serializers.FileField(allow_empty_file=True, help_text="PDF、JPG、PNG、XLSX、DOCX，不超过20MB")


@extend_schema(
    methods=["GET"],
    operation_id="papers_list",
    summary="申报的材料",
    tags=["申报"],
    responses={200: UploadedPaper(many=True), 403: FORBIDDEN, 404: NOT_FOUND},
)
@extend_schema(
    methods=["POST"],
    operation_id="papers_upload",
    summary="上传一份材料",
    description="同一位置上传同一个文件两次只算一份。",
    tags=["申报"],
    request={"multipart/form-data": PaperUpload},
    responses={201: UploadedPaper, 400: REFUSED, 403: FORBIDDEN, 404: NOT_FOUND},
)
@api_view(["GET", "POST"])
@parser_classes([MultiPartParser])
def papers(request: Request, number: str) -> Response:
    found = own_claim(request, number)
    if request.method == "GET":
        return Response(UploadedPaper(selectors.attachments(found), many=True).data)
    given = body(PaperUpload, request)
    cost = None
    if "cost_item" in given:
        cost = CostItem.objects.filter(pk=given["cost_item"], organisation=request.user.organisation).first()
        if cost is None:
            raise unknown("cost_item", "没有找到你单位的这笔费用。")
    file = given["file"]
    made = services.upload(
        actor=request.user,
        claim=found,
        paper=given["paper"],
        file=file,
        name=file.name,
        size=file.size,
        cost_item=cost,
    )
    return Response(UploadedPaper(made).data, status=status.HTTP_201_CREATED)


@extend_schema(
    operation_id="papers_remove",
    summary="移除一份材料",
    tags=["申报"],
    request=None,
    responses={
        204: None,
        400: says("locked", "现在不能改动材料。需要补材料时会在补正通知里列明。"),
        404: NOT_FOUND,
    },
)
@api_view(["DELETE"])
def paper(request: Request, number: str, pk: int) -> Response:
    found = selectors.attachments(own_claim(request, number)).select_related("claim").filter(pk=pk).first()
    if found is None:
        raise Http404
    services.remove_attachment(actor=request.user, attachment=found)
    return Response(status=status.HTTP_204_NO_CONTENT)
