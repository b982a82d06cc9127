"""The plan: which organisation files what, how large it is, and how far it has come on 2023-10-16."""

from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random

from portal.kernel import clock

TODAY = datetime(2023, 10, 16, 9, 0, tzinfo=clock.SHANGHAI)


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut of one cost: its place among the claim's costs, the reason, the share cut, and the words for it."""

    place: int
    code: str
    share: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that are reviewed together: when they are opened, proposed, endorsed, noticed and approved."""

    opened: date
    proposed: date
    endorsed: date
    noticed: date | None = None
    approved: date | None = None
    approval: str = ""


GROUPS = {
    "first": Group(
        date(2023, 4, 10),
        date(2023, 5, 26),
        date(2023, 6, 1),
        date(2023, 6, 5),
        date(2023, 6, 15),
        "哈科发〔2023〕21号（演示）",
    ),
    "second": Group(
        date(2023, 6, 12),
        date(2023, 8, 4),
        date(2023, 8, 10),
        date(2023, 8, 14),
        date(2023, 8, 23),
        "哈科发〔2023〕35号（演示）",
    ),
    "third": Group(
        date(2023, 7, 17),
        date(2023, 8, 30),
        date(2023, 9, 4),
        date(2023, 9, 6),
        date(2023, 9, 18),
        "哈科发〔2023〕41号（演示）",
    ),
    "over": Group(date(2023, 8, 7), date(2023, 9, 13), date(2023, 9, 18), date(2023, 9, 20)),
    "noticed": Group(date(2023, 8, 14), date(2023, 9, 27), date(2023, 10, 9), date(2023, 10, 11)),
    "endorsed": Group(date(2023, 8, 21), date(2023, 10, 9), date(2023, 10, 12)),
    "live": Group(date(2023, 8, 28), date(2023, 10, 12), date(2023, 10, 13)),
    "now": Group(date(2023, 10, 12), date(2023, 10, 13), date(2023, 10, 13)),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One claim. `end` names the state it has reached: of the claim, of its case, or of its payment."""

    owner: str
    project: str
    item: str
    end: str
    wan: int
    group: str = "now"
    window: int = 1
    batch: str = ""
    cuts: tuple[Cut, ...] = ()
    freight: bool = False
    corrected: bool = False
    sent_back: bool = False
    experts: int = 3
    points: float = 0.82
    shares_invoice: str = ""
    same_cost: bool = False
    late: bool = False
    why: str = ""

    @property
    def key(self) -> str:
        return f"{self.owner}/{self.project}/{self.item}/{self.window}"

    @property
    def name(self) -> str:
        return f"{self.project}（演示）"

    @property
    def rng(self) -> Random:
        return Random(f"2023 {self.key}")


PURE = Cut(0, "not_equipment", "0.06", "报价中含运输和培训，按分项报价核减。")
PRICE = Cut(1, "price_unreasonable", "0.08", "单价高于同期三家询价的平均价，按平均价核定。")
UNPAID = Cut(1, "not_paid", "0.10", "质保金尚未支付。")
TAX = Cut(0, "deductible_tax", "0.115044", "申报金额含可抵扣的进项税。")
NO_PROOF = Cut(1, "no_evidence", "1", "没有付款凭证，补正后仍未提供。")

