"""Invented organisations, the people who file for them, and the people at the offices."""

from dataclasses import dataclass
from typing import Any

from portal.accounts import selectors, services
from portal.accounts.models import Organisation, User
from portal.accounts.states import ROLE_DESCRIPTIONS, Roles

PASSWORD = "yanshi-2023"
UNSET: Any = None
"""Given for a password while people are made: hashing takes longer than the rest, so it is done once for all."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """An organisation and the sign-in names of its people: 单位管理员 first, then the 经办人."""

    key: str
    code: str
    name: str
    kind: str
    district: str
    legal_person: str
    admin: tuple[str, str]
    filler: tuple[str, str] | None = None
    certified: bool = True


APPLICANTS = (
    Applicant(
        "qiye",
        "91230109MAYY000504",
        "冰城智算科技有限公司（演示）",
        "enterprise",
        "松北区",
        "周明远",
        ("guanli", "周明远"),
        ("jingban", "林晓"),
    ),
    Applicant(
        "daxue",
        "12230100MAYY001220",
        "松江理工大学（演示）",
        "university",
        "南岗区",
        "沈其昌",
        ("daxue", "梁文博"),
        ("daxue2", "许静"),
    ),
    Applicant(
        "hanzhi",
        "91230103MAYY000182",
        "寒地智能装备股份有限公司（演示）",
        "enterprise",
        "平房区",
        "高振东",
        ("hanzhi", "高振东"),
        ("hanzhi2", "宋佳"),
    ),
    Applicant(
        "beichen",
        "91230110MAYY000261",
        "北辰视觉技术有限公司（演示）",
        "enterprise",
        "香坊区",
        "贺北辰",
        ("beichen", "贺北辰"),
        ("beichen2", "丁一凡"),
    ),
    Applicant(
        "longjiang",
        "91230102MAYY000349",
        "龙江云脑数据服务有限公司（演示）",
        "enterprise",
        "道里区",
        "纪云",
        ("longjiang", "纪云"),
        ("longjiang2", "毕然"),
    ),
    Applicant(
        "xueyuan",
        "91230108MAYY00042T",
        "雪原机器人有限公司（演示）",
        "enterprise",
        "平房区",
        "石磊",
        ("xueyuan", "石磊"),
    ),
    Applicant(
        "heitu",
        "91230103MAYY00069A",
        "黑土智慧农业科技有限公司（演示）",
        "enterprise",
        "双城区",
        "田丰",
        ("heitu", "田丰"),
    ),
    Applicant(
        "bingxue",
        "91230110MAYY000779",
        "冰雪文旅数字科技有限公司（演示）",
        "enterprise",
        "松北区",
        "白露",
        ("bingxue", "白露"),
    ),
    Applicant(
        "yuanshan",
        "91230102MAYY00085H",
        "远山医学智能有限公司（演示）",
        "enterprise",
        "道外区",
        "陶安",
        ("yuanshan", "陶安"),
    ),
    Applicant(
        "jiangan",
        "91230108MAYY000933",
        "江岸智慧供热技术有限公司（演示）",
        "enterprise",
        "道里区",
        "温和",
        ("jiangan", "温和"),
    ),
    Applicant(
        "wuren",
        "91230109MAYY001067",
        "松滨无人驾驶技术有限公司（演示）",
        "enterprise",
        "松北区",
        "路遥",
        ("wuren", "路遥"),
    ),
    Applicant(
        "zhongchuang",
        "91230103MAYY00114B",
        "众创谷孵化器管理有限公司（演示）",
        "enterprise",
        "南岗区",
        "孟春",
        ("zhongchuang", "孟春"),
    ),
    Applicant(
        "beijiang",
        "12230100MAYY00130T",
        "北疆工程大学（演示）",
        "university",
        "香坊区",
        "秦岭",
        ("beijiang", "秦岭"),
    ),
    Applicant(
        "yanjiuyuan",
        "12230100MAYY00149P",
        "寒区人工智能研究院（演示）",
        "institute",
        "松北区",
        "章程",
        ("yanjiuyuan", "章程"),
    ),
    Applicant(
        "xinqi",
        "91230109MAYY00157F",
        "新启智能科技有限公司（演示）",
        "enterprise",
        "呼兰区",
        "方启",
        ("xinqi", "方启"),
        certified=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Officer:
    """A person at an office."""

    username: str
    name: str
    unit: str
    role: Roles


OFFICERS = (
    Officer("admin", "管维", "science", Roles.ADMINISTRATOR),
    Officer("shouli", "于晓雯", "science", Roles.INTAKE),
    Officer("shouli2", "郑国栋", "science", Roles.INTAKE),
    Officer("jingbanren", "徐海涛", "science", Roles.HANDLER),
    Officer("jingbanren2", "罗敏", "science", Roles.HANDLER),
    Officer("lingdao", "顾正平", "science", Roles.LEADER),
    Officer("lingdao2", "韩立", "science", Roles.LEADER),
    Officer("caiwu", "蒋丽华", "science", Roles.FINANCE_CLERK),
    Officer("caiwu2", "邵阳", "science", Roles.FINANCE_CLERK),
    Officer("fuhe", "魏建国", "science", Roles.FINANCE_APPROVER),
    Officer("fuhe2", "段颖", "science", Roles.FINANCE_APPROVER),
    Officer("shenji", "严审", "finance", Roles.AUDITOR),
    Officer("danwei", "潘虹", "reform", Roles.UNIT_OFFICER),
    Officer("gongxin", "姜涛", "industry", Roles.UNIT_OFFICER),
    Officer("keji", "金敏", "science", Roles.UNIT_OFFICER),
    Officer("shichang", "柳青", "market", Roles.UNIT_OFFICER),
    Officer("nongye", "万里", "agriculture", Roles.UNIT_OFFICER),
    Officer("jiaoyu", "文静", "education", Roles.UNIT_OFFICER),
    Officer("wenlv", "游子明", "culture", Roles.UNIT_OFFICER),
    Officer("weijian", "康宁", "health", Roles.UNIT_OFFICER),
    Officer("jiaotong", "程远", "transport", Roles.UNIT_OFFICER),
    Officer("guozi", "钱伟", "assets", Roles.UNIT_OFFICER),
    Officer("touzi", "洪波", "investment", Roles.UNIT_OFFICER),
    Officer("jinrong", "金诚", "banking", Roles.UNIT_OFFICER),
    Officer("dashuju", "艾群", "data", Roles.UNIT_OFFICER),
)
EXPERTS = (
    ("zhuanjia1", "吴学森", "东辽大学（演示）", "12230000MAYY002109", "机器学习、智能制造"),
    ("zhuanjia2", "叶知秋", "长山理工学院（演示）", "12230000MAYY002296", "计算机视觉、医学影像"),
    ("zhuanjia3", "曹思源", "渤海工程大学（演示）", "12230000MAYY002371", "机器人、自动控制"),
    ("zhuanjia4", "范仲文", "松江理工大学（演示）", "12230100MAYY001220", "自然语言处理、大模型"),
    ("zhuanjia5", "俞敏之", "北国科学技术研究所（演示）", "12230000MAYY00245U", "农业遥感、智慧农业"),
    ("zhuanjia6", "卢志远", "远东交通大学（演示）", "12230000MAYY00253N", "智能交通、无人驾驶"),
    ("zhuanjia7", "尹若兰", "辽河财经大学（演示）", "12230000MAYY00261H", "财务审计、科技经费管理"),
    ("zhuanjia8", "熊海峰", "白山数据研究中心（演示）", "12230000MAYY0027X9", "数据治理、算力平台"),
)

APPLICANT_ACCOUNTS = (
    ("guanli", "企业，单位管理员", "填报、签署承诺并提交，提供收款账户"),
    ("jingban", "企业，经办人", "填写申报、录入费用、上传材料，提交由管理员办理"),
    ("daxue", "高校，单位管理员", "为高校填报并提交，例如关键技术攻关"),
    ("xinqi", "企业，待认证", "可以写草稿，认证后才能提交"),
)


def shown() -> list[tuple[str, str, str]]:
    """One account a role, as the start of the demonstration prints them: sign-in name, role, what it can do."""
    found = list(APPLICANT_ACCOUNTS)
    for role in Roles:
        if role == Roles.EXPERT:
            username = EXPERTS[0][0]
        else:
            username = next(officer.username for officer in OFFICERS if officer.role == role)
        found.append((username, role.label, ROLE_DESCRIPTIONS[role]))
    return found


def open_offices() -> dict[str, User]:
    """Everybody at the offices and every expert, by sign-in name."""
    found = {
        officer.username: services.create_user(
            username=officer.username,
            display_name=officer.name,
            password=UNSET,
            unit=selectors.unit_by_code(officer.unit),
            roles=(officer.role,),
            demonstration=True,
        )
        for officer in OFFICERS
    }
    for username, name, employer, code, fields in EXPERTS:
        found[username] = services.create_user(
            username=username, display_name=name, password=UNSET, roles=(Roles.EXPERT,), demonstration=True
        )
        services.describe_expert(
            user=found[username], employer_name=employer, employer_code=code, fields=fields
        )
    return found


def register(applicant: Applicant) -> Organisation:
    return services.register_organisation(
        code=applicant.code,
        name=applicant.name,
        kind=applicant.kind,
        district=applicant.district,
        legal_person=applicant.legal_person,
        contact_phone="0451-0000 0000",
        username=applicant.admin[0],
        display_name=applicant.admin[1],
        password=UNSET,
        demonstration=True,
    )
