"""The list of sets, and making them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.curriculum import queries, services
from kitaphana.curriculum.forms import SetForm
from kitaphana.curriculum.models import TextbookSet
from kitaphana.curriculum.views.places import chosen_year, command_id_of, editing_node, node_of, number, years
from kitaphana.people.enums import TeachingLanguage

MOST = 500


@page(Permission.TEXTBOOKS_VIEW)
def sets(request: Request) -> HttpResponse:
    """Sets of a school year that hold for the person's place, of their node and those above and below."""
    visible = queries.visible_to(request.actor.reach(Permission.TEXTBOOKS_VIEW))
    this = clock.school_year(clock.today())
    known = sorted({*visible.values_list("school_year", flat=True), this, this + 1}, reverse=True)
    year = chosen_year(request)
    only = {
        "year": year,
        "grade": number(request.GET.get("grade")),
        "language": request.GET.get("language", ""),
    }
    found = visible.filter(school_year=year)
    if only["grade"] is not None:
        found = found.filter(grade=only["grade"])
    if only["language"] in TeachingLanguage.values:
        found = found.filter(language=only["language"])
    node = node_of(request)
    shown = list(queries.listed(found)[:MOST])
    own = TextbookSet.objects.filter(organization=node) if node else TextbookSet.objects.none()

    def keys(of_year: int) -> set[tuple[int, str, str]]:
        return set(own.filter(school_year=of_year).values_list("grade", "language", "profile"))

    context = {
        "sets": shown,
        "years": [(year, year + 1) for year in known],
        "grades": range(13),
        "languages": TeachingLanguage.choices,
        "only": only,
        "year_end": year + 1,
        "last_year": year - 1,
        "node": node,
        "may_copy": bool(keys(year - 1) - keys(year)),
        "is_filtered": only["grade"] is not None or bool(only["language"]),
    }
    return render(request, "curriculum/sets.html", context)


@page(Permission.CURRICULUM_EDIT)
def set_new(request: Request) -> HttpResponse:
    """Make an empty set."""
    node = editing_node(request)
    form = SetForm(request.POST or None, years=years(), initial={"school_year": chosen_year(request)})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_set(
                actor=request.actor,
                organization=node,
                at=clock.now(),
                command_id=command_id_of(request),
                **form.cleaned_data,
            )
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            return redirect("curriculum:set", made.pk)
    context = {"form": form, "node": node}
    return render(request, "curriculum/set_form.html", context, status=422 if form.errors else 200)


@page(Permission.CURRICULUM_EDIT)
@require_POST
def copy_year(request: Request) -> HttpResponse:
    """Copy last year's sets of the node into the year that the list shows."""
    node, year = editing_node(request), chosen_year(request)
    done = services.copy_year(
        actor=request.actor,
        organization=node,
        from_year=year - 1,
        to_year=year,
        at=clock.now(),
        command_id=command_id_of(request),
    )
    words = ngettext("%(number)d set is copied.", "%(number)d sets are copied.", done) % {"number": done}
    messages.success(request, f"{words} {_('Whatever you change in them will be marked.')}")
    return redirect(f"{reverse('curriculum:sets')}?year={year}&node={node.code}")
