"""Draft against final, row by row as the analysis of the two texts has it; and every kind of change on altered copies."""

from dataclasses import replace

import pytest

from clauses import compare, wordwise
from clauses.compare.law import text_of
from clauses.engine import rules
from clauses.engine.policy import NOT_MONEY
from clauses.loader import get_policy

FINAL = get_policy("harbin-ai-2022")
DRAFT = get_policy("harbin-ai-2022-draft")
FOUND = compare.compare(DRAFT, FINAL)
WITHOUT_FINANCE = ["一", "二", "三", "四", "六", "七", "九"]


def change(code: str, name: str) -> compare.Change | None:
    return next(iter(FOUND.pair(code).having(name)), None)


def sides(code: str, name: str) -> tuple[str, str]:
    found = change(code, name)
    assert found is not None, (code, name, [one.code for one in FOUND.pair(code).changes])
    return found.before, found.after


def units(number: str, name: str) -> list[tuple[str, str]]:
    return [(one.before, one.after) for one in FOUND.clause(number).changes if one.code == name]


@pytest.mark.parametrize("code", ["2a", "2b", "2c", "3a", "4", "6a", "6b", "9b", "1"])
def test_no_rate_and_no_cap_of_a_surviving_item_changed(code):
    pair = FOUND.pair(code)
    assert pair.survives
    names = {one.code for one in pair.changes}
    assert not names & {
        "rate_changed",
        "rate_added",
        "rate_dropped",
        "cap_changed",
        "cap_added",
        "cap_dropped",
    }
    assert "rule_changed" not in names


def test_what_survives_is_the_nine_of_the_final_text():
    assert [pair.item.id for pair in FOUND.pairs if pair.survives] == [
        "1", "2a", "2b", "2c", "3a", "4", "6a", "6b", "9b",
    ]  # fmt: skip


def test_clause_one_opens_more_routes_and_names_no_applicants_abroad():
    before, after = sides("1", "condition_changed")
    assert "面向国内外" in before and "面向国内外" not in after
    assert "产学研联合攻关、自主攻关" in after and "产学研联合攻关" not in before
    assert sides("1", "cap_wording") == ("最高", "最高不超过")
    assert change("1", "gate_added") is None
    clause = FOUND.clause("一")
    assert "产学研联合攻关" in clause.new and "面向国内外" in clause.gone


def test_clause_two():
    assert (
        sides("2a", "cap_scope_dropped")[0] == "单个平台"
        and "Q01" in change("2a", "cap_scope_dropped").meaning
    )
    assert sides("2a", "gate_added")[1] == "评审" and sides("2b", "gate_added")[1] == "评审"
    assert sides("2a", "once_added")[1] == "一次性" and change("2b", "once_added") is None
    assert [one.code for one in FOUND.pair("2c").changes] == ["cap_wording"]


def test_clause_three():
    assert sides("3a", "gate_added")[1] == "评审"
    assert sides("3a", "base_reworded") == ("实际投入", "实际投入金额")
    gone = change("3b", "money_gone")
    assert (gone.before, gone.after) == ("资金补助", "一事一议")
    for literal in ("1%", "3000万元"):
        assert literal in gone.meaning
    for words in ("10家", "1000万元", "5亿元", "1%", "3000万元"):
        assert words in FOUND.clause("三").gone


def test_clause_four():
    assert sides("4", "gate_replaced") == ("入围", "评审")
    assert "广泛" in FOUND.clause("四").new
    assert units("四", "unit_renamed") == [("市文化旅游局", "市文广旅游局"), ("市交通局", "市交通运输局")]


def test_clause_five():
    assert sides("5c", "money_gone") == ("一事一议", "按其他政策办理")
    assert "一企一策" in FOUND.clause("五").gone and "〔2022〕15号" in FOUND.clause("五").new
    assert units("五", "lead_changed") == [("市工信局", "市投资服务局")]
    assert units("五", "unit_added") == [("没有", "市发改委、市科技局")]
    assert ("各区人民政府", "各区县市政府") in units("五", "unit_renamed")
    assert not FOUND.pair("5a").changes and not FOUND.pair("5b").changes


def test_clause_six():
    assert sides("6a", "gate_added")[1] == "验收"
    assert sides("6a", "base_reworded") == ("实际投入", "项目实际投入金额")
    assert "符合条件" in FOUND.clause("六").gone and "符合验收条件" in FOUND.clause("六").new
    assert [one.code for one in FOUND.pair("6b").changes] == ["cap_wording"]


def test_clause_seven():
    gone = change("7", "money_gone")
    assert gone.after == "按其他政策办理" and "100万元" in gone.meaning
    before, after = sides("7", "applicant")
    assert "人工智能高端人才" in before and "高校院所" in after


def test_clauses_eight_nine_and_ten():
    assert all(not pair.changes for pair in FOUND.clause("八").items)
    assert units("八", "unit_renamed") == [("市金融服务局", "市金融局")]
    assert not FOUND.pair("9a").changes
    assert sides("9b", "gate_added")[1] == "清单"
    assert sides("9b", "form_renamed") == ("资金补助", "补贴")
    assert "主办机构" in FOUND.clause("九").new
    assert units("九", "unit_renamed") == [("市市场监督管理局", "市市场监管局")]
    assert not FOUND.clause("十").has_changes


def test_the_finance_bureau_is_out_of_seven_clauses():
    dropped = [
        one.number for one in FOUND.clauses if ("市财政局", "没有") in units(one.number, "unit_removed")
    ]
    assert dropped == WITHOUT_FINANCE
    assert [one.number for one in FOUND.clauses if units(one.number, "unit_removed")] == WITHOUT_FINANCE


