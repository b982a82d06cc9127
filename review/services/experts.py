"""Appointing experts, and what they do."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm, remove_perm

from portal.accounts.models import User
from portal.accounts.states import Roles
from portal.kernel import clock, events
from portal.kernel.permissions import require
from portal.kernel.refusals import Refusal, Stale, raise_any
from portal.kernel.work import unit_of_work
from review import selectors
from review.machine import assignments, may_score, scoring_is_on
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
    """The expert accepts, declaring that he has no tie to the applicant; only now may he read the papers."""
    with unit_of_work():
        taken = assignments.run(assignment.pk, "take_on", actor=actor, changes={"answered_at": clock.now()})
        assign_perm("review.view_reviewcase", actor, taken.case)
    return taken


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
        for right in ("review.score_reviewcase", "review.view_reviewcase"):
            remove_perm(right, actor, left.case)
    return left


def save_scores(
    *,
    actor: User,
    assignment: Assignment,
    points: Mapping[str, Any],
    reasons: Mapping[str, str],
    comment: str = "",
    cost_advice: str = "",
    seen: str | None = None,
) -> Assignment:
    """Keep marks while scoring; nothing has to be complete yet, and an empty mark takes the old one away.

    `seen` is the stamp (selectors.marks_stamp) of what the expert had before him; Stale when it has changed.
    """
    require(may_score, actor, assignment)
    criteria = {criterion.code: criterion for criterion in selectors.rules_of(assignment.case)[1].criteria}
    faults: list[Refusal] = []
    checked: dict[str, int | None] = {}
    for code, value in points.items():
        if code not in criteria:
            continue
        limit = criteria[code].weight
        written = "" if value is None else str(value).strip()
        if written and (isinstance(value, bool) or not written.isdecimal() or int(written) > limit):
            faults.append(
                Refusal(
                    f"“{criteria[code].label}”的得分是0到{limit}的整数。",
                    code="bad_points",
                    field=f"points-{code}",
                )
            )
        else:
            checked[code] = int(written) if written else None
    raise_any(faults)
    with unit_of_work():
        locked = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
        if locked.state != AssignmentStates.ACCEPTED:
            raise Refusal("评分提交后不能再改，接受评审后才能评分。", code="wrong_state")
        raise_any(scoring_is_on(locked))
        if seen is not None and seen != selectors.marks_stamp(locked):
            raise Stale
        for code in criteria:
            changes: dict[str, Any] = {}
            if code in checked:
                changes["points"] = checked[code]
            if code in reasons:
                changes["reason"] = str(reasons[code]).strip()[:1000]
            if changes:
                Score.objects.update_or_create(assignment=locked, criterion=code, defaults=changes)
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
    require(may_score, actor, assignment)
    with unit_of_work():
        ReviewCase.objects.select_for_update(of=("self",)).get(pk=assignment.case_id)
        current = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
        raise_any(selectors.signing_faults(current))
        given = current.scores.values_list("points", flat=True)
        total = sum(points or 0 for points in given)
        return assignments.run(
            assignment.pk,
            "sign_score",
            actor=actor,
            changes={"scored_at": clock.now(), "total": total},
            data={"total": total},
        )
