"""Writes about people and organisations."""

import secrets
import unicodedata
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from portal.accounts import selectors
from portal.accounts.models import ApiToken, ExpertProfile, Membership, Organisation, RoleGrant, Unit, User
from portal.accounts.permissions import is_organisation_admin, may_certify
from portal.accounts.states import DISTRICTS, MemberRoles, OrganisationKinds, OrganisationStates, Roles
from portal.kernel import clock, events
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal
from portal.kernel.work import unit_of_work

TOKEN_DAYS = 90
_KINDS = {
    "91": {OrganisationKinds.ENTERPRISE, OrganisationKinds.INSTITUTE},
    "92": {OrganisationKinds.ENTERPRISE},
    "93": {OrganisationKinds.ENTERPRISE},
    "12": {OrganisationKinds.UNIVERSITY, OrganisationKinds.INSTITUTE},
    "51": {OrganisationKinds.SOCIAL},
    "52": {OrganisationKinds.SOCIAL, OrganisationKinds.UNIVERSITY, OrganisationKinds.INSTITUTE},
    "53": {OrganisationKinds.SOCIAL},
}


def normal_code(text: str, *, field: str = "code") -> str:
    """A 统一社会信用代码 in its one spelling (GB 32100-2015: half width, upper case, no spaces).

    Raises Refusal naming length, character or check character; letters are never guessed.
    """
    code = "".join(unicodedata.normalize("NFKC", text).upper().split()).replace("-", "")
    try:
        uscc.validate(code)
    except InvalidLength as error:
        raise Refusal(
            f"统一社会信用代码是18位，现在是{len(code)}位。", code="bad_code_length", field=field
        ) from error
    except InvalidChecksum as error:
        raise Refusal(
            "统一社会信用代码的校验位不对，请对照营业执照或法人证书逐位检查。", code="bad_code_check", field=field
        ) from error
    except ValidationError as error:
        raise Refusal(
            "统一社会信用代码里有不会出现的字符。代码只用数字和大写字母，不含I、O、S、V、Z。",
            code="bad_code_character",
            field=field,
        ) from error
    return code


def kinds_for(code: str) -> set[OrganisationKinds]:
    """Kinds that a code's first two characters allow; empty for bodies that may not file."""
    return _KINDS.get(code[:2], set())


def register_organisation(
    *,
    code: str,
    name: str,
    kind: str,
    district: str,
    legal_person: str,
    contact_phone: str,
    username: str,
    display_name: str,
    password: str,
    demonstration: bool = False,
) -> Organisation:
    """Open the one account of an organisation with its first 单位管理员; it waits for certification.

    Raises Refusal: bad code, kind that the code does not allow, code or user name already in use.
    """
    code = normal_code(code)
    allowed = kinds_for(code)
    if not allowed:
        raise Refusal("这类单位不在本政策的申报范围内（例如机关单位）。", code="kind_may_not_file", field="code")
    if kind not in allowed:
        names = "或".join(OrganisationKinds(item).label for item in sorted(allowed))
        raise Refusal(f"按代码开头判断，单位类型应为{names}。", code="kind_mismatch", field="kind")
    if district not in DISTRICTS:
        raise Refusal("请选择注册地所在的区县。", code="bad_choice", field="district")
    with unit_of_work():
        try:
            with transaction.atomic():
                organisation = Organisation.objects.create(
                    code=code,
                    name=unicodedata.normalize("NFC", name).strip(),
                    kind=kind,
                    district=district.strip(),
                    legal_person=legal_person.strip(),
                    contact_phone=contact_phone.strip(),
                    registered_at=clock.now(),
                )
        except IntegrityError as error:
            raise Refusal(
                "这个代码已经注册过。请联系你单位的管理员为你开通账号。", code="code_taken", field="code"
            ) from error
        user = create_user(
            username=username, display_name=display_name, password=password, demonstration=demonstration
        )
        Membership.objects.create(user=user, organisation=organisation, role=MemberRoles.ADMIN)
        events.record("organisation.registered", organisation, actor=user, data={"code": code})
    return organisation


