"""Predicates about people alone; those about a file live with the file's app."""

from typing import Any

from portal.accounts.states import ROLE_DESCRIPTIONS, MemberRoles, OrganisationStates, Roles
from portal.kernel.permissions import Predicate, predicate


def has_role(*roles: Roles) -> Predicate:
    """Whoever holds one of `roles`."""
    names = "、".join(f"“{role.label}”（{ROLE_DESCRIPTIONS[role]}）" for role in roles)
    wanted = frozenset(roles)

    def test(actor: Any, subject: Any) -> bool:
        return bool(getattr(actor, "roles", frozenset()) & wanted)

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
is_office = has_role(*Roles)


@predicate("这是申报单位的页面，请用申报单位的账号登录。")
def is_applicant(actor: Any, subject: Any) -> bool:
    return getattr(actor, "member", None) is not None


@predicate("你单位还没有通过认证，认证后才能办理。认证一般需要1至3个工作日。")
def is_certified(actor: Any, subject: Any) -> bool:
    return bool(actor.organisation.state == OrganisationStates.CERTIFIED)


@predicate("这一步由单位管理员办理，请联系你单位的管理员。")
def is_organisation_admin(actor: Any, subject: Any) -> bool:
    return is_applicant(actor, None) and actor.member.role == MemberRoles.ADMIN


@predicate("只有系统管理员，或这个人所在单位的管理员可以办理；自己的账号不能由自己办理。")
def may_manage_person(actor: Any, user: Any) -> bool:
    """Administrators for offices and for the first person of an organisation; that person for its fillers."""
    if actor.pk == user.pk:
        return False
    if is_administrator(actor, None):
        return user.member is None or user.member.role == MemberRoles.ADMIN
    return (
        is_organisation_admin(actor, None)
        and not user.roles
        and user.member is not None
        and user.member.organisation_id == actor.member.organisation_id
    )
