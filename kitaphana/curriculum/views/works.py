"""The reading list: works with what the library holds of them, a work with its editions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kitaphana.catalog import queries as catalog
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.text.kazakh import fold
from kitaphana.core.web.page import Request, page
from kitaphana.curriculum import errors, reading, reading_papers, services, spreadsheets
from kitaphana.curriculum.enums import Term
from kitaphana.curriculum.forms import WorkForm
from kitaphana.curriculum.models import CurriculumWork, WorkEdition
from kitaphana.curriculum.reading_sheet import NORM_COMPULSORY
from kitaphana.curriculum.views.places import chosen_year, command_id_of, editing_node, node_of, number, years
from kitaphana.fund.queries.editions import isbn_in
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import TeachingLanguage

SHOWN = 60
FOUND = 8


def place_of(request: Request) -> Organization:
    """Whose holdings are shown: the library one works in, else the node where one's right begins.

    :raises NotFound: there is none in reach.
    """
    here: Organization | None = request.library or None
    if here is not None:
        return here
    nodes = organizations.top_nodes(request.actor.reach(Permission.TEXTBOOKS_VIEW))
    if not nodes:
        raise NotFound
    return nodes[0]


@dataclass(frozen=True, slots=True)
class Only:
    """What the list is narrowed to."""

    year: int
    grade: int | None = None
    age: str = ""
    language: str = ""
    subject: str = ""
    term: int | None = None
    state: str = ""

    @classmethod
    def of(cls, request: Request) -> Only:
        """As the address says."""
        get = request.GET
        age, language, state = get.get("age", ""), get.get("language", ""), get.get("state", "")
        term = number(get.get("term"))
        return cls(
            year=chosen_year(request),
            grade=number(get.get("grade")),
            age=age if age in {code for code, _first, _last in reading.AGE_BANDS} else "",
            language=language if language in TeachingLanguage.values else "",
            subject=get.get("subject", "")[:120],
            term=term if term in Term.values else None,
            state=state if state in {"missing", "no_edition"} else "",
        )

    @property
    def grades(self) -> Sequence[int] | None:
        """Grades that are asked for; None: all."""
        if self.grade is not None:
            return [self.grade]
        for code, first, last in reading.AGE_BANDS:
            if code == self.age:
                return range(first, last + 1)
        return None

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the year is chosen."""
        return bool(self.age or self.language or self.subject or self.state) or (self.grade, self.term) != (None, None)


def _chosen(place: Organization, only: Only) -> tuple[list[CurriculumWork], list[str]]:
    """Works that fit, and the subjects to choose from."""
    found = reading.works_of(place, only.year, grades=only.grades, language=only.language)
    subjects = sorted({one.subject for one in found})
    wanted = fold(only.subject)
    fitting = [
        one
        for one in found
        if (not wanted or fold(one.subject) == wanted) and (only.term is None or one.term == only.term)
    ]
    return fitting, subjects


def _lines(place: Organization, only: Only, found: list[CurriculumWork]) -> list[reading.WorkLine]:
    lines = reading.work_lines(found, place, only.year)
    if only.state == "missing":
        return [one for one in lines if one.missing]
    if only.state == "no_edition":
        return [one for one in lines if not one.editions]
    return lines


@page(Permission.TEXTBOOKS_VIEW)
def works(request: Request) -> HttpResponse:
    """Works of a school year that hold for the person's place, with what it holds of each."""
    place, only = place_of(request), Only.of(request)
    found, subjects = _chosen(place, only)
    start = number(request.GET.get("cursor")) or 0
    if only.state:
        lines = _lines(place, only, found)
        number_found = len(lines)
        shown = lines[start : start + SHOWN]
    else:
        number_found = len(found)
        shown = _lines(place, only, found[start : start + SHOWN])
    following = start + SHOWN if start + SHOWN < number_found else None
    node = node_of(request)
    context = {
        "lines": shown,
        "total": number_found,
        "next": following,
        "only": only,
        "year_end": only.year + 1,
        "years": [(year, year + 1) for year in sorted({*years(), only.year}, reverse=True)],
        "grades": range(13),
        "ages": [(code, code.replace("-", "–")) for code, _first, _last in reading.AGE_BANDS],
        "languages": TeachingLanguage.choices,
        "subjects": subjects,
        "terms": [choice for choice in Term.choices if choice[0]] + [Term.choices[0]],
        "place": place,
        "node": node,
        "address": request.GET.urlencode(),
    }
    return render(request, "curriculum/works.html", context)


