"""The demo's reading list: works that schools of Kazakhstan do read, put into terms for the show."""

from __future__ import annotations

import csv
from datetime import datetime

from kitaphana.core.access import SYSTEM
from kitaphana.curriculum import services as curriculum
from kitaphana.curriculum.reading_sheet import ReadingRow
from kitaphana.organizations.models import Organization
from kitaphana.project.demo.editions import FOLDER


def rows() -> list[ReadingRow]:
    """The lines of ``reading.tsv``: authors, titles and grades are facts of public lists, the terms are ours."""
    found = []
    with (FOLDER / "reading.tsv").open(encoding="utf-8", newline="") as stream:
        for number, line in enumerate(csv.DictReader(stream, delimiter="\t"), start=2):
            first, _, last = line["grades"].partition("-")
            found.append(
                ReadingRow(
                    row=number,
                    grades=tuple(range(int(first), int(last or first) + 1)),
                    language=line["language"],
                    subject="",
                    author=line["author"],
                    title=line["title"],
                    term=int(line["term"]),
                    is_compulsory=line["compulsory"] == "1",
                )
            )
    return found


def build(country: Organization, first_year: int, at: datetime) -> int:
    """Put the works into the country's list from a school year on; returns how many rows were written."""
    done = curriculum.write_works(actor=SYSTEM, organization=country, school_year=first_year, rows=rows(), at=at)
    return done.added
