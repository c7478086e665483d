"""Refusals of circulation. Those a librarian may pass with a reason derive from ``Overridable``."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from babel.dates import format_date
from django.utils.functional import Promise, lazystr
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kitaphana.core.access import Permission
from kitaphana.core.errors import Conflict, Invalid, NotFound


class _Day:
    """A date that is written in the language in force when it is shown."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __str__(self) -> str:
        return format_date(self.day, format="long", locale=get_language() or "kk")


def in_words(day: date) -> Promise | str:
    """A date for a sentence: «2026 ж. 12 қыркүйек», «12 сентября 2026 г.»."""
    return lazystr(_Day(day))


class Overridable(Conflict):
    """A rule that somebody with the right named in ``override`` may pass, giving a reason."""

    override: ClassVar[Permission] = Permission.CIRCULATION_OVERRIDE


# The reader


class UnknownCard(NotFound):
    """No reader of this library has the card."""

    code = "circulation.unknown_card"
    message = _("No reader of this library has card %(card)s.")
    advice = _("Find the reader by name, or register them first.")


class ForeignCard(NotFound):
    """The card was given by another library."""

    code = "circulation.foreign_card"
    message = _("Card %(card)s was given by another library.")
    advice = _("Register the reader in this library; the person's data need not be typed again.")


class CardExpired(Overridable):
    """The card waits for the yearly re-registration."""

    code = "circulation.card_expired"
    message = _("The reader's card was valid until: %(valid_until)s.")
    advice = _("Re-register the reader, or lend with a reason.")


class ReaderLeft(Conflict):
    """The membership has ended."""

    code = "circulation.reader_left"
    message = _("%(reader)s left the library (%(left_on)s).")
    advice = _("Register the reader again before lending.")


class BlockingNote(Overridable):
    """A note about the reader stops lending."""

    code = "circulation.blocking_note"
    message = _("A note stops lending to this reader: «%(text)s».")
    advice = _("Settle the matter and close the note, or lend with a reason.")


class ReaderOverdue(Overridable):
    """The reader has overdue books."""

    code = "circulation.reader_overdue"
    message = _("The reader has overdue books: %(count)s.")
    advice = _("Take them back or renew them first, or lend with a reason.")


class LimitReached(Overridable):
    """The reader has as many books of the fund as the policy permits."""

    code = "circulation.limit_reached"
    message = _("The reader has %(count)s books of this fund; the limit is %(limit)s.")
    advice = _("Take something back first, or lend with a reason.")


# The copy


class UnknownBarcode(NotFound):
    """No copy of any library has the barcode."""

    code = "circulation.unknown_barcode"
    message = _("No copy has barcode %(barcode)s.")
    advice = _("Look at the label: the library's barcode has the library's stamp beside it.")


class IsIsbn(Invalid):
    """The publisher's barcode was scanned instead of the library's."""

    code = "circulation.is_isbn"
    message = _("%(isbn)s is the publisher's ISBN, the same on every copy.")
    advice = _("Scan the library's barcode of this very copy.")


class IsCard(Invalid):
    """A card was scanned where a book was expected."""

    code = "circulation.is_card"
    message = _("%(card)s is a reader's card, not a book.")
    advice = _("Scan the barcode of the book.")


class ForeignCopy(Conflict):
    """The copy belongs to another library."""

    code = "circulation.foreign_copy"
    message = _("This copy belongs to another library: %(library)s.")
    advice = _("Put it aside and send it to its library.")


class CopyWrittenOff(Conflict):
    """The copy has left the fund."""

    code = "circulation.copy_written_off"
    message = _("«%(title)s», inventory number %(inventory_number)s, was written off.")
    advice = _("If it was found, ask for a reversing act in the fund.")


class CopyOnLoan(Conflict):
    """Another reader has the copy."""

    code = "circulation.copy_on_loan"
    message = _("«%(title)s» is lent to another reader: %(reader)s. Due: %(due_on)s.")
    advice = _("If it has been brought back, return it first.")


class CopyOnLoanHere(Conflict):
    """The same reader has the copy already."""

    code = "circulation.copy_on_loan_to_reader"
    message = _("This reader has «%(title)s» already. Due: %(due_on)s.")
    advice = _("Renew it, or switch to return if it is brought back.")


class CopyOnHoldShelf(Overridable):
    """The copy waits on the hold shelf for another reader."""

    code = "circulation.copy_on_hold_shelf"
    message = _("«%(title)s» is kept on the hold shelf for another reader: %(reader)s. Until: %(collect_until)s.")
    advice = _("Offer another copy, or lend with a reason; the other reader goes back to the head of the queue.")


class HoldWaiting(Overridable):
    """Readers wait for the title and there are not enough free copies for them."""

    code = "circulation.hold_waiting"
    message = _("Readers wait for «%(title)s»: %(count)s; there is no spare copy.")
    advice = _("Keep this copy for the first in the queue, or lend with a reason.")


class ReferenceOnly(Overridable):
    """The copy is read in the library only."""

    code = "circulation.reference_only"
    message = _("«%(title)s» is for the reading room only.")
    advice = _("Let the reader read it here, or lend with a reason.")


