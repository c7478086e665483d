"""What must hold among people."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q
from django.utils.translation import gettext as _

from kitaphana.core.checks import Violation
from kitaphana.people.models import Enrollment, Membership, Person, SchoolClass


def invariants() -> Iterator[Violation]:
    """Readers, classes and their history agree; everybody can be found by name."""
    in_class = Membership.objects.filter(left_on__isnull=True, school_class__isnull=False)
    enrolled = Enrollment.objects.filter(until_on__isnull=True)
    for pk in in_class.exclude(
        pk__in=enrolled.filter(school_class=F("membership__school_class")).values("membership")
    ).values_list("pk", flat=True):
        yield Violation(
            "people.class_without_enrollment",
            _("A reader is in a class without an open enrolment."),
            {"membership": pk},
        )
    for pk in enrolled.filter(
        Q(membership__left_on__isnull=False) | Q(membership__school_class__isnull=True)
    ).values_list("membership", flat=True):
        yield Violation(
            "people.enrollment_without_class", _("An enrolment is open without the reader being there."),
            {"membership": pk},
        )  # fmt: skip
    for pk in (
        Membership.objects.filter(school_class__isnull=False)
        .exclude(school_class__library=F("library"))
        .values_list("pk", flat=True)
    ):
        yield Violation("people.class_elsewhere", _("A reader is in a class of another school."), {"membership": pk})
    for pk in Membership.objects.filter(library__is_library=False).values_list("pk", flat=True):
        yield Violation("people.no_library", _("A reader belongs to a node without a library."), {"membership": pk})
    for pk in Enrollment.objects.filter(until_on__lt=F("from_on")).values_list("membership", flat=True):
        yield Violation("people.enrollment_backwards", _("An enrolment ends before it begins."), {"membership": pk})
    for pk in SchoolClass.objects.filter(library__is_library=False).values_list("pk", flat=True):
        yield Violation(
            "people.class_without_library", _("A class belongs to a node without a library."), {"class": pk}
        )
    for pk in Person.objects.filter(Q(sort_key="") | Q(name_key="", surname__regex="[а-яА-Я]")).values_list(
        "pk", flat=True
    ):
        yield Violation("people.not_findable", _("A person can't be found by name."), {"person": pk})
    for pk in Person.objects.filter(
        Q(iin_index__isnull=True, iin_encrypted__isnull=False) | Q(iin_index__isnull=False, iin_encrypted__isnull=True)
    ).values_list("pk", flat=True):
        yield Violation("people.iin_half_stored", _("An IIN is stored without its index."), {"person": pk})
