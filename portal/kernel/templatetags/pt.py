"""The component tags. A function's parameters are its component's declared inputs.

Django refuses an unknown or missing one with TemplateSyntaxError, `drawing` a wrong value with ValueError.
docs/components.md lists them for page authors.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.middleware.csrf import get_token
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.kernel.money import format_wan, format_yuan
from portal.kernel.templatetags import formats
from portal.kernel.templatetags.bound_fields import draw_field
from portal.kernel.templatetags.card_tables import with_labels
from portal.kernel.templatetags.drawing import (
    TONES,
    draw,
    one_of,
    pairs,
    refuse,
    row,
    rows,
    sum_of,
    words,
)
from portal.kernel.templatetags.faults import faults_of
from portal.kernel.templatetags.quoting import with_marks
from portal.kernel.words import in_words

register = template.Library()
for written in formats.FILTERS:
    register.filter(written.__name__, written)

NOTE_TONES = ("", "wait", "bad", "good")
BUTTON_KINDS = ("", "second", "quiet", "bad")
MOMENT_STATES = ("done", "now", "paused", "bad", "next")
_BARE_SUM = re.compile(r"-?\d+(\.\d+)?")


@register.simple_tag
def site_name() -> str:
    """What the portal calls itself, from the settings: error pages have no context."""
    return str(settings.SITE_NAME)


@register.simple_tag
def status(state: Any, audience: str | None = None, plain: bool = False) -> SafeString:
    """A state's badge. `state` has `label` and `tone`; with `audience`, it is looked up there first."""
    if audience is not None:
        if not isinstance(state, Mapping) or audience not in state:
            raise refuse("status", "audience", "one the state has words for", audience)
        state = state[audience]
    given = row("status", state, ("label", "tone"))
    return badge(given["label"], given["tone"], plain)


@register.simple_tag
def badge(label: str, tone: str = "calm", plain: bool = False) -> SafeString:
    """A badge with its own words."""
    one_of("status", "tone", str(tone), TONES)
    return draw("status", label=words("status", "label", label), tone=str(tone), plain=plain)


@register.simple_tag
def money(amount: Decimal) -> SafeString:
    """1234 as 1,234.00元, never broken over lines."""
    return format_html(
        '<span class="pt-money">{}元</span>',
        format_yuan(sum_of("money", "amount", amount)),
    )


@register.simple_tag
def wan(amount: Decimal) -> SafeString:
    """12000000 yuan as 1,200万元, in the quiet second size."""
    return format_html(
        '<span class="pt-wan">{}万元</span>',
        format_wan(sum_of("wan", "amount", amount)),
    )


@register.simple_tag
def amount(value: Decimal, more: str = "", caps: bool = False) -> SafeString:
    """The one large figure, 万元 beside it; `more` follows the 万元, `caps` adds 人民币大写 below."""
    total = sum_of("amount", "value", value)
    spelt = in_words(total) if caps else ""
    return draw("amount", yuan=format_yuan(total), wan=format_wan(total), more=more, caps=spelt)


@register.simple_tag
def field(
    bound_field: Any,
    hint: str | None = None,
    optional: str | bool | None = None,
    unit: str = "",
    width: str = "",
    hints: dict[Any, str] | None = None,
) -> SafeString:
    """A form's field with label, hint and error. `hints`: choice value to a sentence below that choice."""
    return draw_field(
        bound_field,
        hint=hint,
        optional=optional,
        unit=unit,
        width=width,
        hints=hints,
    )


@register.simple_tag
def labels(form: BaseForm, **names: str) -> str:
    """Our words for the fields of a form somebody else wrote; before `errors`, so that both say the same."""
    for name, label in names.items():
        if name not in form.fields:
            raise refuse("labels", name, "a field of the form", label)
        form.fields[name].label = label
        form[name].label = label
    return ""


@register.simple_tag
def errors(*sources: Any, heading: str = "", lead: str = "", id: str = "errors") -> SafeString:
    """The summary of what must be mended: forms, formsets, refusals, or one list of (text, anchor)."""
    if not sources:
        raise refuse("errors", "sources", "a form, a formset, a refusal or a list", sources)
    items = [item for source in sources for item in faults_of(source)]
    if not items:
        return mark_safe("")
    return draw("errors", heading=heading or f"有{len(items)}处需要改正", lead=lead, items=items, id=id)


@register.simple_tag
def facts(*items: Any) -> SafeString:
    """Up to four large figures: base, rate, cap, times; or the dates of a notice."""
    listed = pairs("facts", items)
    if not 1 <= len(listed) <= 4:
        raise refuse("facts", "items", "one to four figures", listed)
    return draw("facts", items=listed)


