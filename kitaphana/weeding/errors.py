"""Refusals of weeding."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid


class NothingChosen(Invalid):
    """The button was pressed and nothing was ticked."""

    code = "weeding.nothing_chosen"
    message = _("Nothing is chosen.")
    advice = _("Tick the books first.")


class OtherDraft(Conflict):
    """The person's draft of a write-off holds books for another reason or of the other fund."""

    code = "weeding.other_draft"
    message = _("Your draft of a write-off holds books for another reason: %(reason)s.")
    advice = _("One act has one reason and one fund. Post that draft or throw it away first.")
