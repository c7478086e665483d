"""The report of an import in words."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.authorities.reports import MARC
from kitaphana.catalog.enums import Outcome
from kitaphana.catalog.models import ImportLine, ImportRun
from kitaphana.formats.marc21 import Finding

MESSAGES: dict[str, Promise] = MARC | {
    "catalog.authority_record": _("This is an authority record, not an edition."),
    "catalog.holdings_record": _("This is a record of holdings, not of an edition."),
    "catalog.not_bibliographic": _("This record describes no edition."),
    "catalog.no_title": _("The record has no title."),
    "catalog.merged": _("The edition was here already; the record was added to it."),
    "catalog.kept_beside": _("The shared record stays as it is; what the file says of it was kept beside it."),
    "catalog.number_reused": _(
        "A different book has this control number here; the record was taken as one of its own."
    ),
    "catalog.fields_lost": _("Some fields have no place in MARC 21: %(fields)s."),
    "catalog.import_stopped": _("Somebody stopped the import. Importing the file again goes on harmlessly."),
    "catalog.file_unreadable": _("The file could not be read to its end. Importing it again goes on harmlessly."),
}
"""Sentences by code; those of the formats stand here so that they can be translated."""
FINDINGS: dict[str, Promise] = {
    "marc.unknown_field": _("Field %(tag)s is not in the table: local or mistyped?"),
    "marc.field_twice": _("Field %(tag)s stands here a second time; it may stand once only."),
    "marc.bad_indicator": _("Indicator %(place)s of field %(tag)s can't be «%(value)s». Allowed: %(allowed)s."),
    "marc.unknown_subfield": _("Field %(tag)s has no subfield $%(code)s."),
    "marc.subfield_twice": _("Subfield $%(code)s may stand once only in field %(tag)s."),
    "marc.subfield_needed": _("Field %(tag)s needs the subfield $%(code)s."),
    "marc.empty_part": _("Subfield $%(code)s is empty; it will be left out."),
    "marc.no_245": _("The record has no title: field 245 with $a is needed."),
    "marc.two_main_entries": _("A record has one main entry only: 100, 110, 111 or 130."),
    "marc.fixed_length": _("Field 008 must have 40 characters; it has %(length)s."),
    "marc.bad_code": _("Position %(place)s (%(name)s): «%(value)s» is no code of the table."),
    "marc.bad_year": _("Positions 07–10 must be a year in four digits, or blanks, u or |."),
    "marc.wrong_isbn": _(
        "The check digit of ISBN %(value)s is wrong. Compare it with the book; if the book has it wrong, write $z."
    ),
    "marc.wrong_issn": _(
        "The check digit of ISSN %(value)s is wrong. Compare it with the cover; if the cover has it wrong, write $y."
    ),
    "marc.no_language": _("The language of the text is not said: positions 35–37 of field 008."),
}
"""What ``formats.marc21.check`` finds, in words."""


def finding(one: Finding, *, with_line: bool = True) -> str:
    """What is wrong with a line, in the language in force."""
    text = str(FINDINGS.get(one.code) or MESSAGES[one.code])
    words = text % one.params if one.params else text
    return _("Line %(line)s: %(what)s") % {"line": one.line, "what": words} if with_line and one.line else words


def sentence(line: ImportLine) -> str:
    """Why a line stands in the report, in the language in force: what happened, what was repaired, what was lost."""
    known: dict[str, Any] = line.parameters
    parts = []
    if line.code not in {"catalog.repaired", "catalog.fields_lost"}:
        parts.append(_filled(line.code, known))
    parts += [_filled(repair["code"], repair["params"]) for repair in known.get("repairs", ())]
    if known.get("lost"):
        parts.append(_filled("catalog.fields_lost", {"fields": ", ".join(known["lost"])}))
    return " ".join(parts)


def _filled(code: str, parameters: dict[str, Any]) -> str:
    message = str(MESSAGES.get(code, code))
    try:
        return message % parameters
    except (KeyError, TypeError):
        return message


def problem(run: ImportRun) -> str:
    """Why a file was not read to its end, in the language in force; empty where it was."""
    return _filled(run.problem, {}) if run.problem else ""


def report(run: ImportRun) -> dict[str, Any]:
    """The report as programs read it: counts, and every rejected record with position, code and message."""
    rejected = run.lines.filter(outcome=Outcome.REJECTED).order_by("number")
    return {
        "read": run.read,
        "imported": run.imported,
        "updated": run.updated,
        "merged": run.merged,
        "rejected": run.rejected,
        "errors": [
            {"record": line.number, "position": line.position, "code": line.code, "message": sentence(line)}
            for line in rejected.iterator()
        ],
    }
