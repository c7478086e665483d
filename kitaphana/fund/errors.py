"""Refusals of the fund."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class NotALibrary(Invalid):
    """The node of the network owns no fund."""

    code = "fund.not_a_library"
    message = _("%(library)s has no library fund.")
    advice = _("Choose a school or another organisation that has a library.")


class LibraryClosed(Conflict):
    """The organisation no longer works."""

    code = "fund.library_closed"
    message = _("%(library)s is closed; nothing can be posted to its fund.")
    advice = _("Choose a library that works, or ask the administrator to open this one.")


class DateInFuture(Invalid):
    """An act can't be dated later than the day it is posted."""

    code = "fund.date_in_future"
    message = _("The date of the act, %(on)s, has not come yet.")
    advice = _("Give today's date or an earlier one.")


class DateBeforeReceipt(Invalid):
    """A copy can't leave the fund before it came in."""

    code = "fund.date_before_receipt"
    message = _("The act is dated %(on)s, but something in it was received only on %(received_on)s.")
    advice = _("Give a date that is not earlier.")


class NoLines(Invalid):
    """An act without a single volume."""

    code = "fund.no_lines"
    message = _("The act has no lines.")
    advice = _("Add at least one book.")


class TooMany(Invalid):
    """More volumes than one act may hold."""

    code = "fund.too_many"
    message = _("%(count)s volumes are too many for one act; the most is %(limit)s.")
    advice = _("Split them into several acts.")


class RecordGone(Invalid):
    """A line's record is no longer in the catalogue: it was merged into another one, or taken out."""

    code = "fund.record_gone"
    message = _("The record «%(title)s» is no longer in the catalogue.")
    advice = _("Look for the book again: another record of it took its place.")


class OnlyAPart(Invalid):
    """A line is an article: no volume of its own."""

    code = "fund.only_a_part"
    message = _("«%(title)s» is an article: it stands in a journal or a book.")
    advice = _("Receive the journal or the book.")


class BadQuantity(Invalid):
    """A line's number of volumes is not a positive whole number."""

    code = "fund.bad_quantity"
    message = _("The number of volumes of «%(title)s» must be at least one.")
    advice = _("Correct the line or remove it.")


class BadPrice(Invalid):
    """A line's price is negative, or too great to be one."""

    code = "fund.bad_price"
    message = _("The price of «%(title)s» can't be %(price)s.")
    advice = _("Give the price of one volume in tenge, zero or more.")


class BadSource(Invalid):
    """An unknown source of receipt, reason or fund."""

    code = "fund.unknown_choice"
    message = _("«%(value)s» is not on the list.")
    advice = _("Choose one from the list.")


class MixedFunds(Invalid):
    """One act belongs to one fund: the core fund and the textbook fund are kept apart."""

    code = "fund.mixed_funds"
    message = _("One act can't hold books of the core fund and of the textbook fund.")
    advice = _("Make an act for each fund.")


class CommissionTooSmall(Invalid):
    """The order asks for a commission of at least so many people."""

    code = "fund.commission_too_small"
    message = _("The act needs a commission of at least %(minimum)s people; %(count)s are named.")
    advice = _("Name the chair and the members.")


class BarcodeTaken(Conflict):
    """Another copy of the library has this barcode."""

    code = "fund.barcode_taken"
    message = _("The barcode %(barcode)s is already on another copy.")
    advice = _("Use another label or leave the barcode empty to get a new one.")


class BadBarcode(Invalid):
    """Not something a scanner could read back."""

    code = "fund.bad_barcode"
    message = _("«%(barcode)s» can't be a barcode.")
    advice = _("A barcode has up to 30 digits and Latin letters, without spaces.")


class BarcodesDoNotMatch(Invalid):
    """Fewer or more barcodes than volumes."""

    code = "fund.barcodes_do_not_match"
    message = _("«%(title)s» has %(quantity)s volumes but %(count)s barcodes.")
    advice = _("Give a barcode for every volume, or none at all.")


class BadLocation(Invalid):
    """The branch or room belongs to another organisation."""

    code = "fund.bad_location"
    message = _("%(location)s does not belong to this library.")
    advice = _("Choose one of the library's own rooms.")


class CopyNotFound(NotFound):
    """No copy with this barcode in the library's fund."""

    code = "fund.copy_not_found"
    message = _("There is no copy with the barcode %(barcode)s in this library.")
    advice = _("Check the label, or look for the book by its inventory number.")


class CopyNotInFund(Conflict):
    """The copy was withdrawn before."""

    code = "fund.copy_not_in_fund"
    message = _("Copy %(barcode)s is no longer in the fund.")
    advice = _("Remove it from the list.")


