"""Ready-made reports: the questions that librarians and methodists ask most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.reports.definition import Definition, parse


@dataclass(frozen=True, slots=True)
class Example:
    """A report to begin with."""

    key: str
    label: str | Promise
    hint: str | Promise
    data: Mapping[str, Any]

    @property
    def definition(self) -> Definition:
        """What it counts."""
        return parse(self.data)


def _example(key: str, label: str | Promise, hint: str | Promise, **data: Any) -> Example:
    return Example(key, label, hint, {"period": {"kind": "school_year"}, **data})


EXAMPLES: Final = (
    _example(
        "loans", _("Loans by class and month"), _("Which classes read, and when"),
        source="loans", rows=["class"], column="month", measures=["number"],
    ),
    _example(
        "fund", _("The fund by kind and language"), _("Copies and sums by the books of account"),
        source="ledger", rows=["kind"], column="language", measures=["copies", "amount"], period={"kind": "all"},
    ),
    _example(
        "received", _("What was received by source and year"), _("Copies and tenge of the receipts"),
        source="ledger", rows=["source"], column="year", measures=["copies", "amount"],
        filters={"direction": ["in"]}, period={"kind": "all"},
    ),
    _example(
        "silent", _("Readers who borrowed nothing this year"), _("By class: whom to invite"),
        source="readers", rows=["class"], column="borrowed", measures=["number"], filters={"state": ["now"]},
    ),
    _example(
        "popular", _("The most read titles"), _("Loans and different readers of each title"),
        source="loans", rows=["title"], measures=["number", "readers"], order="value",
    ),
    _example(
        "overdue", _("Overdue books by class"), _("What was not brought back in time"),
        source="loans", rows=["class"], measures=["number", "readers"], filters={"state": ["overdue"]},
        period={"kind": "all"},
    ),
    _example(
        "coverage", _("Coverage of the core lists by part of the network"), _("Missing copies and what they cost"),
        source="coverage", rows=["branch", "list"], measures=["needed", "missing", "cost"], period={"kind": "all"},
    ),
    _example(
        "textbooks", _("Textbooks in hands by class"), _("Issued and not yet returned"),
        source="stock_loans", rows=["class"], measures=["copies", "readers"], filters={"state": ["open"]},
        period={"kind": "all"},
    ),
    _example(
        "visits", _("Visits by month and category"), _("How many come, and who"),
        source="visits", rows=["month"], column="category", measures=["number", "readers"],
    ),
    _example(
        "events", _("Mass events by kind"), _("How many were held and how many came"),
        source="events", rows=["kind"], column="quarter", measures=["number", "came"],
    ),
)  # fmt: skip
BY_KEY: Final = {example.key: example for example in EXAMPLES}
