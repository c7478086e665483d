"""A set on paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from kitaphana.catalog.models import Record
from kitaphana.core.documents.figures import day
from kitaphana.core.documents.render import pdf
from kitaphana.curriculum import queries
from kitaphana.curriculum.enums import Change
from kitaphana.curriculum.models import TextbookSet

TEMPLATES = Path(__file__).parent / "typst"


@dataclass(frozen=True, slots=True)
class PaperEdition:
    """An edition with its description."""

    record: Record
    is_electronic: bool
    is_dropped: bool

    @property
    def text(self) -> str:
        """Author, title, publisher and year on one line, and what is particular about it."""
        one = self.record
        author = f"{one.authors[0]}. " if one.authors else ""
        imprint = ", ".join(str(part) for part in (one.publisher, one.year) if part)
        marks = [
            word
            for word, is_so in ((_("electronic"), self.is_electronic), (_("no longer approved"), self.is_dropped))
            if is_so
        ]
        words = f"{author}{one.title}" + (f" — {imprint}" if imprint else "")
        return f"{words} ({', '.join(marks)})" if marks else words


def contents(textbook_set: TextbookSet) -> list[tuple[queries.TitleView, list[PaperEdition]]]:
    """The lines of a set that hold, with the descriptions of their editions (three statements)."""
    lines = queries.titles_of([textbook_set.pk]).get(textbook_set.pk, [])
    records = Record.objects.defer("marc", "summary").in_bulk(
        {one.record_id for line in lines for one in line.editions}
    )
    return [
        (line, [PaperEdition(records[one.record_id], one.is_electronic, one.is_dropped) for one in line.editions])
        for line in lines
    ]


def heading(textbook_set: TextbookSet) -> str:
    """What the set is: grade, language, profile, year."""
    parts = [
        _("grade %(grade)s") % {"grade": textbook_set.grade},
        str(textbook_set.get_language_display()),
        str(textbook_set.get_profile_display()) if textbook_set.profile else "",
        _("school year %(first)s/%(second)s")
        % {"first": textbook_set.school_year, "second": textbook_set.school_year + 1},
    ]
    return ", ".join(part for part in parts if part)


def set_pdf(textbook_set: TextbookSet, *, language: str) -> bytes:
    """The set as a PDF in a language."""
    with override(language):
        is_marked = textbook_set.based_on_id is not None
        data = {
            "title": _("Textbook set"),
            "subtitle": heading(textbook_set),
            "library": textbook_set.organization.name,
            "state": _("Approved on %(day)s") % {"day": day(textbook_set.approved_at.date())}
            if textbook_set.approved_at
            else _("Draft, not approved"),
            "marked": is_marked,
            "heads": [
                "№",
                _("Subject"),
                _("Textbook"),
                "ISBN",
                _("Per pupil"),
                _("Per teacher"),
                *([_("Change since last year")] if is_marked else []),
            ],
            "lines": [
                {
                    "subject": line.name + ("" if line.is_returned else f" ({_('not returned')})"),
                    "editions": [one.text for one in editions] or ["—"],
                    "isbns": [one.record.isbns[0] if one.record.isbns else "" for one in editions],
                    "pupil": line.per_pupil,
                    "teacher": line.per_teacher,
                    "change": str(Change(line.change).label) if line.change != Change.SAME else "",
                }
                for line, editions in contents(textbook_set)
            ],
        }
        return pdf(TEMPLATES / "set.typ", data, language=language)
