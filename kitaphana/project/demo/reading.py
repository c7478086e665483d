"""The demo's reading list: works that schools of Kazakhstan do read, put into terms for the show."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta

from kitaphana.circulation import queries as desk
from kitaphana.circulation import services as circulation
from kitaphana.core import clock, ids
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import DomainError
from kitaphana.curriculum import reading
from kitaphana.curriculum import services as curriculum
from kitaphana.curriculum.reading_sheet import ReadingRow
from kitaphana.curriculum.terms import term_on
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership, SchoolClass
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


def read_some(school: Organization, at: datetime) -> int:
    """Pupils of grades 5 to 9 borrow what their class reads now, every second brings it back; returns how many did.

    Only copies that stand on the shelf are lent, and at least one of each work stays there.
    """
    today = clock.day_of(at)
    done = 0
    for one in SchoolClass.objects.filter(library=school, school_year=clock.school_year(today), grade__range=(5, 9)):
        works = reading.class_reading(one, term_on(today), with_pupils=False).lines
        pupils = list(Membership.objects.filter(school_class=one, left_on__isnull=True).order_by("pk"))
        for number, line in enumerate(works):
            records = [edition.record.pk for edition in line.editions]
            free = list(desk.free_copies().filter(library=school, record__in=records).order_by("pk"))
            for place, copy in enumerate(free[1:]):
                if number + 2 * place >= len(pupils):
                    break
                done += _borrow(school, pupils[number + 2 * place], copy.barcode, at, returns=place % 2 == 0)
    return done


def _borrow(school: Organization, pupil: Membership, barcode: str, at: datetime, *, returns: bool) -> bool:
    try:
        circulation.check_out(
            actor=SYSTEM, library=school, card=pupil.card_number, barcode=barcode, at=at, command_id=ids.new_id()
        )
    except DomainError:
        return False
    if returns:
        later = at + timedelta(minutes=40)
        circulation.check_in(actor=SYSTEM, library=school, barcode=barcode, at=later, command_id=ids.new_id())
    return True
