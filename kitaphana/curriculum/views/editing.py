"""One set: its lines and editions, changed in place from the keyboard or a scanner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.catalog import queries as catalog
from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.text.kazakh import fold
from kitaphana.core.web.page import Request, page
from kitaphana.curriculum import errors, services
from kitaphana.curriculum.enums import Change
from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
from kitaphana.curriculum.views.places import chosen_year, command_id_of, editing_node, number, set_of
from kitaphana.fund.queries.editions import isbn_in

TEXTBOOK_WORDS = 8


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition on the page."""

    id: int
    record: Record
    is_first: bool
    is_electronic: bool
    is_dropped: bool
    is_of_other_grade: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line on the page."""

    title: SetTitle
    editions: list[EditionLine]
    is_active: bool
    source: SetTitle | None

    @property
    def is_removed(self) -> bool:
        """Whether it was left out."""
        return self.title.change == Change.REMOVED


@dataclass(slots=True)
class _Table:
    """The set on the page and what the last scan found."""

    request: Request
    shown: TextbookSet
    active: int | None = None
    text: str = ""
    isbn: str = ""
    found: list[Record] = field(default_factory=list)
    is_there: bool = False
    """The typed subject is a line already; it was chosen."""
    asks: bool = False
    """A scan found one edition, but whether it opens a new line must be said by the person."""
    refused: DomainError | None = None
    done: str = ""

    def lines(self) -> list[Line]:
        """Lines with their editions (two statements)."""
        titles = SetTitle.objects.filter(textbook_set=self.shown).select_related("source").order_by("position", "pk")
        editions: dict[int, list[SetEdition]] = {}
        for one in (
            SetEdition.objects.filter(title__textbook_set=self.shown)
            .select_related("record")
            .defer("record__marc", "record__summary")
            .order_by("rank", "pk")
        ):
            editions.setdefault(one.title_id, []).append(one)
        return [
            Line(
                title,
                [
                    EditionLine(
                        one.pk,
                        one.record,
                        is_first=place == 0,
                        is_electronic=one.is_electronic,
                        is_dropped=one.is_dropped,
                        is_of_other_grade=one.record.grade not in (None, self.shown.grade),
                    )
                    for place, one in enumerate(editions.get(title.pk, []))
                ],
                title.pk == self.active,
                title.source,
            )
            for title in titles
        ]

    def scan(self, text: str, command_id: UUID | None) -> None:
        """An ISBN adds an edition; a text is looked for in the catalogue and may become a subject."""
        text = " ".join(text.replace("\x00", "").split())[:120]
        if not text:
            return
        isbn = isbn_in(text)
        if isbn is None:
            self.text, self.found = text, self._books_called(text)
            there = self._line_called(text)
            if there is not None:
                self.active, self.is_there = there.pk, True
            return
        books = list(catalog.record_by_isbn(isbn)[:TEXTBOOK_WORDS])
        if len(books) != 1:
            self.text, self.isbn, self.found = text, isbn, books
            return
        book = books[0]
        line = self._line_for(book)
        if line is not None:
            self.add_edition(line, book, command_id)
        elif self.active is None:
            self.add_line(book.title, book, command_id)
        else:
            # The book is called otherwise than the line: a new subject, or another edition of this one?
            self.text, self.found, self.asks = text, books, True

    def _books_called(self, text: str) -> list[Record]:
        """Textbooks of the grade, in the set's language where there are any."""
        filters: dict[str, list[Any]] = {"kinds": [RecordKind.TEXTBOOK.value], "grade": [self.shown.grade]}
        own = {**filters, "languages": [self.shown.language]}
        return (
            catalog.search(text, filters=own, limit=TEXTBOOK_WORDS).records
            or catalog.search(text, filters=filters, limit=TEXTBOOK_WORDS).records
        )

    def _line_called(self, text: str) -> SetTitle | None:
        titles = SetTitle.objects.filter(textbook_set=self.shown).exclude(change=Change.REMOVED)
        return next(
            (one for one in titles.order_by("position") if fold(text) in {fold(one.subject), fold(one.name)}), None
        )

    def _line_for(self, book: Record) -> SetTitle | None:
        called = fold(book.title)
        titles = [one for one in SetTitle.objects.filter(textbook_set=self.shown) if one.change != Change.REMOVED]
        for one in sorted(titles, key=lambda one: (one.pk != self.active, one.position)):
            subject = fold(one.subject)
            if called == subject or (one.pk == self.active and called.startswith(subject)):
                return one
        return None

    def add_line(self, subject: str, book: Record | None, command_id: UUID | None) -> None:
        """A new line, with its first edition where one is known."""
        title = services.add_title(
            actor=self.request.actor,
            textbook_set=self.shown,
            subject=subject,
            at=clock.now(),
            command_id=command_id,
        )
        self.active = title.pk
        self.done = _("Added: «%(name)s».") % {"name": title.name}
        if book is not None:
            self.add_edition(title, book, command_id)

    def add_edition(self, title: SetTitle, book: Record, command_id: UUID | None) -> None:
        """One more edition of a line."""
        # One scan may make both a line and an edition: two commands, each known by its own id when it is repeated.
        own_id = uuid5(command_id, "edition") if command_id else None
        services.add_edition(actor=self.request.actor, title=title, record=book, at=clock.now(), command_id=own_id)
        self.active = title.pk
        self.done = _("«%(book)s» satisfies «%(name)s».") % {"book": book.title, "name": title.name}

    def act(self) -> None:
        """Do what the form asks."""
        posted = self.request.POST
        command_id = command_id_of(self.request)
        action = posted.get("action", "")
        if "code" in posted:
            self.scan(posted["code"], command_id)
        elif "subject" in posted:
            self.add_line(posted["subject"][:200], None, command_id)
        elif "new_line" in posted:
            book = self._record(posted["new_line"])
            self.add_line(book.title, book, command_id)
        elif "edition" in posted:
            title = self._title(posted.get("line"))
            self.add_edition(title, self._record(posted["edition"]), command_id)
        elif "choose" in posted:
            self.active = number(posted["choose"])
        elif "remove" in posted:
            title = self._title(posted["remove"])
            services.remove_title(actor=self.request.actor, title=title, at=clock.now(), command_id=command_id)
            self.active = None
            self.done = _("Left out: «%(name)s».") % {"name": title.name}
        elif "restore" in posted:
            title = self._title(posted["restore"])
            services.restore_title(actor=self.request.actor, title=title, at=clock.now(), command_id=command_id)
        elif not self.change_edition(command_id) and action == "lines":
            self.change_lines()

    def change_edition(self, command_id: UUID | None) -> bool:
        """The small buttons beside an edition; whether one of them was pressed."""
        posted, actor, at = self.request.POST, self.request.actor, clock.now()
        changes: dict[str, dict[str, bool]] = {
            "drop": {"is_dropped": True},
            "undrop": {"is_dropped": False},
            "electronic": {"is_electronic": True},
            "printed": {"is_electronic": False},
            "first": {"is_first": True},
        }
        for word, values in changes.items():
            if word in posted:
                edition = self._edition(posted[word])
                services.change_edition(actor=actor, edition=edition, at=at, command_id=command_id, **values)
                return True
        if "take" in posted:
            edition = self._edition(posted["take"])
            services.remove_edition(actor=actor, edition=edition, at=at, command_id=command_id)
            return True
        return False

    def change_lines(self) -> None:
        """Parts and numbers as they stand in the table."""
        posted = self.request.POST
        for title in SetTitle.objects.filter(textbook_set=self.shown).exclude(change=Change.REMOVED):
            if f"pupil-{title.pk}" not in posted:
                continue
            services.change_title(
                actor=self.request.actor,
                title=title,
                subject=posted.get(f"subject-{title.pk}", title.subject),
                part=posted.get(f"part-{title.pk}", title.part),
                per_pupil=number(posted.get(f"pupil-{title.pk}")),
                per_class_teacher=number(posted.get(f"teacher-{title.pk}")),
                is_returned=f"consumable-{title.pk}" not in posted,
                at=clock.now(),
            )

    def _title(self, text: str | None) -> SetTitle:
        found = SetTitle.objects.filter(pk=number(text) or 0, textbook_set=self.shown).first()
        if found is None:
            raise NotFound
        return found

    def _edition(self, text: str) -> SetEdition:
        found = SetEdition.objects.filter(pk=number(text) or 0, title__textbook_set=self.shown).first()
        if found is None:
            raise NotFound
        self.active = found.title_id
        return found

    def _record(self, text: str) -> Record:
        found = Record.objects.filter(pk=number(text) or 0).first()
        if found is None:
            raise errors.UnknownRecord
        return found

    def show(self) -> HttpResponse:
        """The lines, or the whole page with them."""
        lines = self.lines()
        may_edit = self.request.actor.may(Permission.CURRICULUM_EDIT, self.shown.organization.path)
        live = [line for line in lines if not line.is_removed]
        active = next((line for line in live if line.is_active), None)
        if self.is_there and active is not None:
            present = {one.record.pk for one in active.editions}
            self.found = [record for record in self.found if record.pk not in present]
        query = {
            "next": reverse("curriculum:set", args=[self.shown.pk]),
            **({"isbn": self.isbn} if self.isbn else {"title": self.text}),
        }
        own = _own_node(self.request, self.shown)
        context = {
            "shown": self.shown,
            "lines": lines,
            "live": live,
            "active": active,
            "may_edit": may_edit and not self.shown.is_approved,
            "may_approve": may_edit,
            "own_node": own,
            "has_copies": may_edit and self.shown.copies.exists(),
            "bare": sum(1 for line in live if not line.editions),
            "changed": sum(1 for line in lines if line.title.change != Change.SAME),
            "text": self.text,
            "isbn": self.isbn,
            "found": self.found,
            "asks": self.asks,
            "is_there": self.is_there,
            "refused": self.refused,
            "done": self.done,
            "describe": f"{reverse('catalog:record_new')}?{urlencode(query)}",
        }
        template = "curriculum/_set.html" if self.request.headers.get("HX-Request") else "curriculum/set.html"
        # A refused scan is an answer of the table, not a failure of the request: HTMX shows it in place.
        return render(self.request, template, context)


