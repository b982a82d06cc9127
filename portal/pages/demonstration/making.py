"""Making the whole of the demonstration's past, in one unit of work."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import connection

from applications import services as filing
from clauses import services as programmes
from portal.accounts import services as accounts
from portal.accounts.models import Organisation, User
from portal.kernel import clock, events, moving
from portal.kernel.work import unhurried, unit_of_work
from portal.kernel.workdays import add_workdays
from portal.ledger import services as ledger
from portal.pages.demonstration import asking, figures, paying, people
from portal.pages.demonstration.diary import MINUTE, Diary, Life, this_minute
from portal.pages.demonstration.people import APPLICANTS, Applicant
from portal.pages.demonstration.plan import GROUPS, PLANS, RUNS, TODAY, moment
from portal.pages.demonstration.reviewing import Reviewing
from portal.pages.demonstration.world import PACK, World

MONEY_ITEMS = ("1", "2a", "2b", "2c", "3a", "4", "6a", "6b", "9b")
LINES = (
    ("人工智能关键技术攻关", "2060404 科技成果转化与扩散", ("1",), "60000000.00"),
    ("人工智能创新平台建设运营", "2060499 其他技术研究与开发支出", ("2a", "2b", "2c"), "120000000.00"),
    ("人工智能载体和应用场景", "2060499 其他技术研究与开发支出", ("3a", "4"), "60000000.00"),
    ("人工智能国际合作与交流活动", "2060801 国际交流与合作", ("6a", "6b", "9b"), "15000000.00"),
)
GUIDE = (
    "一、申报条件：在本市登记的独立法人，没有列入严重失信名单，符合各事项的条件。\n"
    "二、费用口径：费用的开票和付款日期都要在2022年8月24日至2023年12月31日之间；"
    "能抵扣的进项税不计入；同一张票据只能用于一个事项。\n"
    "三、申报材料：在门户填写申报书并上传各事项列明的材料，由单位管理员签署信用承诺后提交。\n"
    "四、办理程序：形式审查、查重、评审或核查、逐笔核定、责任单位会商、公示五个工作日、批复、拨付。\n"
    "五、截止时间以系统收到的时间为准。"
)
WALK = (
    ("大模型训练服务器集群", "28600000.00", "40台"),
    ("共享推理算力设备", "19400000.00", "30台"),
    ("高速并行存储系统", "12000000.00", "6套"),
)


def prepare(tell: Callable[[str], None]) -> None:
    """Make the data if there is none; then let business time run on from where it stopped.

    All or nothing: a run that is interrupted leaves an empty database, and the next one starts anew. The papers
    are drawn by the worker afterwards, behind whatever people ask of it.
    """
    with unit_of_work(), unhurried():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('portal.demonstration'))")
            # Thousands of wide joins over new tables: planning them costs more than running them as written.
            cursor.execute("SET LOCAL join_collapse_limit = 1")
        if Organisation.objects.exists():
            last = events.last_moment()
            resumed = max(TODAY, last.astimezone(clock.SHANGHAI) + MINUTE) if last else TODAY
            moving.pin(resumed)
            tell(f"已有数据，保持不变。业务时间从{resumed:%Y-%m-%d %H:%M}继续。")
            return
        tell("数据库里还没有单位，正在生成演示数据（中途停止不会留下残缺的数据，再次运行会从头开始）。")
        make(tell)
        moving.pin(TODAY)
        tell(f"业务时间从{TODAY:%Y-%m-%d %H:%M}开始。")


def make(tell: Callable[[str], None]) -> None:
    """Every organisation, person, round and claim of the plan, in order of time."""
    policy = next(one for one in programmes.load_policies() if one.pack == PACK)
    world = World(policy)
    diary = Diary(until=TODAY)
    diary.begin(_offices(world))
    for place, applicant in enumerate(APPLICANTS):
        diary.begin(_applicant(applicant, place, world))
    diary.begin(_walks(world))
    for plan in PLANS:
        diary.begin(Reviewing(plan, world).life())
    for name, group in GROUPS.items():
        if group.noticed:
            diary.begin(paying.notice(name, world))
    for run in RUNS:
        diary.begin(paying.batch(run, world))
    for life in asking.lives(world):
        diary.begin(life)
    diary.run()
    User.objects.filter(pk__in=[person.pk for person in world.people.values()]).update(
        password=make_password(people.PASSWORD)
    )
    tell(f"{len(APPLICANTS)}家单位、{len(world.people)}个账号、{len(world.numbers)}份申报已生成。")


def _offices(world: World) -> Life:
    """Offices, budgets, year lists and rounds."""
    yield moment(date(2023, 1, 9), 9)
    world.people |= people.open_offices()
    admin = world.people["admin"]
    yield moment(date(2023, 1, 12), 10)
    _budget(2023, "哈财教〔2023〕6号（演示）", admin)
    yield moment(date(2023, 2, 20), 9, 30)
    _round(
        world, 1, "2023-1", "2023年度第一批", "哈科发〔2023〕8号（演示）", date(2023, 3, 1), date(2023, 4, 1)
    )
    yield moment(date(2023, 2, 28), 14)
    _year_list(world)
    yield moment(date(2023, 9, 25), 9, 30)
    _round(
        world,
        2,
        "2023-2",
        "2023年度第二批",
        "哈科发〔2023〕43号（演示）",
        date(2023, 10, 9),
        date(2024, 1, 1),
    )
    yield moment(date(2023, 10, 10), 10)
    _round(
        world,
        3,
        "2023-3",
        "2023年度第三批",
        "哈科发〔2023〕47号（演示）",
        date(2023, 11, 20),
        date(2024, 1, 1),
    )
    yield moment(date(2023, 10, 12), 16)
    _budget(2024, "哈财教〔2023〕88号（演示，提前下达）", admin)


def _budget(year: int, document_number: str, admin: User) -> None:
    for name, function_code, items, amount in LINES:
        ledger.open_line(
            policy=PACK,
            year=year,
            name=name,
            source="市级科技专项资金",
            function_code=function_code,
            document_number=document_number,
            items=list(items),
            amount=Decimal(amount),
            actor=admin,
        )


def _round(
    world: World, place: int, number: str, name: str, document_number: str, opens: date, closes: date
) -> None:
    world.rounds[place] = programmes.open_round(
        actor=world.people["admin"],
        policy=world.policy,
        number=number,
        name=name,
        document_number=document_number,
        guide=f"{name}申报指南（演示）\n{GUIDE}",
        opens_at=clock.at(opens),
        closes_at=clock.at(closes),
        items=[world.item(code) for code in MONEY_ITEMS],
    )


def _year_list(world: World) -> None:
    """活动清单 of 2022 and 2023: every event that is claimed, and two that nobody claims."""
    organisers = {applicant.key: applicant for applicant in APPLICANTS}
    events_ = [(plan.owner, plan.name, plan.window) for plan in PLANS if plan.item == "9b"]
    events_ += [("qiye", "2022东北亚智能计算论坛（演示）", 1), ("hanzhi", "2023寒地装备创新大赛（演示）", 2)]
    for owner, name, window in events_:
        held = figures.held_on(window)
        programmes.list_event(
            actor=world.people["jingbanren2"],
            policy=world.policy,
            year=held.year,
            name=name,
            organiser_code=organisers[owner].code,
            organiser_name=organisers[owner].name,
            held_on=held,
            document_number=f"哈科发〔{held.year}〕3号（演示）",
        )


def _applicant(applicant: Applicant, place: int, world: World) -> Life:
    """Registration, certification two working days later, and a colleague's account."""
    begun = add_workdays(date(2023, 2, 3), place // 2 + 1) if applicant.certified else date(2023, 10, 12)
    yield moment(begun, 9 + place % 2 * 5, 20 + place)
    organisation = people.register(applicant)
    world.people[applicant.admin[0]] = User.objects.get(username=applicant.admin[0])
    if not applicant.certified:
        return
    yield moment(add_workdays(begun, 2), 10 + place % 2 * 5, 5 + place)
    accounts.certify_organisation(organisation=organisation, actor=world.people["shouli"])
    admin = world.people[applicant.admin[0]] = User.objects.get(username=applicant.admin[0])
    if applicant.filler:
        yield this_minute() + timedelta(minutes=75)
        world.people[applicant.filler[0]] = accounts.add_filler(
            actor=admin, username=applicant.filler[0], display_name=applicant.filler[1], password=people.UNSET
        )


def _walks(world: World) -> Life:
    """Two projects that are ready for a first claim of one's own: one of 6000万元 with its costs, one for item 1."""
    yield moment(date(2023, 10, 10), 9, 5)
    actor = world.people["jingban"]
    project = filing.create_project(
        actor=actor,
        name="冰城共性算力研发平台（演示）",
        location="哈尔滨市松北区科技创新城（演示地址）",
        leader="林晓",
        summary="建设面向本市企业和校（所）的人工智能共性技术研发平台，提供大模型训练、推理和评测能力。",
    )
    for place, (name, amount, quantity) in enumerate(WALK):
        filing.add_cost_item(
            actor=actor,
            project=project,
            values={
                "name": name,
                "quantity": quantity,
                "category": "equipment",
                "document_number": f"2323200000001688{place + 1:04d}",
                "counterparty": figures.SUPPLIERS[place],
                "contract_number": f"HT-20230{place + 2}",
                "amount": amount,
                "contract_date": date(2023, 2 + place, 6),
                "invoice_date": date(2023, 4 + place, 12),
                "paid_date": date(2023, 5 + place, 9),
            },
        )
    yield moment(date(2023, 10, 10), 14, 25)
    filing.create_project(
        actor=world.people["daxue2"],
        name="寒地工业大模型关键技术攻关（演示）",
        location="哈尔滨市南岗区（演示地址）",
        leader="梁文博",
        summary="面向装备制造的工业大模型，攻克小样本学习和低温环境部署等关键技术。",
    )
