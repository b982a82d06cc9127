"""Who may do what with a request."""

from typing import Any

from applications.permissions import is_impartial
from portal.accounts.permissions import has_role, is_applicant, is_certified, is_unit_officer
from portal.accounts.states import Roles
from portal.kernel.permissions import by_the_system, predicate


@predicate("这件需求不属于你单位。")
def owns(actor: Any, asked: Any) -> bool:
    return is_applicant(actor, None) and asked.organisation_id == actor.member.organisation_id


@predicate("条款没有列明你所在的单位，不能办理这件需求。")
def is_of_a_named_unit(actor: Any, asked: Any) -> bool:
    return actor.unit_id is not None and bool(actor.has_perm("clauses.opine_item", asked.item))


@predicate("这件需求现在由另一个责任单位办理。")
def has_it(actor: Any, asked: Any) -> bool:
    return bool(actor.unit_id == asked.unit_id)


may_file = is_applicant & is_certified
may_speak = is_applicant & owns
may_handle = is_unit_officer & is_impartial & is_of_a_named_unit & has_it
may_close = by_the_system
OVERSIGHT = (Roles.LEADER, Roles.AUDITOR)
oversees = has_role(*OVERSIGHT)
reads_desk = has_role(Roles.UNIT_OFFICER, *OVERSIGHT)


@predicate("你没有查看这件需求的权限。")
def may_read_at_desk(actor: Any, asked: Any) -> bool:
    """Officers of the units its clause names, and those who oversee; never a member of the organisation itself."""
    if not is_impartial(actor, asked):
        return False
    return oversees(actor, asked) or bool(is_unit_officer(actor, asked) and is_of_a_named_unit(actor, asked))


may_read = owns | may_read_at_desk
