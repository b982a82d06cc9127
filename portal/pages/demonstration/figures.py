"""Plausible figures: what projects buy, sell and spend, item by item, from a seeded generator."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that costs or earns money: its category in the pack, and the usual price of one in 万元."""

    name: str
    category: str
    price: str
    unit: str = ""


MACHINES = (
    Thing("训练服务器", "equipment", "186.00", "台"),
    Thing("推理服务器", "equipment", "68.50", "台"),
    Thing("高速存储系统", "equipment", "142.00", "套"),
    Thing("万兆交换机", "equipment", "23.80", "台"),
    Thing("工业相机阵列", "equipment", "37.20", "套"),
    Thing("激光雷达", "equipment", "18.60", "台"),
    Thing("协作机械臂", "equipment", "29.40", "台"),
    Thing("高低温环境试验箱", "equipment", "46.00", "台"),
    Thing("数据采集终端", "equipment", "8.90", "套"),
    Thing("三坐标测量机", "equipment", "112.00", "台"),
)
SOFTWARE = (
    Thing("深度学习训练平台软件", "software", "76.00", "套"),
    Thing("仿真与标注软件", "software", "34.50", "套"),
)
FIT_OUT = (Thing("机房装修改造", "fit_out", "88.00", "项"), Thing("实验场地改造", "fit_out", "52.00", "项"))
GOODS: dict[str, tuple[Thing, ...]] = {
    "2a": MACHINES + SOFTWARE,
    "2b": (*MACHINES[:5], *SOFTWARE, *FIT_OUT),
    "2c": (
        Thing("模型研发技术服务", "research_service", "86.00"),
        Thing("产品检验检测服务", "testing_service", "32.00"),
        Thing("算力租用服务", "computing_service", "58.00"),
        Thing("数据治理服务", "computing_service", "44.00"),
        Thing("算法优化服务", "research_service", "71.00"),
    ),
    "3a": (
        *FIT_OUT,
        Thing("公共实验设备", "equipment", "260.00", "套"),
        Thing("园区网络和公共设施", "network", "190.00", "项"),
        Thing("孵化服务管理软件", "software", "64.00", "套"),
        Thing("共享算力服务器", "equipment", "175.00", "台"),
    ),
    "4": (
        Thing("场景感知设备", "equipment", "46.00", "套"),
        Thing("边缘计算设备", "equipment", "28.00", "台"),
        Thing("场景算法软件", "software", "98.00", "套"),
        Thing("系统集成", "integration", "120.00", "项"),
        Thing("场景现场改造", "fit_out", "66.00", "项"),
    ),
    "6a": (
        Thing("联合实验设备", "equipment", "42.00", "套"),
        Thing("联合研发软件", "software", "26.00", "套"),
        Thing("研发材料", "materials", "11.00", "批"),
        Thing("合作研发费用", "joint_research", "38.00", "项"),
    ),
    "6b": (
        Thing("外籍专家劳务报酬", "salary", "9.60", "月"),
        Thing("外籍专家国际差旅", "travel", "4.20", "次"),
        Thing("外籍专家住房租金", "housing", "1.80", "月"),
        Thing("外籍专家科研工作经费", "research", "12.00", "项"),
        Thing("外籍专家保险", "insurance", "1.10", "份"),
    ),
    "9b": (
        Thing("会场和设备租赁", "venue", "12.00"),
        Thing("会场搭建和布置", "build", "16.50"),
        Thing("专家劳务和差旅", "expert_fee", "9.80"),
        Thing("资料印刷和宣传", "printing", "4.60"),
        Thing("会务服务", "service", "11.20"),
    ),
}
SUPPLIERS = (
    "华算设备有限公司（演示）",
    "远达科学仪器有限公司（演示）",
    "天衡软件技术有限公司（演示）",
    "宏图机电工程有限公司（演示）",
    "晨光实验器材有限公司（演示）",
)
CUSTOMERS = (
    "哈南精密制造有限公司（演示）",
    "松花江乳业有限公司（演示）",
    "北疆轴承有限公司（演示）",
    "冰城公共交通有限公司（演示）",
)
FREIGHT = Thing("设备运输和保险", "freight", "6.40", "项")


def costs(item: str, wan: int, window: int, rng: Random, *, freight: bool = False) -> list[dict[str, Any]]:
    """Cost entries of an item that come to about `wan` 万元, dated for the round with that number."""
    pool = GOODS[item]
    count = min(len(pool), 2 if wan < 100 else 3 if wan < 1000 else 5)
    chosen = rng.sample(pool, count)
    shares = [rng.uniform(0.7, 1.4) for _ in chosen]
    entries = [
        _entry(thing, wan * share / sum(shares), item, window, rng)
        for thing, share in zip(chosen, shares, strict=True)
    ]
    if freight:
        entries.append(_entry(FREIGHT, float(FREIGHT.price), item, window, rng))
    return entries


def _entry(thing: Thing, share: float, item: str, window: int, rng: Random) -> dict[str, Any]:
    price = float(thing.price)
    quantity = max(1, round(share / price))
    each = share / quantity if thing.category != "freight" else price
    amount = Decimal(round(each * quantity * 100)) * 100 + Decimal(rng.randint(0, 99)) / 100
    entry: dict[str, Any] = {
        "name": thing.name,
        "quantity": f"{quantity}{thing.unit}" if thing.unit else "",
        "category": thing.category,
        "document_number": f"2323{rng.randrange(10**15, 10**16)}",
        "counterparty": rng.choice(CUSTOMERS if item == "2c" else SUPPLIERS),
        "contract_number": f"HT-{rng.randrange(100000, 999999)}",
        "amount": f"{amount:.2f}",
    }
    return entry | _dates(item, window, rng)


