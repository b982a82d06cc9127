"""The evidence key: what makes two cost items the same cost."""

import re
import unicodedata
from datetime import date

from applications.states import EvidenceKinds

DIGITAL_LENGTH = 20


def normal(text: str) -> str:
    """Width, case and spaces folded away."""
    return re.sub(r"[\s\-—–_]", "", unicodedata.normalize("NFKC", text)).upper()


def is_digital(number: str) -> bool:
    """Is it the number of a 数电票: 20 digits."""
    whole = normal(number)
    return len(whole) == DIGITAL_LENGTH and whole.isascii() and whole.isdigit()


def evidence_key(
    *,
    kind: str,
    side: str,
    invoice_code: str,
    document_number: str,
    line: int,
    counterparty: str,
    document_date: date | None,
) -> str:
    """One spelling of a paper's identity and line (definitions: evidence key).

    An invoice is known by its code (数电 when it has none, and always for a number of 20 digits), number, line
    and side; other papers by issuer, number, date and line. Leading zeros are kept out, since people drop them
    from fixed-length numbers.
    """
    whole = normal(document_number)
    number = whole.lstrip("0") or "0"
    if kind == EvidenceKinds.INVOICE:
        code = "" if is_digital(whole) else normal(invoice_code).lstrip("0")
        return f"invoice:{code or '数电'}:{number}:{line}:{side}"
    day = document_date.isoformat() if document_date else ""
    return f"{kind}:{normal(counterparty)}:{number}:{day}:{line}:{side}"
