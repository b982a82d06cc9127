"""Money is Decimal yuan with two places; never float."""

import re
from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models

from portal.kernel.refusals import Refusal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST = Decimal("99999999999.99")
_PLAIN = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]+(\.[0-9]+)?")
_WIDE = str.maketrans("０１２３４５６７８９．，", "0123456789.,")


class MoneyField(models.DecimalField):
    """Yuan, NUMERIC(16, 2), not negative unless `signed`."""

    def __init__(self, *args: Any, signed: bool = False, **kwargs: Any) -> None:
        self.signed = signed
        kwargs["max_digits"] = 16
        kwargs["decimal_places"] = 2
        if not signed:
            kwargs.setdefault("validators", [MinValueValidator(ZERO)])
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_digits", "decimal_places", "validators"):
            kwargs.pop(key, None)
        if self.signed:
            kwargs["signed"] = True
        return name, path, args, kwargs


def yuan(text: object, *, field: str | None = None, positive: bool = False) -> Decimal:
    """Read an amount in yuan as people write it (full width, thousand separators).

    Raises Refusal, with what to do, on anything negative, with more than two decimals, or not a number.
    """
    written = (
        str(text).strip().translate(_WIDE).removeprefix("¥").removeprefix("￥").removesuffix("元").strip()
    )
    if text is None or not written:
        raise Refusal("请填写金额，单位是元。", code="bad_amount", field=field)
    if written.startswith(("-", "−", "－")):
        raise Refusal("金额不能是负数。", code="negative_amount", field=field)
    if not _PLAIN.fullmatch(written):
        raise Refusal("金额要写成数字，例如1234567.89，单位是元。", code="bad_amount", field=field)
    value = Decimal(written.replace(",", ""))
    if value > LARGEST:
        raise Refusal("金额超过999亿元，请检查是否把万元当成了元。", code="too_large", field=field)
    if value != value.quantize(CENT):
        raise Refusal("金额最多两位小数，精确到分。", code="too_precise", field=field)
    if positive and not value:
        raise Refusal("金额要大于0。", code="zero_amount", field=field)
    return value.quantize(CENT)


def format_yuan(value: Decimal) -> str:
    """12000000 as 12,000,000.00."""
    return f"{value:,.2f}".replace("-", "−")


def format_wan(value: Decimal) -> str:
    """12000000 as 1,200 (万元); decimals only as far as they are not zero."""
    wan = value / 10000
    text = f"{wan:,.6f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")
