"""Words for people, organisations and what they may do."""

from django.conf import settings
from django.db import models


class Roles(models.TextChoices):
    """What a person at an office does; each with a plain description in `ROLE_DESCRIPTIONS`."""

    INTAKE = "intake", "受理岗"
    HANDLER = "handler", "处室经办"
    EXPERT = "expert", "评审专家"
    UNIT_OFFICER = "unit_officer", "责任单位"
    LEADER = "leader", "分管领导"
    FINANCE_CLERK = "finance_clerk", "财务制单"
    FINANCE_APPROVER = "finance_approver", "财务复核"
    AUDITOR = "auditor", "审计"
    ADMINISTRATOR = "administrator", "系统管理员"


ROLE_DESCRIPTIONS = {
    Roles.INTAKE: "形式审查：受理、退回补正或不予受理",
    Roles.HANDLER: "查重、请专家、逐笔核定、提出拟支持意见、发布公示",
    Roles.EXPERT: "按评分表独立评审",
    Roles.UNIT_OFFICER: "代表条款列明的责任单位出具意见",
    Roles.LEADER: "审定拟支持名单，公示期满后批复",
    Roles.FINANCE_CLERK: "编制拨付批次，登记银行结果",
    Roles.FINANCE_APPROVER: "复核并放行批次",
    Roles.AUDITOR: "查看全部记录，不能改动",
    Roles.ADMINISTRATOR: "管理用户、单位、申报窗口和预算",
}

LONELY_ROLES = (Roles.AUDITOR, Roles.ADMINISTRATOR)
NEEDS_SECOND_FACTOR = frozenset(set(Roles) - {Roles.EXPERT, Roles.AUDITOR})


class OrganisationKinds(models.TextChoices):
    ENTERPRISE = "enterprise", "企业"
    UNIVERSITY = "university", "高校"
    INSTITUTE = "institute", "科研机构"
    SOCIAL = "social", "社会组织"


class OrganisationStates(models.TextChoices):
    PENDING = "pending", "待认证"
    CERTIFIED = "certified", "已认证"
    FROZEN = "frozen", "冻结"


class MemberRoles(models.TextChoices):
    ADMIN = "admin", "单位管理员"
    FILLER = "filler", "经办人"


ELSEWHERE = f"不在{settings.CITY}"
DISTRICTS = (*settings.DISTRICTS, ELSEWHERE)


def district_choices() -> list[tuple[str, str]]:
    """Where an organisation may be registered; the city's own districts are a setting, so no migration lists them."""
    return [(name, name) for name in DISTRICTS]


CERTIFICATION = {
    OrganisationStates.PENDING: ("等待认证", "wait"),
    OrganisationStates.CERTIFIED: ("已认证", "done"),
    OrganisationStates.FROZEN: ("已冻结", "bad"),
}
