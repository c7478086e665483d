"""Terms (quarters) of the school year.

The Ministry's order for each year moves holidays by some days; the library needs to know only what is to be read now.
So the boundaries are the usual ones, and a holiday belongs to the term that follows it: books for it are handed out
before the holiday begins. No calendar of terms is kept in the program; this table is our own choice.
"""

from __future__ import annotations

from datetime import date
from typing import Final

ENDS: Final = ((10, 27), (12, 30), (3, 20))
"""Last days (month, day) of terms 1 to 3; the fourth lasts until the school year turns on 1 August."""


def term_on(day: date) -> int:
    """The term that a day belongs to, 1 to 4; in the holidays the coming one, from June on the fourth."""
    if day.month >= 8:
        first, second, _third = ENDS
        here = (day.month, day.day)
        return 1 if here <= first else 2 if here <= second else 3
    return 3 if (day.month, day.day) <= ENDS[2] else 4
