"""The form of packs as JSON Schema, for editors: what a key means, which values it may have."""

import json
from typing import Any

from clauses.pack_form.cases import CasesModel
from clauses.pack_form.pack import PackModel
from clauses.pack_form.values import Part

MEANINGS = {
    "id": "编号",
    "title": "名称，与原文一致",
    "short_title": "简称",
    "status": "final正式文件，draft征求意见稿，teaching教学示例；只有正式文件可以申报",
    "draft_of": "征求意见稿后来成为哪份正式文件（它的id）；没有正式文件的不写",
    "document_number": "文号",
    "issuer": "发文机关",
    "issued_on": "成文日期，如2022-08-24",
    "in_force": "文件有效期，首尾两天都算",
    "matter": "费用、服务或活动的日期：全文件的期间，或本事项看哪些日期",
    "filing": "可以申报的期间",
    "first": "第一天",
    "last": "最后一天",
    "first_literal": "原文里的开始日期",
    "last_literal": "原文里的结束日期",
    "basis": "超出有效期时的依据文号",
    "rounding_setting": "取整的口径编号",
    "smallest_setting": "最低补助金额的口径编号",
    "overlap_group": "同一笔费用只能领一处的范围",
    "units": "责任单位",
    "phone": "联系电话，印在文书上",
    "objections": "受理异议和复核的处室，不是承办处室",
    "office": "处室名称",
    "clauses": "条款表，与原文逐条对应",
    "general": "条款以外的句子：有效期、重复支持等",
    "review_paths": "审核方式和步骤",
    "cut_reasons": "核减原因",
    "common_papers": "各事项共用的材料",
    "common_facts": "各事项共用的事实",
    "money_facts": "各补助事项共用的事实",
    "money_conditions": "各补助事项共用的条件",
    "settings": "原文没有写明、由细则规定的口径",
    "matching": "匹配页的问题和主题",
    "items": "事项；或口径适用的事项：all、money、none或编号",
    "clause": "所属条款的编号",
    "kind": "money按规则计算，case_by_case一事一议，referred按其他政策执行，not_money不发放资金",
    "summary": "一句话说明",
    "quote": "原文的一句话，一字不差，在原文中只出现一次",
    "anchors": "引文不是整句时，写明它的条件和对象各是哪几个字",
    "more_quotes": "规则还用到的其他句子",
    "other_numbers": "引文里不影响金额的数字和理由",
    "who": "申报对象，给人看",
    "applicants": "可以申报的单位类型",
    "base_label": "比例乘以什么，用引文里的字",
    "rule": "计算规则：一棵由节点组成的树",
    "instalments": "分期拨付",
    "recurrence": "支持次数",
    "recurrence_label": "支持次数的说法",
    "recurrence_words": "引文里说明次数的字",
    "limit_per": "一份上限管多大范围",
    "review_mode": "审核方式，review_paths中的一种",
    "units_open": "原文的责任单位以等字结尾",
    "conditions": "申报条件",
    "papers": "申报材料",
    "facts": "要填写的事实，表单由此生成",
    "cost_side": "费用是采购（purchase）还是收入（sale）",
    "cost_dates": "每笔费用要填的日期",
    "categories": "费用类别",
    "cost_tests": "使一笔费用不能计入的标记",
    "criteria": "评分表，权重合计100",
    "pass_line": "合格线",
    "answer": "不按公式付款时的答复",
    "contact": "联系方式",
    "node": "节点的种类",
    "test": "条件的种类",
    "amount": "金额：整数元、元的文字，或带单位的1000万元",
    "rate": '比例：写成文字的小数，如"0.20"；或利率事实',
    "number": "数字：整数，或写成文字的小数",
    "literal": "引文里这个数字的写法，如1000万元、20%、百分之五十、10家",
    "words": "引文里数字前后的字，要包含literal",
    "of": "下面一层：对什么计算",
    "over": "减去什么",
    "cap": "上限",
    "already": "同一上限内已经批准的金额（事实）",
    "setting": "有关的口径编号",
    "soft": "一般上限",
    "hard": "经批准后的上限",
    "approval": "记录专项批准的事实",
    "least": "最低补助金额",
    "unless": "例外的条件",
    "count": "数量（事实或节点）",
    "beyond": "只算超过这个数的部分",
    "step": "每多少算一份，不足一份不算",
    "most": "最多算多少",
    "factor": "系数：原文的数字，或事实",
    "fact": "事实的key",
    "optional": "可以不填；不填时不参加比较",
    "cases": "每个选项的规则；或算例",
    "otherwise": "其他情形的规则",
    "rows": "各档或各段",
    "from": "下限，含本数（以上）",
    "above": "下限，不含本数（超过）",
    "to": "上限，含本数（以下）",
    "below": "上限，不含本数（不满）",
    "then": "条件成立时的规则",
    "bound": "原文的界限",
    "than": "与另一个量比较",
    "pool": "全体共用的总额",
    "demand": "分配前金额合计（事实）",
    "principal": "本金（事实）",
    "not_above": "参考利率（事实），超过时按它计算",
    "year_days": "一年按360天或365天",
    "months": "最长几个月",
    "on": "看哪个量分档；或等待的事件；或日期在费用上还是在申报上",
    "label": "给人看的名称",
    "key": "事实的名称，小写英文",
    "type": "类型",
    "unit": "单位",
    "help": "填写说明",
    "by": "由申报单位（applicant）还是工作人员（reviewer）填写",
    "choices": "选项：代码和名称",
    "expect": "应得的结果",
    "computed": "最后一层上限之前的金额",
    "reasons": "应有的理由代码",
    "excluded_costs": "不计入的费用和理由代码",
    "missing": "应指出缺少的事实",
    "outcome": "结果",
    "base": "核定的基数",
    "costs": "费用明细",
    "filed_at": "提交时间",
}
FILES = {
    "policy.schema.json": (PackModel, "政策包policy.yaml"),
    "cases.schema.json": (CasesModel, "算例cases.yaml"),
}


