"""Who may do what with a case: role, impartiality, and that nobody approves his own step."""

from typing import Any

from applications.permissions import is_impartial as impartial_to_claim
from portal.accounts.permissions import is_handler, is_leader, is_unit_officer
from portal.kernel.permissions import by_the_system, predicate
from review.states import AssignmentStates


@predicate("你与申报单位有关联，不能办理这份申报件，请交给同事。")
def is_impartial(actor: Any, case: Any) -> bool:
    profile = getattr(actor, "expert_profile", None) if getattr(actor, "pk", None) else None
    if profile is not None and profile.employer_code == case.claim.organisation.code:
        return False
    return impartial_to_claim(actor, case.claim)


@predicate("这份申报由你受理，后面的审核要由另一个人办理。")
def did_not_accept(actor: Any, case: Any) -> bool:
    return bool(case.claim.accepted_by_id != actor.pk)


@predicate("这份申报由你核定或提出拟支持意见，审定要由另一个人办理。")
def did_not_prepare(actor: Any, case: Any) -> bool:
    prepared = {case.handler_id, case.verified_by_id, case.proposed_by_id, case.claim.accepted_by_id}
    return actor.pk not in prepared


@predicate("你没有被请来评审这份申报。")
def is_appointed(actor: Any, case: Any) -> bool:
    return bool(actor.has_perm("review.score_reviewcase", case))


@predicate("条款没有列明你所在的单位，不能代表它出具意见。")
def speaks_for_a_named_unit(actor: Any, case: Any) -> bool:
    return actor.unit_id is not None and bool(actor.has_perm("clauses.opine_item", case.claim.item))


@predicate("这份申报由你办理过前面的步骤，不能再代表责任单位出具意见。")
def did_not_handle(actor: Any, case: Any) -> bool:
    return actor.pk not in {case.handler_id, case.verified_by_id, case.claim.accepted_by_id}


@predicate("这份申报的费用由你核定过，这一步要由另一个人办理。")
def did_not_verify(actor: Any, case: Any) -> bool:
    return all(row.verified_by_id != actor.pk for row in case.verifications.all())


@predicate("你代表责任单位对这份申报出具过意见，审定要由另一个人办理。")
def did_not_opine(actor: Any, case: Any) -> bool:
    return all(row.given_by_id != actor.pk for row in case.opinions.all())


@predicate("你评审过这份申报，后面的步骤要由别人办理。")
def did_not_score(actor: Any, case: Any) -> bool:
    return all(
        row.expert_id != actor.pk or row.state == AssignmentStates.RECUSED for row in case.assignments.all()
    )


may_handle = is_handler & is_impartial & did_not_accept & did_not_score
may_endorse = is_leader & is_impartial & did_not_prepare & did_not_verify & did_not_opine & did_not_score
may_opine = (
    is_unit_officer & is_impartial & speaks_for_a_named_unit & did_not_handle & did_not_verify & did_not_score
)
may_end_notice = by_the_system
