"""Refusals of periodicals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid


class NotAPeriodical(Invalid):
    """A subscription to a book."""

    code = "serials.not_a_periodical"
    message = _("«%(title)s» is not a periodical.")
    advice = _("Describe the journal or the newspaper as a periodical, or choose its record.")


class BadPeriod(Invalid):
    """A subscription that ends before it begins, or lasts too long."""

    code = "serials.bad_period"
    message = _("The subscription must end after it begins, and last five years at most.")
    advice = _("Correct the days.")


class BadCount(Invalid):
    """A number of copies or a sum that can't be."""

    code = "serials.bad_count"
    message = _("The number of copies or the sum can't be right.")
    advice = _("Write a whole number of copies, and a sum in tenge.")


class IssueThere(Conflict):
    """A number that the year has already."""

    code = "serials.issue_there"
    message = _("The subscription has № %(number)s of %(year)s already.")
    advice = _("Choose that issue in the list.")


class BadIssue(Invalid):
    """An issue without a number."""

    code = "serials.bad_issue"
    message = _("The issue needs a number and a day.")
    advice = _("Write the number as it is printed, for example 5 or 5–6.")


class IssueBound(Conflict):
    """An issue in a bound volume."""

    code = "serials.issue_bound"
    message = _("The issue is bound into «%(volume)s».")
    advice = _("Take the binding back first.")


class NothingChosen(Invalid):
    """No issues for a claim or a binding."""

    code = "serials.nothing_chosen"
    message = _("No suitable issue was chosen.")
    advice = _("Mark issues: for a claim those that did not come, for binding those that did.")


class VolumeOnFund(Conflict):
    """A bound volume that is on the fund."""

    code = "serials.volume_on_fund"
    message = _("The volume is on the fund with the inventory number %(number)s.")
    advice = _("Correct its receipt or write it off first.")
