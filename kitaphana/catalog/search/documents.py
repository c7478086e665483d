"""What a search index knows about an edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

AGE_BANDS: Final[tuple[tuple[str, int, int], ...]] = (
    ("0-5", 0, 5),
    ("6-10", 6, 10),
    ("11-13", 11, 13),
    ("14-17", 14, 17),
    ("18+", 18, 120),
)
"""Age bands of the facet: code, first and last year of age."""


@dataclass(slots=True, frozen=True)
class SearchDocument:
    """One edition as it is indexed. Empty texts and tuples mean "not known"."""

    id: int
    title: str
    subtitle: str
    alternative_titles: tuple[str, ...]
    authors: tuple[str, ...]
    subjects: tuple[str, ...]
    isbns: tuple[str, ...]
    year: int | None
    language: str
    kind: str
    age_from: int | None
    age_to: int | None
    grade: int | None
    udc: str
    publisher: str
    series: str
    library_ids: tuple[int, ...]
    summary: str = ""
    added: int = 0
    author_variants: tuple[str, ...] = ()
    """Every form of the authors' names that leads to them."""
    subject_variants: tuple[str, ...] = ()
    """The same for subjects."""
    bbk: str = ""
    areas: tuple[int, ...] = ()
    """The nodes above the libraries that hold it: districts, regions."""

    @property
    def age_bands(self) -> tuple[str, ...]:
        """Codes of the bands the edition is meant for; a grade stands in for missing ages."""
        first, last = self.age_from, self.age_to
        if first is None and last is None:
            if self.grade is None:
                return ()
            # A pupil of grade N is N+5 or N+6 years old.
            first, last = self.grade + 5, self.grade + 6
        if first is None:
            first = 0
        if last is None:
            # «12+»: the band it starts in; it does not make the book one for every older reader.
            last = first
        return tuple(code for code, low, high in AGE_BANDS if low <= last and first <= high)
