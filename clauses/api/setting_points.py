"""Settings for programs: what holds, who changed it, propose and decide. The same services as the pages."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from clauses import catalogue, selectors, services, settings_desk
from clauses.models import Policy, SettingChange
from clauses.permissions import decides_settings, may_propose, reads_settings
from clauses.settings_book import inside, outside
from clauses.states import SettingStates
from portal.kernel.paging import key_in
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.rest import Problem

PAGE = 50
TAGS = ["细则口径"]
ACTS = ("approve", "refuse", "withdraw", "revoke")
REFUSED = {
    400: OpenApiResponse(Problem, "内容有误"),
    403: OpenApiResponse(Problem, "没有这个权限"),
    404: OpenApiResponse(Problem, "没有这个编号"),
    409: OpenApiResponse(Problem, "状态已变，或同样的调整已经提出"),
}
BEFORE = OpenApiParameter("before", int, description="上一页的`next`")
POLICY = OpenApiParameter("policy", str, description="政策编号，例如harbin-ai-2022")


class Strict(serializers.Serializer):
    """Input without unknown keys: they are refused, never dropped."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = {key: [f"不认识的键“{key}”。"] for key in data if key not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class ReadingOut(serializers.Serializer):
    value = serializers.JSONField()
    text = serializers.CharField()


class HoldingOut(serializers.Serializer):
    """What holds today; for `items`. Document and day are null for the default."""

    value = serializers.JSONField()
    reading = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField())
    source = serializers.ChoiceField(choices=list(catalogue.SOURCE_LABELS))
    document_number = serializers.CharField(allow_null=True)
    effective_from = serializers.DateField(allow_null=True)


class SettingOut(serializers.Serializer):
    """A point the text leaves open. `applied_by` engine: it changes the arithmetic; staff: they apply it."""

    id = serializers.CharField()
    title = serializers.CharField()
    type = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField())
    acts_on_pending = serializers.BooleanField()
    applied_by = serializers.CharField()
    default = serializers.JSONField()
    readings = ReadingOut(many=True)
    in_force = HoldingOut(many=True)


class SettingChangeOut(serializers.Serializer):
    """A change with its people; money in yuan as text."""

    id = serializers.IntegerField()
    policy = serializers.CharField()
    setting = serializers.CharField()
    value = serializers.JSONField()
    reading = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField())
    effective_from = serializers.DateField()
    document_number = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=SettingStates.choices)
    proposed_by = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    withdrawn_by = serializers.CharField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class SettingChangesOut(serializers.Serializer):
    results = SettingChangeOut(many=True)
    next = serializers.IntegerField(allow_null=True)


class SettingChangeIn(Strict):
    """A change to propose; without `items` it is about every item of the point."""

    policy = serializers.CharField()
    setting = serializers.CharField()
    value = serializers.JSONField()
    items = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    effective_from = serializers.DateField()
    document_number = serializers.CharField()
    note = serializers.CharField(required=False, allow_blank=True, default="")


class SettingDecisionIn(Strict):
    """`refuse` and `revoke` need a reason."""

    act = serializers.ChoiceField(choices=ACTS)
    reason = serializers.CharField(required=False, allow_blank=True, default="")


ASKED = {
    "policy": "harbin-ai-2022",
    "setting": "Q35",
    "value": "fen",
    "items": ["2a", "2b"],
    "effective_from": "2023-11-01",
    "document_number": "哈科规〔2023〕5号",
}


@extend_schema(
    tags=TAGS,
    operation_id="settings",
    summary="一项政策的细则口径：默认、读法和现在的规定",
    responses={200: SettingOut(many=True), 404: REFUSED[404]},
)
@api_view(["GET"])
@permission_classes([AllowAny])
def settings(request: Request, pack: str) -> Response:
    policy = _policy(pack)
    return Response(SettingOut([_setting(row) for row in settings_desk.point_rows(policy)], many=True).data)


