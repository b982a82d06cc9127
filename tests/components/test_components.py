"""Each component draws what it is given and refuses, by name, what it does not know."""

import html
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import Context, Template, TemplateSyntaxError

from portal.kernel.refusals import Refusal, Refusals
from portal.pages.gallery import LAW

STEP = {"label": "乘以20%", "result": Decimal("9917200")}


def drawn(source, **context):
    return Template(source).render(Context(context))


def text_of(markup):
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


@pytest.mark.parametrize("tone", ["done", "now", "wait", "bad"])
def test_status_wears_its_tone(tone):
    state = SimpleNamespace(label="公示中", tone=tone)
    assert (
        drawn("{% status state %}", state=state) == f'<span class="pt-status pt-status--{tone}">公示中</span>'
    )


def test_status_is_worded_by_audience():
    said = {"applicant": ("请你补正", "bad"), "bureau": {"label": "等申报单位补正", "tone": "wait"}}
    assert text_of(drawn('{% status said "applicant" %}', said=said)) == "请你补正"
    assert text_of(drawn('{% status said "bureau" %}', said=said)) == "等申报单位补正"
    with pytest.raises(ValueError, match="audience"):
        drawn('{% status said "public" %}', said=said)


def test_status_without_words_is_refused_not_shown_as_a_code():
    with pytest.raises(ValueError, match="tone"):
        drawn("{% status state %}", state=SimpleNamespace(label="DRAFT"))
    with pytest.raises(ValueError, match="tone"):
        drawn('{% badge "草稿" "red" %}')
    with pytest.raises(ValueError, match="label"):
        drawn('{% badge "" %}')


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1234"), "1,234.00元"),
        (Decimal("9917200.5"), "9,917,200.50元"),
        (0, "0.00元"),
        (Decimal("-2200000"), "−2,200,000.00元"),
    ],
)
def test_money_has_separators_and_two_places(value, shown):
    assert drawn("{% money value %}", value=value) == f'<span class="pt-money">{shown}</span>'


@pytest.mark.parametrize("tag", ["money", "wan", "amount"])
@pytest.mark.parametrize("value", [1.5, "12.00", None, True])
def test_money_is_never_a_float_or_text(tag, value):
    with pytest.raises(ValueError, match="Decimal in yuan"):
        drawn(f"{{% {tag} value %}}", value=value)


def test_wan_and_amount():
    assert text_of(drawn("{% wan v %}", v=Decimal("9917200"))) == "991.72万元"
    shown = drawn('{% amount v more="比选法一多150万元" caps=True %}', v=Decimal("11500000"))
    assert "<b>11,500,000.00<small>元</small></b>" in shown
    assert "1,150万元，比选法一多150万元" in shown
    assert "人民币壹仟壹佰伍拾万元整" in shown


@pytest.mark.parametrize(
    "source",
    [
        "{% money %}",
        "{% amount 1 size='large' %}",
        "{% steps %}",
        "{% quote law highlighted=x %}",
        "{% button %}",
        "{% progress 1 2 %}",
        "{% note colour='red' %}x{% endnote %}",
        "{% nothing %}x{% endnothing %}",
        "{% confirm action='a' %}x{% endconfirm %}",
        "{% dialog id='d' %}x{% enddialog %}",
        "{% pager previous='x' %}",
        "{% field %}",
    ],
)
def test_unknown_or_missing_input_is_refused(source):
    with pytest.raises(TemplateSyntaxError):
        Template(source)


def test_rows_refuse_unknown_and_missing_inputs_by_name():
    with pytest.raises(ValueError, match="unknown input “colour”"):
        drawn("{% steps items %}", items=[{**STEP, "colour": "red"}])
    with pytest.raises(ValueError, match="missing input “result”"):
        drawn("{% steps items %}", items=[{"label": "乘以20%"}])
    with pytest.raises(ValueError, match="a list"):
        drawn("{% timeline items %}", items="公示中")


