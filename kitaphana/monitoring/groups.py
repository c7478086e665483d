"""Groups of readers and of literature as the diary counts them: one definition for figures and lists."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from kitaphana.catalog.enums import RecordKind
from kitaphana.fund.enums import ActKind
from kitaphana.fund.models import StockLot
from kitaphana.monitoring.enums import Group
from kitaphana.people.enums import Category
from kitaphana.people.models import Enrollment

LAST_JUNIOR = 4
LAST_MIDDLE = 9
"""Grades at which the groups of pupils end; the prescribed form has 1–4, 5–9 and 10–11 (a twelfth grade and the
preschool class go with their neighbours)."""


def in_group(group: str, category: str = "category", grade: str = "grade") -> Q:
    """The condition «belongs to the group»; pupils whose grade is not known are other readers."""
    pupil = Q(**{category: Category.PUPIL})
    junior = pupil & Q(**{f"{grade}__lte": LAST_JUNIOR})
    middle = pupil & Q(**{f"{grade}__gt": LAST_JUNIOR, f"{grade}__lte": LAST_MIDDLE})
    senior = pupil & Q(**{f"{grade}__gt": LAST_MIDDLE})
    return {
        Group.JUNIOR: junior,
        Group.MIDDLE: middle,
        Group.SENIOR: senior,
        Group.TEACHER: Q(**{category: Category.TEACHER}),
        # Written out, because a grade that is null makes «not» unknown.
        Group.OTHER: ~Q(**{f"{category}__in": [Category.PUPIL, Category.TEACHER]})
        | pupil & Q(**{f"{grade}__isnull": True}),
    }[Group(group)]


def group_case(category: str = "category", grade: str = "grade") -> Case:
    """The group as a column."""
    return Case(
        *(When(in_group(group, category, grade), then=Value(group.value)) for group in Group if group != Group.OTHER),
        default=Value(Group.OTHER.value),
        output_field=CharField(),
    )


def grade_on(day: Any) -> Coalesce:
    """Grade of a membership's class on a day, by its history; without history its present class."""
    history = Enrollment.objects.filter(membership=OuterRef("pk"))
    return Coalesce(
        Subquery(history.filter(from_on__lte=day).order_by("-from_on", "-pk").values("school_class__grade")[:1]),
        Subquery(history.order_by("from_on", "pk").values("school_class__grade")[:1]),
        F("school_class__grade"),
    )


KINDS: dict[str, tuple[str, ...]] = {
    "BOOK": (RecordKind.BOOK,),
    "BROCHURE": (RecordKind.BROCHURE,),
    "TEXTBOOK": (RecordKind.TEXTBOOK,),
    "MEDIA": (RecordKind.AUDIO, RecordKind.VIDEO, RecordKind.ELECTRONIC),
    "PERIODICAL": (RecordKind.PERIODICAL,),
}
"""Kinds of editions in each column of the summary book; what is in none goes to ``OTHER``."""
_COLUMN = {kind: column for column, kinds in KINDS.items() for kind in kinds}


def kind_column(kind: str) -> str:
    """The column of a kind of editions."""
    return _COLUMN.get(kind, "OTHER")


def of_kind(column: str, field: str) -> Q:
    """The condition «the kind belongs to the column»."""
    return ~Q(**{f"{field}__in": list(_COLUMN)}) if column == "OTHER" else Q(**{f"{field}__in": KINDS[column]})


def of_content(code: str, codes: tuple[str, ...], field: str) -> Q:
    """The condition «the content group is this one»; the last of ``codes`` takes what is in none of them."""
    return ~Q(**{f"{field}__in": codes[:-1]}) if code == codes[-1] else Q(**{field: code})


def lot_columns(stock: str = "stock") -> dict[str, Subquery]:
    """Groups of a count-based stock: those fixed at its first receipt."""
    first = StockLot.objects.filter(stock=OuterRef(stock)).order_by("pk")
    return {
        "of_kind": Subquery(first.values("kind")[:1]),
        "of_content": Subquery(first.values("content_group")[:1]),
        "of_language": Subquery(first.values("language_group")[:1]),
    }


IS_RECEIPT = Q(quantity__gt=0) & ~Q(act__kind=ActKind.REVERSAL) | Q(quantity__lt=0) & Q(act__kind=ActKind.REVERSAL)
"""Ledger entries of part 1 of the summary book: what came in, and receipts taken back."""
IS_CONVERSION = Q(act__kind=ActKind.CONVERSION) | Q(act__reverses__kind=ActKind.CONVERSION, act__reverses__isnull=False)
"""The same volumes kept another way: nothing came or went."""