def schema_text(name: str) -> str:
    """The text of a schema file. KeyError when there is none of that name."""
    model, title = FILES[name]
    return json.dumps(schema(model, title), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def schema(model: type[Part], title: str) -> dict[str, Any]:
    """JSON Schema 2020-12 of a model with the meaning of every key."""
    found = described(model.model_json_schema(by_alias=True, mode="validation"))
    shared: dict[str, Any] = {}
    found = gathered(found, shared)
    found.setdefault("$defs", {}).update(gathered(shared, {}, inside=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "title": title}


def described(part: Any, *, properties: bool = False) -> Any:
    """The schema with meanings for keys, and without the titles that only repeat them."""
    if isinstance(part, list):
        return [described(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {
        key: described(value, properties=key in ("properties", "$defs"))
        for key, value in part.items()
        if properties or key != "title"
    }
    if properties:
        for key, value in found.items():
            if key in MEANINGS and isinstance(value, dict) and "description" not in value:
                value["description"] = MEANINGS[key]
    return found


UNIONS = {"node": "RuleNode", "test": "TestNode"}


def gathered(part: Any, shared: dict[str, Any], *, inside: bool = False) -> Any:
    """The schema with "any node" and "any condition" written once and referred to everywhere else."""
    if isinstance(part, list):
        return [gathered(one, shared) for one in part]
    if not isinstance(part, dict):
        return part
    name = UNIONS.get(part.get("discriminator", {}).get("propertyName", "")) if not inside else None
    if name:
        shared[name] = {key: part[key] for key in ("oneOf", "discriminator")}
        rest = {key: value for key, value in part.items() if key not in ("oneOf", "discriminator")}
        return {"$ref": f"#/$defs/{name}", **rest}
    return {key: gathered(value, shared) if not inside else value for key, value in part.items()}
