"""What the start-up check says about the machine."""

from portal.kernel.documents import checks, fonts


def test_a_good_machine(monkeypatch):
    monkeypatch.setattr(checks, "find_library", lambda name: "libharfbuzz-subset.so.0")
    assert checks.papers_can_be_made(None) == []


def test_no_subsetter(monkeypatch):
    monkeypatch.setattr(checks, "find_library", lambda name: None)
    assert [message.id for message in checks.papers_can_be_made(None)] == ["documents.W001"]


def test_no_fonts(monkeypatch):
    monkeypatch.setattr(checks, "find_library", lambda name: "found")
    monkeypatch.setattr(fonts, "installed", lambda: None)
    monkeypatch.setattr(fonts, "from_wheel", lambda: None)
    fonts.chosen.cache_clear()
    try:
        assert [message.id for message in checks.papers_can_be_made(None)] == ["documents.E001"]
    finally:
        fonts.chosen.cache_clear()
