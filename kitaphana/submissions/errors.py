"""Refusals of submissions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class CommandReused(Conflict):
    """The id of the command belongs to another one."""

    code = "submissions.command_reused"
    message = _("This form was sent already with other contents.")
    advice = _("Open the page anew and repeat.")


class HasErrors(Invalid):
    """Errors stand against sending."""

    code = "submissions.has_errors"
    message = _("The report has errors: %(count)s.")
    advice = _("Mend what the list of findings names; each finding leads to the place.")


class YearNotBegun(Invalid):
    """A year that lies ahead."""

    code = "submissions.year_not_begun"
    message = _("The year %(year)s has not begun.")
    advice = _("Choose this year or one before.")


class NoteMissing(Invalid):
    """Warnings need a word."""

    code = "submissions.note_missing"
    message = _("A word about the warnings is needed.")
    advice = _("Write why the figures are so.")


class CommentMissing(Invalid):
    """A return, or an incomplete consolidation, needs a comment."""

    code = "submissions.comment_missing"
    message = _("The comment is missing.")
    advice = _("Write what is to be mended, or who is missing and why.")


class OnItsWay(Conflict):
    """A version is being decided on."""

    code = "submissions.on_its_way"
    message = _("This report is on its way already: «%(state)s».")
    advice = _("Wait for the decision; a returned report can be sent anew.")


class NotPossible(Conflict):
    """The step does not follow from the state."""

    code = "submissions.not_possible"
    message = _("This step is not possible now: «%(state)s».")
    advice = _("Look at the report: somebody has decided already.")


class NothingAccepted(Invalid):
    """There is nothing to add up."""

    code = "submissions.nothing_accepted"
    message = _("No report is accepted yet.")
    advice = _("Accept reports first; then they are added up.")


class SubmissionNotFound(NotFound):
    """No such submission within reach."""

    code = "submissions.not_found"
    message = _("There is no such report here.")
    advice = _("Choose it from the list.")