PLANS = (
    # paid
    Plan(
        "hanzhi",
        "寒地装备智能检测平台",
        "2a",
        "closed",
        6200,
        "first",
        batch="A1",
        cuts=(PURE,),
        freight=True,
    ),
    Plan(
        "beichen",
        "工业视觉缺陷检测共性平台",
        "2a",
        "closed",
        1860,
        "first",
        batch="A1",
        cuts=(PRICE,),
        corrected=True,
    ),
    Plan("longjiang", "城市数据开放共享服务平台", "2b", "closed", 3400, "first", batch="A1", experts=5),
    Plan("longjiang", "城市数据开放共享服务平台", "2c", "closed", 640, "first", batch="A1", cuts=(UNPAID,)),
    Plan("beijiang", "高端数控系统智能内核攻关", "1", "closed", 800, "first", batch="A1"),
    Plan("yanjiuyuan", "中外寒区智能联合创新中心", "6b", "closed", 96, "first", batch="A1"),
    Plan("heitu", "黑土耕地智能监测应用场景", "4", "closed", 1200, "first", batch="A2", cuts=(TAX,)),
    Plan("zhongchuang", "智能产业一体化培育载体", "3a", "closed", 8800, "first", batch="A2", sent_back=True),
    Plan("yanjiuyuan", "中外寒区智能联合创新中心", "6a", "closed", 320, "first", batch="A2"),
    Plan("bingxue", "2022冰雪数字文旅产业论坛", "9b", "closed", 68, "first", batch="A2"),
    Plan("jiangan", "智慧供热调度示范场景", "4", "closed", 2300, "first", batch="A2 B1", cuts=(UNPAID,)),
    Plan("xueyuan", "寒地巡检机器人研发平台", "2a", "closed", 2450, "second", batch="B1", freight=True),
    Plan(
        "yuanshan",
        "医学影像辅助诊断应用场景",
        "4",
        "closed",
        980,
        "second",
        batch="B1",
        cuts=(PRICE,),
        corrected=True,
    ),
    # approved, on the way to payment
    Plan("wuren", "冰雪路面无人驾驶关键技术攻关", "1", "returned", 600, "second", batch="B1"),
    Plan("qiye", "算法开源协作服务平台", "2b", "account_due", 2100, "third", cuts=(PRICE,)),
    Plan("hanzhi", "寒地装备智能检测平台", "2c", "account_due", 480, "third"),
    Plan("beichen", "视觉质检示范产线场景", "4", "requested", 1500, "third"),
    Plan("daxue", "寒区大模型训练平台", "2a", "requested", 3900, "third", cuts=(PURE,)),
    Plan("heitu", "农机自动作业联合创新中心", "6a", "requested", 150, "third", batch="B5"),
    Plan("longjiang", "2022数据要素创新大赛", "9b", "in_batch", 85, "third", batch="B4"),
    Plan("xueyuan", "机器人关节关键部件攻关", "1", "in_batch", 450, "third", batch="B4"),
    Plan("yuanshan", "医学数据开放服务平台", "2b", "in_batch", 1700, "third", batch="B3"),
    Plan("jiangan", "供热算法服务平台", "2c", "in_batch", 620, "third", batch="B3"),
    Plan("wuren", "智慧公交示范场景", "4", "in_batch", 1320, "third", batch="B2"),
    Plan("zhongchuang", "孵化企业协同服务平台", "2b", "in_batch", 2600, "third", batch="B2"),
    # public notice over
    Plan("hanzhi", "高寒轴承智能设计攻关", "1", "notice_over", 900, "over"),
    Plan("beijiang", "中欧智能制造联合创新中心", "6b", "notice_over", 120, "over"),
    Plan("beichen", "中外机器视觉联合创新中心", "6a", "notice_over", 180, "over"),
    Plan("xueyuan", "2022寒地机器人创新大赛", "9b", "notice_over", 92, "over"),
    # on public notice
    Plan("longjiang", "政务知识图谱共性平台", "2a", "noticed", 2900, "noticed", cuts=(PRICE,)),
    Plan("beichen", "工业视觉缺陷检测共性平台", "2c", "noticed", 530, "noticed"),
    Plan("wuren", "中外低温电池联合创新中心", "6a", "noticed", 260, "noticed"),
    Plan("yuanshan", "2022智能医学学术会议", "9b", "noticed", 44, "noticed"),
    # endorsed
    Plan("heitu", "农业遥感开放共享平台", "2b", "endorsed", 1900, "endorsed"),
    Plan("xueyuan", "寒地巡检机器人研发平台", "2c", "endorsed", 410, "endorsed"),
    Plan("daxue", "中外冰雪工程联合创新中心", "6a", "endorsed", 210, "endorsed"),
    Plan("beijiang", "2022智能控制学术会议", "9b", "endorsed", 36, "endorsed"),
    # proposed
    Plan("bingxue", "冰雪景区智慧导览场景", "4", "proposed", 760, "live", cuts=(TAX,)),
    Plan("daxue", "中外冰雪工程联合创新中心", "6b", "proposed", 88, "live"),
    Plan("longjiang", "国际数据治理新型研发机构", "6a", "proposed", 300, "live", cuts=(NO_PROOF,)),
    Plan("hanzhi", "2022智能装备产业论坛", "9b", "proposed", 73, "live"),
    # rejection proposed
    Plan(
        "jiangan",
        "热网故障预测共性平台",
        "2a",
        "rejection_proposed",
        1500,
        "live",
        points=0.52,
        why="专家评审平均得分低于60分的合格线，研发基础和经费安排不足。",
    ),
    Plan(
        "bingxue",
        "冰雪文旅大数据平台",
        "2c",
        "rejection_proposed",
        220,
        "live",
        why="平台没有通过评审认定，不符合运营补助的条件。",
    ),
    Plan(
        "zhongchuang",
        "国际孵化联合创新中心",
        "6a",
        "rejection_proposed",
        90,
        "live",
        why="机构成立文件显示注册地不在本市，不符合条款规定。",
    ),
    Plan(
        "jiangan",
        "2022智慧供热技术交流会",
        "9b",
        "rejection_proposed",
        28,
        "live",
        why="核对发现申报单位是承办单位，主办机构另有单位。",
    ),
    # with the responsible units
    Plan("yuanshan", "手术机器人共性技术研发平台", "2a", "unit_opinions", 3300, "live", cuts=(PURE,)),
    Plan("wuren", "无人配送示范场景", "4", "unit_opinions", 640, "live"),
    Plan("yanjiuyuan", "寒区智能检测平台", "2c", "unit_opinions", 360, "live"),
    Plan("zhongchuang", "2022智能创业大赛", "9b", "unit_opinions", 110, "live"),
    # being verified
    Plan("hanzhi", "寒地装备云服务平台", "2b", "verification", 4100, "live", cuts=(UNPAID,)),
    Plan("beichen", "光学精密检测研发平台", "2a", "verification", 2700, "live"),
    Plan("wuren", "中外低温电池联合创新中心", "6b", "verification", 60, "live", late=True),
    Plan("xueyuan", "中外服务机器人联合创新中心", "6a", "verification", 140, "live"),
    Plan("heitu", "2022智慧农业峰会", "9b", "verification", 57, "live"),
    # with the experts, at acceptance, at the year list
    Plan("yanjiuyuan", "寒区环境感知关键技术攻关", "1", "expert_review", 700, "live"),
    Plan("bingxue", "冰雪数字孪生开放平台", "2b", "expert_review", 1300, "live", experts=2),
    Plan("yuanshan", "国际医学智能新型研发机构", "6a", "acceptance", 190, "live"),
    Plan("wuren", "2022自动驾驶技术论坛", "9b", "listing", 39, "live"),
    # second round, just opened
    Plan(
        "xueyuan",
        "协作机器人开放平台",
        "2b",
        "checking",
        2200,
        window=2,
        shares_invoice="beichen/光学精密检测研发平台/2a/1",
    ),
    Plan("heitu", "农业遥感开放共享平台", "2c", "checking", 300, window=2),
    Plan("beijiang", "国际智能控制新型研发机构", "6a", "checking", 230, window=2),
    Plan("qiye", "2023智能计算产业峰会", "9b", "checking", 64, window=2),
    # ended without support
    Plan(
        "zhongchuang",
        "园区安防示范场景",
        "4",
        "refused",
        410,
        why="项目由财政资金全额投资，属于政府投资项目。",
    ),
    Plan("bingxue", "冰雪赛事智能裁判攻关", "1", "lapsed", 300),
    Plan("hanzhi", "车间智能排产示范场景", "4", "withdrawn", 520, "first", why="项目改为与合作方联合申报。"),
    Plan(
        "jiangan",
        "低温热泵智能控制攻关",
        "1",
        "rejected",
        500,
        "first",
        points=0.5,
        why="专家评审平均得分低于60分的合格线。",
    ),
    Plan(
        "longjiang",
        "数据服务产业培育载体",
        "3a",
        "rejected",
        2600,
        "second",
        why="场地证明显示载体尚未投入使用，不符合支持条件。",
    ),
    # second round: drafts and filings
    Plan("qiye", "智算中心节能调度场景", "4", "draft", 900, window=2),
    Plan("daxue", "2023人工智能学术会议", "9b", "draft", 46, window=2),
    Plan("bingxue", "冰雪数字孪生共性平台", "2a", "draft", 1100, window=2),
    Plan("xinqi", "边缘智能终端攻关", "1", "draft", 200, window=2),
    Plan("longjiang", "智慧社区示范场景", "4", "discarded", 330, window=2),
    Plan("jiangan", "供热数据开放服务平台", "2b", "submitted", 1450, window=2),
    Plan("yuanshan", "医学数据开放服务平台", "2c", "submitted", 280, window=2),
    Plan("yanjiuyuan", "寒区自主导航共性平台", "2a", "submitted", 3600, window=2),
    Plan("wuren", "自动驾驶开放测试平台", "2b", "submitted", 1900, window=2),
    Plan("wuren", "自动驾驶开放测试平台", "4", "submitted", 600, window=2, same_cost=True),
    Plan("daxue", "智能材料计算关键技术攻关", "1", "submitted", 650, window=2, corrected=True),
    Plan("beijiang", "工业软件共性技术研发平台", "2a", "correction_due", 2800, window=2),
    Plan("zhongchuang", "2023创业导师对接会", "9b", "correction_due", 22, window=2),
    Plan("hanzhi", "中外寒地装备联合创新中心", "6a", "accepted", 240, window=2),
    Plan("longjiang", "国际数据治理新型研发机构", "6b", "accepted", 75, window=2),
    Plan("xueyuan", "仓储机器人示范场景", "4", "accepted", 870, window=2),
    Plan(
        "beichen", "中外机器视觉联合创新中心", "6b", "withdrawn", 54, window=2, why="经费凭证需要重新整理。"
    ),
    Plan(
        "bingxue",
        "冰雪文创产业培育载体",
        "3a",
        "refused",
        700,
        window=2,
        why="载体位于外市，不属于支持范围。",
    ),
)


