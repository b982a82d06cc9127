"""Papers: a decision drawn as a PDF by a template, with number, digest and a QR code for checking."""

from .canonical_form import canonical, digest
from .fonts import missing_characters
from .rendering import RenderedPaper, check, information, render, render_information, style_digest
from .schemas import SCHEMAS, BadDecision, validated

__all__ = [
    "SCHEMAS",
    "BadDecision",
    "RenderedPaper",
    "canonical",
    "check",
    "digest",
    "information",
    "missing_characters",
    "render",
    "render_information",
    "style_digest",
    "validated",
]
