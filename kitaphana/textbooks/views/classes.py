"""Classes: who has, who lacks; the grid of issue and of return."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kitaphana.catalog.models import RecordIsbn
from kitaphana.circulation import services as circulation
from kitaphana.circulation.enums import Condition
from kitaphana.circulation.models import StockLoan
from kitaphana.circulation.services import ReturnLine
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.text.scanner import decode_scan
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.core.web.paging import paginate
from kitaphana.fund.models import Copy
from kitaphana.fund.queries.editions import isbn_in
from kitaphana.fund.views.files import pdf_answer
from kitaphana.fund.views.library import with_library
from kitaphana.organizations.models import Organization
from kitaphana.people import queries as people
from kitaphana.people.models import Membership
from kitaphana.textbooks import documents, services
from kitaphana.textbooks.grid import Grid, class_grid, class_lines
from kitaphana.textbooks.views.common import chosen_language, class_of


@page(Permission.TEXTBOOKS_VIEW)
@with_library(Permission.TEXTBOOKS_VIEW)
def classes(request: Request, library: Organization) -> HttpResponse:
    """The classes of a school year and how far each is with its set."""
    years = people.school_years(library)
    year = number(request.GET.get("year")) or people.present_school_year(library, clock.today())
    lines = class_lines(list(people.classes(library, year).select_related("library", "teacher")))
    context = {
        "node": library,
        "lines": lines,
        "year": year,
        "years": years,
        "needed": sum(line.needed for line in lines),
        "held": sum(line.held for line in lines),
        "pupils": sum(line.pupils for line in lines),
        "with_all": sum(line.with_all for line in lines),
        "may_issue": request.actor.may(Permission.CIRCULATION_LEND, library.path),
        "may_write_off": request.actor.may(Permission.FUND_WRITE_OFF, library.path),
    }
    return render(request, "textbooks/classes.html", context)


def _conditions(request: Request) -> dict[tuple[int, str], str]:
    """``c-<person>-<column>``: the condition of one cell where it differs from that of all."""
    found: dict[tuple[int, str], str] = {}
    for name, value in request.POST.items():
        if name.startswith("c-") and isinstance(value, str) and value:
            person, _dash, column = name[2:].partition("-")
            if (person_id := number(person)) is not None:
                found[person_id, column] = value
    return found


def _chosen(request: Request) -> set[tuple[int, str]]:
    """``cell`` values ``<person>-<column>``."""
    found: set[tuple[int, str]] = set()
    for value in request.POST.getlist("cell"):
        person, _dash, column = value.partition("-")
        if (person_id := number(person)) is not None:
            found.add((person_id, column))
    return found


@page(Permission.CIRCULATION_LEND)
def issue(request: Request, pk: int) -> HttpResponse:
    """The grid of issue: everything that somebody lacks is marked; one click issues what is marked."""
    school_class = class_of(request, pk)
    if request.method == "POST":
        default = request.POST.get("condition", "")
        chosen = _chosen(request)
        conditions = {(0, column): default for _person, column in chosen} | _conditions(request)
        try:
            done = services.issue_set(
                actor=request.actor,
                school_class=school_class,
                chosen=chosen,
                conditions=conditions,
                at=clock.now(),
                command_id=command_id_of(request),
            )
        except DomainError as refusal:
            messages.error(request, f"{refusal} {refusal.advice_text}")
            return redirect("textbooks:issue", pk)
        text = ngettext("%(count)s textbook was issued.", "%(count)s textbooks were issued.", done.issued.volumes) % {
            "count": done.issued.volumes
        }
        if done.lacking:
            text += " " + ngettext("%(count)s is still lacking.", "%(count)s are still lacking.", done.lacking) % {
                "count": done.lacking
            }
        messages.success(request, text)
        return redirect(f"{reverse('textbooks:issue', args=[pk])}?batch={done.issued.batch}")
    grid = class_grid(school_class)
    context = _context(request, grid) | {"mode": "issue", "batch": request.GET.get("batch", "")}
    return render(request, "textbooks/issue.html", context)


@page(Permission.CIRCULATION_LEND)
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Undo what one click issued."""
    school_class = class_of(request, pk)
    try:
        batch = UUID(request.POST.get("batch", ""))
    except ValueError:
        return redirect("textbooks:issue", pk)
    volumes = circulation.undo_issue(
        actor=request.actor,
        library=school_class.library,
        batch=batch,
        at=clock.now(),
        command_id=command_id_of(request),
    )
    messages.success(
        request,
        ngettext("The issue of %(count)s textbook is undone.", "The issue of %(count)s textbooks is undone.", volumes)
        % {"count": volumes},
    )
    return redirect("textbooks:issue", pk)


@page(Permission.CIRCULATION_LEND)
def take_back(request: Request, pk: int) -> HttpResponse:
    """The grid of return: everything in hand is marked; what is not brought is unmarked and stays a debt."""
    school_class = class_of(request, pk)
    if request.method == "POST":
        default = request.POST.get("condition", "")
        lines = [
            ReturnLine(
                loan_id,
                number(request.POST.get(f"q-{loan_id}")),
                request.POST.get(f"c-{loan_id}", "") or default,
            )
            for value in request.POST.getlist("loan")
            if (loan_id := number(value)) is not None
        ]
        try:
            volumes = services.return_from_class(
                actor=request.actor,
                school_class=school_class,
                lines=lines,
                at=clock.now(),
                command_id=command_id_of(request),
            )
        except DomainError as refusal:
            messages.error(request, f"{refusal} {refusal.advice_text}")
            return redirect("textbooks:take_back", pk)
        messages.success(
            request,
            ngettext("%(count)s textbook came back.", "%(count)s textbooks came back.", volumes) % {"count": volumes},
        )
        return redirect("textbooks:take_back", pk)
    grid = class_grid(school_class, with_others=True)
    context = _context(request, grid) | {
        "mode": "return",
        "volumes": sum(row.in_hand for row in grid.rows),
    }
    return render(request, "textbooks/return.html", context)


