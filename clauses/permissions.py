"""Who proposes a setting, who decides it, who reads the desk's list."""

from typing import Any

from portal.accounts.permissions import has_role, is_administrator
from portal.accounts.states import Roles
from portal.kernel.permissions import predicate

decides_settings = has_role(Roles.LEADER, Roles.ADMINISTRATOR)
reads_settings = has_role(Roles.INTAKE, Roles.HANDLER, Roles.LEADER, Roles.AUDITOR, Roles.ADMINISTRATOR)


@predicate("这项口径调整由你提出，批准或不批准要由另一个人决定。")
def did_not_propose(actor: Any, change: Any) -> bool:
    return bool(change.proposed_by_id != actor.pk)


@predicate("这项口径调整不是你提出的，不能由你撤回。")
def proposed_it(actor: Any, change: Any) -> bool:
    return bool(change.proposed_by_id == actor.pk)


may_propose = is_administrator
may_decide = decides_settings & did_not_propose
may_withdraw = is_administrator & proposed_it
