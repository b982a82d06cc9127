"""An award of any edition of the engine recomputes: its figures always, its words while the edition is the same."""

import pytest

from clauses.engine import VERSION
from clauses.services.calculation import calculate
from portal.kernel.canonical import digest
from tests.clauses.engine import frozen

EDITIONS = sorted(path.stem for path in frozen.FOLDER.glob("*.json"))


def test_the_present_edition_is_frozen_with_every_case() -> None:
    assert VERSION in EDITIONS
    assert {name for name, _ in frozen.questions()} == set(frozen.edition(VERSION))


@pytest.mark.parametrize("version", EDITIONS)
def test_figures_of_every_edition_still_hold(version: str) -> None:
    for name, kept in frozen.edition(version).items():
        (verdict,) = calculate(kept["question"])["claims"]
        assert {key: verdict[key] for key in frozen.FIGURES} == kept["figures"], name


def test_words_change_only_with_the_edition() -> None:
    """Where this fails, a phrase of the engine changed: raise VERSION and freeze the new edition beside the old."""
    for name, kept in frozen.edition(VERSION).items():
        (verdict,) = calculate(kept["question"])["claims"]
        assert digest(verdict) == kept["words"], name
