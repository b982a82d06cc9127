"""逐笔核定: never above the claim, no cut without its reason, the amount is the engine's alone."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clauses import engine
from portal.accounts.states import Roles
from portal.kernel.refusals import Refusal, Stale
from review import selectors, services
from review.models import CostVerification
from tests import making
from tests.refusing import refused
from tests.review import stages

pytestmark = pytest.mark.django_db

QUERIES = 23


@pytest.fixture
def case():
    return stages.verifying(code="2a", amounts=("1000000.00", "2000000.00", "3000000.00"))


@pytest.fixture
def desk(client, case):
    """The verification page, signed in as its handler."""
    client.force_login(case.handler)
    return reverse("case_costs", args=[case.claim.number])


def test_never_above_the_claim(case):
    cost = stages.costs(case)[0]
    with refused("above_claimed", "verified"):
        services.verify_cost(actor=case.handler, case=case, cost_item=cost, verified="1000000.01")
    assert not case.verifications.exists()


@pytest.mark.parametrize(
    ("verified", "code"), [("-1", "negative_amount"), ("abc", "bad_amount"), ("1.001", "too_precise")]
)
def test_an_amount_that_is_none(case, verified, code):
    cost = stages.costs(case)[0]
    with refused(code, "verified"):
        services.verify_cost(actor=case.handler, case=case, cost_item=cost, verified=verified)


def test_a_cut_needs_its_reason(case):
    cost = stages.costs(case)[0]
    with refused("reason_required", "cut_code"):
        services.verify_cost(actor=case.handler, case=case, cost_item=cost, verified="0")
    with refused("reason_required", "cut_code"):
        services.verify_cost(actor=case.handler, case=case, cost_item=cost, verified="0", cut_code="made_up")
    with refused("required", "note"):
        services.verify_cost(
            actor=case.handler, case=case, cost_item=cost, verified="0", cut_code="other", note=" "
        )
    row = services.verify_cost(
        actor=case.handler, case=case, cost_item=cost, verified="0", cut_code="other", note="合同已解除"
    )
    assert (row.verified, row.cut_code, row.note) == (Decimal(0), "other", "合同已解除")


def test_no_cut_keeps_no_reason(case):
    cost = stages.costs(case)[0]
    row = services.verify_cost(
        actor=case.handler, case=case, cost_item=cost, verified="1,000,000.00", cut_code="not_paid"
    )
    assert row.cut_code == ""


def test_a_cost_of_another_claim(case):
    other = making.draft(code="2a")
    cost = other.nominations.first().cost_item
    with refused("not_nominated"):
        services.verify_cost(actor=case.handler, case=case, cost_item=cost, verified="0", cut_code="not_paid")


def test_only_during_verification():
    case = making.case(code="2a")
    with refused("wrong_state"):
        services.verify_cost(actor=case.handler, case=case, cost_item=stages.costs(case)[0], verified="0")
    with refused("wrong_state"):
        services.verify_rest(actor=case.handler, case=case)


def test_an_older_window_does_not_overwrite(case):
    cost = stages.costs(case)[0]
    services.verify_cost(actor=case.handler, case=case, cost_item=cost, verified="1000000", seen="")
    with pytest.raises(Stale):
        services.verify_cost(
            actor=case.handler, case=case, cost_item=cost, verified="5", cut_code="not_paid", seen=""
        )
    seen = selectors.verification_stamp(case.verifications.get())
    services.verify_cost(
        actor=case.handler, case=case, cost_item=cost, verified="5", cut_code="not_paid", seen=seen
    )
    assert case.verifications.get().verified == 5


def test_the_rest_in_full(case):
    first, *_ = stages.costs(case)
    services.verify_cost(actor=case.handler, case=case, cost_item=first, verified="1", cut_code="not_paid")
    assert services.verify_rest(actor=case.handler, case=case) == 2
    assert sorted(case.verifications.values_list("verified", flat=True)) == [1, 2000000, 3000000]
    with refused("not_verified"):
        services.verify_rest(actor=case.handler, case=case)


def test_the_database_knows_the_rules_too(case):
    cost = stages.costs(case)[0]
    row = services.verify_cost(actor=case.handler, case=case, cost_item=cost, verified="1000000")
    for bad in ({"verified": 1000001}, {"verified": 5, "cut_code": ""}, {"cut_code": "not_paid"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CostVerification.objects.filter(pk=row.pk).update(**bad)


@given(
    amounts=st.lists(st.integers(1, 9_000_000_000), min_size=1, max_size=6),
    shares=st.lists(st.integers(0, 100), min_size=6, max_size=6),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_award_is_never_more_than_the_claim_would_give(case, amounts, shares):
    policy, asked = selectors.question(case)
    line = selectors.filings.cost_line(stages.costs(case)[0])

    def answer(fen: list[int]) -> engine.Verdict:
        costs = tuple(replace(line, id=str(at), amount=one) for at, one in enumerate(fen))
        return engine.assess(policy, replace(asked, costs=costs))

    verified = [amount * share // 100 for amount, share in zip(amounts, shares, strict=False)]
    small, whole = answer(verified), answer(amounts)
    assert (small.amount or 0) <= (whole.amount or 0)
    assert (small.amount or 0) <= min(Fraction(sum(verified), 5), 1_000_000_000)


def test_the_determination_is_the_engines_answer():
    making.budget()
    case = stages.verifying(code="2a", amounts=("26400000.00", "7600000.00"))
    first, second = stages.costs(case)
    services.verify_cost(
        actor=case.handler, case=case, cost_item=first, verified="24200000", cut_code="not_delivered"
    )
    services.verify_cost(
        actor=case.handler, case=case, cost_item=second, verified="0", cut_code="related_party"
    )
    services.advance(actor=case.handler, case=case)
    for unit in selectors.named_units(case):
        officer = making.staff(Roles.UNIT_OFFICER, unit=unit.code)
        services.give_opinion(actor=officer, case=making.fresh(case), opinion="agree", text="")
    services.propose(actor=case.handler, case=making.fresh(case))
    determination = selectors.standing(case)
    assert (determination.base, determination.amount) == (Decimal(24200000), Decimal(4840000))


def judged():
    return stages.verifying(code="1")


def test_the_judged_sum_stays_within_the_request():
    case = judged()
    act = {"actor": case.handler, "case": case}
    with refused("above_requested", "approved_sum"):
        services.record_approved_sum(**act, amount="8000000.01", reason="专家组建议。")
    with refused("required", "approved_sum_reason"):
        services.record_approved_sum(**act, amount="8000000", reason=" ")
    services.record_approved_sum(**act, amount="8000000", reason="专家组建议。")
    assert making.fresh(case).approved_sum == 8000000


def test_the_page_of_the_judged_sum(client):
    case = judged()
    client.force_login(case.handler)
    address = reverse("case_costs", args=[case.claim.number])
    assert "8,000,000.00元" in stages.page(client.get(address))
    text = stages.page(
        client.post(address, {"approved_sum": "9000000", "approved_sum_reason": "很重要的理由"})
    )
    assert "核定金额不能高于申请金额8,000,000.00元。" in text and "很重要的理由" in text
    assert making.fresh(case).approved_sum is None
    done = client.post(
        address, {"approved_sum": "6000000", "approved_sum_reason": "专家组建议。"}, follow=True
    )
    assert "已保存评审核定金额" in stages.page(done) and "6,000,000.00" in stages.page(done)


def test_the_page_shows_the_next_open_cost(client, case, desk):
    first, second, third = stages.costs(case)
    text = stages.page(client.get(desk))
    assert f"第1笔　{first.name}" in text and "已核0笔，待核3笔" in text
    data = {"cost": first.pk, "verified": "1,000,000.00", "cut_code": "", "note": "", "seen": ""}
    response = client.post(f"{desk}?cost={first.pk}", data)
    assert response.headers["location"] == f"{desk}?cost={second.pk}#edit"
    text = stages.page(client.get(desk))
    assert f"第2笔　{second.name}" in text
    assert "200,000.00" in text, "20% of the first one"
    assert "第2笔全额核定后" in text and "600,000.00" in text
    assert f"第3笔　{third.name}" in stages.page(client.get(desk, {"cost": third.pk}))
    assert client.get(desk, {"cost": 0}).status_code == 404


def test_a_bad_row_comes_back_as_typed(client, case, desk):
    first = stages.costs(case)[0]
    data = {"cost": first.pk, "verified": "999.00", "cut_code": "", "note": "写了一半的说明", "seen": ""}
    text = stages.page(client.post(desk, data))
    assert "核减要选择原因。" in text and "写了一半的说明" in text and 'value="999.00"' in text
    assert not case.verifications.exists()
    text = stages.page(client.post(desk, {**data, "verified": ""}))
    assert "请填写核定金额" in text


def test_the_same_row_twice_is_one_row(client, case, desk):
    first = stages.costs(case)[0]
    data = {"cost": first.pk, "verified": "5", "cut_code": "not_paid", "note": "", "seen": ""}
    assert client.post(desk, data).status_code == 302
    text = stages.page(client.post(desk, data))
    assert "已在另一个窗口或由同事保存了新版本" in text
    assert case.verifications.count() == 1


def test_the_rest_page_asks_first(client, case, desk):
    address = reverse("case_costs_rest", args=[case.claim.number])
    assert "6,000,000.00元" in stages.page(client.get(address))
    text = stages.page(client.post(address, follow=True))
    assert "已按申报金额核定剩余3笔" in text and "各笔都已核定" in text
    assert "没有可以一并核定的费用" in stages.page(client.post(address))


def test_findings_reach_the_engine(client, case, desk):
    services.verify_rest(actor=case.handler, case=case)
    address = reverse("case_findings", args=[case.claim.number])
    assert "列入严重失信名单" in stages.page(client.get(address))
    text = stages.page(client.post(address, {"awarded_before": "abc"}))
    assert "金额要写成数字" in text
    assert making.fresh(case).findings == {}
    assert client.post(address, {"dishonesty_listed": "true"}).status_code == 302
    assert not selectors.assess(making.fresh(case)).is_payable
    client.post(address, {"dishonesty_listed": "false", "awarded_before": "9,500,000"})
    found = making.fresh(case)
    assert found.findings == {"dishonesty_listed": False, "awarded_before": "9500000.00"}
    assert selectors.assess(found).amount == 50_000_000


def test_a_collision_is_settled_with_a_reason(client):
    number = "23230000000000009999"
    first = colliding(number)
    second = colliding(number)
    (cost,) = stages.costs(second)
    client.force_login(second.handler)
    desk = reverse("case_costs", args=[second.claim.number])
    text = stages.page(client.get(desk))
    assert "与另一份申报重号" in text and first.claim.number in text
    with refused("not_verified"):
        services.verify_rest(actor=second.handler, case=second)
    services.verify_cost(actor=second.handler, case=second, cost_item=cost, verified=cost.amount)
    with refused("held"):
        services.advance(actor=second.handler, case=second)
    address = reverse("case_collision", args=[second.claim.number, cost.pk])
    assert "请写明理由" in stages.page(client.post(address, {"reason": ""}))
    done = client.post(address, {"reason": "核对了原件，销售方确认开给本单位。"}, follow=True)
    assert "已认定由本申报使用" in stages.page(done)
    assert selectors.rival_hold(second, cost) is None
    assert selectors.assess(second).is_payable
    assert "这张凭证没有争议" in stages.page(client.get(address))


def colliding(number: str):
    """A case in verification whose one cost stands on the invoice `number`."""
    admin = making.organisation()
    owner = making.project(admin)
    cost = making.cost(admin, owner, "5000000.00", document_number=number)
    claim = making.submitted(making.draft(admin, "2a", owner=owner, costs=[cost]))
    case = stages.checked(making.case(claim))
    making.scored(case)
    services.advance(actor=case.handler, case=making.fresh(case))
    return making.fresh(case)


def test_the_page_takes_the_same_queries_for_any_number_of_costs(
    client, case, desk, django_assert_num_queries
):
    client.get(desk)
    with django_assert_num_queries(QUERIES):
        client.get(desk)
    many = stages.verifying(code="2a", amounts=["1000000.00"] * 9)
    client.force_login(many.handler)
    client.get(desk)
    with django_assert_num_queries(QUERIES):
        client.get(reverse("case_costs", args=[many.claim.number]))


def test_a_stopped_case_is_shown_and_left_alone(client, case, desk):
    making.filing.withdraw(actor=making.admin_of(case.claim), claim=case.claim, reason="不再申报")
    text = stages.page(client.get(desk))
    assert "申报单位已撤回" in text and "保存这一笔" not in text
    with pytest.raises(Refusal) as caught:
        services.verify_cost(
            actor=case.handler, case=case, cost_item=stages.costs(case)[0], verified="1000000"
        )
    assert caught.value.code == "wrong_state"