def test_undefined_variable_is_refused():
    with pytest.raises(ValueError, match="steps"):
        drawn("{% steps nowhere %}")


def test_steps_number_and_sum():
    shown = drawn(
        "{% steps items %}", items=[{**STEP, "why": "原文：“20%”", "formula": "49,586,000.00 × 20%"}]
    )
    assert "<b>9,917,200.00元</b>" in shown
    assert '<span class="pt-why">原文：“20%”</span>' in shown
    assert "49,586,000.00 × 20%" in shown


def test_steps_take_the_engine_s_step():
    step = SimpleNamespace(
        label="取整", why="Q35", formula="", result="9917200.00", value=991720000, setting="Q35"
    )
    assert "9,917,200.00元" in drawn("{% steps items %}", items=[step])
    assert "<b>不适用</b>" in drawn("{% steps items %}", items=[{"label": "上限", "result": "不适用"}])


@pytest.mark.parametrize("marked", [[], ["20%"], ["20%", "总价的20%"], ["一次性", "一次性给予"], LAW])
def test_quote_is_byte_exact(marked):
    shown = drawn("{% quote law marked=marked %}", law=LAW, marked=marked)
    paragraph = re.search(r"<p>(.*)</p>", shown, re.DOTALL).group(1)
    assert text_of(paragraph).encode() == LAW.encode()


def test_quote_marks_the_words_and_cites_them():
    shown = drawn(
        '{% quote law marked=marked clause="第二条第一项" source="哈政规〔2022〕22号" href="/x" %}',
        law=LAW,
        marked=["20%", "1000万元"],
    )
    assert re.findall(r'<mark class="pt-words">(.*?)</mark>', shown) == ["20%", "1000万元"]
    assert '<a class="pt-ref" href="/x">在原文中查看</a>' in shown
    assert "建设,经评审" in shown


def test_quote_keeps_paragraphs_and_escapes():
    shown = drawn("{% quote law marked=marked %}", law="甲<b>&\n乙", marked=["<b>&"])
    assert '<p>甲<mark class="pt-words">&lt;b&gt;&amp;</mark></p>\n<p>乙</p>' in shown


def test_quote_refuses_words_that_do_not_stand_there():
    with pytest.raises(ValueError, match="words that stand in the text"):
        drawn("{% quote law marked=marked %}", law=LAW, marked=["1,000万元"])


def test_values_are_escaped():
    evil = "<script>alert(1)</script>"
    for source in (
        "{% badge evil %}",
        "{% kv evil evil %}",
        "{% facts evil evil %}",
        "{% note lead=evil %}x{% endnote %}",
        "{% missing evil evil %}",
        "{% crumbs evil evil %}",
        "{% progress 1 2 evil %}",
        "{% button evil href=evil %}",
    ):
        assert "<script" not in drawn(source, evil=evil)


def test_facts_kv_crumbs_take_pairs_in_three_ways():
    for source in ('{% kv "比例" "20%" %}', "{% kv listed %}", "{% kv mapped %}"):
        shown = drawn(source, listed=[("比例", "20%")], mapped={"比例": "20%"})
        assert "<div><dt>比例</dt><dd>20%</dd></div>" in shown
    with pytest.raises(ValueError, match="in turn"):
        drawn('{% kv "比例" "20%" "最高" %}')
    with pytest.raises(ValueError, match="one to four"):
        drawn("{% facts items %}", items=[(str(n), "x") for n in range(5)])
    with pytest.raises(ValueError, match="look"):
        drawn('{% kv "a" "b" look="boxed" %}')
    shown = drawn('{% crumbs "我的申报" "/claims/" "费用" "" %}')
    assert '<a href="/claims/">我的申报</a>' in shown
    assert "<span>费用</span>" in shown