class CopyOfAnotherLibrary(NotFound):
    """A copy belongs to another library."""

    code = "fund.copy_of_another_library"
    message = _("Copy %(barcode)s belongs to another library.")
    advice = _("Remove it from the list.")


class CopyInUse(Conflict):
    """A domain above (a loan, a hold) still has the copy."""

    code = "fund.copy_in_use"
    message = _("Copy %(barcode)s can't leave the fund: %(reason)s")
    advice = _("Take the book back first, or remove it from the list.")


class ActReversed(Conflict):
    """The act was reversed already."""

    code = "fund.act_reversed"
    message = _("Act No. %(number)s was reversed already.")
    advice = _("Open the reversing act to see what was posted.")


class ReversalIsFinal(Conflict):
    """A reversing act is not reversed itself."""

    code = "fund.reversal_is_final"
    message = _("A reversing act can't be reversed.")
    advice = _("Post the original act anew.")


class ActHasFollowers(Conflict):
    """Copies of the act were withdrawn by a later act."""

    code = "fund.act_has_followers"
    message = _("The act can't be reversed: copy %(barcode)s has left the fund by a later act.")
    advice = _("Reverse the later act first.")


class CommandIdReused(Conflict):
    """The command id belongs to something else that was done."""

    code = "fund.command_id_reused"
    message = _("This command id was used for something else.")
    advice = _("Send the command with a new id.")


class ActNotFound(NotFound):
    """No such act, or not in the person's reach."""

    code = "fund.act_not_found"
    message = _("There is no such act.")
    advice = _("Open the list of acts.")


class RecordNotFound(NotFound):
    """No such edition in the catalogue."""

    code = "fund.record_not_found"
    message = _("There is no edition with the number %(record)s in the catalogue.")
    advice = _("Find the edition in the catalogue or describe it.")


class StockNotFound(NotFound):
    """No such registration card in the library."""

    code = "fund.stock_not_found"
    message = _("The library has no such registration card.")
    advice = _("Look for the title in the card file.")


class StockNotEnough(Conflict):
    """Fewer volumes of a count-based title than asked for."""

    code = "fund.stock_not_enough"
    message = _("«%(title)s»: only %(count)s on the shelf.")
    advice = _("Take back what readers have, or give a smaller number.")


class PeriodClosed(Conflict):
    """The books are closed up to a day."""

    code = "fund.period_closed"
    message = _("The books are closed up to %(until)s; the act is dated %(on)s.")
    advice = _("Date the act in the open period. A mistake in a closed period is mended by a reversing act of today.")


class PeriodNotOver(Invalid):
    """A period that still runs can't be closed."""

    code = "fund.period_not_over"
    message = _("The period until %(until)s is not over yet.")
    advice = _("Close it when its last day has passed.")


class AlreadyDecided(Conflict):
    """The act was approved or refused before."""

    code = "fund.already_decided"
    message = _("The act has been decided on already.")
    advice = _("Reload the page to see the decision.")


class NoApprovalNeeded(Invalid):
    """Only acts that take something out need the director's approval."""

    code = "fund.no_approval_needed"
    message = _("This act needs no approval.")
    advice = _("Acts of write-off, replacement and transfer are approved.")


class SameLibrary(Invalid):
    """A transfer to the library it comes from."""

    code = "fund.same_library"
    message = _("The books are in %(library)s already.")
    advice = _("Choose another library.")


class TransferNotFound(NotFound):
    """No such transfer within reach."""

    code = "fund.transfer_not_found"
    message = _("There is no such transfer.")
    advice = _("Look for it in the list of transfers.")


class TransferEnded(Conflict):
    """The transfer was received or refused before."""

    code = "fund.transfer_ended"
    message = _("The transfer has been received or refused already.")
    advice = _("Reload the page to see what became of it.")


class NoLibraryChosen(Invalid):
    """A transfer without a library to go to."""

    code = "fund.no_library_chosen"
    message = _("It is not said where the books go.")
    advice = _("Find the other library by its name or code and choose it.")


class NoReason(Invalid):
    """An act is refused without saying why."""

    code = "fund.no_reason"
    message = _("It is not said why the act is refused.")
    advice = _("Write in a few words what is wrong: the librarian will read it.")


class NothingToCompare(Invalid):
    """A reconciliation without a figure of the accountant."""

    code = "fund.nothing_to_compare"
    message = _("Not one figure of the accountant is given.")
    advice = _("Type the accountant's balances, or load the workbook with them.")
