"""Papers: a decision drawn as a PDF by a template, with number, digest and a QR code for checking."""

from .canonical_form import canonical, digest
from .fonts import missing_characters
from .rendering import RenderedPaper, check, render
from .schemas import SCHEMAS, BadDecision, validated

__all__ = [
    "SCHEMAS",
    "BadDecision",
    "RenderedPaper",
    "canonical",
    "check",
    "digest",
    "missing_characters",
    "render",
    "validated",
]
