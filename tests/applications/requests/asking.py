"""Makers of requests and referrals in each state; everything goes through the services."""

import io
from datetime import date
from typing import Any

from applications.models import Project
from applications.requests import selectors, services
from applications.requests.models import ServiceRequest
from portal.accounts.models import Membership, User
from portal.accounts.states import Roles
from tests import making

LETTER = {
    "other_policy": "哈尔滨市鼓励总部经济发展若干政策措施",
    "other_document_number": "哈政规〔2022〕15号",
    "other_office": "市投资服务局总部经济处",
    "overlap_note": "没有发现重复。",
}


def officer(unit: str) -> User:
    return making.staff(Roles.UNIT_OFFICER, unit=unit)


def given(code: str, **changed: Any) -> dict[str, Any]:
    """What a page or program sends to file for an item."""
    if code in ("5a", "5c", "7", "9a"):
        values: dict[str, Any] = {
            "title": "区域总部落户",
            "facts": {"other_policy": "哈政规〔2022〕15号"},
            "statement": "拟在松北区设立区域总部。",
            "public_money": False,
        }
    else:
        values = {"title": "对接创投基金", "facts": {"request": "希望对接500万元股权投资。"}}
    return {**values, **changed}


def filed(admin: User | None = None, code: str = "8a", **changed: Any) -> ServiceRequest:
    return services.file_request(
        actor=admin or making.organisation(), item=making.item(code), **given(code, **changed)
    )[0]


def referral(
    admin: User | None = None, code: str = "5c", *, owner: Project | None = None, **changed: Any
) -> ServiceRequest:
    return filed(admin, code, project=owner, **changed)


def answered(
    asked: ServiceRequest | None = None, text: str = "已安排基金管理人与你单位联系。"
) -> ServiceRequest:
    asked = asked or filed()
    return fresh(services.answer(actor=officer(asked.unit.code), asked=asked, text=text)[0])


def handed_over(asked: ServiceRequest | None = None) -> ServiceRequest:
    asked = asked or referral()
    return fresh(services.hand_over(actor=officer(asked.unit.code), asked=asked, **LETTER)[0])


def resolved(asked: ServiceRequest | None = None, **changed: Any) -> ServiceRequest:
    asked = asked or handed_over()
    values = {
        "outcome": "supported",
        "other_file_number": "ZB-118",
        "outcome_on": date(2023, 10, 16),
        "amount": "500000",
        "text": "已列入2023年总部企业奖励。",
    }
    return fresh(services.record_result(actor=officer(asked.unit.code), asked=asked, **{**values, **changed}))


def owner_of(asked: ServiceRequest) -> User:
    return Membership.objects.filter(organisation=asked.organisation, role="admin")[0].user


def fresh(asked: ServiceRequest) -> ServiceRequest:
    return selectors.service_requests().get(pk=asked.pk)


def file(name: str = "情况介绍.pdf", content: bytes = making.PDF) -> services.NewFile:
    return services.NewFile(io.BytesIO(content), name, len(content))
