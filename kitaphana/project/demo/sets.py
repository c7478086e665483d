"""The demo's textbook sets: the country's programme of several years, this year's with a few changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.core.access import SYSTEM
from kitaphana.curriculum import services as curriculum
from kitaphana.curriculum.models import SetTitle, TextbookSet
from kitaphana.curriculum.programme import ProgrammeRow
from kitaphana.organizations.models import Organization
from kitaphana.project.demo import editions

Place = tuple[int, str, str]
"""Grade, language, subject."""

FOR_THE_TEACHER = frozenset(
    ("Математика", "Алгебра", "Геометрия", "Қазақ тілі", "Казахский язык", "Орыс тілі", "Русский язык", "Физика")
)
"""Subjects with a copy for the teacher of each class."""


def _by_role(records: Sequence[Record]) -> dict[str, dict[Place, list[int]]]:
    """Textbooks by what they are in the sets, then by place, in the order of their records."""
    roles = {}
    for subject in editions.subjects():
        for title in (subject["subject_kk"], subject["subject_ru"]):
            roles[title, subject["author"]] = subject["role"]
    found: dict[str, dict[Place, list[int]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        role = roles.get((record.title, record.authors[0] if record.authors else ""))
        if record.kind == RecordKind.TEXTBOOK and record.grade is not None and role is not None:
            found[role][record.grade, record.language, record.title].append(record.pk)
    return found


def _programme(by_role: dict[str, dict[Place, list[int]]]) -> list[ProgrammeRow]:
    """The rows of the first year's programme."""
    places = [("", place) for place in by_role[""]] + [("workbook", place) for place in by_role["workbook"]]
    rows = []
    for number, (role, place) in enumerate(sorted(places, key=lambda one: one[1]), start=2):
        grade, language, subject = place
        rows.append(
            ProgrammeRow(
                row=number,
                grade=grade,
                language=language,
                subject=subject.partition(". ")[0],
                part=subject.partition(". ")[2],
                record_ids=(*by_role[role][place], *by_role["second"].get(place, ())),
                per_pupil=1,
                per_teacher=int(subject in FOR_THE_TEACHER),
                is_returned=role != "workbook",
            )
        )
    for place, record_ids in sorted(by_role["electronic"].items()):
        grade, language, subject = place
        rows.append(
            ProgrammeRow(
                row=len(rows) + 2,
                grade=grade,
                language=language,
                subject=subject,
                record_ids=tuple(record_ids),
                is_electronic=True,
            )
        )
    return rows


def build(country: Organization, school_years: Sequence[int], records: Sequence[Record], at: datetime) -> int:
    """Make the general sets of grades 1 to 11 in Kazakh and Russian for each school year; returns how many.

    The first year is loaded as a programme, each next one is a copy; the last one has new editions, a new subject,
    dropped editions and a subject that was left out. All are approved.
    """
    by_role = _by_role(records)
    first, *later = sorted(school_years)

    def in_year(year: int) -> datetime:
        """The same day of another year, but nothing happens in the future."""
        return min(at.replace(year=at.year + year - first), clock.now())

    curriculum.write_programme(actor=SYSTEM, organization=country, school_year=first, rows=_programme(by_role), at=at)
    _approve(country, first, at)
    for year in later:
        curriculum.copy_year(actor=SYSTEM, organization=country, from_year=year - 1, to_year=year, at=in_year(year))
        if year == later[-1]:
            _changes(country, year, by_role, in_year(year))
        _approve(country, year, in_year(year))
    return TextbookSet.objects.filter(organization=country, school_year__in=school_years).count()


def _approve(country: Organization, year: int, at: datetime) -> None:
    for one in TextbookSet.objects.filter(organization=country, school_year=year).select_related("organization"):
        curriculum.approve_set(actor=SYSTEM, textbook_set=one, at=at)


def _changes(country: Organization, year: int, by_role: dict[str, dict[Place, list[int]]], at: datetime) -> None:
    """What the last year has otherwise than the one before."""
    rows = [
        ProgrammeRow(row=number, grade=grade, language=language, subject=subject, record_ids=tuple(record_ids))
        for number, ((grade, language, subject), record_ids) in enumerate(sorted(by_role["new"].items()), start=2)
    ]
    curriculum.write_programme(actor=SYSTEM, organization=country, school_year=year, rows=rows, at=at)
    titles = SetTitle.objects.filter(textbook_set__organization=country, textbook_set__school_year=year).select_related(
        "textbook_set__organization"
    )
    for title in titles.filter(subject="Музыка", textbook_set__grade=6):
        curriculum.remove_title(actor=SYSTEM, title=title, at=at)
    for title in titles.filter(subject="Математика", textbook_set__grade=5):
        old, new = title.editions.select_related("title__textbook_set__organization").order_by("rank")[:2]
        curriculum.drop_edition(actor=SYSTEM, edition=old, at=at)
        curriculum.change_edition(actor=SYSTEM, edition=new, is_first=True, at=at)