def _own_node(request: Request, shown: TextbookSet) -> object | None:
    """The person's node, if it lies below the set's and could have its own version of it."""
    if not request.actor.may_somewhere(Permission.CURRICULUM_EDIT):
        return None
    node = editing_node(request)
    if node.pk == shown.organization_id or not node.path.startswith(shown.organization.path):
        return None
    taken = TextbookSet.objects.filter(
        organization=node,
        grade=shown.grade,
        language=shown.language,
        profile=shown.profile,
        school_year=shown.school_year,
    )
    return None if taken.exists() else node


@page(Permission.TEXTBOOKS_VIEW)
def textbook_set(request: Request, pk: int) -> HttpResponse:
    """A set: its lines, the editions of each, what changed since last year."""
    return _Table(request, set_of(request, pk), active=number(request.GET.get("line"))).show()


@page(Permission.CURRICULUM_EDIT)
@require_POST
def change(request: Request, pk: int) -> HttpResponse:
    """Change lines and editions; the answer is the table as it stands then."""
    table = _Table(request, set_of(request, pk), active=number(request.POST.get("line")))
    request.actor.require(Permission.CURRICULUM_EDIT, table.shown.organization.path)
    try:
        table.act()
    except DomainError as refused:
        table.refused = refused
    if not request.headers.get("HX-Request") and not table.refused and not table.text:
        line = f"?line={table.active}" if table.active else ""
        return redirect(reverse("curriculum:set", args=[pk]) + line)
    return table.show()


