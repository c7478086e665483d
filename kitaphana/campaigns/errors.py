"""Refusals of campaigns."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class CommandReused(Conflict):
    """The id of the command belongs to another one."""

    code = "campaigns.command_reused"
    message = _("This form was sent already with other contents.")
    advice = _("Open the page anew and repeat.")


class BadCampaign(Invalid):
    """No name, or days that make no sense."""

    code = "campaigns.bad_campaign"
    message = _("A campaign needs a name in Kazakh and days of which the last is not before the first.")
    advice = _("Correct the name or the days.")


class WrongState(Conflict):
    """The campaign or promise is not where the command needs it."""

    code = "campaigns.wrong_state"
    message = _("This is not possible now: «%(state)s».")
    advice = _("Look at what was done with it meanwhile.")


class NoWishes(Invalid):
    """A campaign without a single wish."""

    code = "campaigns.no_wishes"
    message = _("The campaign wishes nothing yet.")
    advice = _("Take the gaps of the core lists, or add a title by its ISBN.")


class BadNumber(Invalid):
    """A number of copies or a price that makes no sense."""

    code = "campaigns.bad_number"
    message = _("«%(value)s» can't be the number or price here.")
    advice = _("Correct the figure.")


class ForeignLibrary(Invalid):
    """A library outside the campaign."""

    code = "campaigns.foreign_library"
    message = _("«%(name)s» takes no part in this campaign.")
    advice = _("Choose a library below the organisation that holds the campaign.")


class TooMany(Conflict):
    """More than is still wished."""

    code = "campaigns.too_many"
    message = _("Only %(left)s more are wished of this title.")
    advice = _("Promise fewer, or choose another title.")


class TooOften(Conflict):
    """Too many promises from one place within an hour."""

    code = "campaigns.too_often"
    message = _("Too many promises were made from this address within an hour.")
    advice = _("Come back in an hour, or telephone the library.")


class DonorMissing(Invalid):
    """No name, no way to reach the donor, or no consent."""

    code = "campaigns.donor_missing"
    message = _("A name, a telephone or e-mail and the consent are needed.")
    advice = _("Fill them in; the public page shows the name only if you agree.")


class TitleMissing(Invalid):
    """A book of one's own without a title, or no such edition."""

    code = "campaigns.title_missing"
    message = _("The book is not known yet.")
    advice = _("Write its title; the librarian finds or describes the edition by its ISBN.")


class ReasonMissing(Invalid):
    """A promise is declined without a reason."""

    code = "campaigns.reason_missing"
    message = _("The reason is missing.")
    advice = _("Write in a few words why: the donor reads it.")


class CampaignNotFound(NotFound):
    """No such campaign within reach."""

    code = "campaigns.not_found"
    message = _("There is no such campaign here.")
    advice = _("Choose it from the list of campaigns.")


class PledgeNotFound(NotFound):
    """No such promise."""

    code = "campaigns.pledge_not_found"
    message = _("There is no such promise.")
    advice = _("Check the address that you were given.")
