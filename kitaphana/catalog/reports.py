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
    "catalog.authority_record": _("This is an authority record, not an edition."),
    "catalog.no_title": _("The record has no title."),
    "catalog.merged": _("The edition was here already; the record was added to it."),
    "catalog.fields_lost": _("Some fields have no place in MARC 21: %(fields)s."),
}
"""Sentences by code; those of the formats stand here so that they can be translated."""


def sentence(line: ImportLine) -> str:
    """Why a line stands in the report, in the language in force."""
    message = str(MESSAGES.get(line.code, line.code))
    try:
        return message % {"fields": ", ".join(line.parameters.get("lost", ())), **line.parameters}
    except KeyError:
        return message


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
