"""What `kitaphana check` reports: invariants that do not hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken invariant: a stable code, a sentence, and the ids that lead to the rows."""

    code: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