def _context(request: Request, grid: Grid) -> dict[str, object]:
    school_class = grid.school_class
    others = list(people.classes(school_class.library, school_class.school_year))
    place = next((index for index, one in enumerate(others) if one.pk == school_class.pk), 0)
    return {
        "node": school_class.library,
        "school_class": school_class,
        "grid": grid,
        "conditions": Condition.choices,
        "before": others[place - 1] if place else None,
        "after": others[place + 1] if place + 1 < len(others) else None,
    }


@page(Permission.CIRCULATION_LEND)
@require_POST
def scan(request: Request, pk: int) -> HttpResponse:
    """What a scan on the grid means: a row (a reader's card) or a column (an ISBN, a copy's barcode)."""
    school_class = class_of(request, pk)
    text = request.POST.get("code", "").replace("\0", "")[:200]
    code = decode_scan(text)
    member = Membership.objects.filter(school_class=school_class, card_number=code, left_on__isnull=True).first()
    if member is not None:
        return render(request, "textbooks/_scan.html", {"person": member.person_id})
    columns = class_grid(school_class, with_others=True).columns
    records = {record.pk: column.key for column in columns for record in column.records}
    isbn = isbn_in(text)
    if isbn:
        found = RecordIsbn.objects.filter(isbn=isbn, record_id__in=list(records)).values_list("record_id", flat=True)
    else:
        found = Copy.objects.filter(library=school_class.library, barcode=code).values_list("record_id", flat=True)
    column = next((records[record_id] for record_id in found if record_id in records), None)
    if column is not None:
        return render(request, "textbooks/_scan.html", {"column": column})
    words = (
        _("This book is not in the set of the class.")
        if isbn
        else _("This is neither a card of the class nor a book of its set.")
    )
    return render(request, "textbooks/_scan.html", {"refused": words})


@page(Permission.CIRCULATION_LEND)
@require_POST
def own(request: Request, pk: int) -> HttpResponse:
    """Mark a pupil's own book, or remove the mark (``cell``: ``<person>-<title>`` or ``<person>-<title>-clear``)."""
    school_class = class_of(request, pk)
    person, title, clear = (*request.POST.get("cell", "").split("-", 2), "", "")[:3]
    command = services.clear_own if clear else services.mark_own
    command(
        actor=request.actor,
        school_class=school_class,
        person_id=number(person) or 0,
        title_id=number(title) or 0,
        at=clock.now(),
        command_id=command_id_of(request),
    )
    return redirect("textbooks:issue", pk)


@page(Permission.TEXTBOOKS_VIEW)
def sheet_pdf(request: Request, pk: int) -> HttpResponse:
    """The sheet on which pupils sign for what they received; ``?kind=return`` for what they gave back."""
    school_class = class_of(request, pk, Permission.TEXTBOOKS_VIEW)
    is_return = request.GET.get("kind") == "return"
    content = documents.sheet(class_grid(school_class), is_return=is_return, language=chosen_language(request))
    return pdf_answer(content, f"class-{school_class.pk}-{'return' if is_return else 'issue'}")


@page(Permission.CIRCULATION_LEND)
def notices_pdf(request: Request, pk: int) -> HttpResponse:
    """Notices to the parents of pupils who owe textbooks, to be cut apart."""
    school_class = class_of(request, pk)
    members = Membership.objects.filter(school_class=school_class, left_on__isnull=True).select_related("person")
    content = documents.notices(school_class, list(members), language=chosen_language(request))
    return pdf_answer(content, f"class-{school_class.pk}-notices")


@page(Permission.CIRCULATION_LEND)
def clearance_pdf(request: Request, pk: int) -> HttpResponse:
    """Clearance sheets of a whole class, a page a pupil: before graduation."""
    school_class = class_of(request, pk)
    members = Membership.objects.filter(school_class=school_class, left_on__isnull=True).select_related(
        "person", "library", "school_class"
    )
    content = documents.clearance(
        sorted(members, key=lambda one: one.person.sort_key), language=chosen_language(request)
    )
    return pdf_answer(content, f"class-{school_class.pk}-clearance")


@page(Permission.CIRCULATION_LEND)
@with_library(Permission.CIRCULATION_LEND)
def debts(request: Request, library: Organization) -> HttpResponse:
    """Textbooks that are overdue (or all in hand), by class: what is missing, and with whom."""
    today = clock.today()
    everything = request.GET.get("all") == "1"
    rows = StockLoan.objects.filter(library=library, returned_at__isnull=True, is_returnable=True)
    if not everything:
        rows = rows.filter(due_on__lt=today)
    chosen = number(request.GET.get("class"))
    now = Membership.objects.filter(library=library).select_related("school_class")
    if chosen is not None:
        rows = rows.filter(person__in=now.filter(school_class=chosen).values("person"))
    total = rows.aggregate(n=Sum("quantity"))["n"] or 0
    rows = rows.select_related("stock__record", "person").defer("stock__record__marc", "stock__record__summary")
    shown, following = paginate(rows.order_by("pk"), request.GET.get("cursor"), 100)
    places = {one.person_id: one for one in now.filter(person__in=[loan.person_id for loan in shown])}
    year = people.present_school_year(library, today)
    context = {
        "node": library,
        "lines": [(loan, places.get(loan.person_id or 0)) for loan in shown],
        "next": following,
        "total": total,
        "everything": everything,
        "chosen": chosen,
        "classes": people.classes(library, year),
    }
    return render(request, "textbooks/debts.html", context)
