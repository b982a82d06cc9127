"""What a request looks like to a program, and how one is looked up."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from applications.api.reading import Amount, Day, Facts, IssuedPaper, issued, paged, says
from applications.requests import selectors
from applications.requests.models import ServiceRequest
from applications.requests.permissions import may_read_at_desk, oversees, reads_desk
from applications.requests.states import Outcomes, Paces, Ratings, RequestKinds, RequestStates
from portal.accounts.models import User
from portal.accounts.permissions import is_applicant, is_unit_officer
from portal.kernel import issuing
from portal.kernel.permissions import require

NOT_MINE = says("forbidden", "这件需求现在由另一个责任单位办理。")
STATE = says("wrong_state", "现在的状态是“已答复”，不能撤回。请刷新页面看最新状态。")
LATE = says("filed_late", "提交时间为2024年1月1日00:00:05，申报截止到2023年12月31日24:00，已经超过期限。")


class RunningClock(serializers.Serializer):
    due_on = serializers.DateField()
    workdays_used = serializers.IntegerField()
    workdays_limit = serializers.IntegerField()
    light = serializers.ChoiceField(Paces.choices, help_text="green、amber、red")


class RequestUnit(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class RequestFileEntry(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    from_unit = serializers.BooleanField(help_text="true是答复的附件")
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    address = serializers.URLField()


class RequestHandOver(serializers.Serializer):
    other_policy = serializers.CharField()
    other_document_number = serializers.CharField()
    other_office = serializers.CharField()
    overlap_note = serializers.CharField()
    handed_over_at = serializers.DateTimeField()


class RequestAnswer(serializers.Serializer):
    text = serializers.CharField()
    unit = serializers.CharField()
    at = serializers.DateTimeField()


class RequestEntry(serializers.Serializer):
    number = serializers.CharField()
    kind = serializers.ChoiceField(RequestKinds.choices)
    item = serializers.CharField(source="item.code")
    title = serializers.CharField()
    organisation = serializers.CharField(source="organisation.name")
    unit = RequestUnit()
    state = serializers.ChoiceField(RequestStates.choices)
    filed_at = serializers.DateTimeField()
    due_on = serializers.DateField(allow_null=True)


class StoredRequest(RequestEntry):
    policy = serializers.CharField(source="item.policy.pack")
    facts = Facts()
    statement = serializers.CharField()
    project = serializers.IntegerField(source="project_id", allow_null=True)
    public_money = serializers.BooleanField(allow_null=True)
    public_money_note = serializers.CharField()
    content_digest = serializers.CharField()
    clock = RunningClock(allow_null=True)
    files = RequestFileEntry(many=True)
    hand_over = RequestHandOver(allow_null=True)
    outcome = serializers.ChoiceField(Outcomes.choices, allow_blank=True)
    outcome_on = Day(allow_null=True)
    outcome_amount = Amount(allow_null=True)
    other_file_number = serializers.CharField()
    answer = RequestAnswer(allow_null=True)
    follow_up = serializers.CharField()
    second_answer = RequestAnswer(allow_null=True)
    rating = serializers.ChoiceField(Ratings.choices, allow_blank=True)
    rating_words = serializers.CharField()
    documents = IssuedPaper(many=True)


class LiveClaimEntry(serializers.Serializer):
    number = serializers.CharField()
    item = serializers.CharField()
    project = serializers.CharField()
    state = serializers.CharField()
    same_project = serializers.BooleanField()
    costs = serializers.IntegerField()
    total = Amount()
    held = serializers.IntegerField(help_text="占用的费用笔数")


class DeskRequest(StoredRequest):
    live_claims = LiveClaimEntry(many=True, help_text="转办事项：这个单位在办和已批复的申报，同一项目在前")


RequestPage = paged("RequestPage", RequestEntry)


def stored(request: Request, asked: ServiceRequest) -> dict[str, Any]:
    """A whole request as data."""
    asked = selectors.service_requests().get(pk=asked.pk)
    return dict(StoredRequest(_whole(request, asked)).data)


def at_desk(request: Request, asked: ServiceRequest) -> dict[str, Any]:
    """The same with what the duplicate check of a referral looks at."""
    asked = selectors.service_requests().get(pk=asked.pk)
    shown = _whole(request, asked)
    shown.live_claims = [
        {
            "number": one.claim.number,
            "item": one.claim.item.code,
            "project": one.claim.project.name,
            "state": one.claim.state,
            "same_project": one.same_project,
            "costs": one.costs,
            "total": one.total,
            "held": one.held,
        }
        for one in (selectors.live_claims(asked) if asked.kind == RequestKinds.REFERRAL else [])
    ]
    return dict(DeskRequest(shown).data)


class _Shown:
    """A request with the names of the public shape laid over its columns."""

    def __init__(self, asked: ServiceRequest, **over: Any) -> None:
        self._asked = asked
        self.__dict__.update(over)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asked, name)


def _whole(request: Request, asked: ServiceRequest) -> Any:
    pace = selectors.pace(asked)
    clock = pace and {
        "due_on": pace.due_on,
        "workdays_used": pace.used,
        "workdays_limit": pace.limit,
        "light": pace.light,
    }
    return _Shown(
        asked,
        clock=clock,
        files=[
            {
                "id": one.pk,
                "name": one.name,
                "from_unit": one.from_unit,
                "content_type": one.content_type,
                "size": one.size,
                "sha256": one.sha256,
                "address": request.build_absolute_uri(reverse("request_file", args=[one.pk])),
            }
            for one in asked.files.order_by("pk")
        ],
        hand_over=asked if asked.handed_over_at else None,
        answer=_answer(asked.answer, asked.answering_unit, asked.answered_at),
        second_answer=_answer(asked.second_answer, asked.second_answering_unit, asked.second_answered_at),
        documents=[issued(one) for one in issuing.papers_of(asked)],
    )


def _answer(text: str, unit: Any, at: Any) -> dict[str, Any] | None:
    return {"text": text, "unit": unit.name, "at": at} if at else None


def own_request(request: Request, number: str) -> ServiceRequest:
    """Http404 for a stranger's, as for one that does not exist."""
    require(is_applicant, request.user, None)
    found = selectors.requests_of(request.user.organisation).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def desk_request(request: Request, number: str, *, to_act: bool = False) -> ServiceRequest:
    """One the person may read at the desk; whether he may act on it is the service's to say."""
    require(is_unit_officer if to_act else reads_desk, request.user, None)
    found = selectors.service_requests().filter(number=number).first()
    if found is None or not may_read_at_desk(request.user, found):
        raise Http404
    return found


def desk_list(user: User) -> QuerySet[ServiceRequest]:
    """The unit's requests; every unit's for those who oversee."""
    if oversees(user, None):
        return selectors.at_desk(None)
    return selectors.at_desk(user.unit) if user.unit else selectors.at_desk(None).none()
