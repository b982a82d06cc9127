"""The engine's frozen policy of a pack that has been read."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from clauses.engine import policy
from clauses.engine.rules import Node, walk
from clauses.naming import place_among
from clauses.pack_file import Pack
from clauses.pack_form import ItemModel, Scope
from clauses.source_text import paragraph_of, sentence_around


def pack_hash(pack: Pack) -> str:
    """SHA-256 over the data as written and the official text; layout, order of keys and comments do not count.

    A key the product learns later does not change the hash of a pack that does not use it.
    """
    canonical = json.dumps(
        [pack.raw, pack.source],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def words_of(item_rule: Node | None) -> Iterator[str]:
    """The words of the text a rule's numbers stand on, in the order of the tree."""
    for node in walk(item_rule) if item_rule else ():
        yield from (figure.words for figure in node.figures())


def build_item(
    pack: Pack,
    model: ItemModel,
    ordinal: int,
    settings: Mapping[str, frozenset[str]],
    siblings: list[str],
) -> policy.Item:
    data = pack.data
    scope = Scope({fact.key: fact.type for fact in model.every_fact(data)}, tuple(model.more_quotes))
    rule = model.rule.build(scope) if model.rule else None
    marks = {words for words in words_of(rule) if words in model.quote}
    marks |= {model.recurrence_words} if model.recurrence_words else set()
    asks = model.kind in (policy.MONEY, policy.CASE_BY_CASE)
    group = model.overlap_group or (data.overlap_group if model.kind == policy.MONEY else None)
    return policy.Item(
        id=model.id,
        ordinal=ordinal,
        clause=model.clause,
        title=model.title,
        kind=model.kind,
        summary=model.summary,
        quote=model.quote,
        sentence=sentence_around(pack.source, model.quote),
        marks=tuple(sorted(marks, key=model.quote.find)),
        who=model.who,
        applicants=tuple(model.applicants),
        applicants_setting=model.applicants_setting,
        applicants_waived_by=tuple(model.applicants_waived_by),
        base_label=model.base_label,
        rule=rule,
        recurrence=model.recurrence or "",
        recurrence_label=model.recurrence_label,
        limit_per=tuple(model.limit_per),
        review_mode=model.review_mode,
        units=tuple(model.units),
        units_open=model.units_open,
        conditions=tuple(condition.build() for condition in model.every_condition(data)),
        papers=tuple(paper.build() for paper in [*(data.common_papers if asks else []), *model.papers]),
        facts=tuple(fact.build() for fact in model.every_fact(data)),
        cost_side=model.cost_side,
        cost_dates=tuple(model.cost_dates),
        matter=model.matter.build() if model.matter else None,
        categories=tuple(category.build() for category in model.categories),
        cost_tests=tuple(test.build() for test in model.cost_tests),
        criteria=tuple(criterion.build() for criterion in model.criteria),
        pass_line=model.pass_line,
        settings=tuple(name for name, items in settings.items() if model.id in items),
        overlap_group=group,
        answer=model.answer,
        contact=model.contact,
        more_quotes=scope.more_quotes,
        instalments=tuple(one.build(scope) for one in model.instalments),
        place=place_among(model.clause, model.id, siblings),
    )


def build_policy(pack: Pack) -> policy.Policy:
    """The engine's policy of a pack that has been read."""
    data = pack.data
    kinds = {item.id: item.kind for item in data.items}
    settings = {setting.id: setting.build(kinds) for setting in data.settings}
    siblings: dict[str, list[str]] = {}
    for item in data.items:
        siblings.setdefault(item.clause, []).append(item.id)
    reach = {name: frozenset(setting.items) for name, setting in settings.items()}
    return policy.Policy(
        id=data.id,
        title=data.title,
        short_title=data.short_title,
        status=data.status,
        document_number=data.document_number,
        issuer=data.issuer,
        issued_on=data.issued_on,
        in_force=data.in_force.build(),
        matter=data.matter.build(),
        filing=data.filing.build(),
        units={unit.code: unit.build() for unit in data.units},
        clauses={
            clause.number: policy.Clause(
                clause.number,
                ordinal,
                clause.title,
                clause.short_title,
                clause.lead,
                paragraph_of(pack.source, clause.number),
            )
            for ordinal, clause in enumerate(data.clauses, 1)
        },
        items={
            item.id: build_item(pack, item, ordinal, reach, siblings[item.clause])
            for ordinal, item in enumerate(data.items, 1)
        },
        general=tuple(
            policy.GeneralSentence(one.id, one.role, one.clause, one.quote, one.meaning)
            for one in data.general
        ),
        settings=settings,
        review_paths={path.mode: path.build() for path in data.review_paths},
        cut_reasons=tuple(reason.build() for reason in data.cut_reasons),
        rounding_setting=data.rounding_setting,
        smallest_setting=data.smallest_setting,
        overlap_group=data.overlap_group,
        source_text=pack.source,
        hash=pack_hash(pack),
        draft_of=data.draft_of or "",
    )
