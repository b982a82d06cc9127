"""Who may do what with payments and batches."""

from typing import Any

from portal.accounts.permissions import (
    has_role,
    is_applicant,
    is_certified,
    is_finance_approver,
    is_finance_clerk,
    is_organisation_admin,
)
from portal.accounts.states import Roles
from portal.kernel.permissions import predicate


@predicate("这笔款项不属于你单位。")
def is_own_payment(actor: Any, payment: Any) -> bool:
    return bool(payment.award.case.claim.organisation_id == actor.member.organisation_id)


@predicate("批次里有与你有关联的单位，请交给同事办理。")
def is_impartial(actor: Any, batch: Any) -> bool:
    member = getattr(actor, "member", None)
    if member is None:
        return True
    lines = batch.lines.filter(payment__award__case__claim__organisation=member.organisation_id)
    return not lines.exists()


@predicate("这个批次由你制单，复核放行要由另一个人办理。")
def is_not_the_maker(actor: Any, batch: Any) -> bool:
    return actor.pk not in {batch.made_by_id, batch.submitted_by_id}


may_see_batches = has_role(Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER, Roles.AUDITOR)
may_give_account = is_applicant & is_own_payment & is_organisation_admin & is_certified
may_make = is_finance_clerk & is_impartial
may_release = is_finance_approver & is_impartial & is_not_the_maker
may_settle = is_finance_clerk & is_impartial
