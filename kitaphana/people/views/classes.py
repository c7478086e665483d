"""Pages of classes: the list of a year, a class, the yearly promotion."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.people import hooks, queries, services
from kitaphana.people.enums import TeachingLanguage
from kitaphana.people.forms import ClassForm, NewClassForm, PromotionForm
from kitaphana.people.models import Membership, SchoolClass
from kitaphana.people.roster import parse_letter
from kitaphana.people.views import library_of


def _year(request: Request, present: int) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100 else present


@page(Permission.PEOPLE_VIEW)
def classes(request: Request) -> HttpResponse:
    """The classes of a school year."""
    library = library_of(request, Permission.PEOPLE_VIEW)
    present = queries.present_school_year(library, clock.today())
    year = _year(request, present)
    found = list(queries.classes(library, year))
    context = {
        "year": year,
        "year_end": year + 1,
        "years": sorted({*queries.school_years(library), present}, reverse=True),
        "classes": found,
        "pupils": sum(getattr(one, "pupils", 0) for one in found),
        "may_edit": request.actor.may(Permission.PEOPLE_EDIT, library.path),
    }
    return render(request, "people/classes.html", context)


@page(Permission.PEOPLE_EDIT)
def class_new(request: Request) -> HttpResponse:
    """Open a class."""
    library = library_of(request, Permission.PEOPLE_EDIT)
    year = _year(request, queries.present_school_year(library, clock.today()))
    form = NewClassForm(request.POST or None, library=library)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_class(
                actor=request.actor,
                library=library,
                school_year=year,
                grade=form.cleaned_data["grade"],
                letter=parse_letter(form.cleaned_data["letter"]),
                language=TeachingLanguage(form.cleaned_data["language"]),
                profile=form.cleaned_data["profile"],
                teacher=form.cleaned_data["teacher"],
                at=clock.now(),
            )
        except DomainError as refusal:
            form.add_error("letter", f"{refusal} {refusal.advice_text}")
        else:
            messages.success(request, _("The class %(name)s is open.") % {"name": made.name})
            return redirect("people:school_class", made.pk)
    context = {"form": form, "year": year, "year_end": year + 1}
    return render(request, "people/class_form.html", context, status=422 if form.errors else 200)


def _visible(request: Request, pk: int) -> SchoolClass:
    found: SchoolClass = get_object_or_404(
        SchoolClass.objects.within(request.actor.reach(Permission.PEOPLE_VIEW)).select_related("library", "teacher"),
        pk=pk,
    )
    return found


@page(Permission.PEOPLE_VIEW)
def school_class(request: Request, pk: int) -> HttpResponse:
    """A class: its pupils, teacher, papers for all of them."""
    shown = _visible(request, pk)
    members = Membership.objects.filter(enrollments__school_class=shown).select_related("person", "library").distinct()
    pupils = list(
        Membership.objects.filter(school_class=shown, left_on__isnull=True)
        .select_related("person")
        .order_by("person__sort_key", "pk")
    )
    here = {one.pk for one in pupils}
    debts = hooks.debts(shown.library_id, [one.person_id for one in pupils])
    context = {
        "school_class": shown,
        "year_end": shown.school_year + 1,
        "pupils": [(one, debts.get(one.person_id, 0)) for one in pupils],
        "former": [one for one in members.order_by("person__sort_key", "pk") if one.pk not in here],
        "today": clock.today(),
        "may_edit": request.actor.may(Permission.PEOPLE_EDIT, shown.library.path),
    }
    return render(request, "people/class.html", context)


@page(Permission.PEOPLE_EDIT)
def class_edit(request: Request, pk: int) -> HttpResponse:
    """Change the language and the teacher of a class."""
    shown = _visible(request, pk)
    request.actor.require(Permission.PEOPLE_EDIT, shown.library.path)
    initial = {"language": shown.language, "profile": shown.profile, "teacher": shown.teacher_id}
    form = ClassForm(request.POST or None, library=shown.library, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.update_class(
            actor=request.actor,
            school_class=shown,
            language=TeachingLanguage(form.cleaned_data["language"]),
            profile=form.cleaned_data["profile"],
            teacher=form.cleaned_data["teacher"],
            at=clock.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("people:school_class", shown.pk)
    context = {
        "form": form,
        "school_class": shown,
        "year": shown.school_year,
        "year_end": shown.school_year + 1,
    }
    return render(request, "people/class_form.html", context, status=422 if form.errors else 200)


@page(Permission.PEOPLE_EDIT)
def promote(request: Request) -> HttpResponse:
    """Promote the whole school: first what would happen, then do it."""
    library = library_of(request, Permission.PEOPLE_EDIT)
    today = clock.today()
    # In autumn the school moves into the present year, from January on into the next one.
    year = _year(request, today.year)
    last_grade = queries.last_grade_of(library)
    given = request.POST if request.method == "POST" else request.GET
    form = PromotionForm(given if "last_grade" in given else {"last_grade": last_grade})
    if form.is_valid():
        last_grade = form.cleaned_data["last_grade"]
    if request.method == "POST" and form.is_valid():
        done = services.promote_classes(
            actor=request.actor, library=library, school_year=year, last_grade=last_grade, at=clock.now()
        )
        moved = ngettext("%(number)d pupil moved up.", "%(number)d pupils moved up.", done.promoted)
        messages.success(request, moved % {"number": done.promoted})
        if done.graduated:
            left = ngettext("%(number)d pupil graduated.", "%(number)d pupils graduated.", done.graduated)
            messages.success(request, left % {"number": done.graduated})
        response = redirect("people:classes")
        response["Location"] += f"?year={year}"
        return response
    plan = queries.promotion_plan(library, year, last_grade=last_grade)
    leaving = Membership.objects.filter(
        school_class__in=[line.school_class for line in plan.leaving], left_on__isnull=True
    ).values_list("person_id", flat=True)
    debts = hooks.debts(library.pk, leaving)
    context = {
        "plan": plan,
        "year": year,
        "year_end": year + 1,
        "year_before": year - 1,
        "form": form,
        "debtors": len(debts),
        "debt": sum(debts.values()),
    }
    return render(request, "people/promote.html", context)
