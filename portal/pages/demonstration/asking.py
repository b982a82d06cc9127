"""Requests and referrals of the demonstration: every state, every light of the clock, both kinds of paper."""

import io
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from applications.requests import selectors, services
from applications.requests.models import ServiceRequest
from portal.accounts.selectors import unit_by_code
from portal.pages.demonstration import papers
from portal.pages.demonstration.diary import Life, on
from portal.pages.demonstration.world import World


@dataclass(frozen=True, slots=True)
class Act:
    """What happens on a day: the service's name, who does it (an office's sign-in name or the applicant), what it is told."""

    day: date
    name: str
    who: str = ""
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asking:
    """One request or referral: who files it for which item, in what words, and what happens then."""

    owner: str
    item: str
    filed: date
    title: str
    told: dict[str, Any]
    acts: tuple[Act, ...] = ()


def _request(text: str, about: str = "") -> dict[str, Any]:
    return {"facts": {"request": text, "project_content": about}}


def _referral(statement: str, policy: str = "", note: str = "") -> dict[str, Any]:
    return {
        "facts": {"other_policy": policy},
        "statement": statement,
        "public_money": bool(note),
        "public_money_note": note,
    }


ASKINGS = (
    Asking(
        "qiye",
        "8a",
        date(2023, 9, 11),
        "推理加速卡项目对接风险投资",
        _request("推理加速卡已完成流片，希望对接天使轮股权投资500万元。", "团队18人，已有两家试用客户。"),
        (
            Act(
                date(2023, 9, 18),
                "answer",
                "danwei",
                {
                    "text": "已转市科技风险投资基金管理人，9月22日前由投资经理与你单位联系。\n需要准备商业计划书和上一年度审计报告。",
                    "in_writing": True,
                },
            ),
            Act(date(2023, 9, 25), "rate", "", {"rating": "good", "words": "答复很快，已经见过投资经理。"}),
        ),
    ),
    Asking(
        "hanzhi",
        "8d",
        date(2023, 9, 26),
        "以三项发明专利质押申请贷款担保",
        _request("以三项发明专利质押，申请800万元流动资金贷款担保。"),
        (
            Act(
                date(2023, 10, 9),
                "pass_on",
                "danwei",
                {"unit": "banking", "reason": "属于融资担保业务，由市金融局联系政府性融资担保机构办理。"},
            ),
        ),
    ),
    Asking(
        "longjiang",
        "10a",
        date(2023, 9, 21),
        "申请开放供热管网脱敏运行数据",
        _request("申请2021至2023年主城区换热站脱敏运行数据，用于负荷预测模型。", "已签订数据安全承诺。"),
    ),
    Asking(
        "yuanshan",
        "10b",
        date(2023, 10, 12),
        "医学影像公共数据应用试点",
        _request("希望参加公共数据应用试点，提供肺部影像辅助诊断服务。"),
    ),
    Asking(
        "daxue",
        "9c",
        date(2023, 9, 20),
        "牵头组建寒地人工智能产业联盟",
        _request("由学校牵头，联合十二家企业组建产业联盟，咨询登记和场地支持。"),
        (
            Act(
                date(2023, 10, 10),
                "answer",
                "shichang",
                {
                    "text": "联盟按社会团体登记，先向业务主管单位提出申请。登记后可以使用市标准化服务平台的场地。"
                },
            ),
        ),
    ),
    Asking(
        "beichen",
        "8b",
        date(2023, 9, 13),
        "视觉检测产业子基金合作",
        _request("拟引入社会资本设立视觉检测产业子基金，咨询引导基金出资条件。"),
        (
            Act(
                date(2023, 9, 20),
                "answer",
                "danwei",
                {"text": "引导基金出资比例不超过子基金规模的30%，申报指南见市产业引导基金公告。"},
            ),
            Act(date(2023, 10, 12), "follow_up", "", {"text": "子基金的返投比例要求是多少？"}),
        ),
    ),
    Asking(
        "jiangan",
        "8c",
        date(2023, 9, 14),
        "智慧供热平台对接战略性新兴投资基金",
        _request("希望对接战略性新兴投资基金。"),
        (Act(date(2023, 9, 18), "withdraw", "", {"reason": "已与其他投资方签约。"}),),
    ),
    Asking(
        "xueyuan",
        "8a",
        date(2023, 8, 21),
        "仓储机器人成果转化对接",
        _request("仓储机器人成果转化项目，希望对接股权投资300万元。"),
        (
            Act(
                date(2023, 8, 29),
                "answer",
                "danwei",
                {"text": "项目处于产品验证阶段，建议先参加9月的项目路演，路演通知已发送到你单位联系电话。"},
            ),
            Act(date(2023, 9, 13), "close_answered"),
        ),
    ),
    Asking(
        "qiye",
        "5c",
        date(2023, 10, 8),
        "冰城智算区域总部落户",
        _referral(
            "集团拟在松北区设立东北区域总部，已完成注册，承诺三年内员工超过200人，申请总部落户奖励。",
            "哈政规〔2022〕15号",
            "区级：松北区企业落户奖励，2023年20万元，用于办公场地装修。",
        ),
        (
            Act(
                date(2023, 10, 11),
                "hand_over",
                "touzi",
                {
                    "other_policy": "哈尔滨市鼓励总部经济发展若干政策措施",
                    "other_document_number": "哈政规〔2022〕15号",
                    "other_office": "市投资服务局总部经济处（演示）",
                    "overlap_note": "在办申报的费用是设备和场景建设支出，与总部落户奖励不是同一笔费用；区级奖励已注明，请审核时一并核对。",
                },
            ),
        ),
    ),
    Asking(
        "hanzhi",
        "9a",
        date(2023, 8, 17),
        "主持制定寒地工业机器人国家标准",
        _referral("主持制定的推荐性国家标准已于2023年6月发布，申请标准制定补助。", "哈政规〔2021〕1号"),
        (
            Act(
                date(2023, 8, 22),
                "hand_over",
                "shichang",
                {
                    "other_policy": "哈尔滨市人民政府关于支持民营经济和中小企业发展的若干意见",
                    "other_document_number": "哈政规〔2021〕1号",
                    "other_office": "市市场监管局标准化处（演示）",
                    "overlap_note": "没有发现重复。",
                },
            ),
            Act(
                date(2023, 9, 21),
                "record_result",
                "shichang",
                {
                    "outcome": "supported",
                    "other_file_number": "哈市监标〔2023〕41号（演示）",
                    "outcome_on": date(2023, 9, 20),
                    "amount": "200000.00",
                    "text": "经审核，主持制定国家标准一项，给予补助20万元，由市市场监管局拨付。",
                },
            ),
            Act(date(2023, 9, 26), "rate", "", {"rating": "fair", "words": "希望缩短办理时间。"}),
        ),
    ),
    Asking(
        "daxue",
        "7",
        date(2023, 10, 11),
        "引进人工智能青年拔尖人才",
        _referral("从海外引进青年拔尖人才一名，已签订五年聘用合同，申请人才引进补贴。"),
    ),
    Asking(
        "wuren",
        "5a",
        date(2023, 9, 25),
        "自动驾驶测试场二期投资",
        _referral("计划投资3000万元建设测试场二期，咨询重大项目支持。"),
        (
            Act(
                date(2023, 9, 28),
                "decline",
                "touzi",
                {
                    "reason": "项目总投资没有达到现行重大产业项目政策的标准，暂没有可以转办的政策。测试场建设可以申报第二条创新服务平台补助。"
                },
            ),
        ),
    ),
)


def lives(world: World) -> list[Life]:
    return [_life(asking, world) for asking in ASKINGS]


def _life(asking: Asking, world: World) -> Life:
    rng = Random(f"{asking.owner}-{asking.item}-{asking.title}")
    yield on(asking.filed, rng)
    with_paper = asking.item.startswith("8")
    content = papers.pdf("情况介绍", f"{asking.owner} {asking.item}")
    asked, _ = services.file_request(
        actor=world.filler(asking.owner),
        item=world.item(asking.item),
        title=asking.title,
        files=[services.NewFile(io.BytesIO(content), "情况介绍.pdf", len(content))] if with_paper else [],
        **asking.told,
    )
    for act in asking.acts:
        yield on(act.day, rng)
        _do(act, asking, selectors.service_requests().get(pk=asked.pk), world)


def _do(act: Act, asking: Asking, asked: ServiceRequest, world: World) -> None:
    told = dict(act.told)
    if act.name == "close_answered":
        services.close_answered(asked=asked)
        return
    if "unit" in told:
        told["unit"] = unit_by_code(told["unit"])
    actor = world.people[act.who] if act.who else world.admin(asking.owner)
    getattr(services, act.name)(actor=actor, asked=asked, **told)