@register.simple_tag
def kv(*items: Any, look: str = "") -> SafeString:
    """Key-value list; look `plain` has no rules, `sum` ends with a ruled total."""
    return draw(
        "kv",
        items=pairs("kv", items),
        look=one_of("kv", "look", look, ("", "plain", "sum")),
    )


@register.simple_tag
def steps(items: Any, narrow: bool = False) -> SafeString:
    """The arithmetic: label, why (words or setting number), formula, result (Decimal yuan, or words)."""
    listed = []
    for item in rows("steps", "items", items):
        step = row("steps", item, ("label", "result"), ("why", "formula"))
        result = step["result"]
        if isinstance(result, str) and _BARE_SUM.fullmatch(result):
            result = Decimal(result)
        if not isinstance(result, str):
            result = f"{format_yuan(sum_of('steps', 'result', result))}元"
        listed.append({**step, "label": words("steps", "label", step["label"]), "result": result})
    if not listed:
        raise refuse("steps", "items", "at least one step", listed)
    return draw("steps", items=listed, narrow=narrow)


@register.simple_tag
def quote(text: str, marked: Any = (), clause: str = "", href: str = "", source: str = "") -> SafeString:
    """The law's own words, byte for byte; each literal in `marked` is marked where it first stands."""
    words("quote", "text", text)
    literals = [marked] if isinstance(marked, str) and marked else rows("quote", "marked", marked or ())
    paragraphs = with_marks(str(text), [str(literal) for literal in literals]).split("\n")
    shown = [mark_safe(paragraph) for paragraph in paragraphs]
    return draw("quote", paragraphs=shown, source=source, clause=clause, href=href)


@register.simple_tag
def timeline(items: Any) -> SafeString:
    """Moments with state, label, at (day, time or words), note, strong (bold end of the note), panel."""
    listed = []
    for item in rows("timeline", "items", items):
        moment = row("timeline", item, ("state", "label"), ("at", "note", "strong", "panel"))
        one_of("timeline", "state", str(moment["state"]), MOMENT_STATES)
        at = moment["at"]
        if isinstance(at, date):
            at = format_html('<time datetime="{}">{}</time>', at.isoformat(), formats.cn_date(at))
        elif at:
            at = format_html("<time>{}</time>", at)
        listed.append(
            {
                **moment,
                "label": words("timeline", "label", moment["label"]),
                "at": at or "",
            }
        )
    return draw("timeline", items=listed)


@register.simple_tag
def tasks(groups: Any) -> SafeString:
    """Groups of (name, rows); a row has name, status (label, tone), hint and, if it can be opened, href."""
    drawn = []
    for group in rows("tasks", "groups", groups):
        named = row("tasks", group, ("name", "rows"))
        listed = []
        for item in rows("tasks", "rows", named["rows"]):
            task = row("tasks", item, ("name", "status"), ("hint", "href"))
            badge_of = status(task["status"], plain=not task["href"])
            listed.append(
                {
                    **task,
                    "name": words("tasks", "name", task["name"]),
                    "status": badge_of,
                }
            )
        drawn.append({"name": named["name"], "rows": listed})
    return draw("tasks", groups=drawn)


@register.simple_tag
def missing(*items: Any) -> SafeString:
    """What is still missing: (verb phrase, href)."""
    return draw("missing", items=pairs("missing", items))


@register.simple_block_tag
def note(content: str, lead: str = "", tone: str = "", heading: str = "") -> SafeString:
    """A note. With `lead` the content ends its sentence; without, it brings its own paragraphs."""
    one_of("note", "tone", tone, NOTE_TONES)
    body = content.strip()
    if not lead and not body.lstrip().startswith("<"):
        body = f"<p>{body}</p>"
    return draw("note", tone=tone, lead=lead, heading=heading, body=mark_safe(body))


@register.simple_block_tag
def nothing(content: str, heading: str) -> SafeString:
    """Empty state: what is not there, then what to do."""
    body = content.strip()
    return draw("nothing", heading=words("nothing", "heading", heading), body=mark_safe(body))


@register.simple_tag
def progress(done: int, total: int, sentence: str, hint: str = "", id: str = "progress") -> SafeString:
    """`sentence` carries the meaning: 已生成5份，共8份."""
    if not isinstance(done, int) or not isinstance(total, int) or not 0 <= done <= total or not total:
        raise refuse("progress", "done", "between 0 and total", (done, total))
    said = words("progress", "sentence", sentence)
    return draw("progress", done=done, total=total, sentence=said, hint=hint, id=id)