def test_timeline_marks_where_it_stands():
    shown = drawn(
        "{% timeline items %}",
        items=[
            {"state": "done", "label": "已提交", "at": datetime(2023, 11, 27, 17, 0, tzinfo=UTC)},
            {
                "state": "now",
                "label": "公示中",
                "at": date(2024, 3, 19),
                "note": "处室经办，",
                "strong": "第2个工作日。",
            },
            {"state": "next", "label": "拨付"},
        ],
    )
    assert "2023年11月28日" in shown
    assert '<li class="is-now" aria-current="step">' in shown
    assert "<b>第2个工作日。</b>" in shown
    with pytest.raises(ValueError, match="state"):
        drawn("{% timeline items %}", items=[{"state": "past", "label": "x"}])


def test_tasks_link_only_what_can_be_opened():
    rows = [
        ("单位信息", ("已完成", "done"), "由单位管理员确认", "/unit/"),
        ("提交", ("暂不能开始", "calm"), "补齐后可以开始"),
    ]
    shown = drawn("{% tasks groups %}", groups=[("一、单位", rows)])
    assert '<a href="/unit/">单位信息</a>' in shown
    assert "<span>提交<span" in shown
    assert "pt-status--plain" in shown
    with pytest.raises(ValueError, match="status"):
        drawn("{% tasks groups %}", groups=[("一", [("单位信息",)])])


def test_errors_from_refusals_and_lists():
    refusals = Refusals([Refusal("缺少合同。", field="contract"), Refusal("不在窗口期内。")])
    shown = drawn("{% errors refusals %}", refusals=refusals)
    assert "有2处需要改正" in shown
    assert '<a href="#id_contract">缺少合同。</a>' in shown
    assert "<span>不在窗口期内。</span>" in shown
    shown = drawn(
        "{% errors rows heading=heading %}", rows=[("第5行：请删除", "r5")], heading="有1行需要改正"
    )
    assert '<a href="#r5">第5行：请删除</a>' in shown
    assert 'role="alert"' in shown and "data-focus" in shown
    assert drawn("{% errors rows %}", rows=[]) == ""


def test_note_nothing_progress_pager():
    assert drawn('{% note lead="快到期。" tone="wait" %}还剩3个工作日。{% endnote %}').count("<p>") == 1
    assert 'role="alert"' in drawn('{% note tone="bad" %}没有提交成功。{% endnote %}')
    assert "<h2>还没有申报</h2>" in drawn('{% nothing "还没有申报" %}<p>先估算金额。</p>{% endnothing %}')
    assert '<progress id="progress" value="5" max="8">' in drawn('{% progress 5 8 "已生成5份，共8份" %}')
    for wrong in ("9 8", "-1 8", "0 0"):
        with pytest.raises(ValueError, match="between 0 and total"):
            drawn(f'{{% progress {wrong} "x" %}}')
    assert drawn("{% pager %}") == ""
    assert 'rel="next"' in drawn('{% pager next="?after=9" %}')
    with pytest.raises(ValueError, match="tone"):
        drawn('{% note tone="red" %}x{% endnote %}')


def test_button_says_why_it_cannot_be_pressed():
    shown = drawn('{% button "核对全部内容" id="check" reason="还缺5项。" %}')
    assert 'aria-disabled="true"' in shown and 'aria-describedby="check_why"' in shown
    assert 'id="check_why">还缺5项。' in shown
    with pytest.raises(ValueError, match="id"):
        drawn('{% button "核对全部内容" reason="还缺5项。" %}')
    with pytest.raises(ValueError, match="kind"):
        drawn('{% button "提交" kind="danger" %}')
    assert '<a class="pt-btn pt-btn--second" href="/x">' in drawn(
        '{% button "查看" href="/x" kind="second" %}'
    )


