"""Refusals of the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotAllowed


class NoTitle(Invalid):
    """A description lacks the one thing it can't do without."""

    code = "catalog.no_title"
    message = _("The title is missing.")
    advice = _("Write the title as it stands on the title page.")


class BadIsbn(Invalid):
    """The check digit is wrong."""

    code = "catalog.bad_isbn"
    message = _("This is not a valid ISBN: %(value)s.")
    advice = _("Compare it with the book; leave the field empty if the book itself has it wrong.")


class BadYear(Invalid):
    """No book is of that year."""

    code = "catalog.bad_year"
    message = _("There is no such year of publication: %(value)s.")
    advice = _("Write four digits, for example 2019.")


class BadLine(Invalid):
    """A line of the MARC view can't be read."""

    code = "catalog.bad_line"
    message = _("Line %(line)s can't be read: %(reason)s")
    advice = _("Mend the line; nothing was saved yet.")


class WrongRecord(Invalid):
    """A record against the rules of MARC 21."""

    code = "catalog.wrong_record"
    message = _("The record is not saved. %(what)s")
    advice = _("Mend the lines; what you typed is still here.")


class BadPicture(Invalid):
    """The cover is not a picture that can be read."""

    code = "catalog.bad_picture"
    message = _("The file is not a picture or is damaged.")
    advice = _("Choose a JPEG, PNG or WebP file of up to 10 MB.")


class NoCoverInside(Invalid):
    """A book from which no cover can be taken."""

    code = "catalog.no_cover_inside"
    message = _("No cover was found in the file.")
    advice = _("Photograph the cover or choose a picture of it.")


class NotMarcFile(Invalid):
    """The file holds no bibliographic records."""

    code = "catalog.not_marc"
    message = _("The file holds no bibliographic records.")
    advice = _("Choose a file in ISO 2709 (.mrc, .iso) or MARCXML (.xml).")


class Changed(Conflict):
    """Somebody else saved the record in between."""

    code = "catalog.changed_meanwhile"
    message = _("Somebody has changed this record since you opened it.")
    advice = _("Open the record again, compare and repeat your change.")


class TooLongForIso(Invalid):
    """ISO 2709 has room for 99,999 bytes a record."""

    code = "catalog.too_long_for_iso2709"
    message = _("The record is too long for ISO 2709.")
    advice = _("Take it as MARCXML.")


class FileTooLarge(Invalid):
    """A file of records is larger than a page takes."""

    code = "catalog.file_too_large"
    message = _("The file has more than %(megabytes)s MB.")
    advice = _("Cut it into parts, or let the administrator import it from the command line.")


class SharedRecord(NotAllowed):
    """A record that other libraries use too is changed by the methodical centre."""

    code = "catalog.shared_record"
    message = _("Other libraries use this record too: the methodical centre decides on its changes.")
    advice = _("Send your change as a proposal; the record changes when it is accepted.")


class CannotMerge(Invalid):
    """Two records that can't become one."""

    code = "catalog.cannot_merge"
    message = _("These two records can't be merged.")
    advice = _("Choose two different records that are both in the catalogue.")


class CannotUndoMerge(Conflict):
    """What happened since stands in the way of taking a merge back."""

    code = "catalog.cannot_undo_merge"
    message = _("This merge can't be taken back any more: %(reason)s")
    advice = _("Describe the second edition anew and move its copies there.")


UNDONE = _("it was taken back before.")
MERGED_FURTHER = _("the record was merged into another one since; take that back first.")
HOLDINGS = _("a library has lent or withdrawn the books since, so that the cards can't be told apart.")


class ProposalDecided(Conflict):
    """Somebody has decided already."""

    code = "catalog.proposal_decided"
    message = _("This proposal has been decided already.")
    advice = _("Look at the record: it may have changed.")


class NothingProposed(Invalid):
    """A proposal without a change."""

    code = "catalog.nothing_proposed"
    message = _("Nothing was changed.")
    advice = _("Change what is wrong, then send the proposal.")
