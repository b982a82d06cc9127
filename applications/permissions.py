"""Who may do what with a claim."""

from typing import Any

from portal.accounts.permissions import (
    is_applicant,
    is_certified,
    is_handler,
    is_intake,
    is_leader,
    is_organisation_admin,
)
from portal.kernel.permissions import by_the_system, predicate


@predicate("这份申报不属于你单位。")
def owns(actor: Any, claim: Any) -> bool:
    return is_applicant(actor, None) and claim.organisation_id == actor.member.organisation_id


@predicate("你是申报单位的成员，不能办理本单位的申报件，请交给同事。")
def is_impartial(actor: Any, claim: Any) -> bool:
    member = getattr(actor, "member", None)
    return member is None or member.organisation_id != claim.organisation_id


@predicate("这份申报由你受理，下一步要由另一个人办理。")
def did_not_accept(actor: Any, claim: Any) -> bool:
    return bool(claim.accepted_by_id != actor.pk)


may_edit = is_applicant & owns
may_submit = is_applicant & owns & is_organisation_admin & is_certified
may_withdraw = is_applicant & owns & is_organisation_admin
may_examine = is_intake & is_impartial
may_open_review = is_handler & is_impartial & did_not_accept
may_decide = is_leader & is_impartial & did_not_accept
may_lapse = by_the_system
