"""The reading list as a workbook, and the sheet of a class on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from kitaphana.core.documents.render import pdf
from kitaphana.curriculum.documents import TEMPLATES
from kitaphana.curriculum.enums import Term
from kitaphana.curriculum.reading import ClassReading, Status, WorkLine
from kitaphana.curriculum.reading_sheet import COLUMN_TITLES, NORM_COMPULSORY, NORM_RECOMMENDED
from kitaphana.curriculum.spreadsheets import heads, line_of, sheet_of
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import TeachingLanguage

WIDTHS = (8, 16, 22, 14, 28, 40, 12, 12, 18, 30, 12, 12, 12, 12, 40)


def works_xlsx(place: Organization, school_year: int, lines: Sequence[WorkLine]) -> IO[bytes]:
    """Works with what a place holds of them, in the language in force; the import reads the first columns back."""
    with sheet_of(_("Reading list"), WIDTHS) as (book, sheet, stream):
        plain = book.add_format({"valign": "top", "text_wrap": True})
        name = f"{place.name} · {_('Reading list')} · {school_year}/{school_year + 1}"
        sheet.write_string(0, 0, name, book.add_format({"bold": True}))
        figures = [_("Copies"), _("On the shelf"), _("Needed"), _("Missing"), _("Electronic")]
        heads(book, sheet, 1, [*COLUMN_TITLES.values(), *figures])
        for row, one in enumerate(lines, start=2):
            work, link = one.work, one.electronic
            isbns = [record.isbns[0] for record in (edition.record for edition in one.editions) if record.isbns]
            line_of(
                sheet,
                row,
                [
                    work.grade,
                    work.get_language_display(),
                    work.subject,
                    "" if work.term == Term.YEAR else work.term,
                    work.author,
                    work.title,
                    _("yes") if work.is_compulsory else _("no"),
                    work.pupils_per_copy,
                    ", ".join(isbns),
                    work.note,
                    one.holding.total,
                    one.holding.free,
                    one.needed,
                    one.missing,
                    "" if link is None else link.link or _("yes"),
                ],
                plain,
            )
    return stream


def model_xlsx() -> IO[bytes]:
    """A reading list to be filled in: the columns and two rows as an example, in the language in force."""
    with sheet_of(_("Reading list"), WIDTHS) as (book, sheet, stream):
        plain = book.add_format({"valign": "top"})
        heads(book, sheet, 0, COLUMN_TITLES.values())
        rows: list[list[Any]] = [
            [5, TeachingLanguage.KAZAKH.label, "Қазақ әдебиеті", 2, "Бердібек Соқпақбаев", "Менің атым Қожа",
             _("yes"), NORM_COMPULSORY, "", ""],
            ["5–7", TeachingLanguage.KAZAKH.label, "Қазақ әдебиеті", "", "Мұхтар Әуезов", "Көксерек",
             _("no"), NORM_RECOMMENDED, "", ""],
        ]  # fmt: skip
        for number, row in enumerate(rows, start=1):
            line_of(sheet, number, row, plain)
    return stream


def class_pdf(found: ClassReading, *, language: str) -> bytes:
    """What a class reads in a term: the works, then the pupils with a box to sign for each work."""
    shown = found.school_class
    with override(language):
        marks = {Status.READ: "✓", Status.HAS: "○", Status.NOT_YET: ""}
        data = {
            "title": _("What the class reads"),
            "subtitle": " · ".join(
                [
                    _("class %(name)s") % {"name": shown.name},
                    str(Term(found.term).label),
                    _("school year %(first)s/%(second)s")
                    % {"first": shown.school_year, "second": shown.school_year + 1},
                ]
            ),
            "library": shown.library.name,
            "teacher": f"{_('Class teacher')}: {shown.teacher.full_name}" if shown.teacher else "",
            "works_heads": ["№", _("Work"), _("Subject"), _("Term"), _("In the library"), _("Electronic")],
            "works": [
                {
                    "name": one.work.name,
                    "kind": _("compulsory") if one.work.is_compulsory else _("recommended"),
                    "subject": one.work.subject,
                    "term": str(Term(one.work.term).label),
                    "held": _("%(free)d of %(total)d on the shelf")
                    % {"free": one.holding.free, "total": one.holding.total}
                    if one.holding.total
                    else _("not held"),
                    "link": "" if one.electronic is None else one.electronic.link or _("yes"),
                }
                for one in found.lines
            ],
            "pupil_heads": ["№", _("Full name")],
            "pupils": [
                {"name": one.membership.person.full_name, "marks": [marks[mark] for mark in one.marks]}
                for one in found.pupils
            ],
            "note": _("The pupil signs in the column of a work when it is read. ✓ — brought back, ○ — has it now."),
            "sign": _("Teacher"),
            "words": {"signature": _("signature"), "name": pgettext("under a line to sign", "name")},
        }
        return pdf(TEMPLATES / "reading.typ", data, language=language)