class LastCopy(Overridable):
    """The policy keeps the last copy in the library."""

    code = "circulation.last_copy"
    message = _("This is the last copy of «%(title)s»; it stays in the library.")
    advice = _("Let the reader read it here, or lend with a reason.")


# Loans


class NotOnLoan(Conflict):
    """Nobody has the copy."""

    code = "circulation.not_on_loan"
    message = _("«%(title)s» is not lent to anybody.")
    advice = _("Nothing to do: put the book on its shelf.")


class LoanEnded(Conflict):
    """The loan has ended already."""

    code = "circulation.loan_ended"
    message = _("This book was taken back already: %(returned_on)s.")
    advice = _("Reload the page to see what the reader has now.")


class RenewalsUsedUp(Overridable):
    """The loan was prolonged as often as the policy permits."""

    code = "circulation.renewals_used_up"
    message = _("The loan was renewed %(count)s times already; more is not allowed.")
    advice = _("Bring the book back; it can be lent anew.")


class RenewalHoldWaiting(Overridable):
    """Another reader waits for the title."""

    code = "circulation.renewal_hold_waiting"
    message = _("Another reader waits for «%(title)s».")
    advice = _("Bring the book back by the due date.")


# Holds


class HoldAlreadyPlaced(Conflict):
    """The reader has an open hold on the title here."""

    code = "circulation.hold_already_placed"
    message = _("The reader waits for «%(title)s» already.")
    advice = _("Its place in the queue is shown on the reader's page.")


class HoldHasLoan(Conflict):
    """The reader has a copy of the title on loan."""

    code = "circulation.hold_has_loan"
    message = _("The reader has «%(title)s» on loan.")
    advice = _("Renew it instead.")


class HoldNoCopies(Conflict):
    """The library has no copy that could ever be lent."""

    code = "circulation.hold_no_copies"
    message = _("This library has no copy of «%(title)s» to lend.")
    advice = _("Look which other library has it.")


class HoldLimitReached(Conflict):
    """The reader has as many open holds as the policy permits."""

    code = "circulation.hold_limit_reached"
    message = _("The reader has %(count)s holds; the limit is %(limit)s.")
    advice = _("Cancel one that is no longer needed.")


class HoldEnded(Conflict):
    """The hold has ended already."""

    code = "circulation.hold_ended"
    message = _("The hold on «%(title)s» has ended already.")
    advice = _("Reload the page to see the queue as it is now.")


class NotAReader(Conflict):
    """The person is not a reader of the library."""

    code = "circulation.not_a_reader"
    message = _("%(reader)s is not a reader of this library.")
    advice = _("Ask the librarian to be registered.")


# Other


class NoLibrary(NotFound):
    """The person works in no library."""

    code = "circulation.no_library"
    message = _("There is no library within your reach to work in.")
    advice = _("Ask the administrator for a role in a library.")


class LibraryClosed(Conflict):
    """The organisation no longer works."""

    code = "circulation.library_closed"
    message = _("%(library)s is closed; nothing is lent there any more.")
    advice = _("Take back what is still out; lend from a library that works.")


class CommandReused(Conflict):
    """The id of a command was used for another one."""

    code = "circulation.command_reused"
    message = _("The same command id was used for something else.")
    advice = _("Make a new id for every new command.")


class BadPolicy(Invalid):
    """A figure of a policy is out of its bounds."""

    code = "circulation.bad_policy"
    message = _("Days of a loan are 1–400, numbers of books and holds 0–500, renewals 0–50, days on the shelf 1–60.")
    advice = _("Correct the figures and save again.")


class EmptyNote(Invalid):
    """A note without text."""

    code = "circulation.empty_note"
    message = _("The note has no text.")
    advice = _("Write what the library must remember.")


class NothingToIssue(Invalid):
    """A list without lines."""

    code = "circulation.nothing_to_issue"
    message = _("Nothing is chosen.")
    advice = _("Mark at least one book of one reader.")


class TooManyVolumes(Invalid):
    """More volumes than one command moves."""

    code = "circulation.too_many_volumes"
    message = _("%(count)s volumes are too many at once; the most is %(limit)s.")
    advice = _("Do it class by class.")


class BadIssueQuantity(Invalid):
    """A number of volumes that can't be."""

    code = "circulation.bad_issue_quantity"
    message = _("The number of volumes does not fit.")
    advice = _("Give a number from 1 up to what the reader has.")


class BadCondition(Invalid):
    """No such condition."""

    code = "circulation.bad_condition"
    message = _("«%(value)s» is not a condition of a book.")
    advice = _("Choose: new, good, satisfactory, unsatisfactory.")


class NotReaders(Invalid):
    """Somebody on the list is not a reader of the library now."""

    code = "circulation.not_readers"
    message = _("%(count)s people on the list are not readers of this library now.")
    advice = _("Reload the page; who has left is shown separately.")


class NoReplacement(Invalid):
    """A loss replaced by nothing."""

    code = "circulation.no_replacement"
    message = _("The book that was brought instead is not named.")
    advice = _("Find the edition that the reader brought.")
