"""Lists of the library: holds and the hold shelf, overdue books."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation

from kitaphana.circulation import documents, queries
from kitaphana.circulation.models import Loan
from kitaphana.circulation.views.workplace import library_of
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.web.page import Request, number, page
from kitaphana.organizations.models import Organization

ROWS = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(Permission.CIRCULATION_LEND)
def holds(request: Request) -> HttpResponse:
    """The hold shelf, what could be fetched from the shelves, and the queue."""
    library = library_of(request)
    queue = list(queries.hold_queue(library)[:500])
    context = {
        "place": library,
        "today": clock.today(),
        "shelf": list(queries.hold_shelf(library)[:500]),
        "fetch": queries.to_fetch(queue),
        "queue": queue,
        "cards": queries.membership_ids(library, [hold.person_id for hold in queue]),
    }
    return render(request, "circulation/holds.html", context)


@page(Permission.CIRCULATION_LEND)
def overdue(request: Request) -> HttpResponse:
    """Overdue books by class; ``?class=`` one of them."""
    library = library_of(request)
    on = clock.today()
    chosen = number(request.GET.get("class"))
    found = _chosen(library, chosen)
    listed = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "place": library,
        "today": on,
        "page": listed,
        "classes": queries.overdue_classes(library, on),
        "chosen": chosen,
        "members": queries.membership_ids(library, [loan.person_id for loan in listed if loan.person_id]),
    }
    return render(request, "circulation/overdue.html", context)


@page(Permission.CIRCULATION_LEND)
def overdue_sheet(request: Request) -> HttpResponse:
    """The overdue list as a spreadsheet."""
    library = library_of(request)
    found = _chosen(library, number(request.GET.get("class")))
    response = HttpResponse(documents.overdue_sheet(library, found, on=clock.today()), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="overdue-{library.code}-{clock.today()}.xlsx"'
    return response


@page(Permission.CIRCULATION_LEND)
def overdue_slips(request: Request) -> HttpResponse:
    """Reminder slips to be cut and given out by class, as PDF."""
    library = library_of(request)
    language = request.GET.get("language") or translation.get_language() or "kk"
    body = documents.reminder_slips(
        library,
        _chosen(library, number(request.GET.get("class"))),
        on=clock.today(),
        language=language if language in ("kk", "ru", "en") else "kk",
    )
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="reminders-{library.code}-{clock.today()}.pdf"'
    return response


def _chosen(library: Organization, school_class: int | None) -> QuerySet[Loan]:
    found = queries.overdue_loans(library, clock.today())
    return found if school_class is None else found.filter(school_class_id=school_class)
