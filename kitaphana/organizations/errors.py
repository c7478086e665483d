"""Refusals of the network."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class WrongParent(Invalid):
    """A node of this kind can't stand there."""

    code = "organizations.wrong_parent"
    message = _("“%(kind)s” can't stand below “%(parent)s”.")
    advice = _("Choose another kind or add it at another place of the tree.")


class CodeTaken(Conflict):
    """Another node has this code."""

    code = "organizations.code_taken"
    message = _("The code %(code)s is used by another organisation.")
    advice = _("Choose another code.")


class BadCode(Invalid):
    """The code is empty or has signs that commands can't take."""

    code = "organizations.bad_code"
    message = _("The code %(code)s can't be used.")
    advice = _("Use up to 20 Latin letters, digits, hyphens and points, for example AST-025.")


class BadBin(Invalid):
    """The BIN does not check."""

    code = "organizations.bad_bin"
    message = _("The BIN %(bin)s is not valid.")
    advice = _("Compare the twelve digits with the certificate of registration.")


class BinTaken(Conflict):
    """Another organisation has this BIN."""

    code = "organizations.bin_taken"
    message = _("The BIN %(bin)s belongs to another organisation.")
    advice = _("Find the organisation by its BIN; a branch is added below it.")


class BadKato(Invalid):
    """The KATO code is not one."""

    code = "organizations.bad_kato"
    message = _("The KATO code %(kato)s is not valid.")
    advice = _("KATO has nine digits and begins with the code of the region.")


class NameMissing(Invalid):
    """The Kazakh name is empty."""

    code = "organizations.name_missing"
    message = _("The name in Kazakh is missing.")
    advice = _("Write the name in Kazakh; the other languages may be added later.")


class NotALibrary(Invalid):
    """The node owns no fund."""

    code = "organizations.not_a_library"
    message = _("%(name)s has no library.")
    advice = _("Open a library there first, on the page of the organisation.")


class NoOpenDay(Conflict):
    """The calendar leaves no open day within a year."""

    code = "organizations.no_open_day"
    message = _("The calendar of %(name)s has no open day within a year.")
    advice = _("Correct the closed days of the organisation.")


class BadWeekdays(Invalid):
    """Closed weekdays are digits from 1 to 7, and not all of them."""

    code = "organizations.bad_weekdays"
    message = _("At least one day of the week must be open.")
    advice = _("Take the mark off one of the weekdays.")


class BadMove(Invalid):
    """A node can't be moved into itself."""

    code = "organizations.bad_move"
    message = _("An organisation can't be moved below itself.")
    advice = _("Choose another place in the tree.")


class UnknownOrganization(NotFound):
    """No node within reach has this code."""

    code = "organizations.unknown"
    message = _("There is no organisation with the code %(code)s.")
    advice = _("Look for it in the tree of the network.")
