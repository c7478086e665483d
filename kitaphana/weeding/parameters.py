"""Figures by which books are proposed: defaults here, others in the rule pack «fund» (key ``weeding``), and what the
person types on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from kitaphana.organizations.models import Organization
from kitaphana.regulations.queries import pack_on


@dataclass(frozen=True, slots=True)
class Parameters:
    """Years and numbers of loans. General professional practice; no order fixes them."""

    worn_loans: int = 30
    """A copy lent so often is looked at."""
    worn_years: int = 15
    """A copy so old in the fund is looked at when it was lent at least half so often."""
    unused_years: int = 5
    """A title that nobody took for so long is unused."""
    duplicate_years: int = 3
    """Copies that nobody needed beside the others for so long are doubles."""
    obsolete_years: Mapping[str, int] = field(
        default_factory=lambda: {
            "TECHNICAL": 7,
            "NATURAL": 10,
            "PEDAGOGY": 10,
            "SOCIAL": 10,
            "GENERAL": 10,
            "OTHER": 20,
        }
    )
    """Age of an edition by content group; groups that are absent (fiction, art) do not go out of date."""
    obsolete_kinds: Mapping[str, int] = field(default_factory=lambda: {"TEXTBOOK": 5, "PERIODICAL": 3})
    """Age of an edition by kind; it goes before the content group."""
    worn_words: tuple[str, ...] = ("тозған", "тозы", "жыртыл", "ветх", "изнош", "порван", "рван", "worn", "torn")
    """Words in a copy's note that tell of its condition."""


BOUNDS = {"worn_loans": 1000, "worn_years": 100, "unused_years": 50, "duplicate_years": 50}
"""The greatest figure that a form may give; the least is 1."""


def parameters_on(day: date, library: Organization | None = None) -> Parameters:
    """The figures in force for a library on a day."""
    given: dict[str, Any] = pack_on("fund", day, library).parameters.get("weeding", {})
    known = {one.name for one in fields(Parameters)}
    chosen: dict[str, Any] = {
        name: tuple(value) if name == "worn_words" else value for name, value in given.items() if name in known
    }
    return replace(Parameters(), **chosen)


def typed(base: Parameters, asked: Mapping[str, str]) -> Parameters:
    """The figures of a form over others; what is no number in its bounds is left as it was."""
    chosen: dict[str, Any] = {}
    for name, highest in BOUNDS.items():
        text = asked.get(name, "").strip()
        if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= highest:
            chosen[name] = int(text)
    return replace(base, **chosen)
