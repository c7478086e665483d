"""Pages of the library diary and the annual report, their papers, and the reports that were kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.ids import new_id
from kitaphana.core.web.page import Request, page
from kitaphana.fund.views.files import pdf_answer, xlsx_answer
from kitaphana.fund.views.library import chosen_language, chosen_number, with_library
from kitaphana.monitoring import annual, diary, errors, papers, services
from kitaphana.monitoring.enums import EventKind, Group, ReferenceKind, ReportKind
from kitaphana.monitoring.models import LibraryEvent, ReferenceAnswer, Report
from kitaphana.monitoring.papers import Cell, Paper, Table
from kitaphana.monitoring.queries import Period
from kitaphana.monitoring.views import tabs_of
from kitaphana.organizations.models import Organization

LANGUAGES = ("kk", "ru")
MOST_FLAT = 9
"""Columns of a table whose headings still stand upright; in a wider one they are turned, as on paper."""


def _command_id(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("command_id", ""))
    except ValueError:
        return new_id()


def _address(cell: Cell, library: Organization) -> str:
    """Where a figure leads; nothing counted leads nowhere."""
    if cell.door is None or not cell.value:
        return ""
    asked = {
        "node": library.code,
        "since": cell.door.period.first.isoformat(),
        "until": cell.door.period.last.isoformat(),
        **cell.door.more,
    }
    return f"{reverse('monitoring:records', args=[cell.door.measure.value])}?{urlencode(asked)}"


def _shown(tables: list[Table], library: Organization) -> list[dict[str, Any]]:
    """Tables for the page: text, address and side of every cell."""
    return [
        {
            "title": table.title,
            "label": table.label,
            "heads": table.heads,
            "has_groups": table.has_groups,
            "width": len(table.columns) + 1,
            "is_tall": len(table.columns) > MOST_FLAT,
            "note": table.note,
            "rows": [
                {
                    "label": row.label,
                    "is_strong": row.is_strong,
                    "cells": [
                        {
                            "text": cell.text,
                            "url": _address(cell, library),
                            "is_number": cell.is_number,
                            "label": label,
                        }
                        for cell, label in zip(row.cells, table.columns, strict=False)
                    ],
                }
                for row in table.rows
            ],
        }
        for table in tables
    ]


def _kept(library: Organization, kind: ReportKind) -> Any:
    return Report.objects.filter(library=library, kind=kind).order_by("-pk").defer("content")[:20]


class EventForm(forms.Form):
    """A mass event and who came."""

    on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=EventKind.choices)
    title = forms.CharField(label=gettext_lazy("Name of the event"), max_length=300)
    junior = forms.IntegerField(label=Group.JUNIOR.label, min_value=0, max_value=services.MOST, required=False)
    middle = forms.IntegerField(label=Group.MIDDLE.label, min_value=0, max_value=services.MOST, required=False)
    senior = forms.IntegerField(label=Group.SENIOR.label, min_value=0, max_value=services.MOST, required=False)
    teacher = forms.IntegerField(label=Group.TEACHER.label, min_value=0, max_value=services.MOST, required=False)
    other = forms.IntegerField(label=Group.OTHER.label, min_value=0, max_value=services.MOST, required=False)


class ReferenceForm(forms.Form):
    """References answered on a day."""

    on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ReferenceKind.choices)
    quantity = forms.IntegerField(label=gettext_lazy("Number"), min_value=1, max_value=services.MOST, initial=1)


# The diary


def _month(request: Request, today: date) -> tuple[int, int | None]:
    """Year and month of the address; ``month=all`` is the whole year."""
    year = chosen_number(request.GET.get("year"), lowest=2016, highest=today.year) or today.year
    if request.GET.get("month") == "all":
        return year, None
    default = today.month if year == today.year else 12
    return year, chosen_number(request.GET.get("month"), lowest=1, highest=12) or default


def _diary_address(library: Organization, year: int, month: int | None) -> str:
    asked = {"library": library.code, "year": year, "month": month or "all"}
    return f"{reverse('monitoring:diary')}?{urlencode(asked)}"


@page(Permission.NUMBERS_VIEW)
@with_library(Permission.NUMBERS_VIEW)
def diary_page(request: Request, library: Organization) -> HttpResponse:
    """The diary of a month or a year, with forms for events and references."""
    return _diary(request, library)


def _diary(
    request: Request,
    library: Organization,
    event_form: EventForm | None = None,
    reference_form: ReferenceForm | None = None,
) -> HttpResponse:
    today = clock.today()
    year, month = _month(request, today)
    book = diary.diary(library, year, month, today)
    made = diary.paper(book)
    may_write = request.actor.may(Permission.CIRCULATION_LEND, library.path)
    day = min(today, book.period.last)
    if not month:
        day = today
    context = {
        "node": library,
        "paper": made,
        "tables": _shown(list(made.tables[:3]), library),
        "tabs": tabs_of(library, "diary"),
        "months": [
            {
                "label": diary.month_name(number),
                "url": _diary_address(library, year, number),
                "active": number == month,
            }
            for number in range(1, 13)
            if date(year, number, 1) <= today
        ]
        + [{"label": _("Whole year"), "url": _diary_address(library, year, None), "active": month is None}],
        "years": range(today.year, max(today.year - 10, 2015), -1),
        "year": year,
        "month": month or "all",
        "query": urlencode({"library": library.code, "year": year, "month": month or "all"}),
        "pdf": reverse("monitoring:diary_pdf"),
        "xlsx": reverse("monitoring:diary_xlsx"),
        "keep": reverse("monitoring:diary_keep"),
        "may_write": may_write,
        "may_keep": services.may_keep(request.actor, library),
        "signed_by": request.actor.name,
        "kept": _kept(library, ReportKind.DIARY),
        "event_form": event_form or EventForm(initial={"on": day}, prefix="event"),
        "reference_form": reference_form or ReferenceForm(initial={"on": day}, prefix="reference"),
        "events": book.events,
        "references": ReferenceAnswer.objects.filter(
            book.period.contains("on"), library=library, cancelled_at__isnull=True
        ).order_by("on", "pk"),
    }
    return render(request, "monitoring/diary.html", context)


def _diary_paper(request: Request, library: Organization, language: str) -> dict[str, Any]:
    today = clock.today()
    year, month = _month(request, today)
    with override(language):
        return papers.kept(diary.paper(diary.diary(library, year, month, today)))


def _name(request: Request, library: Organization, kind: str) -> str:
    year, month = _month(request, clock.today())
    return f"{kind}-{library.code}-{year}" + (f"-{month:02d}" if month else "")


@page(Permission.NUMBERS_VIEW)
@with_library(Permission.NUMBERS_VIEW)
def diary_pdf(request: Request, library: Organization) -> HttpResponse:
    """The diary on paper."""
    language = chosen_language(request)
    content = papers.as_pdf(_diary_paper(request, library, language), language=language)
    return pdf_answer(content, _name(request, library, "diary"))


@page(Permission.NUMBERS_VIEW)
@with_library(Permission.NUMBERS_VIEW)
def diary_xlsx(request: Request, library: Organization) -> HttpResponseBase:
    """The diary as a workbook."""
    made = _diary_paper(request, library, chosen_language(request))
    return xlsx_answer(papers.as_xlsx(made), _name(request, library, "diary"))


def _back_to_diary(request: Request, library: Organization, day: date | None = None) -> HttpResponse:
    year, month = (day.year, day.month) if day else _month(request, clock.today())
    return redirect(_diary_address(library, year, month))


@page(Permission.CIRCULATION_LEND)
@require_POST
@with_library(Permission.CIRCULATION_LEND)
def add_event(request: Request, library: Organization) -> HttpResponse:
    """Enter a mass event."""
    form = EventForm(request.POST, prefix="event")
    if not form.is_valid():
        return _diary(request, library, event_form=form)
    sent = form.cleaned_data
    entry = services.EventEntry(
        sent["on"], sent["kind"], sent["title"], {group.value: sent[group.value] or 0 for group in Group}
    )
    try:
        services.add_event(
            actor=request.actor, library=library, entry=entry, at=clock.now(), command_id=_command_id(request)
        )
    except (errors.NotYet, errors.BadEntry) as error:
        form.add_error("on" if isinstance(error, errors.NotYet) else None, str(error))
        return _diary(request, library, event_form=form)
    messages.success(request, _("The event is in the diary."))
    return _back_to_diary(request, library, entry.on)


@page(Permission.CIRCULATION_LEND)
@require_POST
@with_library(Permission.CIRCULATION_LEND)
def add_references(request: Request, library: Organization) -> HttpResponse:
    """Enter references answered on a day."""
    form = ReferenceForm(request.POST, prefix="reference")
    if not form.is_valid():
        return _diary(request, library, reference_form=form)
    sent = form.cleaned_data
    try:
        services.add_references(
            actor=request.actor,
            library=library,
            on=sent["on"],
            kind=sent["kind"],
            quantity=sent["quantity"],
            at=clock.now(),
            command_id=_command_id(request),
        )
    except (errors.NotYet, errors.BadEntry) as error:
        form.add_error("on" if isinstance(error, errors.NotYet) else None, str(error))
        return _diary(request, library, reference_form=form)
    messages.success(request, _("The references are in the diary."))
    return _back_to_diary(request, library, sent["on"])


@page(Permission.CIRCULATION_LEND)
@require_POST
@with_library(Permission.CIRCULATION_LEND)
def cancel(request: Request, library: Organization) -> HttpResponse:
    """Take an event or references back."""
    tables: dict[str, Any] = {"event": LibraryEvent, "reference": ReferenceAnswer}
    table = tables.get(request.POST.get("what", ""))
    number = chosen_number(request.POST.get("entry"))
    if table is None or number is None:
        raise NotFound
    entry = table.objects.filter(pk=number, library=library).first()
    if entry is None:
        raise errors.EntryNotFound
    services.cancel_entry(
        actor=request.actor, library=library, entry=entry, at=clock.now(), command_id=_command_id(request)
    )
    messages.success(request, _("The entry is cancelled."))
    return _back_to_diary(request, library, entry.on)


def _in_both(make: Any) -> dict[str, Any]:
    """A paper in both languages, ready to be kept."""
    made = {}
    for language in LANGUAGES:
        with override(language):
            made[language] = papers.kept(make())
    return made


def _keep(
    request: Request, library: Organization, kind: ReportKind, period: Period, make: Any, back: str
) -> HttpResponse:
    signed_by = request.POST.get("signed_by", "")
    paper = services.Kept(kind, period.first, period.last, _in_both(make), signed_by)
    try:
        report = services.keep_report(
            actor=request.actor, library=library, paper=paper, at=clock.now(), command_id=_command_id(request)
        )
    except errors.PeriodNotBegun as error:
        messages.error(request, f"{error} {error.advice_text}")
        return redirect(back)
    messages.success(
        request,
        _("Kept as No. %(number)s. It is printed to the letter from now on.")
        % {"number": f"{report.number}/{report.year}"},
    )
    return redirect(back)


@page(Permission.NUMBERS_VIEW)
@require_POST
@with_library(Permission.NUMBERS_VIEW)
def diary_keep(request: Request, library: Organization) -> HttpResponse:
    """Sign the diary and keep it."""
    today = clock.today()
    year, month = _month(request, today)
    book = diary.diary(library, year, month, today)
    signed = request.POST.get("signed_by", "").strip()

    def make() -> Paper:
        return replace(diary.paper(book), signatures=[(_("Librarian"), signed), (_("Director"), "")])

    back = _diary_address(library, year, month)
    return _keep(request, library, ReportKind.DIARY, book.period, make, back)


# The annual report


def _asked_year(request: Request, today: date) -> tuple[int, bool]:
    is_school_year = request.GET.get("kind") == "school"
    current = clock.school_year(today) if is_school_year else today.year
    year = chosen_number(request.GET.get("year"), lowest=2016, highest=today.year)
    return min(year or current, current), is_school_year


def _annual_address(library: Organization, year: int, is_school_year: bool) -> str:
    asked = {"library": library.code, "year": year, "kind": "school" if is_school_year else "calendar"}
    return f"{reverse('monitoring:annual')}?{urlencode(asked)}"


@page(Permission.NUMBERS_VIEW)
@with_library(Permission.NUMBERS_VIEW)
def annual_page(request: Request, library: Organization) -> HttpResponse:
    """The annual report of a calendar or school year."""
    today = clock.today()
    year, is_school_year = _asked_year(request, today)
    made = annual.paper(annual.annual(library, year, is_school_year=is_school_year, today=today), annual.Words())
    context = {
        "node": library,
        "paper": made,
        "tables": _shown(list(made.tables), library),
        "tabs": tabs_of(library, "annual"),
        "kinds": [
            {"label": _("Calendar year"), "url": _annual_address(library, year, False), "active": not is_school_year},
            {"label": _("School year"), "url": _annual_address(library, year, True), "active": is_school_year},
        ],
        "years": [
            {
                "label": f"{one}/{one + 1}" if is_school_year else str(one),
                "url": _annual_address(library, one, is_school_year),
                "active": one == year,
            }
            for one in annual.years_of(library, today)[:10]
        ],
        "query": urlencode({"library": library.code, "year": year, "kind": "school" if is_school_year else "calendar"}),
        "pdf": reverse("monitoring:annual_pdf"),
        "xlsx": reverse("monitoring:annual_xlsx"),
        "keep": reverse("monitoring:annual_keep"),
        "may_keep": services.may_keep(request.actor, library),
        "signed_by": request.actor.name,
        "kept": _kept(library, ReportKind.ANNUAL),
        "with_words": True,
    }
    return render(request, "monitoring/annual.html", context)


def _annual_paper(request: Request, library: Organization, language: str) -> dict[str, Any]:
    today = clock.today()
    year, is_school_year = _asked_year(request, today)
    with override(language):
        book = annual.annual(library, year, is_school_year=is_school_year, today=today)
        return papers.kept(annual.paper(book, annual.Words()))


@page(Permission.NUMBERS_VIEW)
@with_library(Permission.NUMBERS_VIEW)
def annual_pdf(request: Request, library: Organization) -> HttpResponse:
    """The annual report on paper."""
    language = chosen_language(request)
    content = papers.as_pdf(_annual_paper(request, library, language), language=language)
    return pdf_answer(content, f"annual-{library.code}-{_asked_year(request, clock.today())[0]}")


@page(Permission.NUMBERS_VIEW)
@with_library(Permission.NUMBERS_VIEW)
def annual_xlsx(request: Request, library: Organization) -> HttpResponseBase:
    """The annual report as a workbook."""
    made = _annual_paper(request, library, chosen_language(request))
    return xlsx_answer(papers.as_xlsx(made), f"annual-{library.code}-{_asked_year(request, clock.today())[0]}")


@page(Permission.NUMBERS_VIEW)
@require_POST
@with_library(Permission.NUMBERS_VIEW)
def annual_keep(request: Request, library: Organization) -> HttpResponse:
    """Sign the annual report and keep it."""
    today = clock.today()
    year, is_school_year = _asked_year(request, today)
    book = annual.annual(library, year, is_school_year=is_school_year, today=today)
    words = annual.Words(
        staff=request.POST.get("staff", "").strip()[:300],
        note=request.POST.get("note", "").strip()[:1000],
        signed_by=request.POST.get("signed_by", "").strip()[:200],
    )
    back = _annual_address(library, year, is_school_year)
    return _keep(request, library, ReportKind.ANNUAL, book.period, lambda: annual.paper(book, words), back)


# Kept reports


def _report(request: Request, pk: int) -> Report:
    report: Report = get_object_or_404(Report.objects.select_related("library"), pk=pk)
    request.actor.require(Permission.NUMBERS_VIEW, report.library.path)
    return report


def _stamped(report: Report, language: str) -> dict[str, Any]:
    """The kept paper with its number and day."""
    with override(language):
        stamp = _("No. %(number)s of %(day)s") % {
            "number": f"{report.number}/{report.year}",
            "day": report.made_on.strftime("%d.%m.%Y"),
        }
    return {**report.content[language], "stamp": stamp}


def _kept_language(request: Request) -> str:
    language = chosen_language(request)
    return language if language in LANGUAGES else "kk"


@page(Permission.NUMBERS_VIEW)
def report_pdf(request: Request, pk: int) -> HttpResponse:
    """A kept report, to the letter."""
    report, language = _report(request, pk), _kept_language(request)
    content = papers.as_pdf(_stamped(report, language), language=language)
    return pdf_answer(content, f"{report.kind.lower()}-{report.library.code}-{report.number}-{report.year}")


@page(Permission.NUMBERS_VIEW)
def report_xlsx(request: Request, pk: int) -> HttpResponseBase:
    """A kept report as a workbook."""
    report = _report(request, pk)
    stream = papers.as_xlsx(_stamped(report, _kept_language(request)))
    return xlsx_answer(stream, f"{report.kind.lower()}-{report.library.code}-{report.number}-{report.year}")
