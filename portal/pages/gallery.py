"""What the component gallery shows: every component in every state, with invented units."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.base import File

LAW = (
    "支持人工智能共性技术研发平台建设,经评审通过的平台项目，按平台建设主体新购置研发设备总价的20%，"
    "一次性给予最高不超过1000万元补助。"
)
BEIJING = ZoneInfo("Asia/Shanghai")


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="项目名称", help_text="与立项文件一致，最多60字", max_length=60)
    code = forms.CharField(label="统一社会信用代码", help_text="营业执照上的18位代码")
    total = forms.CharField(label="申请金额", help_text="不含增值税")
    paid_on = forms.DateField(label="付款日期", widget=forms.DateInput)
    why = forms.ChoiceField(
        label="核减原因",
        choices=[("", "无核减"), ("a", "实际未发生"), ("b", "不属于研发设备")],
        required=False,
    )
    goal = forms.CharField(label="建设目标和成效", help_text="最多3,000字", widget=forms.Textarea)
    other = forms.ChoiceField(
        label="是否得到过其他财政资金",
        choices=[("no", "没有"), ("yes", "有，或正在申请")],
        widget=forms.RadioSelect,
    )
    papers = forms.MultipleChoiceField(
        label="随附材料",
        choices=[("contract", "合同"), ("receipt", "付款凭证")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    voucher = forms.FileField(label="付款凭证", help_text="PDF或照片，每份不超过20MB")
    promise = forms.BooleanField(label="我已核对，内容真实")

    def clean_code(self) -> str:
        raise forms.ValidationError("最后一位应为0，请对照营业执照改正")

    def clean_total(self) -> str:
        raise forms.ValidationError("不能高于10,000,000.00元，这是第二条第一项的上限")


def _filled() -> SampleForm:
    form = SampleForm(
        initial={
            "name": "寒地装备智能检测共性技术研发平台",
            "code": "91230102MA1B001210",
            "total": Decimal(12000000),
            "paid_on": date(2023, 9, 14),
            "goal": "建成后向全市制造企业开放，两年内服务不少于60家。",
            "other": "no",
            "papers": ["contract"],
            "voucher": File(None, name="付款凭证/银行回单0914.pdf"),
        },
        prefix="filled",
    )
    form.fields["goal"].disabled = True
    return form


def _refused() -> SampleForm:
    typed = {"code": "91230102MA1B001218", "total": "12,000,000.00", "paid_on": "2023年9月", "why": "a"}
    return SampleForm({f"bad-{name}": value for name, value in typed.items()}, {}, prefix="bad")


def _states() -> list[dict[str, Any]]:
    rows = [
        ("草稿", {"applicant": ("草稿", "calm")}),
        ("待补正", {"applicant": ("请你补正", "bad"), "bureau": ("等申报单位补正", "wait")}),
        ("待选择", {"applicant": ("请你选择", "wait"), "bureau": ("等申报单位选择", "wait")}),
        (
            "公示",
            {
                "applicant": ("公示中", "now"),
                "bureau": ("公示中，无异议", "now"),
                "public": ("公示中", "now"),
            },
        ),
        ("退票", {"applicant": ("银行退票，请核对账户", "bad"), "bureau": ("退票", "bad")}),
        (
            "已拨付",
            {"applicant": ("已拨付", "done"), "bureau": ("已拨付", "done"), "public": ("已拨付", "done")},
        ),
    ]
    return [{"name": name, "said": said} for name, said in rows]


def _steps() -> list[dict[str, Any]]:
    return [
        {
            "label": "设备总价",
            "why": "你填写的“新购置研发设备总价”，不含增值税",
            "formula": "",
            "result": Decimal(60000000),
        },
        {
            "label": "乘以比例20%",
            "why": "原文：“新购置研发设备总价的20%”",
            "formula": "60,000,000.00 × 20%",
            "result": Decimal(12000000),
        },
        {
            "label": "不超过上限1,000万元",
            "why": "原文：“最高不超过1000万元”。两数取小",
            "formula": "12,000,000.00 → 10,000,000.00",
            "result": Decimal(10000000),
        },
        {
            "label": "向下取整到元",
            "why": "细则口径Q35，只在最后取整一次",
            "formula": "",
            "result": Decimal(10000000),
        },
    ]


def _timeline() -> list[dict[str, Any]]:
    return [
        {
            "state": "done",
            "label": "已提交",
            "at": datetime(2023, 11, 28, 16, 20, 35, tzinfo=BEIJING),
            "note": "单位管理员王宁，16:20:35。在政策有效期内，按时。",
        },
        {
            "state": "paused",
            "label": "补正完成，暂停计时3天",
            "at": date(2023, 12, 8),
            "note": "一次告知2处：付款凭证缺页、设备照片无编号。你单位按时补正。",
        },
        {
            "state": "bad",
            "label": "第一次公示有异议",
            "at": date(2024, 3, 5),
            "note": "已答复，用时8个工作日，时限15个工作日。",
        },
        {
            "state": "now",
            "label": "公示中",
            "at": date(2024, 3, 19),
            "note": "处室经办陈立，",
            "strong": "第2个工作日，共5个工作日，到2024年3月25日 24:00止。",
            "panel": "没有异议，2024年4月9日前批复。有异议，只暂停本项，15个工作日内答复你单位。",
        },
        {"state": "next", "label": "批复", "note": "公示期满后10个工作日内"},
        {"state": "next", "label": "拨付", "note": "一次性拨付"},
    ]


def _tasks() -> list[dict[str, Any]]:
    return [
        {
            "name": "一、单位和平台",
            "rows": [
                ("单位信息", ("已完成", "done"), "由单位管理员确认", "#unit"),
                ("建设目标和成效", ("填写中", "now"), "已写1,260字，最多3,000字", "#goal"),
                ("研发设备费用", ("需要改正", "bad"), "7笔计入，3行出错，1笔被占用", "#costs"),
                ("付款凭证", ("还缺2份", "wait"), "7笔费用，5笔已上传", "#vouchers"),
                ("信用承诺", ("未开始", "calm"), "由单位管理员签署", "#promise"),
                ("核对全部内容", ("暂不能开始", "calm"), "补齐上面4项后可以开始"),
            ],
        }
    ]


def _plans() -> list[dict[str, Any]]:
    return [
        {
            "name": "选法一　你申报时的选法",
            "total": Decimal(10000000),
            "lines": [
                ("第二条第一项", "6,000万元 × 20%，不超过1,000万元", Decimal(10000000)),
                ("省级技术改造补助（演示）", "没有费用", Decimal(0)),
            ],
        },
        {
            "name": "选法二　给付最多的选法",
            "total": Decimal(11500000),
            "most": True,
            "more": "比选法一多150万元",
            "lines": [
                ("第二条第一项", "5,000万元 × 20%，不超过1,000万元", Decimal(10000000)),
                ("省级技术改造补助（演示）", "1,000万元 × 15%，不超过300万元", Decimal(1500000)),
            ],
        },
    ]


def gallery_context() -> dict[str, Any]:
    """Everything `pages/gallery.html` needs, without a request or a database."""
    return {
        "sum": Decimal(9917200),
        "filled": _filled(),
        "refused": _refused(),
        "hints": {"no": "包括国家、省、市和区县的资金", "yes": "已得到或正在申请的都要说明"},
        "summary": [
            ("第5行：开票日期早于政策施行日，这一笔不能计入，请删除", "r5"),
            ("至少填写一笔费用", ""),
        ],
        "states": _states(),
        "law": LAW,
        "marked": ["新购置研发设备总价的20%", "最高不超过1000万元"],
        "steps": _steps(),
        "timeline": _timeline(),
        "tasks": _tasks(),
        "missing": [
            ("改正导入时出错的3行费用", "#costs"),
            ("上传2份付款凭证", "#vouchers"),
            ("等专家评审结束", ""),
        ],
        "plans": _plans(),
        "costs": [
            {
                "name": "训练服务器",
                "unit": "24台",
                "day": date(2023, 3, 16),
                "sum": Decimal(26400000),
                "said": ("计入", "done"),
                "row": "",
            },
            {
                "name": "三坐标测量仪",
                "unit": "3台",
                "day": date(2023, 8, 29),
                "sum": Decimal(4290000),
                "said": ("缺付款凭证", "wait"),
                "row": "now",
            },
            {
                "name": "边缘计算网关",
                "unit": "50台",
                "day": date(2023, 9, 20),
                "sum": Decimal(1150000),
                "said": ("已被占用", "wait"),
                "row": "wait",
            },
            {
                "name": "高低温试验舱",
                "unit": "2套",
                "day": date(2023, 6, 12),
                "sum": Decimal(0),
                "said": ("不能计入", "bad"),
                "row": "bad",
            },
        ],
        "total": Decimal(31840000),
        "deadline": datetime(2024, 1, 1, tzinfo=BEIJING),
        "day": date(2023, 12, 31),
    }
