"""Who may read a file as a whole."""

from typing import Any

from applications.permissions import owns
from portal.accounts.permissions import has_role, is_applicant
from portal.accounts.states import Roles
from portal.kernel.permissions import predicate

READERS = (
    Roles.INTAKE,
    Roles.HANDLER,
    Roles.LEADER,
    Roles.FINANCE_CLERK,
    Roles.FINANCE_APPROVER,
    Roles.AUDITOR,
)
reads_every_file = has_role(*READERS)


@predicate("你没有查看这份申报的权限。")
def may_read_claim(actor: Any, claim: Any) -> bool:
    """Its applicant, the offices it goes through, and officers of the units its clause names."""
    if is_applicant(actor, None) and owns(actor, claim):
        return True
    if reads_every_file(actor, claim):
        return claim.filed_at is not None
    officer = Roles.UNIT_OFFICER in actor.roles and actor.has_perm("clauses.opine_item", claim.item)
    return bool(officer and hasattr(claim, "case"))


reads_batches = has_role(Roles.FINANCE_CLERK, Roles.FINANCE_APPROVER, Roles.AUDITOR)
reads_records = has_role(Roles.AUDITOR)
