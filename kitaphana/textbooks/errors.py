"""Refusals of textbooks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class NoSet(NotFound):
    """No textbook set holds for the class."""

    code = "textbooks.no_set"
    message = _("There is no textbook set for %(name)s.")
    advice = _("Make a set of the grade and the language of instruction first.")


class NothingLeftToIssue(Conflict):
    """Everything chosen is issued already, or stands on no shelf."""

    code = "textbooks.nothing_left_to_issue"
    message = _("There is nothing to issue: what was chosen has been issued, or none is on the shelf.")
    advice = _("Look at the cells marked as lacking: these titles have to be received, or asked for in the district.")


class NotInClass(Invalid):
    """Somebody or some title that is not of the class."""

    code = "textbooks.not_in_class"
    message = _("The list has changed: somebody left the class, or a title left the set.")
    advice = _("Reload the page and go on.")


class ClassNotFound(NotFound):
    """No such class within reach."""

    code = "textbooks.class_not_found"
    message = _("There is no such class.")
    advice = _("Choose it in the list of classes.")


class BadIntake(Invalid):
    """A number of expected pupils that can't be."""

    code = "textbooks.bad_intake"
    message = _("The number of expected pupils does not fit.")
    advice = _("Give a number from 0 to 5,000.")


class NothingToSend(Conflict):
    """Nothing of what was approved stands on the shelf."""

    code = "textbooks.nothing_to_send"
    message = _("Nothing of what was approved for this school stands on the shelf.")
    advice = _("Take the textbooks back from the classes first.")


class NothingToOrder(Conflict):
    """Nothing is lacking that is not on its way."""

    code = "textbooks.nothing_to_order"
    message = _("Nothing is lacking for this year, or all of it is ordered already.")
    advice = _("Count provision anew if classes or sets have changed.")


class OrderUnderWay(Conflict):
    """A school has one order of a year under way."""

    code = "textbooks.order_under_way"
    message = _("An order of this school year is under way already.")
    advice = _("Change it, or wait until it is approved: then a further one can be made.")


class OrderNotFound(NotFound):
    """No such order within reach."""

    code = "textbooks.order_not_found"
    message = _("There is no such order.")
    advice = _("Choose it in the list of orders.")


class WrongOrderMove(Conflict):
    """The order does not stand where this can be done."""

    code = "textbooks.wrong_order_move"
    message = _("The order has moved on: now it is «%(state)s».")
    advice = _("Reload the page.")


class MoreNeedsReason(Invalid):
    """More than the shortage without a word why."""

    code = "textbooks.more_needs_reason"
    message = _("More than the shortage is asked for «%(name)s».")
    advice = _("Say why in the line, or ask for less.")


class CutNeedsReason(Invalid):
    """A changed number or a return without a word why."""

    code = "textbooks.cut_needs_reason"
    message = _("The school must be able to read why.")
    advice = _("Write the reason.")


class EmptyOrder(Conflict):
    """An order without volumes."""

    code = "textbooks.empty_order"
    message = _("No volume is ordered.")
    advice = _("Give a number in at least one line.")
