"""Appointing experts, and what they do."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm, remove_perm

from portal.accounts.models import User
from portal.accounts.states import Roles
from portal.kernel import clock, events
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, raise_any
from portal.kernel.work import unit_of_work
from review import selectors
from review.machine import assignments, is_own
from review.models import Assignment, ReviewCase, Score
from review.permissions import may_handle
from review.states import AssignmentStates, CaseStates


def appoint(*, actor: User, case: ReviewCase, expert: User) -> Assignment:
    """Ask an expert to review a case; he gets the right to this case alone.

    Raises Refusal for a conflict of interest the system finds, or a second appointment.
    """
    require(may_handle, actor, case)
    if Roles.EXPERT not in expert.roles:
        raise Refusal("只能请专家库里的专家。", code="not_expert", field="expert")
    with unit_of_work():
        locked = ReviewCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if locked.state != CaseStates.EXPERT_REVIEW:
            raise Refusal("这份申报现在不在专家评审。", code="wrong_state")
        conflict = selectors.expert_conflict(case, expert)
        if conflict:
            raise Refusal(f"{expert.display_name}{conflict}，应当回避。", code="conflict", field="expert")
        try:
            with transaction.atomic():
                assignment = Assignment.objects.create(
                    case=locked, expert=expert, appointed_at=clock.now(), appointed_by=actor
                )
        except IntegrityError as error:
            raise Refusal(
                f"{expert.display_name}已经被请来评审这份申报。", code="already_done", field="expert"
            ) from error
        assign_perm("review.score_reviewcase", expert, locked)
        events.record(
            "review.expert_appointed",
            assignment,
            actor=actor,
            thread=case.claim.number,
            data={"expert": expert.pk},
        )
    return assignment


def take_on(*, actor: User, assignment: Assignment) -> Assignment:
    """The expert accepts, declaring that he has no tie to the applicant."""
    return assignments.run(assignment.pk, "take_on", actor=actor, changes={"answered_at": clock.now()})


def recuse(*, actor: User, assignment: Assignment, reason: str) -> Assignment:
    """The expert declares a conflict; his right to the case ends and his marks do not count."""
    with unit_of_work():
        left = assignments.run(
            assignment.pk,
            "recuse",
            actor=actor,
            reason=reason,
            changes={"answered_at": clock.now(), "conflict": reason.strip()},
        )
        remove_perm("review.score_reviewcase", actor, left.case)
    return left


def save_scores(
    *,
    actor: User,
    assignment: Assignment,
    points: Mapping[str, Any],
    reasons: Mapping[str, str],
    comment: str = "",
    cost_advice: str = "",
) -> Assignment:
    """Keep marks while scoring; nothing has to be complete yet."""
    require(is_own, actor, assignment)
    criteria = {criterion.code: criterion for criterion in selectors.rules_of(assignment.case)[1].criteria}
    faults: list[Refusal] = []
    checked: dict[str, int] = {}
    for code, value in points.items():
        if code not in criteria or value in (None, ""):
            continue
        limit = criteria[code].weight
        if isinstance(value, bool) or not str(value).isdigit() or int(value) > limit:
            faults.append(Refusal(f"得分是0到{limit}的整数。", code="bad_points", field=f"points-{code}"))
        else:
            checked[code] = int(value)
    raise_any(faults)
    with unit_of_work():
        locked = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
        if locked.state != AssignmentStates.ACCEPTED:
            raise Refusal("评分提交后不能再改，接受评审后才能评分。", code="wrong_state")
        for code, value in checked.items():
            Score.objects.update_or_create(
                assignment=locked,
                criterion=code,
                defaults={"points": value, "reason": str(reasons.get(code, "")).strip()[:1000]},
            )
        locked.comment, locked.cost_advice = comment.strip(), cost_advice.strip()
        locked.save(update_fields=["comment", "cost_advice"])
        events.record(
            "review.scores_saved",
            locked,
            actor=actor,
            thread=assignment.case.claim.number,
            data={"criteria": sorted(checked)},
        )
    return locked


def sign_score(*, actor: User, assignment: Assignment) -> Assignment:
    """Hand the marks in for good: every criterion marked and reasoned, with an opinion on the whole."""
    require(is_own, actor, assignment)
    criteria = selectors.rules_of(assignment.case)[1].criteria
    with unit_of_work():
        given = {score.criterion: score for score in assignment.scores.all()}
        faults = [
            Refusal(f"请给“{criterion.label}”打分。", code="required", field=f"points-{criterion.code}")
            for criterion in criteria
            if criterion.code not in given
        ]
        faults += [
            Refusal(
                f"请写“{criterion.label}”的打分理由。", code="required", field=f"reasons-{criterion.code}"
            )
            for criterion in criteria
            if criterion.code in given and not given[criterion.code].reason
        ]
        current = Assignment.objects.get(pk=assignment.pk)
        if not current.comment:
            faults.append(Refusal("请写总体评审意见。", code="required", field="comment"))
        raise_any(faults)
        total = sum(score.points for score in given.values())
        return assignments.run(
            assignment.pk,
            "sign_score",
            actor=actor,
            changes={"scored_at": clock.now(), "total": total},
            data={"total": total},
        )
