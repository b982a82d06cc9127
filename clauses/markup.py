"""Official text and rules as page markup: sentences with anchors, numbers that lead to their rules, rules that lead back."""

import re
from collections.abc import Collection, Sequence

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from clauses import sentences, wording
from clauses.engine.policy import Item, Policy
from clauses.naming import place
from clauses.sentences import Piece, Sentence, Use
from clauses.wordwise import GONE, NEW, Span

DATES = "dates"
_FIGURE = re.compile(r"([0-9][0-9,.]*(?:%|％|‰|亿元|万元|元)?)")


def where(policy: Policy, sentence: Sentence) -> str:
    """第二条第3句; the paragraphs outside the clauses are 文首 and 末段."""
    if sentence.clause:
        return f"第{sentence.clause}条第{sentence.order}句"
    return f"{'文首' if sentence.anchor.startswith(sentences.BEFORE) else '末段'}第{sentence.order}句"


def sentence_markup(
    policy: Policy,
    sentence: Sentence,
    marks: Sequence[str] = (),
    *,
    used: Sequence[Use] | None = None,
    anchored: bool = True,
) -> SafeString:
    """One sentence, byte for byte. Anchored, it has its id and a link to itself that can be copied."""
    body = format_html_join(
        "", "{}", ((_piece(policy, one),) for one in sentences.pieces(policy, sentence, marks, used))
    )
    if not anchored:
        return body
    return format_html(
        '<span class="pt-sentence" id="{}">{}</span><a class="pt-hash" href="#{}" aria-label="{}的链接"></a>',
        sentence.anchor,
        body,
        sentence.anchor,
        where(policy, sentence),
    )


def _piece(policy: Policy, piece: Piece) -> SafeString:
    text: SafeString | str = piece.text
    if piece.item:
        item = policy.items[piece.item]
        href = f"{reverse('item', args=[policy.id, item.id])}#r{piece.line}"
        text = format_html(
            '<a class="pt-number" href="{}" title="{}怎样用这个数">{}</a>',
            href,
            place(policy, item),
            piece.text,
        )
    elif piece.is_date:
        href = f"{reverse('policy_detail', args=[policy.id])}#{DATES}"
        text = format_html('<a class="pt-number" href="{}" title="期限">{}</a>', href, piece.text)
    return format_html('<mark class="pt-words">{}</mark>', text) if piece.marked else format_html("{}", text)


def law(
    policy: Policy, quote: str, marks: Sequence[str] = (), *, anchored: bool = False, more: Sequence[str] = ()
) -> SafeString:
    """The whole sentences a quote stands in; those of further quotes follow in paragraphs of their own."""
    used = sentences.uses(policy)
    drawn = []
    seen: set[str] = set()
    for one in (quote, *more):
        found = [part for part in sentences.of_quote(policy, one) if part.anchor not in seen]
        seen.update(part.anchor for part in found)
        if found:
            drawn.append(
                format_html_join(
                    "",
                    "{}",
                    ((sentence_markup(policy, part, marks, used=used, anchored=anchored),) for part in found),
                )
            )
    if not drawn:
        return format_html("<p>{}</p>", quote)
    return format_html_join("\n", "<p>{}</p>", ((one,) for one in drawn))


def clause_law(policy: Policy, clause: str) -> SafeString:
    """A clause as published, every sentence with its anchor."""
    used = sentences.uses(policy)
    lines = [
        [one for one in paragraph.sentences if one.clause == clause]
        for paragraph in sentences.paragraphs(policy)
    ]
    return format_html_join(
        "\n",
        "<p>{}</p>",
        (
            (format_html_join("", "{}", ((sentence_markup(policy, one, used=used),) for one in line)),)
            for line in lines
            if line
        ),
    )


def whole_law(policy: Policy) -> SafeString:
    """The official text from its first line to its last."""
    used = sentences.uses(policy)
    drawn = []
    for paragraph in sentences.paragraphs(policy):
        parts = format_html_join(
            "", "{}", ((sentence_markup(policy, one, used=used),) for one in paragraph.sentences)
        )
        opening = format_html('<p id="{}">', paragraph.anchor) if paragraph.anchor else mark_safe("<p>")
        drawn.append(format_html("{}{}</p>", opening, parts))
    return mark_safe("\n".join(drawn))


def phrase(text: str) -> SafeString:
    """Words whose sums and rates are not broken over lines."""
    parts = _FIGURE.split(text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="pt-nowrap">{}</span>', one) if index % 2 else format_html("{}", one),)
            for index, one in enumerate(parts)
            if one
        ),
    )


def rule_tree(policy: Policy, item: Item) -> SafeString:
    """An item's rule as a nested list; every line has an id, every number leads to its sentence."""
    top = wording.tree(item)
    if top is None:
        return mark_safe("")
    here = {one.anchor for one in sentences.of_item(policy, item)}
    return format_html('<ul class="pt-rule">{}</ul>', _line(policy, item, top, here))


def _line(policy: Policy, item: Item, line: wording.Line, here: Collection[str]) -> SafeString:
    text = format_html_join(
        "", "{}", ((_number(policy, item, words, number, here),) for words, number in line.pieces)
    )
    name = format_html("<b>{}</b>", line.name) if line.name else ""
    below: SafeString | str = ""
    if line.below:
        below = format_html(
            "<ul>{}</ul>",
            format_html_join("", "{}", ((_line(policy, item, one, here),) for one in line.below)),
        )
    return format_html('<li id="r{}"><p>{}<span>{}</span></p>{}</li>', line.order, name, text, below)


def _number(
    policy: Policy, item: Item, words: str, number: wording.Number | None, here: Collection[str]
) -> SafeString:
    at = sentences.place_of(policy, number, item.quote) if number else -1
    found = sentences.sentence_at(policy, at) if at >= 0 else None
    if found is None or number is None:
        return format_html("{}", words)
    page = "" if found.anchor in here else reverse("policy_text", args=[policy.id])
    return format_html(
        '<a class="pt-number" href="{}#{}" title="原文：{}">{}</a>',
        page,
        found.anchor,
        number.words,
        words,
    )


def compared(spans: Sequence[Span]) -> SafeString:
    """Two texts in one: what went is struck out, what came is underlined, and both are said to screen readers."""
    drawn = []
    for span in spans:
        if span.kind == NEW:
            drawn.append(
                format_html(
                    '<ins class="pt-ins"><span class="pt-hide">［新增：</span>{}'
                    '<span class="pt-hide">］</span></ins>',
                    span.text,
                )
            )
        elif span.kind == GONE:
            drawn.append(
                format_html(
                    '<del class="pt-del"><span class="pt-hide">［删去：</span>{}'
                    '<span class="pt-hide">］</span></del>',
                    span.text,
                )
            )
        else:
            drawn.append(format_html("{}", span.text))
    return mark_safe("".join(drawn))
