"""Commands of textbooks: a set to a class, back from a class, own books; evening out among schools."""

from __future__ import annotations

from kitaphana.textbooks.services.classes import SetIssued, clear_own, issue_set, mark_own, return_from_class
from kitaphana.textbooks.services.evening import decide, send, set_intake, suggest

__all__ = [
    "SetIssued",
    "clear_own",
    "decide",
    "issue_set",
    "mark_own",
    "return_from_class",
    "send",
    "set_intake",
    "suggest",
]
