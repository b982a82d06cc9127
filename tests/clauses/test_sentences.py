"""The text cut into sentences: nothing lost, an anchor each, and anchors that a change elsewhere leaves alone."""

from dataclasses import replace

import pytest

from clauses import sentences
from clauses.loader import get_policy

PACKS = ["harbin-ai-2022", "harbin-ai-2022-draft"]


@pytest.mark.parametrize("pack", PACKS)
def test_the_sentences_are_the_text(pack):
    policy = get_policy(pack)
    found = sentences.sentences(policy)
    assert "".join(one.text for one in found) == "".join(
        line for line in policy.source_text.splitlines() if line.strip()
    )
    assert len({one.anchor for one in found}) == len(found)
    for one in found:
        assert policy.source_text[one.start : one.end] == one.text
        cut = sentences.pieces(policy, one, ("一次性", one.text[:3]))
        assert "".join(piece.text for piece in cut) == one.text


@pytest.mark.parametrize("pack", PACKS)
def test_units_belong_to_their_clause_and_the_end_to_none(pack):
    policy = get_policy(pack)
    for number in policy.clauses:
        own = "".join(one.text for one in sentences.sentences(policy, number))
        assert own.startswith(f"{number}、") and "责任单位" in own
        assert own.count("责任单位") == 1 and "有效期至" not in own
    assert any(one.anchor == "end-s1" for one in sentences.sentences(policy, ""))


def test_known_anchors():
    policy = get_policy("harbin-ai-2022")
    assert sentences.anchor_of(policy, policy.item("2a").quote) == "c2-s2"
    assert sentences.anchor_of(policy, "有效期至2023年12月31日") == "end-s1"
    assert sentences.anchor_of(policy, "没有这一句") == ""
    assert [one.anchor for one in sentences.of_item(policy, policy.item("9b"))] == ["c9-s3"]


def test_an_anchor_counts_within_its_clause():
    policy = get_policy("harbin-ai-2022")
    longer = replace(
        policy, source_text=policy.source_text.replace("一、支持", "前言。再一句。\n一、支持", 1)
    )
    assert sentences.anchor_of(longer, policy.item("2a").quote) == "c2-s2"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("第一句。第二句", ["第一句。", "第二句"]),
        ("他说“可以。”再说。", ["他说“可以。”", "再说。"]),
        ("甲；乙。（丙。）丁", ["甲；", "乙。", "（丙。）", "丁"]),
        ("没有句号", ["没有句号"]),
    ],
)
def test_sentences_end_where_they_end(text, parts):
    found = list(sentences.sentences_in(text))
    assert [part for _, part in found] == parts
    assert all(text[at : at + len(part)] == part for at, part in found)


def test_a_number_knows_its_item_and_line_and_a_date_is_a_date():
    policy = get_policy("harbin-ai-2022")
    (sentence,) = sentences.of_item(policy, policy.item("2a"))
    used = {one.text: (one.item, one.line) for one in sentences.pieces(policy, sentence) if one.item}
    assert used == {"20%": ("2a", 2), "1000万元": ("2a", 1)}
    (last,) = sentences.of_quote(policy, "有效期至2023年12月31日")
    assert [one.text for one in sentences.pieces(policy, last) if one.is_date] == ["2023年12月31日"]
