"""Every template: no inline style or script, only classes our style sheets know, declared inputs."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
SCREENS = [path for path in TEMPLATES if "papers" not in path.parts]
SHEETS = sorted((PROJECT / "static/css").glob("*.css"))
SCRIPTS = sorted((PROJECT / "static/js").glob("*.js"))
SAID_BY_SCRIPTS = {"htmx-indicator"}

STYLE = re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE)
HANDLER = re.compile(r"\son[a-z]+\s*=|\shx-on|javascript:", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.IGNORECASE | re.DOTALL)
CLASS = re.compile(r'\sclass="((?:{%.*?%}|{{.*?}}|[^"])*)"')
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}")


def named(path):
    return str(path.relative_to(PROJECT))


def known_classes():
    found = set(SAID_BY_SCRIPTS)
    for sheet in SHEETS:
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        for selector in re.findall(r"([^{}]+){", text):
            found |= set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector))
    return found


def used_classes(text):
    """Whole names only: a class put together in a template counts by its beginning, with a `*`."""
    for value in CLASS.findall(text):
        for piece in re.split(r"{%.*?%}", value):
            yield from re.sub(r"{{.*?}}", "*", piece).split()


KNOWN = known_classes()


def known(name):
    if "*" not in name:
        return name in KNOWN
    beginning = name.split("*")[0]
    return not beginning or any(other.startswith(beginning) for other in KNOWN)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_inline_style_or_script(path):
    text = path.read_text()
    assert not STYLE.search(text)
    assert not HANDLER.search(TAG.sub("", text))
    for attributes, body in SCRIPT.findall(text):
        assert "src=" in attributes
        assert not body.strip()
        assert "defer" in attributes or 'type="module"' in attributes


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_class_is_in_our_style_sheets(path):
    assert [name for name in used_classes(path.read_text()) if not known(name)] == []


@pytest.mark.parametrize("path", SCREENS, ids=named)
def test_compiles(path):
    get_template(str(path.relative_to(PROJECT / "templates")))


@pytest.mark.parametrize("path", sorted((PROJECT / "templates/components").glob("*.html")), ids=named)
def test_component_declares_its_inputs_first(path):
    assert re.match(r"{# [^#]*Inputs: [^#]+\. #}", path.read_text())


@pytest.mark.parametrize("path", SHEETS + SCRIPTS, ids=named)
def test_files_stay_short_and_local(path):
    text = path.read_text()
    assert text.count("\n") < 400
    assert not re.search(r"https?://|@import", text)
    if path.suffix == ".js":
        assert not re.search(r"\beval\(|new Function|^import ", text, re.MULTILINE)


def test_every_token_that_is_used_is_defined():
    text = "".join(sheet.read_text() for sheet in SHEETS if sheet.name != "paper.css")
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= set(re.findall(r"(--[\w-]+)\s*:", text))


def test_every_component_is_listed_for_page_authors():
    from portal.kernel.templatetags.pt import register

    listed = (PROJECT / "docs/components.md").read_text()
    assert [
        name
        for name in [*register.tags, *register.filters]
        if f"`{name}" not in listed and f"{name} " not in listed
    ] == []
