"""What must hold of textbook sets; `kitaphana check` reports what does not."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Max, Min
from django.utils.translation import gettext as _

from kitaphana.core.checks import Violation
from kitaphana.curriculum.enums import Change
from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
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
