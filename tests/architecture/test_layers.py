"""Who may import whom, point at whom, call whom."""

import ast
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from portal.pages import context
from tests.architecture.reading import HOUSE, ROOT, modules, places

RANK = ("kernel", "accounts", "ledger", "clauses", "applications", "review", "payouts")


def house_models():
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in HOUSE]


def test_the_import_contracts_hold():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "3 kept, 0 broken" in done.stdout


def test_every_app_has_its_floor():
    assert {model._meta.app_label for model in house_models()} == set(RANK)


@pytest.mark.parametrize("model", house_models(), ids=lambda model: model._meta.label)
def test_tables_point_only_at_lower_floors(model):
    """String foreign keys escape the import contracts; the user model is the one that all may name."""
    for field in [*model._meta.fields, *model._meta.many_to_many]:
        if not field.is_relation or field.related_model._meta.label == settings.AUTH_USER_MODEL:
            continue
        target = field.related_model
        if target in house_models():
            assert RANK.index(target._meta.app_label) <= RANK.index(model._meta.app_label), field


def test_apps_use_each_others_services_selectors_and_tables_only():
    inner = {"views", "forms", "api", "tasks", "urls", "admin"}
    crossing = []
    for path, module in modules("clauses", "applications", "review", "payouts"):
        app = path.split("/")[0]
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom) and node.module:
                parts = node.module.split(".")
                if parts[0] in ("clauses", "applications", "review", "payouts") and parts[0] != app:
                    crossing += [f"{path}:{node.lineno} {node.module}"] if inner & set(parts[1:]) else []
                    named = {alias.name for alias in node.names}
                    crossing += [f"{path}:{node.lineno}"] if len(parts) == 1 and inner & named else []
    assert crossing == []


def test_tasks_are_called_by_name_through_one_door():
    def called():
        for path, module in modules():
            for node in ast.walk(module):
                if isinstance(node, ast.Attribute) and node.attr in ("delay", "apply_async", "apply", "s"):
                    if isinstance(node.value, ast.Name) and node.value.id in ("functools", "re"):
                        continue
                    yield path, node

    assert [place for place in places(called()) if not place.startswith("portal/kernel/work.py:")] == []


def test_services_import_no_tasks():
    def imported():
        for path, module in modules():
            if "/services" not in path:
                continue
            for node in ast.walk(module):
                if isinstance(node, ast.ImportFrom):
                    names = {*(node.module or "").split("."), *(alias.name for alias in node.names)}
                elif isinstance(node, ast.Import):
                    names = {part for alias in node.names for part in alias.name.split(".")}
                else:
                    continue
                if "tasks" in names:
                    yield path, node

    assert places(imported()) == []


def test_services_know_no_request():
    def knowing():
        for path, module in modules(
            "applications/services", "review/services", "payouts/services", "clauses/services"
        ):
            for node in ast.walk(module):
                if isinstance(node, ast.arg) and node.arg == "request":
                    yield path, node
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                    ("django.http", "rest_framework")
                ):
                    yield path, node

    assert places(knowing()) == []


def test_time_is_read_in_one_place():
    """Only the clock asks the wall clock, what moves it, and the command that answers without a database.

    Scripts that start servers (portal/local) know no business time.
    """
    own = {"portal/kernel/clock.py", "portal/kernel/moving.py", "clauses/management/commands/calculate.py"}

    def read():
        for path, module in modules():
            if path in own or path.startswith("portal/local/"):
                continue
            for node in ast.walk(module):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in ("now", "today", "utcnow")
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id in ("datetime", "date", "timezone")
                ):
                    yield path, node

    assert places(read()) == []


@pytest.mark.parametrize(
    "name",
    sorted(
        {name for _, name in (*context.VISITOR, *context.APPLICANT)} | {name for *_, name in context.OFFICE}
    ),
)
def test_every_link_of_the_frame_leads_somewhere(name):
    assert reverse(name).startswith("/")


def test_names_that_the_frame_writes_itself_lead_somewhere():
    written = {
        node.args[0].value
        for _, module in modules("portal/pages/context.py")
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("reverse", "_address")
        and isinstance(node.args[0], ast.Constant)
    }
    assert written
    for name in written | {"home", "files"}:
        assert reverse(name)
