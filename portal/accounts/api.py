"""Who is asking: the API's first question."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from portal.accounts.models import ApiToken, User
from portal.accounts.states import MemberRoles, OrganisationKinds, OrganisationStates, Roles
from portal.kernel.clock import SHANGHAI

EXAMPLE = {
    "username": "bingcheng",
    "display_name": "王宁",
    "organisation": {
        "code": "91230102MA1B001210",
        "name": "哈尔滨冰城智算科技有限公司",
        "kind": "enterprise",
        "state": "certified",
        "role": "admin",
    },
    "unit": None,
    "roles": [],
    "token": {"label": "财务系统导入费用", "expires_at": "2024-01-14T09:00:00+08:00"},
}


class MyOrganisation(serializers.Serializer[Any]):
    """The organisation that the caller files for."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganisationKinds.choices)
    state = serializers.ChoiceField(choices=OrganisationStates.choices)
    role = serializers.ChoiceField(choices=MemberRoles.choices)


@extend_schema(
    summary="我是谁",
    description="令牌或登录对应的用户、所代表的单位，以及在办理单位的角色。",
    tags=["用户"],
    responses=inline_serializer(
        "Me",
        {
            "username": serializers.CharField(),
            "display_name": serializers.CharField(),
            "organisation": MyOrganisation(allow_null=True),
            "unit": serializers.CharField(allow_null=True),
            "roles": inline_serializer(
                "MyRole",
                {"code": serializers.ChoiceField(choices=Roles.choices), "label": serializers.CharField()},
                many=True,
            ),
            "token": inline_serializer(
                "MyToken",
                {"label": serializers.CharField(), "expires_at": serializers.DateTimeField()},
                allow_null=True,
            ),
        },
    ),
    examples=[OpenApiExample("申报单位的令牌", value=EXAMPLE, response_only=True)],
)
@api_view(["GET"])
def me(request: Request) -> Response:
    """The caller, as the services see him."""
    user = request.user
    assert isinstance(user, User)
    member = user.member
    token = request.auth if isinstance(request.auth, ApiToken) else None
    return Response(
        {
            "username": user.username,
            "display_name": user.display_name,
            "organisation": member
            and {
                "code": member.organisation.code,
                "name": member.organisation.name,
                "kind": member.organisation.kind,
                "state": member.organisation.state,
                "role": member.role,
            },
            "unit": user.unit and user.unit.name,
            "roles": [{"code": role.value, "label": role.label} for role in Roles if role in user.roles],
            "token": token
            and {
                "label": token.label,
                "expires_at": timezone.localtime(token.expires_at, SHANGHAI).isoformat(),
            },
        }
    )
