"""The demo's people: pupils by class, teachers, and one account for each role."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime

from kitaphana.core.access import SYSTEM
from kitaphana.organizations.models import Organization
from kitaphana.people import services as people
from kitaphana.people.enums import Category, Sex, TeachingLanguage
from kitaphana.people.models import Membership, SchoolClass
from kitaphana.project.demo import names


@dataclass(frozen=True, slots=True)
class Shape:
    """How big a school is: letters of each grade and pupils of a class."""

    grades: range
    letters: str
    pupils: int
    teachers: int


SHAPES = (
    Shape(range(1, 12), "АӘ", 12, 24),
    Shape(range(1, 12), "А", 9, 12),
    Shape(range(1, 10), "", 4, 4),
)


def _somebody(maker: random.Random, born: date | None) -> people.PersonDetails:
    girl = maker.random() < 0.5
    given = maker.choice(names.GIRLS if girl else names.BOYS)
    surname = maker.choice(names.SURNAMES)
    father = maker.choice(names.FATHERS)
    if surname in {"Петров", "Иванов", "Соколов", "Морозов"}:
        patronymic = ""
    else:
        patronymic = f"{father}қызы" if girl else f"{father}ұлы"
    if girl and surname.endswith(("ов", "ев", "ин")):
        surname += "а"
    return people.PersonDetails(
        surname=surname,
        given_name=given,
        patronymic=patronymic,
        birth_date=born,
        sex=Sex.FEMALE if girl else Sex.MALE,
    )


def populate(library: Organization, shape: Shape, *, school_year: int, at: datetime, maker: random.Random) -> None:
    """Open the classes of a school year, register pupils and teachers."""
    seen: set[tuple[str, str, date | None]] = set()

    def register(born: date | None, category: Category, school_class: SchoolClass | None = None) -> None:
        while True:
            person = _somebody(maker, born)
            key = (person.surname, person.given_name, born)
            if key not in seen:
                break
        seen.add(key)
        people.register_reader(
            actor=SYSTEM, library=library, person=person, category=category, school_class=school_class, at=at
        )

    for grade in shape.grades:
        for letter in shape.letters or [""]:
            language = TeachingLanguage.RUSSIAN if letter == "Ә" and grade % 2 else TeachingLanguage.KAZAKH
            school_class = people.open_class(
                actor=SYSTEM, library=library, school_year=school_year, grade=grade, letter=letter,
                language=language, at=at,
            )  # fmt: skip
            for _number in range(shape.pupils):
                born = date(school_year - 6 - grade, 1, 1).replace(month=maker.randint(1, 12), day=maker.randint(1, 28))
                register(born, Category.PUPIL, school_class)
    for _number in range(shape.teachers):
        register(date(maker.randint(1962, 2000), maker.randint(1, 12), maker.randint(1, 28)), Category.TEACHER)
    _name_class_teachers(library, school_year, at)


def _name_class_teachers(library: Organization, school_year: int, at: datetime) -> None:
    """Give the classes that have no teacher those who have no class, as far as there are any."""
    classes = SchoolClass.objects.filter(library=library, school_year=school_year)
    busy = classes.filter(teacher__isnull=False).values("teacher_id")
    free = Membership.objects.filter(library=library, category=Category.TEACHER, left_on__isnull=True)
    pairs = zip(
        classes.filter(teacher__isnull=True).order_by("grade", "letter"),
        free.exclude(person_id__in=busy).select_related("person").order_by("pk"),
        strict=False,
    )
    for school_class, row in pairs:
        language = TeachingLanguage(school_class.language)
        people.update_class(actor=SYSTEM, school_class=school_class, language=language, teacher=row.person, at=at)


def enroll_first_grade(
    library: Organization, shape: Shape, *, school_year: int, at: datetime, maker: random.Random
) -> None:
    """The new first grade of a later year."""
    populate(library, Shape(range(1, 2), shape.letters, shape.pupils, 0), school_year=school_year, at=at, maker=maker)


def re_register(library: Organization, *, at: datetime) -> None:
    """Prolong the card of everybody who is still here, as is done every September."""
    here = Membership.objects.filter(library=library, left_on__isnull=True).values_list("pk", flat=True)
    people.re_register(actor=SYSTEM, library=library, memberships=list(here), at=at)
