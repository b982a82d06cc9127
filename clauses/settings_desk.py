"""The points of a policy as the desk lists them: what holds today, since when, by which document, who set it."""

from dataclasses import dataclass, replace
from datetime import date

from clauses import catalogue, selectors
from clauses.engine.policy import Policy, SettingSpec
from clauses.models import Policy as LoadedPolicy
from clauses.models import SettingChange
from clauses.settings_book import covers, holding, inside
from clauses.states import SETTING_TONES, SettingStates
from portal.kernel import clock

TYPE_LABELS = {
    "choice": "选一种读法",
    "bool": "是或否",
    "count": "整数",
    "money": "金额（元）",
    "text": "文字",
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change in words."""

    change: SettingChange
    reading: str
    places: str
    in_effect: bool

    @property
    def effective_from(self) -> date:
        return self.change.effective_from

    def covers(self, item: str) -> bool:
        return covers(self.change.items, item)

    @property
    def badge(self) -> tuple[str, str]:
        state = SettingStates(self.change.state)
        if state == SettingStates.IN_FORCE:
            return ("已生效", "done") if self.in_effect else ("已批准，未到生效日期", "now")
        return state.label, SETTING_TONES[state]


@dataclass(frozen=True, slots=True)
class Holding:
    """A value that holds today, for all items of the point or for some; `line` is None for the default."""

    reading: str
    places: str
    line: ChangeLine | None
    codes: tuple[str, ...] = ()

    @property
    def badge(self) -> tuple[str, str]:
        return ("已设定", "done") if self.line else ("默认", "calm")


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point with what holds today and every change ever proposed, newest first."""

    spec: SettingSpec
    holdings: tuple[Holding, ...]
    changes: tuple[ChangeLine, ...]

    @property
    def waiting(self) -> int:
        return sum(line.change.state == SettingStates.PROPOSED for line in self.changes)

    @property
    def coming(self) -> int:
        return sum(
            line.change.state == SettingStates.IN_FORCE and not line.in_effect for line in self.changes
        )

    @property
    def type_label(self) -> str:
        return TYPE_LABELS[self.spec.type]


def places_of(content: Policy, spec: SettingSpec, codes: list[str]) -> str:
    """The items a value is limited to, by their place in the text; empty when it holds for every item of the point."""
    if not codes or set(codes) == set(spec.items):
        return ""
    at = clock.now()
    return "、".join(catalogue.offer(content, content.item(code), at).place for code in codes)


def line_of(change: SettingChange) -> ChangeLine:
    content = selectors.pack(change.policy)
    spec = content.settings[change.setting]
    return ChangeLine(
        change,
        spec.reading(inside(spec, change.value)),
        places_of(content, spec, change.items),
        change.state == SettingStates.IN_FORCE and change.effective_from <= clock.today(),
    )


def point_row(policy: LoadedPolicy, setting: str) -> PointRow:
    """KeyError for a point the policy does not have."""
    content = selectors.pack(policy)
    changes = selectors.setting_changes(policy).filter(setting=setting)
    return _row(content, content.settings[setting], [line_of(change) for change in changes], clock.today())


def present(change: SettingChange) -> list[Holding]:
    """What holds today for the items of a change; places are named only where it differs among them; one query."""
    content = selectors.pack(change.policy)
    spec = content.settings[change.setting]
    covered = selectors.covered_items(change)
    found = [
        replace(one, places="、".join(content.items[code].place for code in codes), codes=codes)
        for one in point_row(change.policy, change.setting).holdings
        if (codes := tuple(code for code in one.codes if code in covered)) or not spec.items
    ]
    return found if len(found) > 1 else [replace(one, places="") for one in found]


def point_rows(policy: LoadedPolicy) -> list[PointRow]:
    """Every point of a policy, in one query."""
    content = selectors.pack(policy)
    by_setting: dict[str, list[ChangeLine]] = {}
    for change in selectors.setting_changes(policy):
        by_setting.setdefault(change.setting, []).append(line_of(change))
    today = clock.today()
    return [_row(content, spec, by_setting.get(spec.id, []), today) for spec in content.settings.values()]


def _row(content: Policy, spec: SettingSpec, lines: list[ChangeLine], today: date) -> PointRow:
    approved = [line for line in reversed(lines) if line.change.state == SettingStates.IN_FORCE]
    by_line: dict[int | None, tuple[ChangeLine | None, list[str]]] = {}
    for code in spec.items:
        line = holding(approved, code, today)
        by_line.setdefault(line.change.pk if line else None, (line, []))[1].append(code)
    holdings = tuple(
        Holding(
            line.reading if line else spec.default_reading,
            places_of(content, spec, codes),
            line,
            tuple(codes),
        )
        for line, codes in by_line.values()
    )
    return PointRow(spec, holdings or (Holding(spec.default_reading, "", None),), tuple(lines))