def _dates(item: str, window: int, rng: Random) -> dict[str, Any]:
    first = date(2022, 9, 5) if window == 1 else date(2023, 3, 6)
    contract = first + DAY * rng.randint(0, 60)
    invoice = contract + DAY * rng.randint(15, 60)
    paid = invoice + DAY * rng.randint(3, 25)
    match item:
        case "2c":
            start, end = (
                (date(2022, 9, 1), date(2022, 12, 31))
                if window == 1
                else (date(2023, 1, 1), date(2023, 6, 30))
            )
            return {
                "side": "sale",
                "contract_date": start + DAY * rng.randint(0, 9),
                "service_from": start + DAY * rng.randint(10, 30),
                "service_to": end - DAY * rng.randint(0, 20),
                "flags": {"local_customer": True},
            }
        case "6b":
            return {"evidence_kind": "other", "expense_date": invoice, "paid_date": invoice}
        case "9b":
            held = held_on(window)
            return {"contract_date": held - DAY * 20, "invoice_date": held + DAY * 6, "event_date": held}
    return {"contract_date": contract, "invoice_date": invoice, "paid_date": paid}


def held_on(window: int) -> date:
    """When events that are claimed in a round took place."""
    return date(2022, 11, 10) if window == 1 else date(2023, 8, 18)


def facts(item: str, project: str, wan: int, window: int, rng: Random) -> dict[str, Any]:
    """Answers to what the item asks; `wan` is the base, or for item 1 the requested sum, in 万元."""
    subject = project.removesuffix("（演示）")
    year = 2022 if window == 1 else 2023
    build = {
        "build_from": date(2022, 9, 1),
        "build_to": date(year, 12, 20) if window == 1 else date(2023, 9, 15),
    }
    content = f"围绕{subject}，配齐研发与验证条件，形成面向本地企业的服务能力。"
    platform = {
        "platform_name": subject,
        "platform_content": content,
        "platform_place": "松北区科技创新城（演示地址）",
        **build,
        "vat_deductible": True,
    }
    answers: dict[str, dict[str, Any]] = {
        "1": {
            "bottleneck": f"{subject}依赖进口，低温环境下的可靠性不足，制约本市相关产业。",
            "approach": rng.choice(["own", "joint", "challenge"]),
            "goals": "两年内完成样机并通过第三方检测，关键指标达到国内先进水平，申请发明专利6项。",
            "total_budget": f"{wan * 3}0000.00",
            "requested_amount": f"{wan}0000.00",
        },
        "2a": platform | {"goals": "每年服务企业不少于30家，形成共性技术成果8项。"},
        "2b": platform | {"openness": "接口、数据集和部分源代码向社会开放，预约使用，收费标准公开。"},
        "2c": {
            "platform_name": subject,
            "service_year": year,
            "service_content": "为本市企业和校（所）提供研发、检测和算力服务。",
        },
        "3a": {
            "carrier_name": subject,
            "carrier_kind": rng.choice(["integrated", "both"]),
            "carrier_place": "南岗区创新大道（演示地址）",
            "carrier_content": content,
            "tenants": rng.randint(18, 60),
            "vat_deductible": True,
        },
        "4": {
            "scene_name": subject,
            "scene_field": _field(subject),
            "scene_place": "哈尔滨市（演示地址）",
            "scene_content": f"{subject}已投入运行，作业效率提高约三成，可在同类单位推广。",
            "filed_total": f"{wan + 200}0000.00",
            "vat_deductible": True,
        },
        "6a": {
            "body_name": subject,
            "body_kind": "institute" if "研发机构" in subject else "joint_centre",
            "foreign_partner": "北欧应用智能研究所（演示）",
            "founded_on": date(2022, 9, 20),
            "cooperation_content": "联合开展低温环境人工智能应用研究，已形成联合专利2项。",
            "vat_deductible": True,
        },
        "6b": {
            "centre_name": subject,
            "expense_year": year,
            "experts": rng.randint(1, 4),
            "expert_work": "外籍专家驻中心开展联合研究，指导研发团队，已发表论文3篇。",
        },
        "9b": {
            "event_name": project,
            "event_kind": "contest" if "大赛" in project else "conference" if "学术" in project else "forum",
            "list_year": year,
            "event_place": "哈尔滨国际会展中心（演示）",
            "event_effect": "参会约400人，签订合作意向12项，媒体报道30余篇。",
        },
    }
    return answers[item]


def _field(subject: str) -> str:
    words = {
        "农": "farming",
        "黑土": "farming",
        "供热": "heating",
        "旅": "tourism",
        "景区": "tourism",
        "公交": "transport",
        "医": "medicine",
        "产线": "manufacturing",
        "配送": "transport",
    }
    return next((field for word, field in words.items() if word in subject), "other")


FINDINGS: dict[str, Any] = {
    "dishonesty_listed": False,
    "already_supported": False,
    "open_shared": True,
    "platform_recognised": True,
    "carrier_fits": True,
    "government_invested": False,
    "scene_called": True,
    "scene_in_harbin": True,
    "set_up_in_harbin": True,
    "is_joint_centre": True,
}
"""What reviewers establish in favour; each item asks for some of it."""