def test_the_overlap_rule_reaches_further_and_the_choice_stays():
    changes = {one.code: one for pair in FOUND.general for one in pair.changes}
    assert (changes["overlap_wider"].before, changes["overlap_wider"].after) == ("市", "国家、省、市")
    assert "matching_named" in changes
    assert (changes["principle_changed"].before, changes["principle_changed"].after) == (
        "不重复",
        "从优、就高、不重复",
    )
    assert changes["rules_by"].after.startswith("市科技局牵头")
    assert (changes["explains_dropped"].before, changes["explains_dropped"].after) == ("市科技局", "没有写明")
    assert set(changes) == {
        "overlap_wider",
        "matching_named",
        "principle_changed",
        "rules_by",
        "explains_dropped",
    }


def test_the_summary_says_just_this():
    told = {one.code: one for one in FOUND.findings}
    assert list(told) == [
        "rates_same", "caps_same", "money_gone", "gates_added", "cap_scope", "units", "unit_names",
        "recurrence", "bases", "overlap", "rules", "term_same",
    ]  # fmt: skip
    assert "8项补助，比例一项也没有改" in told["rates_same"].text
    assert told["money_gone"].title == "三项资金条款取消"
    assert told["money_gone"].places == ("第三条第二项", "第五条第三项", "第七条")
    assert told["gates_added"].places == (
        "第二条第一项", "第二条第二项", "第三条第一项", "第四条", "第六条第一项", "第九条第二项",
    )  # fmt: skip
    assert told["cap_scope"].places == ("第二条第一项",)
    assert "第一、二、三、四、六、七、九条不再写市财政局" in told["units"].text
    assert told["unit_names"].title == "6个单位换了名称"
    assert "自愿选择没有变" in told["overlap"].text


@pytest.mark.parametrize("pair", FOUND.clauses, ids=lambda pair: pair.number)
def test_the_marked_words_give_both_texts_back(pair):
    def text(*kinds: str) -> str:
        return wordwise.folded("".join(span.text for span in pair.words if span.kind in kinds))

    assert text("same", "gone") == wordwise.folded(text_of(DRAFT, pair.number))
    assert text("same", "new") == wordwise.folded(text_of(FINAL, pair.number))


def test_words_are_not_cut_and_width_is_no_change():
    assert [one.kind for one in wordwise.spans("按总价,计算(一次)", "按总价，计算（一次）")] == ["same"]
    marked = [(one.kind, one.text) for one in wordwise.spans("上限100万元。", "上限1000万元。")]
    assert marked == [("same", "上限"), ("gone", "100万元"), ("new", "1000万元"), ("same", "。")] or (
        "gone", "100万元"
    ) in [(kind, text.removesuffix("。")) for kind, text in marked]  # fmt: skip
    assert wordwise.tokens("由市财政局负责", ["市财政局"])[1] == "市财政局"


def test_the_earlier_edition_comes_first_whichever_is_named_first():
    assert compare.in_order(FINAL, DRAFT) == compare.in_order(DRAFT, FINAL) == (DRAFT, FINAL)


def test_a_policy_against_itself_has_no_changes():
    same = compare.compare(FINAL, FINAL)
    assert not any(one.has_changes for one in same.clauses)
    assert {one.code for one in same.findings} == {"rates_same", "caps_same", "term_same"}


def altered(code: str, **changes: object):
    items = {**FINAL.items, code: replace(FINAL.items[code], **changes)}
    return compare.compare(FINAL, replace(FINAL, items=items)).pair(code)


def test_a_changed_rate_or_cap_is_told():
    capped = FINAL.items["2a"].rule
    rate = replace(capped.of, share=FINAL.items["6a"].rule.of.share)
    pair = altered("2a", rule=replace(capped, of=rate))
    assert [(one.code, one.before, one.after) for one in pair.changes] == [("rate_changed", "20%", "50%")]
    pair = altered("2a", rule=replace(capped, cap=FINAL.items["2b"].rule.cap))
    assert ("cap_changed", "1000万元", "500万元") in [
        (one.code, one.before, one.after) for one in pair.changes
    ]
    assert "少得" in pair.having("cap_changed")[0].meaning
    assert [one.code for one in altered("2a", rule=capped.of).having("cap_dropped")] == ["cap_dropped"]


def test_another_shape_with_the_same_numbers_is_told():
    capped = FINAL.items["2a"].rule
    pair = altered("2a", rule=replace(capped, of=rules.EachCost(capped.of)))
    assert [one.code for one in pair.changes] == ["rule_changed"]


def test_items_that_come_and_go():
    fewer = replace(FINAL, items={code: item for code, item in FINAL.items.items() if code != "6b"})
    assert [one.code for one in compare.compare(FINAL, fewer).pair("6b").changes] == ["item_removed"]
    found = {one.code for one in compare.compare(FINAL, fewer).findings}
    assert {"items_removed", "money_gone"} <= found
    assert [one.code for one in compare.compare(fewer, FINAL).pair("6b").changes] == ["item_added"]


def test_a_renumbered_item_is_known_by_its_sentence():
    moved = {("6z" if code == "6b" else code): item for code, item in FINAL.items.items()}
    moved["6z"] = replace(moved["6z"], id="6z")
    assert not compare.compare(FINAL, replace(FINAL, items=moved)).pair("6z").changes


def test_support_that_stops_being_money():
    pair = altered("9b", kind=NOT_MONEY, rule=None)
    assert [one.code for one in pair.having("money_gone")] == ["money_gone"]
