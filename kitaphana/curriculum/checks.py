"""What must hold of textbook sets and the reading list; `kitaphana check` reports what does not."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Max, Min
from django.utils.translation import gettext as _

from kitaphana.core.checks import Violation
from kitaphana.curriculum.enums import Change
from kitaphana.curriculum.matching import key_of
from kitaphana.curriculum.models import CurriculumWork, SetEdition, SetTitle, TextbookSet
from kitaphana.organizations.models import Organization


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Everything of the curriculum that does not hold, in the sets of a node or everywhere."""
    sets = TextbookSet.objects.all() if library is None else TextbookSet.objects.filter(organization=library)
    titles = SetTitle.objects.filter(textbook_set__in=sets)
    for set_id in (
        sets.filter(is_approved=True)
        .exclude(titles__in=titles.exclude(change=Change.REMOVED))
        .values_list("pk", flat=True)
    ):
        yield Violation("curriculum.approved_empty", _("An approved set has no titles."), {"set": set_id})
    marked = titles.filter(textbook_set__based_on__isnull=True).exclude(change=Change.SAME)
    for title_id in marked.values_list("pk", flat=True):
        yield Violation(
            "curriculum.mark_without_base",
            _("A line is marked as changed, but its set was not copied from any."),
            {"title": title_id},
        )
    strange = titles.filter(source__isnull=False).exclude(source__textbook_set=F("textbook_set__based_on"))
    for title_id in strange.values_list("pk", flat=True):
        yield Violation(
            "curriculum.source_of_another_set",
            _("A line comes from a set that its own set was not copied from."),
            {"title": title_id},
        )
    ranks = (
        SetEdition.objects.filter(title__in=titles)
        .values_list("title")
        .annotate(number=Count("pk"), first=Min("rank"), last=Max("rank"), different=Count("rank", distinct=True))
        .exclude(first=1, last=F("number"), different=F("number"))
    )
    for title_id in ranks.values_list("title", flat=True):
        yield Violation(
            "curriculum.ranks_broken", _("The editions of a line are not ranked 1, 2, 3 …"), {"title": title_id}
        )
    yield from _works(library)


def _works(library: Organization | None) -> Iterator[Violation]:
    """What does not hold of the reading list: keys that are not those of their titles, a work listed twice at once."""
    works = CurriculumWork.objects.all() if library is None else CurriculumWork.objects.filter(organization=library)
    last: tuple[tuple[object, ...], int | None] | None = None
    for one in works.order_by("organization", "grade", "language", "subject", "key", "first_year", "pk").iterator(2000):
        if one.key != key_of(one.author, one.title):
            yield Violation(
                "curriculum.work_key", _("A work is found under the key of another title."), {"work": one.pk}
            )
        place = (one.organization_id, one.grade, one.language, one.subject, one.key)
        if last is not None and last[0] == place and (last[1] is None or last[1] >= one.first_year):
            yield Violation(
                "curriculum.work_twice", _("A grade reads a work twice in the same school year."), {"work": one.pk}
            )
        last = (place, one.last_year)
