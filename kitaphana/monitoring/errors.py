"""Refusals of monitoring."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class BadEntry(Invalid):
    """An event or a reference without title, with an unknown kind or an impossible number."""

    code = "monitoring.bad_entry"
    message = _("The entry is not complete: it needs a kind, a name and numbers from 0 to 10,000.")
    advice = _("Fill in what is missing.")


class NotYet(Invalid):
    """A day that has not come."""

    code = "monitoring.not_yet"
    message = _("%(day)s has not come yet.")
    advice = _("The diary holds what has been. Enter the event on its day.")


class EntryNotFound(NotFound):
    """No such entry in the library's diary."""

    code = "monitoring.entry_not_found"
    message = _("There is no such entry in the diary.")
    advice = _("Open the diary of the month again.")


class CommandReused(Conflict):
    """The same command id came with another command."""

    code = "monitoring.command_reused"
    message = _("The same form was sent for something else.")
    advice = _("Open the page again.")


class PeriodNotBegun(Invalid):
    """A report about a time that has not begun."""

    code = "monitoring.period_not_begun"
    message = _("The period of the report has not begun.")
    advice = _("Choose another year.")
