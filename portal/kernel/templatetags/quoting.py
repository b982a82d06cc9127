"""Marks on a quotation that leave its text byte for byte as it was."""

from django.utils.html import escape

from portal.kernel.templatetags.drawing import refuse


def with_marks(text: str, literals: list[str]) -> str:
    """Escaped text with marks around the literals; literals that touch or overlap share one mark."""
    spans: list[tuple[int, int]] = []
    for literal in literals:
        start = text.find(literal)
        while start >= 0 and (start, start + len(literal)) in spans:
            start = text.find(literal, start + 1)
        if start < 0 or not literal:
            raise refuse("quote", "marked", "words that stand in the text", literal)
        spans.append((start, start + len(literal)))
    out: list[str] = []
    done = 0
    for start, end in sorted(spans):
        start = max(start, done)
        if end <= start:
            continue
        out.append(escape(text[done:start]))
        out.append(f'<mark class="pt-words">{escape(text[start:end])}</mark>')
        done = end
    out.append(escape(text[done:]))
    return "".join(out).replace('</mark><mark class="pt-words">', "")
