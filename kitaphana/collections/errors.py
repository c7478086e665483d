"""Refusals of lists and saved searches."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid


class NoListTitle(Invalid):
    """A list without a name."""

    code = "collections.no_title"
    message = _("The list has no name.")
    advice = _("Name it, for example «For the summer, grade 7».")


class TooManyLists(Conflict):
    """More lists or searches than a person keeps."""

    code = "collections.too_many"
    message = _("You have %(limit)s of them already.")
    advice = _("Delete one that you don't need any more.")


class ListFull(Conflict):
    """More books than a list holds."""

    code = "collections.list_full"
    message = _("The list has %(limit)s books already.")
    advice = _("Begin another list.")
