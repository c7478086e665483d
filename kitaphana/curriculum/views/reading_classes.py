"""What a class reads this term: what the library holds of it, and how far each pupil is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.web.page import Request, page
from kitaphana.curriculum import reading, reading_papers
from kitaphana.curriculum.enums import Term
from kitaphana.curriculum.terms import term_on
from kitaphana.curriculum.views.places import number
from kitaphana.organizations.models import within
from kitaphana.people import queries as people
from kitaphana.people.models import SchoolClass


def _term(request: Request) -> int:
    """The term that the address names, else the present one."""
    term = number(request.GET.get("term"))
    return term if term in (1, 2, 3, 4) else term_on(clock.today())


@page(Permission.TEXTBOOKS_VIEW)
def classes(request: Request) -> HttpResponse:
    """The classes of one's school with how many works each reads this term."""
    term, library = _term(request), request.library or None
    year = people.present_school_year(library, clock.today()) if library else clock.school_year(clock.today())
    found = list(people.classes(library, year)) if library else []
    works = reading.works_of(library, year) if library else []
    counts: dict[tuple[int, str], int] = {}
    for one in works:
        if one.term in (term, Term.YEAR):
            counts[one.grade, one.language] = counts.get((one.grade, one.language), 0) + 1
    context = {
        "classes": [(one, counts.get((one.grade, one.language), 0)) for one in found],
        "term": Term(term),
        "terms": [choice for choice in Term.choices if choice[0]],
        "year": year,
        "year_end": year + 1,
        "library": library,
    }
    return render(request, "curriculum/reading_classes.html", context)


def _class_of(request: Request, permission: Permission, pk: int) -> SchoolClass:
    found: SchoolClass = get_object_or_404(
        SchoolClass.objects.filter(within(request.actor.reach(permission), "library__path")).select_related(
            "library", "teacher"
        ),
        pk=pk,
    )
    return found


@page(Permission.TEXTBOOKS_VIEW)
def school_class(request: Request, pk: int) -> HttpResponse:
    """The works of a class in a term; its pupils only for those who may see people."""
    shown, term = _class_of(request, Permission.TEXTBOOKS_VIEW, pk), _term(request)
    may_see = request.actor.may(Permission.PEOPLE_VIEW, shown.library.path)
    found = reading.class_reading(shown, term, with_pupils=may_see)
    context = {
        "shown": shown,
        "year_end": shown.school_year + 1,
        "reading": found,
        "term": Term(term),
        "terms": [choice for choice in Term.choices if choice[0]],
        "with_pupils": may_see,
    }
    return render(request, "curriculum/reading_class.html", context)


@page(Permission.PEOPLE_VIEW)
def class_pdf(request: Request, pk: int) -> HttpResponse:
    """The list of a class on paper: its works, and its pupils with places to sign."""
    shown, term = _class_of(request, Permission.PEOPLE_VIEW, pk), _term(request)
    value = request.GET.get("language") or getattr(request, "LANGUAGE_CODE", "kk")
    found = reading.class_reading(shown, term, with_pupils=True)
    return HttpResponse(
        reading_papers.class_pdf(found, language=value if value in {"kk", "ru", "en"} else "kk"),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="reading-{shown.pk}.pdf"', "Cache-Control": "no-store"},
    )
