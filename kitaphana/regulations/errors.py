"""Refusals of rule packs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class BadParameter(Invalid):
    """A value that the parameter can't have."""

    code = "regulations.bad_parameter"
    message = _("The value of «%(name)s» does not fit.")
    advice = _("Look at the bounds beside the field.")


class PackNotFound(NotFound):
    """No such version."""

    code = "regulations.pack_not_found"
    message = _("There is no such version of the rules.")
    advice = _("Choose it in the list of rules.")


class InForce(Conflict):
    """A version in force does not change."""

    code = "regulations.in_force"
    message = _("This version is in force and does not change.")
    advice = _("Make a new version.")


class DraftExists(Conflict):
    """One draft at a time."""

    code = "regulations.draft_exists"
    message = _("A new version is being prepared here already.")
    advice = _("Go on with it, or throw it away.")


class TooEarly(Invalid):
    """Rules do not change the past."""

    code = "regulations.too_early"
    message = _("New rules hold from today on at the earliest.")
    advice = _("Choose today or a later day.")


class NoReason(Invalid):
    """A version without a word why."""

    code = "regulations.no_reason"
    message = _("Say why the rules change.")
    advice = _("Name the order or the mistake that is corrected.")
