"""Refusals of the authorities."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid


class NoHeading(Invalid):
    """An authority without a heading."""

    code = "authorities.no_heading"
    message = _("The heading is missing.")
    advice = _("Write the form of the name or the subject under which books are to stand.")


class HeadingTaken(Conflict):
    """Another authority of the kind has the same heading and dates."""

    code = "authorities.heading_taken"
    message = _("There is already an authority record with this heading: %(heading)s.")
    advice = _("Open that one, or add the dates of life that tell the two people apart.")


class CannotMerge(Invalid):
    """Two authorities that can't become one."""

    code = "authorities.cannot_merge"
    message = _("These two authority records can't be merged.")
    advice = _("Choose two different ones of the same kind that are both in use.")


class AuthorityChanged(Conflict):
    """Somebody else saved it in between."""

    code = "authorities.changed_meanwhile"
    message = _("Somebody has changed this authority record since you opened it.")
    advice = _("Open it again and repeat your change.")


class NoAuthorities(Invalid):
    """A file without authority records."""

    code = "authorities.no_authorities"
    message = _("The file holds no authority records.")
    advice = _("Choose a file of MARC authority records in ISO 2709 or MARCXML.")