@page(Permission.CURRICULUM_EDIT)
@require_POST
def state(request: Request, pk: int) -> HttpResponse:
    """Approve, open again, delete, copy for one's own node or for the next year."""
    shown = set_of(request, pk)
    action, at, command_id = request.POST.get("action", ""), clock.now(), command_id_of(request)
    if action == "approve":
        services.approve_set(actor=request.actor, textbook_set=shown, at=at, command_id=command_id)
        messages.success(request, _("The set is approved; classes learn by it."))
    elif action == "reopen":
        services.reopen_set(actor=request.actor, textbook_set=shown, at=at, command_id=command_id)
        messages.info(request, _("The set is open for changes. Approve it again when it is ready."))
    elif action == "delete":
        services.delete_set(actor=request.actor, textbook_set=shown, at=at, command_id=command_id)
        messages.info(request, _("The set is deleted."))
        return redirect(f"{reverse('curriculum:sets')}?year={shown.school_year}")
    elif action == "copy":
        made = services.copy_set(
            actor=request.actor,
            source=shown,
            school_year=chosen_year(request),
            organization=editing_node(request),
            at=at,
            command_id=command_id,
        )
        messages.success(request, _("The set is copied. Whatever you change in it will be marked."))
        return redirect("curriculum:set", made.pk)
    return redirect("curriculum:set", shown.pk)