@page(Permission.TEXTBOOKS_VIEW)
def works_xlsx(request: Request) -> FileResponse:
    """The list as it is narrowed, as a workbook that the import reads back."""
    place, only = place_of(request), Only.of(request)
    found, _subjects = _chosen(place, only)
    stream = reading_papers.works_xlsx(place, only.year, _lines(place, only, found))
    return spreadsheets.answer(stream, f"works-{only.year}")


def _work_of(request: Request, pk: int) -> CurriculumWork:
    found = reading.visible_to(request.actor.reach(Permission.TEXTBOOKS_VIEW)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _here(request: Request) -> str:
    return f"?year={chosen_year(request)}"


@page(Permission.CURRICULUM_EDIT)
def work_new(request: Request) -> HttpResponse:
    """Put a work into the list of one's node."""
    node, year = editing_node(request), chosen_year(request)
    initial = {
        "grade": number(request.GET.get("grade")),
        "language": request.GET.get("language", ""),
        "subject": request.GET.get("subject", "")[:120],
        "term": request.GET.get("term", ""),
        "is_compulsory": True,
        "pupils_per_copy": NORM_COMPULSORY,
    }
    form = WorkForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_work(
                actor=request.actor,
                organization=node,
                school_year=year,
                at=clock.now(),
                command_id=command_id_of(request),
                **form.cleaned_data,
            )
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("Added: «%(name)s».") % {"name": made.name})
            return redirect(reverse("reading:work", args=[made.pk]) + f"?year={year}")
    context = {"form": form, "node": node, "year": year, "year_end": year + 1, "work": None}
    return render(request, "curriculum/work_form.html", context, status=422 if form.errors else 200)


