"""The worked cases of a pack, run: each must come out to the fen as written."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from clauses.engine import Policy, assess
from clauses.engine.money import yuan
from clauses.engine.policy import MONEY, Item
from clauses.inputs import Reader
from clauses.pack_build import build_policy
from clauses.pack_file import Fault, Pack, PackError, form_faults, lines_of, parsed, read_text
from clauses.pack_form import CaseModel, CasesModel
from clauses.pack_form.values import fen

CASES_FILE = "cases.yaml"


def case_faults(pack: Pack) -> list[Fault]:
    """The cases that do not hold; where there are cases, every item that pays has one."""
    path = pack.directory / CASES_FILE
    if not path.exists():
        return []
    try:
        cases, lines = read_cases(path)
    except PackError as error:
        return error.faults
    policy = build_policy(pack)
    faults = []
    for index, case in enumerate(cases.cases):
        here = ("cases", index)
        for place, message in outcome_faults(policy, cases, case):
            at = (*here, *place)
            while at not in lines:
                at = at[:-1]
            faults.append(Fault(CASES_FILE, lines[at], f"算例“{case.name}”：{message}"))
    shown = {case.item for case in cases.cases}
    for item in policy.items.values():
        if item.kind == MONEY and item.id not in shown:
            faults.append(Fault(CASES_FILE, 1, f"事项{item.id}没有算例"))
    return faults


def read_cases(path: Path) -> tuple[CasesModel, Mapping[tuple[str | int, ...], int]]:
    """The cases in a file with the line of each part. PackError for faults of form."""
    text = read_text(path)
    raw = parsed(text, CASES_FILE)
    lines = lines_of(text)
    try:
        return CasesModel.model_validate(raw), lines
    except ValidationError as error:
        raise PackError(form_faults(error, lines, CASES_FILE)) from None


def outcome_faults(
    policy: Policy, cases: CasesModel, case: CaseModel
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where a case is wrong and how: input that is refused, or another result."""
    item = policy.items.get(case.item)
    if item is None:
        yield ("item",), f"没有事项“{case.item}”"
        return
    reader = Reader()
    asked = reader.claim(policy, document(item, cases, case), "", None, None)
    if asked is None:
        for error in reader.errors:
            step = error["path"].lstrip(".").split(".")[0].split("[")[0]
            yield (step,) if step else (), error["message"].rstrip("。")
        return
    answer = assess(policy, asked).to_json()
    expect = case.expect
    if answer["outcome"] != expect.outcome:
        told = "；".join(reason["text"] for reason in answer["reasons"])
        yield ("expect", "outcome"), f"结果应为{expect.outcome}，实际为{answer['outcome']}（{told}）"
    for name, label in (("base", "基数"), ("computed", "计算金额"), ("amount", "补助金额")):
        wanted = getattr(expect, name)
        if wanted is None:
            continue
        try:
            said = yuan(fen(wanted))
        except ValueError as error:
            yield ("expect", name), str(error)
            continue
        if answer[name] != said:
            yield ("expect", name), f"{label}应为{said}，算出{answer[name]}"
    codes = [reason["code"] for reason in answer["reasons"]]
    for code in expect.reasons:
        if code not in codes:
            yield ("expect", "reasons"), f"没有理由“{code}”，实际有：{'、'.join(codes) or '无'}"
    excluded = {one["id"]: one["code"] for one in answer["excluded_costs"]}
    if expect.excluded_costs and excluded != expect.excluded_costs:
        written = "、".join(f"{name}：{code}" for name, code in excluded.items()) or "无"
        yield ("expect", "excluded_costs"), f"不计入的费用不同，实际为{written}"
    for key in expect.missing:
        spec = item.fact(key)
        label = spec.label if spec else key
        if not any(
            reason["code"] == "missing_fact" and label in reason["text"] for reason in answer["reasons"]
        ):
            yield ("expect", "missing"), f"没有指出缺少“{label}”"


def document(item: Item, cases: CasesModel, case: CaseModel) -> dict[str, object]:
    """The case as the interface takes it: money in yuan as text, numbers as text."""
    types = {fact.key: fact.type for fact in item.facts}
    given: dict[str, object] = {
        "id": case.name[:100],
        "item": case.item,
        "filed_at": case.filed_at or cases.filed_at,
        "facts": {key: plain(value, types.get(key, "")) for key, value in case.facts.items()},
        "settings": dict(case.settings),
    }
    if case.base is not None:
        given["base"] = plain(case.base, "money")
    if case.costs is not None:
        given["costs"] = [
            {key: plain(value, "money" if key == "amount" else "") for key, value in cost.items()}
            for cost in case.costs
        ]
    return given


def plain(value: object, kind: str) -> object:
    """A value of a case as the interface spells it; one that cannot be read is left for the interface to refuse."""
    if kind == "money":
        try:
            return yuan(fen(value))
        except ValueError:
            return value
    if kind in ("number", "rate") and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value
