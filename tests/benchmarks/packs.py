"""A policy pack of any length, for measuring: one clause, one sentence and one money item for each number."""

from pathlib import Path

DIGITS = "零一二三四五六七八九"

HEAD = """\
# yaml-language-server: $schema=policy.schema.json
id: long-policy
title: 示例市促进产业发展若干政策
short_title: 产业发展政策
status: final
document_number: 示政规〔2022〕1号
issuer: 示例市人民政府
issued_on: 2022-08-24
in_force: {first: 2022-08-24, last: 2023-12-31, first_literal: 2022年8月24日, last_literal: 2023年12月31日}
matter: {first: 2022-08-24, last: 2023-12-31}
filing: {first: 2022-08-24, last: 2023-12-31}
rounding_setting: Q35
overlap_group: long-policy
units:
  - {code: science, name: 市科技局, phone: 000-0000 0001, objections: {office: 市科技局政策法规处, phone: 000-0000 0010}}
review_paths:
  - {mode: 核定, label: 核定, steps: [checking, verification, proposed, noticed]}
general:
  - {id: G1, role: term, clause: 末段, quote: 本政策自2022年8月24日起施行，有效期至2023年12月31日。, meaning: 有效期。}
  - {id: G2, role: overlap, clause: 末段, quote: 同一项目不重复支持。, meaning: 不重复支持。}
settings:
  - {id: Q35, title: 取整, applied_by: engine, default: yuan, items: money, readings: [{value: yuan, text: 向下取整到元}]}
"""

ITEM = """\
  - id: "{index}"
    clause: {number}
    title: 第{index}项设备补助
    kind: money
    summary: 给购置第{index}类设备的企业。
    quote: {quote}
    who: 企业
    applicants: [enterprise]
    base_label: 第{index}类设备总价
    rule:
      node: capped
      cap: {{amount: {cap}万元, literal: {cap}万元, words: 最高不超过{cap}万元}}
      of:
        node: rate_of
        rate: {{rate: "0.{rate:02d}", literal: {rate}%, words: 第{index}类设备总价的{rate}%}}
        of: {{node: base}}
    recurrence: per_project
    recurrence_label: 每个项目一次
    review_mode: 核定
    units: [science]
    cost_side: purchase
    matter: {{on: cost, modes: {{always: {{need: all, dates: [invoice_date]}}}}}}
    contact: 市科技局
"""


def numeral(value: int) -> str:
    """1 to 9,999 as an official text numbers its clauses: 一百零一, 一千."""
    text = ""
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // place % 10
        if digit:
            text += DIGITS[digit] + unit
        elif text and value % place and not text.endswith("零"):
            text += "零"
    return text.removeprefix("一") if 10 <= value < 20 else text


def write_pack(directory: Path, clauses: int) -> None:
    """Write policy.yaml and source.txt of so many clauses."""
    directory.mkdir(parents=True, exist_ok=True)
    listed, items, text = [], [], ["示政规〔2022〕1号", "示例市促进产业发展若干政策"]
    for index in range(1, clauses + 1):
        number, rate, cap = numeral(index), index % 90 + 10, index % 900 + 100
        quote = f"对企业购置设备的，按照第{index}类设备总价的{rate}%，给予最高不超过{cap}万元补助。"
        text += [f"{number}、支持第{index}类设备。{quote}（责任单位：市科技局）", ""]
        listed.append(f"  - {{number: {number}, title: 支持第{index}类设备, short_title: 第{index}类设备}}\n")
        items.append(ITEM.format(index=index, number=number, quote=quote, cap=cap, rate=rate))
    text.append("本政策自2022年8月24日起施行，有效期至2023年12月31日。同一项目不重复支持。")
    policy = "".join([HEAD, "clauses:\n", *listed, "items:\n", *items])
    (directory / "policy.yaml").write_text(policy, encoding="utf-8")
    (directory / "source.txt").write_text("\n".join(text) + "\n", encoding="utf-8")
