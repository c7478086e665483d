"""Refusals of own reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotAllowed, NotFound


class BadDefinition(Invalid):
    """A definition that no source can answer."""

    code = "reports.bad_definition"
    message = _("The report can't be counted so: “%(what)s” is not known here.")
    advice = _("Choose again what stands in rows, columns and filters.")


class BadPeriod(Invalid):
    """Own days that are no period."""

    code = "reports.bad_period"
    message = _("The period ends before it begins, or is longer than 30 years.")
    advice = _("Give the first and the last day anew.")


class NameNeeded(Invalid):
    """A report to be kept has a name."""

    code = "reports.name_needed"
    message = _("The report has no name.")
    advice = _("Write a name of up to 150 letters.")


class TooMany(Invalid):
    """Somebody keeps more reports than a page can list."""

    code = "reports.too_many"
    message = _("You keep %(limit)s reports already.")
    advice = _("Delete one that you no longer need.")


class BadShare(Invalid):
    """A way of sharing or a colleague that is not known."""

    code = "reports.bad_share"
    message = _("The report can't be shared so.")
    advice = _("Share it with your organisation, with those below it, or with colleagues who may see numbers.")


class BadSchedule(Invalid):
    """A time that is none."""

    code = "reports.bad_schedule"
    message = _("This is no time at which a report can be made.")
    advice = _("Choose every day, week or month, and a time like 07:30.")


class ReportNotFound(NotFound):
    """No such report, or it is not shared with the person."""

    code = "reports.not_found"
    message = _("This report does not exist or is not shared with you.")
    advice = _("Ask its owner to share it, or make your own.")


class NotOwner(NotAllowed):
    """Only the owner changes a report."""

    code = "reports.not_owner"
    message = _("Only the owner changes this report.")
    advice = _("Copy it: the copy is yours.")


class NotHere(NotAllowed):
    """The role does not see this source at this node."""

    code = "reports.not_here"
    message = _("Your role does not see these records here.")
    advice = _("Choose other records or an organisation within your reach.")


class CommandReused(Conflict):
    """A command id that did another thing before."""

    code = "reports.command_reused"
    message = _("This form was sent for another report already.")
    advice = _("Open the page anew and try again.")
