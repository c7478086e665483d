"""The figures of an annual report and of the national database's data set: one table of codes, counted by the system.

The official list of library fields of the national education database (ҰБДҚ) is not public: this is our own export
profile after what the ministry asks schools for. It changes here alone; every code keeps its meaning for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitaphana.core import clock
from kitaphana.fund.enums import FundType, LanguageGroup
from kitaphana.fund.queries import KIND_COLUMNS
from kitaphana.monitoring import annual, groups
from kitaphana.monitoring.annual import Annual, Movement
from kitaphana.monitoring.enums import Group, Measure
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Category
from kitaphana.people.models import Membership
from kitaphana.submissions.enums import Kind
from kitaphana.textbooks.models import ProvisionTotal

Text = str | Promise
Content = dict[str, Any]
MONEY = "money"
NUMBER = "number"
TEXT = "text"
GRADES = range(13)


@dataclass(frozen=True, slots=True)
class Field:
    """A figure: its code, name, section, sort of value and the list of records behind it."""

    code: str
    section: Text
    name: Text
    sort: str = NUMBER
    required: bool = True
    door: tuple[Measure, Mapping[str, str], bool] | None = None
    """Measure, filters, whether it is of the whole year (else of its last day)."""
    most: int = 10_000_000
    is_typed: bool = False
    """Not in the system: a person enters it."""


_READERS, _USE, _FUND = (
    pgettext_lazy("report", "Readers"),
    pgettext_lazy("report", "Use"),
    pgettext_lazy("report", "Fund"),
)
_MOVES = pgettext_lazy("report", "Movement of the fund")
_PLACE, _STAFF = pgettext_lazy("report", "Organisation"), pgettext_lazy("report", "Room and equipment")
_GROUPS = {
    Group.JUNIOR: _("Readers of grades 1–4"), Group.MIDDLE: _("Readers of grades 5–9"),
    Group.SENIOR: _("Readers of grades 10–11"), Group.TEACHER: _("Readers: teachers"), Group.OTHER: _("Other readers"),
}  # fmt: skip
_CORE, _TEXTBOOK = {"fund": "CORE"}, {"fund": "TEXTBOOK"}


def _movement(fund: FundType, label: Mapping[str, Text]) -> tuple[Field, ...]:
    prefix, only = fund.value.lower(), _CORE if fund == FundType.CORE else _TEXTBOOK
    doors = {"opening": None, "received": (Measure.FUND_IN, only, True), "withdrawn": (Measure.FUND_OUT, only, True),
             "closing": (Measure.FUND_AT, only, False)}  # fmt: skip
    fields = []
    for part, name in label.items():
        fields.append(Field(f"{prefix}_{part}", _MOVES, name, door=doors[part]))
        fields.append(Field(f"{prefix}_{part}_sum", _MOVES, name, MONEY, door=doors[part]))
    return tuple(fields)


_SHARED: tuple[Field, ...] = (
    Field("readers", _READERS, _("Registered readers"), door=(Measure.READERS, {}, False)),
    *(Field(f"readers_{group.value}", _READERS, name, door=(Measure.READERS, {"group": group.value}, False))
      for group, name in _GROUPS.items()),
    Field("active", _READERS, _("Readers who came in the year"), door=(Measure.ACTIVE, {}, True)),
    Field("visits", _USE, _("Visits"), door=(Measure.VISITS, {}, True)),
    Field("loans", _USE, _("Loans without textbooks, renewals counted"), door=(Measure.LENDINGS, _CORE, True)),
    Field("textbook_loans", _USE, _("Loans of textbooks"), door=(Measure.LENDINGS, _TEXTBOOK, True)),
    Field("events", _USE, _("Mass events"), door=(Measure.EVENTS, {}, True)),
    Field("attendance", _USE, _("People who came to events"), door=(Measure.EVENTS, {}, True)),
    Field("references", _USE, _("References answered"), door=(Measure.REFERENCES, {}, True)),
    *_movement(FundType.CORE, {
        "opening": _("Core fund at the beginning of the year"), "received": _("Core fund: received"),
        "withdrawn": _("Core fund: withdrawn"), "closing": _("Core fund at the end of the year"),
    }),
    *_movement(FundType.TEXTBOOK, {
        "opening": _("Textbooks at the beginning of the year"), "received": _("Textbooks: received"),
        "withdrawn": _("Textbooks: withdrawn"), "closing": _("Textbooks at the end of the year"),
    }),
)  # fmt: skip

ANNUAL: tuple[Field, ...] = (
    Field("readers_before", _READERS, _("Registered readers at the beginning of the year")),
    *_SHARED,
    Field("left", _READERS, _("Readers who left"), door=(Measure.LEFT, {}, True)),
    Field("core_titles", _FUND, _("Titles in the core fund")),
    Field("textbook_titles", _FUND, _("Titles of textbooks")),
    Field("working_days", _USE, _("Working days"), most=366),
    Field("librarians", _STAFF, _("Librarians with an account"), most=1000),
)

NEDB: tuple[Field, ...] = (
    Field("code", _PLACE, _("Code of the organisation"), TEXT),
    Field("bin", _PLACE, _("BIN"), TEXT),
    Field("kato", _PLACE, _("KATO code of the place"), TEXT, required=False),
    Field("kind", _PLACE, _("Kind of organisation"), TEXT),
    Field("pupils", _PLACE, _("Pupils and students")),
    *(Field(f"pupils_{grade}", _PLACE, _("Pupils, grade"), required=False) for grade in GRADES),
    *_SHARED,
    *(Field(f"fund_{column.code.lower()}", _FUND, column.name) for column in KIND_COLUMNS),
    *(Field(f"fund_in_{group.value.lower()}", _FUND, group.label) for group in LanguageGroup),
    Field("sets_needed", _FUND, _("Textbooks needed by the sets"), required=False),
    Field("sets_provided", _FUND, _("Textbooks provided of the sets"), required=False),
    Field("librarians", _STAFF, _("Librarians with an account"), most=1000),
    Field("area", _STAFF, _("Area of the library, m²"), required=False, most=100_000, is_typed=True),
    Field("seats", _STAFF, _("Reading seats"), required=False, most=10_000, is_typed=True),
    Field("computers", _STAFF, _("Computers for readers"), required=False, most=10_000, is_typed=True),
    Field("internet", _STAFF, _("Speed of the internet, Mbit/s"), required=False, most=100_000, is_typed=True),
)
FIELDS: dict[str, tuple[Field, ...]] = {Kind.ANNUAL: ANNUAL, Kind.NEDB: NEDB}


def label_of(field: Field) -> str:
    """The name of a figure; a grade's number stands behind it."""
    if field.code.startswith("pupils_"):
        return f"{field.name} {field.code.removeprefix('pupils_')}"
    return f"{field.name}, ₸" if field.sort == MONEY else str(field.name)