def test_plans_are_equally_large_and_marked_by_words():
    plan = {
        "name": "选法一",
        "total": Decimal("10000000"),
        "lines": [("第二条第一项", "6,000万元 × 20%", Decimal("10000000"))],
    }
    shown = drawn("{% plans items %}", items=[plan, {**plan, "name": "选法二", "most": True}])
    assert shown.count("pt-plan--most") == 1
    assert shown.count("10,000,000.00") == 2


def test_confirm_and_dialog_post_with_the_token():
    source = (
        '{% confirm action="撤回" action_url="/w" keep="不撤" keep_href="/c/" kind="bad" %}甲{% endconfirm %}'
        '{% dialog id="d" question="撤回？" action="撤回" action_url="/w/" keep="不撤回" %}甲{% enddialog %}'
    )
    shown = drawn(source, csrf_token="t0k")
    assert shown.count('name="csrfmiddlewaretoken" value="t0k"') == 2
    assert shown.count('method="post" action="/w') == 2
    assert '<a class="pt-btn pt-btn--second" href="/c/">不撤</a>' in shown
    assert "data-closes" in shown


def test_table_gives_every_cell_its_column_and_role():
    shown = drawn(
        '{% table caption="单位：元" %}<thead><tr><th class="pt-no">序号</th>'
        '<th>设备</th><th class="pt-r">金额</th></tr></thead>'
        '<tbody><tr><td class="pt-no">1</td><th>服务器<small>24台 &amp; 机柜</small></th>'
        '<td class="pt-r"><b>1.00</b></td></tr></tbody>'
        '<tfoot><tr><th colspan="2">合计</th><td class="pt-r">1.00</td></tr></tfoot>{% endtable %}'
    )
    assert "<caption>单位：元</caption>" in shown
    assert '<th class="pt-no" scope="col" role="columnheader">序号</th>' in shown
    assert '<td class="pt-no" role="cell">1</td>' in shown
    assert '<th scope="row" role="rowheader">服务器<small>24台 &amp; 机柜</small></th>' in shown
    assert '<td class="pt-r" role="cell" data-label="金额"><div><b>1.00</b></div></td>' in shown
    assert '<td class="pt-r" role="cell" data-label="金额">1.00</td>' in shown
    with pytest.raises(ValueError, match="thead"):
        drawn("{% table %}<tbody><tr><td>1</td></tr></tbody>{% endtable %}")


def test_filters():
    night = datetime(2023, 12, 31, 16, 0, tzinfo=UTC)
    values = {"day": date(2023, 12, 31), "night": night, "sum": Decimal("12000000"), "rate": Decimal("0.20")}
    for source, shown in {
        "{{ day|cn_date }}": "2023年12月31日",
        "{{ night|cn_date }}": "2024年1月1日",
        "{{ night|cn_datetime }}": "2024年1月1日 00:00",
        '{{ night|cn_datetime:"second" }}': "2024年1月1日 00:00:00",
        "{{ night|cn_deadline }}": "2023年12月31日 24:00",
        "{{ day|cn_deadline }}": "2023年12月31日 24:00",
    }.items():
        assert drawn(source, **values) == f'<span class="pt-tight">{shown}</span>'
    assert drawn("{{ day|iso_date }} {{ sum|yuan }} {{ sum|in_wan }} {{ rate|percent }}", **values) == (
        "2023-12-31 12,000,000.00 1,200 20%"
    )
    assert drawn("{{ line|phones }}", line="<市科技局>电话0451-0000 0001，2023-03-01起") == (
        '&lt;市科技局&gt;电话<span class="pt-tight">0451-0000 0001</span>，2023-03-01起'
    )
    assert drawn('{{ "2302001234563306"|mask_tail }}') == "尾号3306"
    assert drawn("{{ none|cn_date }}", none=None) == ""
    with pytest.raises(ValueError, match="a date or a datetime"):
        drawn("{{ value|cn_date }}", value="2023-12-31")
    with pytest.raises(ValueError, match="Decimal in yuan"):
        drawn("{{ value|yuan }}", value=1.5)
