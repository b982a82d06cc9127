"""Predicates about people alone; those about a file live with the file's app."""

from collections.abc import Callable
from typing import Any

from portal.accounts.states import ROLE_DESCRIPTIONS, MemberRoles, OrganisationStates, Roles
from portal.kernel.permissions import Predicate, predicate


def has_role(*roles: Roles) -> Predicate:
    """Whoever holds one of `roles`."""
    names = "、".join(f"“{role.label}”（{ROLE_DESCRIPTIONS[role]}）" for role in roles)
    wanted = frozenset(roles)
    test: Callable[[Any, Any], bool] = lambda actor, subject: bool(getattr(actor, "roles", frozenset()) & wanted)  # noqa: E731
    return Predicate(f"这件事由{names}办理，你的账号没有这个角色。", test)


is_intake = has_role(Roles.INTAKE)
is_handler = has_role(Roles.HANDLER)
is_expert = has_role(Roles.EXPERT)
is_unit_officer = has_role(Roles.UNIT_OFFICER)
is_leader = has_role(Roles.LEADER)
is_finance_clerk = has_role(Roles.FINANCE_CLERK)
is_finance_approver = has_role(Roles.FINANCE_APPROVER)
is_finance = has_role(Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER)
is_auditor = has_role(Roles.AUDITOR)
is_administrator = has_role(Roles.ADMINISTRATOR)
is_case_staff = has_role(Roles.INTAKE, Roles.HANDLER, Roles.LEADER, Roles.AUDITOR)
may_certify = has_role(Roles.INTAKE, Roles.ADMINISTRATOR)
is_office = Predicate(
    "这是办理单位的页面，申报单位的账号不能打开。", lambda actor, subject: bool(getattr(actor, "roles", frozenset()))
)


@predicate("这是申报单位的页面，请用申报单位的账号登录。")
def is_applicant(actor: Any, subject: Any) -> bool:
    return getattr(actor, "member", None) is not None


@predicate("你单位还没有通过认证，认证后才能办理。认证一般需要1至3个工作日。")
def is_certified(actor: Any, subject: Any) -> bool:
    return actor.organisation.state == OrganisationStates.CERTIFIED


@predicate("这一步由单位管理员办理，请联系你单位的管理员。")
def is_organisation_admin(actor: Any, subject: Any) -> bool:
    return is_applicant(actor, None) and actor.member.role == MemberRoles.ADMIN