@dataclass(frozen=True, slots=True)
class Run:
    """A payment batch: its title and how far it goes, on which days. Empty days are steps not taken."""

    key: str
    title: str
    made: date
    submitted: date | None = None
    released: date | None = None
    results: date | None = None
    cancelled: date | None = None
    sent_back: bool = False


RUNS = (
    Run(
        "A1",
        "2023年第一批项目首次拨付",
        date(2023, 6, 28),
        date(2023, 6, 29),
        date(2023, 6, 30),
        date(2023, 7, 4),
    ),
    Run(
        "A2",
        "2023年第一批项目第二次拨付",
        date(2023, 7, 12),
        date(2023, 7, 13),
        date(2023, 7, 17),
        date(2023, 7, 20),
        sent_back=True,
    ),
    Run(
        "B1",
        "2023年第一批项目第三次拨付",
        date(2023, 9, 5),
        date(2023, 9, 6),
        date(2023, 9, 7),
        date(2023, 9, 12),
    ),
    Run("B5", "2023年第一批国际合作拨付", date(2023, 9, 26), cancelled=date(2023, 9, 27)),
    Run("B2", "2023年10月第一次拨付", date(2023, 10, 9), date(2023, 10, 9), date(2023, 10, 11)),
    Run("B3", "2023年10月第二次拨付", date(2023, 10, 11), date(2023, 10, 12)),
    Run("B4", "2023年10月第三次拨付", date(2023, 10, 13)),
)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.at(day, time(hour, minute))