@page(Permission.CURRICULUM_EDIT)
def work_edit(request: Request, pk: int) -> HttpResponse:
    """Change a work of the list."""
    shown, year = _work_of(request, pk), chosen_year(request)
    request.actor.require(Permission.CURRICULUM_EDIT, shown.organization.path)
    form = WorkForm(request.POST or None, initial={name: getattr(shown, name) for name in WorkForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_work(
                actor=request.actor,
                work=shown,
                at=clock.now(),
                command_id=command_id_of(request),
                **form.cleaned_data,
            )
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("Saved."))
            return redirect(reverse("reading:work", args=[pk]) + f"?year={year}")
    context = {"form": form, "node": shown.organization, "year": year, "year_end": year + 1, "work": shown}
    return render(request, "curriculum/work_form.html", context, status=422 if form.errors else 200)


@page(Permission.CURRICULUM_EDIT)
@require_POST
def match(request: Request) -> HttpResponse:
    """Look in the catalogue for editions of everything that the node lists."""
    node, year = editing_node(request), chosen_year(request)
    added = services.match_works(
        actor=request.actor, organization=node, school_year=year, at=clock.now(), command_id=command_id_of(request)
    )
    words = ngettext("%(number)d edition is found.", "%(number)d editions are found.", added) % {"number": added}
    messages.success(request, words)
    return redirect(f"{reverse('reading:works')}?year={year}")


@dataclass(slots=True)
class _Editions:
    """A work on the page and what the last scan found."""

    request: Request
    shown: CurriculumWork
    text: str = ""
    isbn: str = ""
    found: list[Record] = field(default_factory=list)
    refused: DomainError | None = None
    done: str = ""

    def act(self) -> None:
        """Do what the form asks."""
        posted, command_id = self.request.POST, command_id_of(self.request)
        if "code" in posted:
            self.scan(posted["code"], command_id)
        elif "record" in posted:
            record = Record.objects.filter(pk=number(posted["record"]) or 0).first()
            if record is None:
                raise errors.UnknownRecord
            self.add(record, command_id)
        elif "take" in posted:
            edition = WorkEdition.objects.filter(pk=number(posted["take"]) or 0, work=self.shown).first()
            if edition is None:
                raise NotFound
            services.remove_work_edition(
                actor=self.request.actor, edition=edition, at=clock.now(), command_id=command_id
            )

    def scan(self, text: str, command_id: UUID | None) -> None:
        """An ISBN adds the edition; a text is looked for in the catalogue."""
        text = " ".join(text.replace("\x00", "").split())[:120]
        if not text:
            return
        isbn = isbn_in(text)
        if isbn is None:
            self.text, self.found = text, catalog.search(text, limit=FOUND).records
            return
        books = list(catalog.record_by_isbn(isbn)[:FOUND])
        if len(books) == 1:
            self.add(books[0], command_id)
        else:
            self.text, self.isbn, self.found = text, isbn, books

    def add(self, record: Record, command_id: UUID | None) -> None:
        """One more edition of the work."""
        services.add_work_edition(
            actor=self.request.actor, work=self.shown, record=record, at=clock.now(), command_id=command_id
        )
        self.done = _("«%(book)s» belongs to the work now.") % {"book": record.title}

    def show(self) -> HttpResponse:
        """The editions, or the whole page with them."""
        request, shown = self.request, self.shown
        place, year = place_of(request), chosen_year(request)
        line = reading.work_lines([shown], place, year)[0]
        held = reading.holdings_of_records([one.record.pk for one in line.editions], place)
        present = {one.record.pk for one in line.editions}
        may_edit = request.actor.may(Permission.CURRICULUM_EDIT, shown.organization.path)
        query = {
            "next": reverse("reading:work", args=[shown.pk]),
            **({"isbn": self.isbn} if self.isbn else {"title": self.text}),
        }
        context: dict[str, Any] = {
            "work": shown,
            "line": line,
            "editions": [(one, held.get(one.record.pk, reading.Holding())) for one in line.editions],
            "place": place,
            "year": year,
            "year_end": year + 1,
            "may_edit": may_edit,
            "own_node": None if may_edit else _own_node(request, shown, year),
            "text": self.text,
            "isbn": self.isbn,
            "found": [one for one in self.found if one.pk not in present],
            "refused": self.refused,
            "done": self.done,
            "describe": f"{reverse('catalog:record_new')}?{urlencode(query)}",
        }
        template = "curriculum/_work.html" if request.headers.get("HX-Request") else "curriculum/work.html"
        # A refused scan is an answer of the page, not a failure of the request: HTMX shows it in place.
        return render(request, template, context)


def _own_node(request: Request, shown: CurriculumWork, year: int) -> Organization | None:
    """The person's node, if it lies below the work's and could have its own line of it."""
    if not request.actor.may_somewhere(Permission.CURRICULUM_EDIT):
        return None
    node = editing_node(request)
    if not node.path.startswith(shown.organization.path):
        return None
    holds = reading.works_of(node, year, grades=[shown.grade], language=shown.language)
    return node if any(one.pk == shown.pk for one in holds) else None


@page(Permission.TEXTBOOKS_VIEW)
def work(request: Request, pk: int) -> HttpResponse:
    """A work: its editions, what the library holds of each, how many readers have it now."""
    return _Editions(request, _work_of(request, pk)).show()


@page(Permission.CURRICULUM_EDIT)
@require_POST
def editions(request: Request, pk: int) -> HttpResponse:
    """Add an edition or take one out; the answer is the list as it stands then."""
    table = _Editions(request, _work_of(request, pk))
    request.actor.require(Permission.CURRICULUM_EDIT, table.shown.organization.path)
    try:
        table.act()
    except DomainError as refused:
        table.refused = refused
    if not request.headers.get("HX-Request") and not table.refused and not table.text:
        return redirect(reverse("reading:work", args=[pk]) + _here(request))
    return table.show()


@page(Permission.CURRICULUM_EDIT)
@require_POST
def state(request: Request, pk: int) -> HttpResponse:
    """Take a work out of the list from the school year on, or make a line of one's own node out of it."""
    shown, year = _work_of(request, pk), chosen_year(request)
    action, at, command_id = request.POST.get("action", ""), clock.now(), command_id_of(request)
    if action == "copy":
        made = services.copy_work(
            actor=request.actor,
            work=shown,
            organization=editing_node(request),
            school_year=year,
            at=at,
            command_id=command_id,
        )
        messages.success(request, _("This is your own line now; change it as your school needs."))
        return redirect(reverse("reading:work", args=[made.pk]) + _here(request))
    if action == "remove":
        services.remove_work(actor=request.actor, work=shown, school_year=year, at=at, command_id=command_id)
        messages.success(request, _("Left out: «%(name)s».") % {"name": shown.name})
    return redirect(f"{reverse('reading:works')}{_here(request)}")
