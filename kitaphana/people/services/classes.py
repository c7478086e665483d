"""Commands on classes: open one, change one, promote the whole school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from kitaphana.core import audit, changes, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.organizations.models import Organization
from kitaphana.people import cards
from kitaphana.people.enums import LeavingReason, TeachingLanguage
from kitaphana.people.errors import BadClass, ClassExists
from kitaphana.people.models import Enrollment, Membership, Person, SchoolClass
from kitaphana.people.queries import promotion_plan

HIGHEST_GRADE = 12


def _require_grade(grade: int, letter: str) -> None:
    if not 0 <= grade <= HIGHEST_GRADE or len(letter) > 10:
        raise BadClass(text=f"{grade}{letter}")


@transaction.atomic
def open_class(
    *,
    actor: Actor,
    library: Organization,
    school_year: int,
    grade: int,
    letter: str = "",
    language: TeachingLanguage = TeachingLanguage.KAZAKH,
    profile: str = "",
    teacher: Person | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> SchoolClass:
    """Add a class of a school year.

    :raises ClassExists: the school has it.
    :raises BadClass: no such grade.
    """
    actor.require(Permission.PEOPLE_EDIT, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return SchoolClass.objects.get(pk=repeat.object_id)
    letter = letter.strip().upper()
    _require_grade(grade, letter)
    try:
        with transaction.atomic():
            school_class = SchoolClass.objects.create(
                library=library,
                school_year=school_year,
                grade=grade,
                letter=letter,
                language=language,
                profile=profile,
                teacher=teacher,
            )
    except IntegrityError as error:
        raise ClassExists(name=f"{grade} «{letter}»") from error
    audit.record(
        actor,
        "people.class_opened",
        school_class,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"class": school_class.name, "school_year": school_year, "language": language, "profile": profile},
    )
    return school_class


@transaction.atomic
def update_class(
    *,
    actor: Actor,
    school_class: SchoolClass,
    language: TeachingLanguage,
    teacher: Person | None,
    profile: str | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> SchoolClass:
    """Change the language of instruction, the class teacher and the profile (None: it stays as it is)."""
    actor.require(Permission.PEOPLE_EDIT, school_class.library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return SchoolClass.objects.get(pk=repeat.object_id)
    school_class = SchoolClass.objects.select_for_update().get(pk=school_class.pk)
    profile = school_class.profile if profile is None else profile
    before = {
        "language": school_class.language,
        "profile": school_class.profile,
        "teacher": school_class.teacher_id,
    }
    after = {"language": str(language), "profile": str(profile), "teacher": teacher.pk if teacher else None}
    if before == after:
        return school_class
    school_class.language, school_class.profile, school_class.teacher = language, profile, teacher
    school_class.save(update_fields=["language", "profile", "teacher"])
    audit.record(
        actor,
        "people.class_updated",
        school_class,
        at=at,
        library_id=school_class.library_id,
        command_id=command_id,
        before=before,
        after=after,
    )
    return school_class


@dataclass(frozen=True, slots=True)
class Promotion:
    """What a promotion did: how many readers moved up, graduated, and how many classes were opened."""

    promoted: int
    graduated: int
    opened: int


@transaction.atomic
def promote_classes(
    *,
    actor: Actor,
    library: Organization,
    school_year: int,
    last_grade: int | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> Promotion:
    """Move the whole school into ``school_year``: every class to the next grade, the last grade out as
    graduates.

    Graduates keep what they owe: loans belong to the person. Readers who are in a class of ``school_year``
    already
    stay where they are, so a second run moves nobody again. Statements do not grow with the number of pupils.

    :param last_grade: the grade that graduates; None: as the kind of organisation has it.
    """
    actor.require(Permission.PEOPLE_EDIT, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        done = repeat.after or {}
        return Promotion(done["promoted"], done["graduated"], done["opened"])
    on = clock.day_of(at)
    # One promotion of a school at a time.
    Organization.objects.select_for_update().get(pk=library.pk)
    plan = promotion_plan(library, school_year, last_grade=last_grade)
    present = {(row.grade, row.letter): row for row in plan.existing}
    missing = [
        SchoolClass(
            library=library,
            school_year=school_year,
            grade=line.school_class.grade + 1,
            letter=line.school_class.letter,
            language=line.school_class.language,
            profile=line.school_class.profile,
            teacher_id=line.school_class.teacher_id,
        )
        for line in plan.moving
        if (line.school_class.grade + 1, line.school_class.letter) not in present
    ]
    SchoolClass.objects.bulk_create(missing)
    present |= {(row.grade, row.letter): row for row in missing}
    moving = list(
        Membership.objects.select_for_update()
        .filter(school_class__in=[line.school_class for line in plan.moving], left_on__isnull=True)
        .select_related("school_class")
        .order_by("pk")
    )
    until = cards.valid_until(on)
    for membership in moving:
        old = membership.school_class
        if old is None:
            continue
        membership.school_class = present[old.grade + 1, old.letter]
        membership.valid_until = max(membership.valid_until, until)
    leaving = list(
        Membership.objects.select_for_update()
        .filter(school_class__in=[line.school_class for line in plan.leaving], left_on__isnull=True)
        .order_by("pk")
    )
    for membership in leaving:
        membership.left_on, membership.left_reason = on, LeavingReason.GRADUATED
    ids = [membership.pk for membership in (*moving, *leaving)]
    for start in range(0, len(ids), 500):
        Enrollment.objects.filter(membership__in=ids[start : start + 500], until_on__isnull=True).update(until_on=on)
    Membership.objects.bulk_update(moving, ["school_class", "valid_until"], batch_size=200)
    Membership.objects.bulk_update(leaving, ["left_on", "left_reason"], batch_size=200)
    Enrollment.objects.bulk_create(
        [Enrollment(membership=one, school_class=one.school_class, from_on=on) for one in moving],
        batch_size=200,
    )
    done = Promotion(len(moving), len(leaving), len(missing))
    audit.record(
        actor,
        "people.classes_promoted",
        library,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={
            "school_year": school_year,
            "promoted": done.promoted,
            "graduated": done.graduated,
            "opened": done.opened,
        },
    )
    changes.note("people.membership", ids)
    return done
