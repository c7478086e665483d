"""Commands of textbooks: a set to a class, back from a class, own books."""

from __future__ import annotations

from kitaphana.textbooks.services.classes import SetIssued, clear_own, issue_set, mark_own, return_from_class

__all__ = ["SetIssued", "clear_own", "issue_set", "mark_own", "return_from_class"]
