"""Classes of UDC and BBK, for looking through the catalogue by branches of knowledge.

The lists are our own wording of the main classes that schools use (``data/udc.tsv``, ``data/bbk.tsv``: code and names in
Kazakh, Russian, English). An installation that holds a licence of the full tables puts its own files, of the same form,
into ``schedules`` of the data folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

_OURS: Final = Path(__file__).parent / "data"
SCHEMES: Final = ("udc", "bbk")
_COLUMNS: Final = {"kk": 1, "ru": 2, "en": 3}


@dataclass(frozen=True, slots=True)
class SubjectClass:
    """A class with its names; ``parent`` is the code of the class above, empty at the top."""

    code: str
    names: tuple[str, str, str]
    parent: str

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.names[_COLUMNS.get(language, 1) - 1]


def _path(scheme: str) -> Path:
    own = Path(settings.DATA) / "schedules" / f"{scheme}.tsv"
    return own if own.is_file() else _OURS / f"{scheme}.tsv"


@cache
def _read(path: Path, _changed: float) -> dict[str, SubjectClass]:
    found: dict[str, SubjectClass] = {}
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    codes = {row[0] for row in rows}
    for row in rows:
        # The class above is the longest beginning of the code that is a class itself.
        parent = next((row[0][:size] for size in range(len(row[0]) - 1, 0, -1) if row[0][:size] in codes), "")
        kk, ru, en = [*row, "", "", ""][1:4]
        found[row[0]] = SubjectClass(row[0], (kk, ru or kk, en or kk), parent)
    return found


def classes(scheme: str) -> dict[str, SubjectClass]:
    """The classes of a scheme by code, in the order of the table."""
    path = _path(scheme)
    return _read(path, path.stat().st_mtime)


def below(scheme: str, code: str) -> list[SubjectClass]:
    """The classes right under a class; under the empty code, the main ones."""
    return [one for one in classes(scheme).values() if one.parent == code]


def above(scheme: str, code: str) -> list[SubjectClass]:
    """The way from the top to a class, without it."""
    table = classes(scheme)
    way: list[SubjectClass] = []
    one = table.get(code)
    while one is not None and one.parent:
        one = table[one.parent]
        way.insert(0, one)
    return way