def typed(kind: str) -> list[Field]:
    """What a person enters."""
    return [field for field in FIELDS[kind] if field.is_typed]


def _shared(book: Annual) -> Content:
    content: Content = {
        "readers": sum(book.readers.values()),
        **{f"readers_{group.value}": book.readers[group.value] for group in Group},
        "active": sum(book.active.values()),
        "visits": sum(book.line.visits.values()),
        "loans": book.line.lent.rest,
        "textbook_loans": book.line.lent.textbooks,
        "events": book.line.events,
        "attendance": book.line.attendance,
        "references": sum(book.line.references.values()),
        "librarians": book.librarians,
    }
    for fund in FundType:
        one = book.movements.get((fund.value, "all", ""), Movement())
        for part in ("opening", "received", "withdrawn", "closing"):
            volume = getattr(one, part)
            content[f"{fund.value.lower()}_{part}"] = volume.copies
            content[f"{fund.value.lower()}_{part}_sum"] = str(volume.amount)
    return content


def count(
    library: Organization, kind: str, year: int, today: date, entered: Mapping[str, int] | None = None
) -> Content:
    """The figures of a calendar year, counted from the records of the library; ``entered`` by hand where it has none.

    A fixed number of statements.
    """
    book = annual.annual(library, year, is_school_year=False, today=today)
    content = _shared(book)
    if kind == Kind.ANNUAL:
        return content | {
            "readers_before": sum(book.readers_before.values()),
            "left": sum(book.left.values()),
            "core_titles": book.titles[FundType.CORE],
            "textbook_titles": book.titles[FundType.TEXTBOOK],
            "working_days": book.working_days,
        }
    return content | _of_database(library, book) | {
        field.code: entered[field.code] for field in typed(kind) if entered and field.code in entered
    }  # fmt: skip


def _of_database(library: Organization, book: Annual) -> Content:
    """What the database asks beside the report, as of the last day that is counted."""
    on = book.until
    members = Membership.objects.filter(library=library, registered_on__lte=on).filter(
        Q(left_on__isnull=True) | Q(left_on__gt=on)
    )
    learning = members.filter(category__in=[Category.PUPIL, Category.STUDENT]).count()
    pupils = members.filter(category=Category.PUPIL).annotate(grade_then=groups.grade_on(on)).order_by()
    grades = dict(pupils.values_list("grade_then").annotate(number=Count("pk")))
    provision = ProvisionTotal.objects.filter(library=library, school_year=clock.school_year(on)).aggregate(
        needed=Sum("needed"), provided=Sum("provided")
    )
    content: Content = {
        "code": library.code,
        "bin": library.bin,
        "kato": library.kato,
        "kind": OrganizationKind(library.kind).value,
        "pupils": learning,
        **{f"pupils_{grade}": number for grade, number in grades.items() if grade is not None},
    }
    for column in KIND_COLUMNS:
        content[f"fund_{column.code.lower()}"] = _closing(book, "kind", column.code)
    for group in LanguageGroup:
        content[f"fund_in_{group.value.lower()}"] = _closing(book, "language", group.value)
    if provision["needed"] is not None:
        content |= {"sets_needed": provision["needed"], "sets_provided": provision["provided"]}
    return content


def _closing(book: Annual, axis: str, code: str) -> int:
    return book.movements.get(("", axis, code), Movement()).closing.copies


def value_of(field: Field, content: Mapping[str, Any]) -> int | Decimal | str | None:
    """A figure out of stored content; None where it is not known."""
    raw = content.get(field.code)
    if raw is None or raw == "":
        return None
    return Decimal(str(raw)) if field.sort == MONEY else raw


def added(kind: str, contents: list[Mapping[str, Any]]) -> Content:
    """Several reports added up: whole numbers and money; texts and what nobody knows are left out."""
    sums: Content = {}
    for field in FIELDS[kind]:
        if field.sort == TEXT:
            continue
        known = [value for content in contents if (value := value_of(field, content)) is not None]
        if known:
            whole = sum(Decimal(str(value)) for value in known)
            sums[field.code] = str(whole) if field.sort == MONEY else int(whole)
    return sums
