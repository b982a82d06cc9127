"""The one byte form of a decision, and its digest, which the paper prints."""

import hashlib
from typing import Any

from portal.kernel import canonical as kernel_form


def canonical(decision: dict[str, Any]) -> bytes:
    """`decision` in the kernel's canonical form: JSON, sorted keys, no spaces, UTF-8.

    Stricter than the kernel: amounts, rates and dates must already be strings, so that what is stored is what is
    hashed. TypeError names the path of a float, a Decimal, a date, a tuple.
    """
    _only_plain(decision, "decision")
    return kernel_form.canonical(decision)


def digest(decision: dict[str, Any]) -> str:
    """Hexadecimal SHA-256 of `canonical(decision)`."""
    return hashlib.sha256(canonical(decision)).hexdigest()


def _only_plain(value: object, path: str) -> None:
    if value is None or isinstance(value, (str, bool, int)):
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{path}: key {key!r} is not a string")
            _only_plain(inner, f"{path}.{key}")
        return
    if isinstance(value, list):
        for index, inner in enumerate(value):
            _only_plain(inner, f"{path}[{index}]")
        return
    raise TypeError(f"{path}: {type(value).__name__} is not allowed in a decision, give it as a string")
