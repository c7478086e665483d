"""Refusals of stocktaking."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class StocktakingNotFound(NotFound):
    """No such stocktaking, or not in the person's reach."""

    code = "stocktaking.not_found"
    message = _("There is no such stocktaking.")
    advice = _("Open the list of stocktakings.")


class AlreadyRuns(Conflict):
    """A stocktaking of the same books is open."""

    code = "stocktaking.already_runs"
    message = _("Stocktaking No. %(number)s of the same books is not closed yet.")
    advice = _("Go on with it, or close it first.")


class NothingToCount(Invalid):
    """There is nothing in the fund at that place."""

    code = "stocktaking.nothing_to_count"
    message = _("There are no books of this fund in the chosen place.")
    advice = _("Choose another fund or place.")


class UnknownChoice(Invalid):
    """An unknown fund or occasion."""

    code = "stocktaking.unknown_choice"
    message = _("«%(value)s» is not on the list.")
    advice = _("Choose one from the list.")


class BadPlace(Invalid):
    """The room belongs to another organisation."""

    code = "stocktaking.bad_place"
    message = _("%(place)s does not belong to this library.")
    advice = _("Choose one of the library's own rooms.")


class Closed(Conflict):
    """The stocktaking is closed."""

    code = "stocktaking.closed"
    message = _("Stocktaking No. %(number)s is closed.")
    advice = _("Its result does not change any more. Begin a new one.")


class StillOpen(Conflict):
    """The stocktaking is not closed yet."""

    code = "stocktaking.still_open"
    message = _("Stocktaking No. %(number)s is not closed yet.")
    advice = _("Close it first: only then is it known what is missing.")


class ScanNotFound(NotFound):
    """No such scan, or it was taken back."""

    code = "stocktaking.scan_not_found"
    message = _("There is no such scan.")
    advice = _("Reload the page to see the last scans.")


class StockNotFound(NotFound):
    """The title is not kept by count in this fund."""

    code = "stocktaking.stock_not_found"
    message = _("The title is not kept by count in this fund.")
    advice = _("Reload the page to see the titles to be counted.")


class NotMissing(Conflict):
    """None of the chosen books is missing any more."""

    code = "stocktaking.not_missing"
    message = _("None of the chosen books is missing any more.")
    advice = _("Reload the page: they were found, lent, returned or written off meanwhile.")


class NothingInSurplus(Conflict):
    """The chosen barcode is not in surplus any more."""

    code = "stocktaking.nothing_in_surplus"
    message = _("The book with the barcode %(barcode)s is in the fund already.")
    advice = _("Reload the page to see what is left.")


class TitleNotInSurplus(Conflict):
    """The chosen title is not in surplus any more."""

    code = "stocktaking.title_not_in_surplus"
    message = _("A chosen title is not in surplus any more.")
    advice = _("Reload the page to see what is left.")


class CommandReused(Conflict):
    """The command id belongs to something else."""

    code = "stocktaking.command_reused"
    message = _("This command id was used for something else.")
    advice = _("Send the command with a new id.")


class BadCount(Invalid):
    """What was typed is no number of volumes."""

    code = "stocktaking.bad_count"
    message = _("The number of volumes is not readable.")
    advice = _("Type a whole number, zero or more.")


class UnknownEdition(Invalid):
    """No edition is found by what was typed beside a surplus book."""

    code = "stocktaking.unknown_edition"
    message = _("No single edition is found by «%(text)s».")
    advice = _("Type the ISBN or the control number of the edition; describe it first if the catalogue lacks it.")


class NothingChosen(Invalid):
    """A button was pressed and nothing was chosen."""

    code = "stocktaking.nothing_chosen"
    message = _("Nothing is chosen.")
    advice = _("Tick the books first.")
