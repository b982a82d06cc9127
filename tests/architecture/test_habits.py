"""Habits that a reader may rely on: states, money, pairs of columns, nothing left over."""

import ast
import io
import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import connection, models

from portal.kernel.admin import ReadOnlyAdmin
from tests import making
from tests.architecture.reading import HOUSE, ROOT, modules, places

STATE_WRITERS = {
    "portal/kernel/issuing.py",
    "portal/kernel/tasks.py",
    "portal/accounts/services.py",
    "review/services/decisions.py",
}
MONEY = (
    "payouts",
    "portal/ledger",
    "portal/kernel/money.py",
    "portal/kernel/words.py",
    "portal/kernel/canonical.py",
    "clauses/engine",
    "review/services",
    "review/selectors.py",
    "applications/services",
    "applications/selectors.py",
)


def house_models():
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in HOUSE]


# states


def state_targets(module):
    """Assignments to `.state`, by any spelling that names it."""
    for node in ast.walk(module):
        targets = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
            targets = [node.target]
        for target in targets:
            for inner in ast.walk(target):
                if isinstance(inner, ast.Attribute) and inner.attr == "state":
                    yield inner
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "setattr"
            and isinstance(node.args[1], ast.Constant)
            and node.args[1].value == "state"
        ):
            yield node


def test_nobody_but_the_machine_assigns_a_state():
    """portal/local starts servers and knows no tables; its `state` is a folder."""
    found = [
        place
        for path, module in modules()
        if not path.startswith("portal/local/")
        for place in places((path, node) for node in state_targets(module))
    ]
    assert [place.rsplit(":", 1)[0] for place in found] == ["portal/kernel/machine.py"], found


def state_updates(module):
    """update(state=…), save(update_fields=[… "state" …]), bulk_update(…, ["state"]), defaults={"state": …}."""
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in (
            "update",
            "create",
            "bulk_create",
            "get_or_create",
            "update_or_create",
            "bulk_update",
            "save",
        ):
            given = {keyword.arg for keyword in node.keywords}
            constants = {
                inner.value
                for part in [*node.args, *(keyword.value for keyword in node.keywords)]
                for inner in ast.walk(part)
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
            }
            if "state" in given or (node.func.attr != "update" and "state" in constants):
                yield node


def test_states_are_written_around_the_machine_only_where_this_says_so():
    """Papers being drawn, certification, a notice's end: things with a state but no table of transitions."""
    found = {path for path, module in modules() for _ in state_updates(module)}
    assert found - {"portal/kernel/machine.py"} == STATE_WRITERS


def test_changes_handed_to_the_machine_never_smuggle_a_state():
    def smuggled():
        for path, module in modules("applications", "review", "payouts"):
            for node in ast.walk(module):
                if isinstance(node, ast.Dict):
                    keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                    if "state" in keys and any(str(key).endswith("_at") for key in keys):
                        yield path, node

    assert [place for place in places(smuggled()) if "/views/" not in place and "/api" not in place] == []


# money


def test_no_float_comes_near_money():
    def floats():
        for path, module in modules(*MONEY):
            for node in ast.walk(module):
                if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
                    yield path, node
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float":
                    yield path, node

    assert places(floats()) == []


def test_no_column_is_a_float_and_amounts_are_money():
    from portal.kernel.money import MoneyField

    for model in house_models():
        for field in model._meta.fields:
            assert not isinstance(field, models.FloatField), field
            if isinstance(field, models.DecimalField) and not isinstance(field, MoneyField):
                assert field.name in ("score", "total", "points"), field


# pairs


PAIRS = [
    (model, field.name, f"{field.name.removesuffix('_at')}_by")
    for model in house_models()
    for field in model._meta.fields
    if field.name.endswith("_at")
    and field.null
    and any(other.name == f"{field.name.removesuffix('_at')}_by" for other in model._meta.fields)
]


def test_there_are_pairs_to_look_at():
    assert len(PAIRS) > 12


@pytest.mark.parametrize(("model", "at", "by"), PAIRS, ids=lambda one: getattr(one, "__name__", one))
def test_a_moment_and_its_person_stand_or_fall_together(model, at, by):
    checks = [
        str(constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    ]
    assert any(at in check and by in check for check in checks), checks


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "at", "by"), PAIRS, ids=lambda one: getattr(one, "__name__", one))
def test_the_database_has_that_rule_too(model, at, by):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
            [model._meta.db_table],
        )
        rules = [row[0] for row in cursor.fetchall()]
    column = model._meta.get_field(by).column
    assert any(re.search(rf"\b{at}\b", rule) and re.search(rf"\b{column}\b", rule) for rule in rules), rules


# the admin


@pytest.mark.parametrize("model", house_models(), ids=lambda model: model._meta.label)
def test_the_admin_only_shows(model, rf):
    """Also tables that are not shown at all are fine; none may be written."""
    shown = admin.site._registry.get(model)
    if shown is None:
        return
    assert isinstance(shown, ReadOnlyAdmin)
    request = rf.get("/")
    request.user = None
    assert not shown.has_add_permission(request)
    assert not shown.has_change_permission(request)
    assert not shown.has_delete_permission(request)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["project", "costitem", "claim", "nomination", "hold", "attachment"])
def test_the_filing_tables_are_shown_to_an_operator_and_change_nothing(name, client):
    claim = making.submitted()
    operator = making.staff()
    operator.is_staff = operator.is_superuser = True
    operator.save()
    client.force_login(operator)
    listed = client.get(f"/admin/applications/{name}/")
    assert listed.status_code == 200
    pk = apps.get_model("applications", name).objects.values_list("pk", flat=True)[0]
    assert client.get(f"/admin/applications/{name}/{pk}/change/").status_code == 200
    assert client.get(f"/admin/applications/{name}/add/").status_code == 403
    assert client.post(f"/admin/applications/{name}/{pk}/change/", {"state": "draft"}).status_code == 403
    assert client.post(f"/admin/applications/{name}/{pk}/delete/", {"post": "yes"}).status_code == 403
    claim.refresh_from_db()
    assert claim.state == "submitted"


# nothing left over


def test_nothing_is_left_to_do_later():
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    skipped = {
        ".git",
        ".venv",
        ".local",
        "node_modules",
        "__pycache__",
        ".ruff_cache",
        ".mypy_cache",
        ".hypothesis",
    }
    left = []
    for path in ROOT.rglob("*"):
        inner = path.relative_to(ROOT)
        if skipped & set(inner.parts) or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        left += [
            f"{inner}:{number}" for number, line in enumerate(text.splitlines(), 1) if words.search(line)
        ]
    assert left == []


def test_the_drawn_states_are_those_of_the_tables():
    out = io.StringIO()
    call_command("draw_states", stdout=out)
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == out.getvalue()


def test_every_diagram_shows_every_row():
    from portal.pages.management.commands.draw_states import MACHINES, diagram

    for _, _, machine in MACHINES:
        drawn = diagram(machine)
        arrows = sum(len(item.sources) for item in machine.rows.values())
        assert drawn.count("-->") - drawn.count("[*]") == arrows
