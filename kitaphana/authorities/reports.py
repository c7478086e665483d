"""The report of an import in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MARC: dict[str, Promise] = {
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
}
"""What was wrong with a record of a file; the catalogue's imports say the same."""

MESSAGES: dict[str, Promise] = MARC | {
    "authorities.not_authority": _("This is not an authority record."),
    "authorities.no_heading": _("The record has no heading of a person, an organisation, a subject or a series."),
}