def create_user(
    *,
    username: str,
    display_name: str,
    password: str,
    unit: Unit | None = None,
    roles: tuple[Roles, ...] = (),
    demonstration: bool = False,
    granted_by: User | None = None,
) -> User:
    """A person who can sign in. Raises Refusal when the name is taken."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username=username.strip(),
                password=password,
                display_name=display_name.strip(),
                unit=unit,
                demonstration=demonstration,
            )
    except IntegrityError as error:
        raise Refusal("这个登录名已经有人用了，请换一个。", code="username_taken", field="username") from error
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, granted_at=clock.now(), granted_by=granted_by) for role in roles
    )
    if unit is not None and Roles.UNIT_OFFICER in roles:
        user.groups.add(Group.objects.get_or_create(name=unit_group_name(unit))[0])
    return user


def unit_group_name(unit: Unit) -> str:
    """The group that holds a unit's per-object rights."""
    return f"unit:{unit.code}"


def describe_expert(*, user: User, employer_name: str, employer_code: str, fields: str) -> ExpertProfile:
    """Put an expert into the pool with the employer that conflicts are checked against."""
    profile, _ = ExpertProfile.objects.update_or_create(
        user=user,
        defaults={
            "employer_name": employer_name,
            "employer_code": normal_code(employer_code, field="employer_code"),
            "fields": fields,
        },
    )
    return profile


def certify_organisation(*, organisation: Organisation, actor: Any) -> Organisation:
    """Staff confirm that the organisation is who it says; from then on it may submit."""
    require(may_certify, actor, organisation)
    with unit_of_work():
        locked = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        if locked.state != OrganisationStates.PENDING:
            raise Refusal(f"这个单位现在是“{locked.get_state_display()}”，不需要再认证。", code="wrong_state")
        if Membership.objects.filter(organisation=locked, user=actor).exists():
            raise Refusal("你是这个单位的成员，不能由你认证。", code="forbidden")
        Organisation.objects.filter(pk=locked.pk).update(
            state=OrganisationStates.CERTIFIED, certified_at=clock.now(), certified_by=actor
        )
        locked.refresh_from_db()
        events.record("organisation.certified", locked, actor=actor, data={"code": locked.code})
    return locked


def add_filler(*, actor: User, username: str, display_name: str, password: str) -> User:
    """The 单位管理员 opens an account for a colleague who fills claims."""
    require(is_organisation_admin, actor, None)
    with unit_of_work():
        user = create_user(
            username=username,
            display_name=display_name,
            password=password,
            demonstration=actor.demonstration,
        )
        Membership.objects.create(user=user, organisation=actor.organisation, role=MemberRoles.FILLER)
        events.record("membership.added", actor.organisation, actor=actor, data={"user": user.username})
    return user


def create_token(*, actor: User, label: str) -> tuple[ApiToken, str]:
    """A key for programs, shown once; it ends after 90 days."""
    if not label.strip():
        raise Refusal("请写明令牌的用途，方便以后辨认。", code="required", field="label")
    secret = secrets.token_urlsafe(32)
    with unit_of_work():
        token = ApiToken.objects.create(
            user=actor,
            organisation=actor.organisation,
            label=label.strip()[:60],
            digest=selectors.token_digest(secret),
            tail=secret[-4:],
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(days=TOKEN_DAYS),
        )
        events.record("token.created", token, actor=actor, data={"label": token.label})
    return token, secret


def revoke_token(*, actor: User, token: ApiToken) -> None:
    if token.user_id != actor.pk:
        raise Refusal("这不是你的令牌。", code="forbidden")
    with unit_of_work():
        ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())
        events.record("token.revoked", token, actor=actor, data={"label": token.label})
