"""The report of an import in words."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.catalog.enums import Outcome
from kitaphana.catalog.models import ImportLine, ImportRun

MESSAGES: dict[str, Promise] = {
    "marc.truncated": _("The record breaks off."),
    "marc.bad_leader": _("The leader of the record can't be read."),
    "marc.bad_directory": _("The directory of the record can't be read."),
    "marc.bad_field": _("Field %(tag)s lies outside the record."),
    "marc.bad_subfield": _("Field %(tag)s has a subfield without a code."),
    "marc.bad_encoding": _("Field %(tag)s has a letter that can't be read."),
    "marc.empty": _("The record has no fields."),
    "marc.not_marc": _("This is not a MARC record."),
    "marc.bad_xml": _("The XML breaks off or is damaged here."),
    "marc.wrong_length": _("The length in the leader was wrong; it was corrected."),
    "marc.wrong_base": _("The base address in the leader was wrong; it was corrected."),
    "marc.wrong_directory": _("The directory was wrong; the fields were found by their ends."),
    "marc.wrong_encoding": _("The record said another encoding than the %(encoding)s it is in."),
    "marc.replaced_bytes": _("Bytes that can't be read in field %(tag)s were replaced."),
    "marc.bad_tag": _("A field has no proper tag."),
    "marc.xml_entities": _("The XML declares entities, which are not allowed in MARCXML."),
    "marc.wrong_leader": _("The leader had bytes that can't stand there; they became blanks."),
    "marc.missing_end": _("The record had no end mark."),
    "marc.junk_before": _("Bytes before the record that belong to no record were passed over."),
    "marc.empty_subfield": _("Field %(tag)s had a subfield without a code and text; it was left out."),
    "marc.unlisted_data": _("The record had data that its directory does not list; it was left out."),
    "marc.line_without_tag": _("The line does not begin with a tag."),
    "marc.line_bad_leader": _("The leader must have 24 characters."),
    "marc.line_without_subfields": _("Two indicators and a subfield are expected after the tag."),
    "marc.line_bad_subfield": _("A subfield has no code."),
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
