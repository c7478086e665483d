"""The diagnostics of SRU: numbers and sentences of the standard list (info:srw/diagnostic/1)."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[int, str]] = {
    1: "General system error", 4: "Unsupported operation", 5: "Unsupported version", 6: "Unsupported parameter value",
    7: "Mandatory parameter not supplied", 10: "Query syntax error", 15: "Unsupported context set",
    16: "Unsupported index", 19: "Unsupported relation", 20: "Unsupported relation modifier",
    22: "Unsupported combination of relation and index", 27: "Empty term unsupported",
    28: "Masking character not supported", 31: "Anchoring character not supported", 36: "Term in invalid format for index or relation",
    37: "Unsupported boolean operator", 39: "Proximity not supported", 50: "Result sets not supported",
    61: "First record position out of range", 66: "Unknown schema for retrieval", 71: "Unsupported record packing",
    80: "Sort not supported", 81: "Unsupported sort type", 82: "Unsupported sort sequence",
    120: "Response position out of range",
}  # fmt: skip


class Diagnostic(Exception):
    """Why a request can't be answered; ``details`` names what is wrong."""

    def __init__(self, number: int, details: str = "") -> None:
        self.number = number
        self.details = details
        super().__init__(f"{MESSAGES[number]}: {details}" if details else MESSAGES[number])

    @property
    def uri(self) -> str:
        """The official address of the diagnostic."""
        return f"info:srw/diagnostic/1/{self.number}"

    @property
    def message(self) -> str:
        """The sentence of the list."""
        return MESSAGES[self.number]
