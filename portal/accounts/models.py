"""Users, the organisations they file for, the units they work at, what they may do."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from portal.accounts.states import (
    NEEDS_SECOND_FACTOR,
    MemberRoles,
    OrganisationKinds,
    OrganisationStates,
    Roles,
    district_choices,
)


class Unit(models.Model):
    """A public body, kept by code because its name changes over the years."""

    code = models.SlugField("代码", unique=True)
    name = models.CharField("名称", max_length=80)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """Whoever files: one account for one 统一社会信用代码."""

    code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("单位名称", max_length=120)
    kind = models.CharField("单位类型", max_length=12, choices=OrganisationKinds)
    district = models.CharField("注册地（区县）", max_length=40, choices=district_choices)
    legal_person = models.CharField("法定代表人", max_length=40)
    contact_phone = models.CharField("联系电话", max_length=30)
    state = models.CharField(
        "认证状态", max_length=10, choices=OrganisationStates, default=OrganisationStates.PENDING
    )
    registered_at = models.DateTimeField("注册时间")
    certified_at = models.DateTimeField("认证时间", null=True, blank=True)
    certified_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(certified_at=None, certified_by=None)
                | Q(certified_at__isnull=False, certified_by__isnull=False),
                name="organisation_certified_pair",
            ),
            models.CheckConstraint(
                condition=~Q(state="certified") | Q(certified_at__isnull=False),
                name="organisation_certified_when",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="organisation_code_shape"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in; at an office (unit, roles) or for an organisation (membership)."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField("姓名", max_length=40)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="staff", verbose_name="所在单位"
    )
    demonstration = models.BooleanField("演示账号", default=False)

    REQUIRED_FIELDS = ["display_name"]

    class Meta(AbstractUser.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return self.display_name

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(self.role_grants.values_list("role", flat=True))

    @cached_property
    def member(self) -> "Membership | None":
        """The person's place in an organisation, with the organisation loaded."""
        return Membership.objects.select_related("organisation").filter(user=self).first()

    @property
    def organisation(self) -> Organisation | None:
        return self.member.organisation if self.member else None

    @property
    def is_office(self) -> bool:
        return bool(self.roles)

    @property
    def needs_second_factor(self) -> bool:
        return not self.demonstration and (self.is_superuser or bool(self.roles & NEEDS_SECOND_FACTOR))


class RoleGrant(models.Model):
    """One role of one person, with who gave it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField("角色", max_length=20, choices=Roles)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="rolegrant_once")]


class Membership(models.Model):
    """A person files for one organisation."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="membership")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="members")
    role = models.CharField("身份", max_length=10, choices=MemberRoles)

    class Meta:
        ordering = ["id"]


class ExpertProfile(models.Model):
    """What is known of an expert when conflicts are looked for."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="expert_profile")
    employer_name = models.CharField("工作单位", max_length=120)
    employer_code = models.CharField("工作单位统一社会信用代码", max_length=18)
    fields = models.CharField("研究方向", max_length=200)


class ApiToken(models.Model):
    """A key for programs: belongs to a user, acts for the organisation he files for, kept as a digest."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="+")
    label = models.CharField("用途", max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    tail = models.CharField(max_length=4)
    created_at = models.DateTimeField("创建时间")
    expires_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        ordering = ["-id"]
