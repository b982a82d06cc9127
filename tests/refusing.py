"""Expecting a refusal by its stable code, wherever it stands among several."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from portal.kernel.refusals import Refusal


@contextmanager
def refused(code: str, field: str | None = None) -> Iterator[list[Refusal]]:
    """The block must raise a Refusal with a part of this code (and field); its parts are in the list afterwards."""
    parts: list[Refusal] = []
    with pytest.raises(Refusal) as caught:
        yield parts
    parts.extend(caught.value.parts)
    found = {(part.code, part.field) for part in parts}
    assert any(one == code and field in (None, place) for one, place in found), found
