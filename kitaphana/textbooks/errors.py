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
