"""Questions the core asks of the domains above it; they answer by registering in their ``apps.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from kitaphana.core.access import Reach

libraries_within: Callable[[Reach], QuerySet[Any, Any]] | None = None
"""Ids of the nodes inside a reach, as a query to be put into another one (organizations answers)."""

library_names: Callable[[Iterable[int]], dict[int, str]] | None = None
"""Names of nodes by id, in the language in force (organizations answers)."""

action_labels: dict[str, str | Promise] = {}
"""What a journal action or a kind of background work is called: ``people.reader_registered`` → «Reader
registered».
"""

job_pages: dict[str, str] = {}
"""URL name (one argument: the job's id) of the page that shows the result of a kind of background work."""


def label_of(code: str) -> str:
    """The registered label of an action or a kind of work, else the code itself."""
    return str(action_labels.get(code, code))
