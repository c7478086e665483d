"""Commands of textbooks: a set to a class, back from a class, own books; evening out among schools; orders."""

from __future__ import annotations

from kitaphana.textbooks.services.classes import SetIssued, clear_own, issue_set, mark_own, return_from_class
from kitaphana.textbooks.services.evening import decide, send, set_intake, suggest
from kitaphana.textbooks.services.ordering import (
    Wanted,
    approve_all,
    change_order,
    cut_line,
    discard_order,
    levels_of,
    make_order,
    may_decide,
    step,
)

__all__ = [
    "SetIssued",
    "Wanted",
    "approve_all",
    "change_order",
    "clear_own",
    "cut_line",
    "decide",
    "discard_order",
    "issue_set",
    "levels_of",
    "make_order",
    "mark_own",
    "may_decide",
    "return_from_class",
    "send",
    "set_intake",
    "step",
    "suggest",
]