@extend_schema(
    methods=["GET"],
    tags=TAGS,
    operation_id="setting_changes",
    summary="口径调整，新的在前",
    parameters=[POLICY, BEFORE],
    responses={200: SettingChangesOut, 403: REFUSED[403], 404: REFUSED[404]},
)
@extend_schema(
    methods=["POST"],
    tags=TAGS,
    operation_id="setting_propose",
    summary="提出口径调整",
    request=SettingChangeIn,
    responses={201: SettingChangeOut, **REFUSED},
    examples=[OpenApiExample("两个事项取整到分", request_only=True, value=ASKED)],
)
@api_view(["GET", "POST"])
def setting_changes(request: Request) -> Response:
    """Changes, 50 a page; or a new one, which another person decides."""
    if request.method == "POST":
        require(may_propose, request.user, None)
        asked = SettingChangeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        policy = Policy.objects.filter(pack=given.pop("policy")).first()
        if policy is None:
            raise Refusal("没有这个政策。", code="not_found", field="policy")
        change = services.propose_setting(actor=request.user, policy=policy, **given)
        return Response(_change(change), status=status.HTTP_201_CREATED)
    require(reads_settings, request.user, None)
    found = selectors.all_setting_changes()
    if pack := request.GET.get("policy"):
        found = found.filter(policy=_policy(pack))
    before = key_in(request.GET.get("before", ""))
    page = list((found.filter(pk__lt=before) if before else found)[: PAGE + 1])
    answer = {
        "results": [_change(one) for one in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
    }
    return Response(SettingChangesOut(answer).data)


@extend_schema(
    tags=TAGS,
    operation_id="setting_change",
    summary="一项口径调整",
    responses={200: SettingChangeOut, 403: REFUSED[403], 404: REFUSED[404]},
)
@api_view(["GET"])
def setting_change(request: Request, pk: int) -> Response:
    require(reads_settings, request.user, None)
    return Response(_change(_found(pk)))


@extend_schema(
    tags=TAGS,
    operation_id="setting_decide",
    summary="批准、不批准、撤回或撤销",
    description="批准和不批准由提出人以外的人办理；撤回由提出人在批准前办理；撤销只能在生效日期之前。",
    request=SettingDecisionIn,
    responses={200: SettingChangeOut, **REFUSED},
    examples=[OpenApiExample("批准", request_only=True, value={"act": "approve"})],
)
@api_view(["POST"])
def setting_decide(request: Request, pk: int) -> Response:
    require(decides_settings, request.user, None)
    change = _found(pk)
    asked = SettingDecisionIn(data=request.data)
    asked.is_valid(raise_exception=True)
    act, reason = asked.validated_data["act"], asked.validated_data["reason"]
    given: dict[str, Any] = {"actor": request.user, "change": change}
    match act:
        case "approve":
            services.approve_setting(**given)
        case "refuse":
            services.refuse_setting(**given, reason=reason)
        case "withdraw":
            services.withdraw_setting(**given)
        case _:
            services.revoke_setting(**given, reason=reason)
    return Response(_change(_found(pk)))


def _policy(pack: str) -> Policy:
    found = selectors.loaded_policies().filter(pack=pack).first()
    if found is None:
        raise Http404(pack)
    return found


def _found(pk: int) -> SettingChange:
    try:
        return selectors.setting_change(pk)
    except SettingChange.DoesNotExist:
        raise Http404(pk) from None


def _setting(row: settings_desk.PointRow) -> dict[str, Any]:
    spec = row.spec
    return {
        "id": spec.id,
        "title": spec.title,
        "type": spec.type,
        "items": spec.items,
        "acts_on_pending": spec.acts_on_pending,
        "applied_by": spec.applied_by,
        "default": outside(spec, spec.default),
        "readings": [
            {"value": outside(spec, reading.value), "text": reading.text} for reading in spec.readings
        ],
        "in_force": [
            {
                "value": holding.line.change.value if holding.line else outside(spec, spec.default),
                "reading": holding.reading,
                "items": holding.codes,
                "source": "in_force" if holding.line else "default",
                "document_number": holding.line.change.document_number if holding.line else None,
                "effective_from": holding.line.change.effective_from if holding.line else None,
            }
            for holding in row.holdings
        ],
    }


def _change(change: SettingChange) -> dict[str, Any]:
    spec = selectors.pack(change.policy).settings[change.setting]

    def name(person: Any) -> str | None:
        return person.display_name if person else None

    return dict(
        SettingChangeOut(
            {
                "id": change.pk,
                "policy": change.policy.pack,
                "setting": change.setting,
                "value": change.value,
                "reading": spec.reading(inside(spec, change.value)),
                "items": change.items,
                "effective_from": change.effective_from,
                "document_number": change.document_number,
                "note": change.note,
                "state": change.state,
                "proposed_by": name(change.proposed_by),
                "proposed_at": change.proposed_at,
                "decided_by": name(change.decided_by),
                "decided_at": change.decided_at,
                "withdrawn_by": name(change.withdrawn_by),
                "withdrawn_at": change.withdrawn_at,
                "reason": change.reason,
            }
        ).data
    )
