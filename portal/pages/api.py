"""What a change of a setting would do to open claims, for programs. The same function as the page."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from applications.states import ClaimStates
from clauses import services
from clauses.api.setting_points import ASKED, REFUSED, TAGS, Strict
from clauses.models import Policy
from clauses.permissions import may_propose
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.rest import Problem
from portal.pages.impact import OUTCOME_CODES, Impact, Line, impact_of


class SettingPreviewIn(Strict):
    """A change as it would be proposed; document and note may come later."""

    policy = serializers.CharField()
    setting = serializers.CharField()
    value = serializers.JSONField()
    items = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    effective_from = serializers.DateField()
    document_number = serializers.CharField(required=False, allow_blank=True, default="")
    note = serializers.CharField(required=False, allow_blank=True, default="")


class PreviewLineOut(serializers.Serializer):
    """One claim that would change. An amount is null where a fact is missing; a draft does not name its organisation."""

    claim = serializers.CharField()
    organisation = serializers.CharField(allow_null=True)
    item = serializers.CharField()
    state = serializers.ChoiceField(choices=ClaimStates.choices)
    before = serializers.DecimalField(16, 2, allow_null=True)
    after = serializers.DecimalField(16, 2, allow_null=True)
    difference = serializers.DecimalField(16, 2, allow_null=True)
    outcome_before = serializers.ChoiceField(choices=OUTCOME_CODES)
    outcome_after = serializers.ChoiceField(choices=OUTCOME_CODES)


class SettingPreviewOut(serializers.Serializer):
    """Open claims with and without the change. Totals are over claims with both answers, `lines` the largest changes.

    `unknown` lack facts on both sides, `one_sided` on one; `left_out` were beyond the number that is computed at once;
    `settled` keep the amount that is proposed already.
    """

    open = serializers.IntegerField()
    computed = serializers.IntegerField()
    one_sided = serializers.IntegerField()
    unknown = serializers.IntegerField()
    left_out = serializers.IntegerField()
    settled = serializers.IntegerField()
    changed = serializers.IntegerField()
    before = serializers.DecimalField(16, 2)
    after = serializers.DecimalField(16, 2)
    difference = serializers.DecimalField(16, 2)
    acts_on_pending = serializers.BooleanField()
    by_engine = serializers.BooleanField()
    lines = PreviewLineOut(many=True)


@extend_schema(
    tags=TAGS,
    operation_id="setting_preview",
    summary="试算一项口径调整对未办结申报的影响",
    description="只计算，不保存。与提出调整用同样的内容，文号可以不写。",
    request=SettingPreviewIn,
    responses={
        200: SettingPreviewOut,
        400: REFUSED[400],
        403: REFUSED[403],
        409: OpenApiResponse(Problem, "同一天已有生效的口径"),
    },
    examples=[OpenApiExample("两个事项取整到分", request_only=True, value=ASKED)],
)
@api_view(["POST"])
def setting_preview(request: Request) -> Response:
    """The effect of a change on open claims, before anybody proposes it."""
    require(may_propose, request.user, None)
    asked = SettingPreviewIn(data=request.data)
    asked.is_valid(raise_exception=True)
    given = dict(asked.validated_data)
    policy = Policy.objects.filter(pack=given.pop("policy")).first()
    if policy is None:
        raise Refusal("没有这个政策。", code="not_found", field="policy")
    found = impact_of(services.checked_change(policy=policy, **given))
    return Response(SettingPreviewOut(_preview(found)).data)


def _preview(found: Impact) -> dict[str, Any]:
    told = {name: getattr(found, name) for name in SettingPreviewOut().fields if name != "lines"}
    return {**told, "lines": [_line(line) for line in found.lines]}


def _line(line: Line) -> dict[str, Any]:
    claim = line.claim
    return {
        "claim": claim.number,
        "organisation": claim.organisation.name if line.filed else None,
        "item": claim.item.code,
        "state": claim.state,
        "before": line.before,
        "after": line.after,
        "difference": line.difference,
        "outcome_before": line.outcome_before,
        "outcome_after": line.outcome_after,
    }
