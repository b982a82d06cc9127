"""What is done for many claims at once: public notices and payment batches."""

from datetime import date, timedelta

from payouts import selectors, services
from payouts.models import Batch, BatchLine
from payouts.states import Results
from portal.kernel.workdays import add_workdays
from portal.pages.demonstration.diary import Life, on
from portal.pages.demonstration.plan import GROUPS, PLANS, Plan, Run, moment
from portal.pages.demonstration.reviewing import Reviewing
from portal.pages.demonstration.world import World
from review import selectors as reviews
from review import services as reviewing
from review.states import CaseStates

RETURN_REASON = "收款账号与户名不符，银行退回。"


def notice(name: str, world: World) -> Life:
    """Post the endorsed cases of a group, and close the notice when its days are over."""
    group = GROUPS[name]
    assert group.noticed is not None
    yield moment(group.noticed, 16, 30)
    numbers = [world.numbers[plan.key] for plan in PLANS if plan.group == name and plan.key in world.numbers]
    chosen = [case for case in reviews.waiting(CaseStates.ENDORSED) if case.claim.number in numbers]
    posted = reviewing.post_notice(
        actor=world.people["jingbanren"],
        chosen=chosen,
        title=f"2023年度第一批人工智能政策拟支持项目公示（{group.noticed.month}月）",
    )
    if name == "noticed":
        return
    yield moment(posted.closes_on + timedelta(days=1), 0, 5)
    reviewing.close_due_notices()


def batch(run: Run, world: World) -> Life:
    """A batch from its making as far as its days go."""
    plans = {plan.key: plan for plan in PLANS if run.key in plan.batch.split()}
    rng = next(iter(plans.values())).rng
    yield moment(run.made, 9, 40)
    maker, checker = world.people["caiwu"], world.people["fuhe"]
    made = services.create_batch(actor=maker, title=run.title)
    wanted = {world.numbers[key] for key in plans}
    chosen = [one for one in selectors.payable() if one.award.case.claim.number in wanted]
    if len(chosen) != len(wanted):
        raise RuntimeError(f"batch {run.key}: {len(chosen)} of {len(wanted)} payments are ready")
    services.add_payments(actor=maker, batch=made, chosen=chosen)
    if run.cancelled:
        yield on(run.cancelled, rng)
        services.cancel_batch(actor=maker, batch=made)
    if run.submitted is None:
        return
    if run.sent_back:
        yield moment(run.made, 15, 20)
        services.submit_batch(actor=maker, batch=made)
        yield moment(run.made, 16, 50)
        services.send_back_batch(actor=checker, batch=made, reason="支付表的用途栏请写全称后再提交。")
    yield moment(run.submitted, 10, 30)
    made = services.submit_batch(actor=maker, batch=made)
    if run.released is None:
        return
    yield moment(run.released, 11, 10)
    services.release_batch(actor=checker, batch=made)
    if run.results is None:
        return
    yield from _results(run.results, made, {world.numbers[key]: plan for key, plan in plans.items()}, world)


def _results(day: date, made: Batch, plans: dict[str, Plan], world: World) -> Life:
    """The bank's word on every line; a payee whose transfer came back gives another account where planned."""
    clerk = world.people["caiwu2"]
    yield moment(day, 14, 30)
    again = []
    for place, line in enumerate(selectors.lines_of(made), start=1):
        plan = plans[line.payment.award.case.claim.number]
        first = sum(1 for _ in BatchLine.objects.filter(payment=line.payment)) == 1
        if plan.end == "returned" or (len(plan.batch.split()) > 1 and first):
            services.record_result(
                actor=clerk, line=line, result=Results.RETURNED, return_reason=RETURN_REASON
            )
            if plan.end != "returned":
                again.append(plan)
        else:
            services.record_result(
                actor=clerk, line=line, result=Results.PAID, bank_reference=f"YH{day:%Y%m%d}{place:04d}"
            )
    services.settle_batch(actor=clerk, batch=made)
    for plan in again:
        yield on(add_workdays(day, 4), plan.rng)
        Reviewing(plan, world).give_account(tail="0002")