@register.simple_tag
def crumbs(*items: Any) -> SafeString:
    """Names and hrefs in turn; the last may have an empty href."""
    return draw("crumbs", items=pairs("crumbs", items))


@register.simple_tag
def pager(next: str = "", first: str = "", shown: str = "") -> SafeString:
    """Keyset pages; nothing at all when there is nowhere to go and nothing to say."""
    return (
        draw("pager", next=next or "", first=first or "", shown=shown)
        if next or first or shown
        else mark_safe("")
    )


@register.simple_tag
def button(
    label: str,
    kind: str = "",
    href: str = "",
    name: str = "",
    value: str = "",
    id: str = "",
    form: str = "",
    to: str = "",
    opens: str = "",
    reason: str = "",
) -> SafeString:
    """A link when it has `href`, else a submit button, sent `to` another address or part; `reason` says why not now (needs `id`)."""
    one_of("button", "kind", kind, BUTTON_KINDS)
    words("button", "label", label)
    if reason and not id:
        raise refuse("button", "id", "given together with reason", id)
    look = f"pt-btn pt-btn--{kind}" if kind else "pt-btn"
    return draw(
        "button",
        label=label, look=look, href=href, name=name, value=value, id=id, form=form, to=to,
        opens=opens, reason=reason,
    )  # fmt: skip


@register.simple_tag
def plans(items: Any) -> SafeString:
    """Choices side by side: name, total, lines of (name, formula, amount), most, more (words after)."""
    drawn = []
    for number, item in enumerate(rows("plans", "items", items), start=1):
        plan = row("plans", item, ("name", "total", "lines"), ("most", "more"))
        lines = [row("plans", line, ("name", "formula", "amount")) for line in plan["lines"]]
        drawn.append(
            {
                "id": f"plan-{number}",
                "name": words("plans", "name", plan["name"]),
                "most": bool(plan["most"]),
                "amount": amount(plan["total"], plan["more"]),
                "lines": [
                    {
                        **line,
                        "amount": format_wan(sum_of("plans", "amount", line["amount"])),
                    }
                    for line in lines
                ],
            }
        )
    return draw("plans", items=drawn)


@register.simple_block_tag(takes_context=True)
def dialog(
    context: Context,
    content: str,
    id: str,
    question: str,
    action: str,
    action_url: str,
    keep: str,
    kind: str = "bad",
    name: str = "",
    value: str = "",
) -> SafeString:
    """A dialog that posts; opened by `{% button … href=<confirmation page> opens=id %}`."""
    one_of("dialog", "kind", kind, BUTTON_KINDS)
    for label, text in (
        ("question", question),
        ("action", action),
        ("keep", keep),
        ("action_url", action_url),
    ):
        words("dialog", label, text)
    return draw(
        "dialog",
        id=id, question=question, body=_paragraphs(content), action=action, action_url=action_url, keep=keep,
        kind=kind, csrf=_csrf(context), name=name, value=value,
    )  # fmt: skip


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    action: str,
    action_url: str,
    keep: str,
    keep_href: str,
    kind: str = "",
    name: str = "",
    value: str = "",
) -> SafeString:
    """A confirmation on a page of its own: the h1 is the question, the content says what will happen."""
    one_of("confirm", "kind", kind, BUTTON_KINDS)
    for label, text in (("action", action), ("keep", keep), ("keep_href", keep_href)):
        words("confirm", label, text)
    return draw(
        "confirm",
        body=_paragraphs(content), action=action, action_url=action_url, keep=keep, keep_href=keep_href,
        kind=kind, csrf=_csrf(context), name=name, value=value,
    )  # fmt: skip


def _paragraphs(content: str) -> SafeString:
    body = content.strip()
    return mark_safe(body if body.startswith("<") else f"<p>{body}</p>")


def _csrf(context: Context) -> SafeString:
    request = context.get("request")
    token = get_token(request) if request else context.get("csrf_token", "")
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


@register.simple_block_tag
def table(content: str, caption: str = "", id: str = "") -> SafeString:
    """A data table that becomes cards on a phone: plain thead, tbody, tfoot; roles and names are added."""
    head = format_html("<caption>{}</caption>", caption) if caption else ""
    named = format_html(' id="{}"', id) if id else ""
    return mark_safe(
        f'<table class="pt-table pt-table--cards" role="table"{named}>{head}{with_labels(content)}</table>'
    )
