"""Money: tenge, exact to the tiyn, never a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.db import models

ZERO = Decimal("0.00")
TIYN = Decimal("0.01")


def tenge(value: Decimal | int | str) -> Decimal:
    """An amount rounded to the tiyn."""
    return Decimal(value).quantize(TIYN, rounding=ROUND_HALF_UP)


if TYPE_CHECKING:
    _DecimalField = models.DecimalField[Decimal, Decimal]
else:
    # Django's fields are generic for the type checker only.
    _DecimalField = models.DecimalField


class TengeField(_DecimalField):
    """A column of money: 14 digits before the tiyn decimals, the sum of any country's fund fits."""

    def __init__(self, **options: object) -> None:
        options.setdefault("max_digits", 16)
        options.setdefault("decimal_places", 2)
        super().__init__(**options)  # type: ignore[arg-type]  # Django's own keywords pass through
