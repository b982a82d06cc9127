"""A field keeps what was typed, and its hint and error are joined to it."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.core.files.base import File
from django.forms import formset_factory
from django.template import Context, Template

from portal.pages.gallery import SampleForm


class CostForm(forms.Form):
    name = forms.CharField(label="设备名称")
    code = forms.CharField(widget=forms.HiddenInput, required=False)
    price = forms.DecimalField(label="单价", required=False, decimal_places=2)

    def clean(self):
        raise forms.ValidationError("数量乘以单价应等于金额，请核对发票")


def drawn(source, **context):
    return Template(source).render(Context(context))


def field(bound, options=""):
    return drawn(f"{{% field bound {options} %}}", bound=bound)


def test_text_field_joins_hint_and_error():
    form = SampleForm({"code": "91230102MA1B001218"})
    shown = field(form["code"])
    assert '<label class="pt-label" for="id_code">统一社会信用代码</label>' in shown
    assert '<span class="pt-hint" id="id_code_hint">营业执照上的18位代码</span>' in shown
    assert '<span class="pt-error" id="id_code_error">最后一位应为0，请对照营业执照改正</span>' in shown
    assert 'aria-describedby="id_code_hint id_code_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'value="91230102MA1B001218"' in shown
    assert shown.index("id_code_error") < shown.index("<input")


@pytest.mark.parametrize("typed", ["12,000,000.00", "一千二百万", "１２００００００", "1e7", "<b>"])
def test_amount_keeps_what_was_typed(typed):
    shown = field(SampleForm({"total": typed})["total"], 'unit="元"')
    assert f'value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in shown
    assert 'inputmode="decimal"' in shown
    assert '<span class="pt-unit" id="id_total_unit">元</span>' in shown


def test_amount_from_the_program_has_separators_only_where_they_are_read():
    assert 'value="12,000,000.00"' in field(
        SampleForm(initial={"total": Decimal("12000000")})["total"], 'unit="元"'
    )
    shown = field(CostForm(initial={"price": Decimal("1234.5")})["price"], 'unit="元"')
    assert 'value="1234.50"' in shown
    assert 'type="text"' in shown


def test_day_uses_the_browser_s_calendar_unless_that_would_lose_the_text():
    shown = field(SampleForm(initial={"paid_on": date(2023, 9, 14)})["paid_on"])
    assert 'type="date"' in shown and 'value="2023-09-14"' in shown
    shown = field(SampleForm({"paid_on": "2023年9月"})["paid_on"])
    assert 'type="text"' in shown and 'value="2023年9月"' in shown
    assert "付款日期应写成年、月、日，例如2023-08-24" in shown


def test_textarea_select_and_optional():
    shown = field(SampleForm({"goal": "写了一半"})["goal"])
    assert "写了一半</textarea>" in shown and 'rows="5"' in shown and "cols" not in shown
    assert '<option value="a" selected>' in field(SampleForm({"why": "a"})["why"])
    assert "（可不填）" in field(SampleForm()["why"])
    assert "（有核减时必填）" in field(SampleForm()["why"], 'optional="有核减时必填"')
    assert "（可不填）" not in field(SampleForm()["why"], "optional=False")
    assert "（" not in field(SampleForm()["name"])


def test_radios_and_boxes_are_a_group_with_a_legend():
    shown = field(SampleForm({"other": "yes", "papers": ["contract"]})["other"])
    assert '<fieldset class="pt-set" id="id_other">' in shown
    assert "<legend>是否得到过其他财政资金</legend>" in shown
    assert shown.count('class="pt-pick"') == 2
    assert 'value="yes"' in shown and "checked" in shown
    shown = drawn(
        "{% field bound hints=hints %}", bound=SampleForm()["other"], hints={"no": "包括区县的资金"}
    )
    assert '<span class="pt-hint">包括区县的资金</span>' in shown
    shown = field(SampleForm({"papers": ["contract"]})["papers"])
    assert shown.count("checked") == 1


def test_single_box_and_file():
    shown = field(SampleForm({"promise": ""})["promise"])
    assert "请勾选“我已核对，内容真实”" in shown
    assert 'type="checkbox"' in shown and "pt-input" not in shown
    form = SampleForm(initial={"voucher": File(None, name="银行回单.pdf")})
    shown = field(form["voucher"])
    assert "已上传“银行回单.pdf”，选择新文件会替换它" in shown
    assert 'type="file"' in shown and "checkbox" not in shown


def test_hidden_field_draws_its_input_alone():
    shown = field(CostForm(initial={"code": "x"})["code"])
    assert shown == '<input type="hidden" name="code" value="x" id="id_code">'


def test_wrong_inputs_are_refused():
    with pytest.raises(ValueError, match="a form's field"):
        field("name")
    with pytest.raises(ValueError, match="width"):
        field(SampleForm()["name"], 'width="huge"')


def test_summary_says_the_same_words_as_beside_the_field():
    form = SampleForm({"code": "x"})
    summary = drawn("{% errors form %}", form=form)
    assert f"有{len(form.errors)}处需要改正" in summary
    for name, words in {
        "name": "请填写项目名称",
        "code": "最后一位应为0，请对照营业执照改正",
        "voucher": "请上传付款凭证",
    }.items():
        assert f'<a href="#id_{name}">{words}</a>' in summary
        assert words in field(form[name])
    assert '<a href="#id_other_0">请选择是否得到过其他财政资金</a>' in summary
    assert 'id="id_other_0"' in field(form["other"])
    assert drawn("{% errors form %}", form=SampleForm()) == ""


def test_summary_of_a_formset_names_the_row():
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "甲", "form-1-price": "1"}
    summary = drawn("{% errors rows %}", rows=formset_factory(CostForm, min_num=2)(data))
    assert '<a href="#id_form-1-name">第2行：请填写设备名称</a>' in summary
    assert "<span>第1行：数量乘以单价应等于金额，请核对发票</span>" in summary


def test_labels_rename_a_foreign_form_in_both_places():
    form = CostForm({})
    shown = drawn('{% labels form name="品名" %}{% errors form %}{% field form.name %}', form=form)
    assert shown.count("请填写品名") == 2
    with pytest.raises(ValueError, match="a field of the form"):
        drawn('{% labels form colour="颜色" %}', form=form)
