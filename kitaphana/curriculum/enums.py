"""Choices of the curriculum and the actions of its journal."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Change(models.TextChoices):
    """What became of a line since the set that this one was copied from."""

    SAME = "SAME", pgettext_lazy("line of a set", "As before")
    NEW = "NEW", pgettext_lazy("line of a set", "New")
    REPLACED = "REPLACED", pgettext_lazy("line of a set", "Changed")
    REMOVED = "REMOVED", pgettext_lazy("line of a set", "Left out")


class Action(models.TextChoices):
    """Codes of the journal."""

    MAKE = "curriculum.make_set", _("Textbook set made")
    COPY = "curriculum.copy_set", _("Textbook set copied")
    COPY_YEAR = "curriculum.copy_year", _("Textbook sets of a year copied")
    APPROVE = "curriculum.approve_set", _("Textbook set approved")
    REOPEN = "curriculum.reopen_set", _("Textbook set opened for changes")
    DELETE = "curriculum.delete_set", _("Textbook set deleted")
    ADD_TITLE = "curriculum.add_title", _("Subject added to a textbook set")
    CHANGE_TITLE = "curriculum.change_title", _("Subject of a textbook set changed")
    REMOVE_TITLE = "curriculum.remove_title", _("Subject left out of a textbook set")
    RESTORE_TITLE = "curriculum.restore_title", _("Subject taken back into a textbook set")
    ADD_EDITION = "curriculum.add_edition", _("Edition added to a textbook set")
    CHANGE_EDITION = "curriculum.change_edition", _("Edition of a textbook set changed")
    REMOVE_EDITION = "curriculum.remove_edition", _("Edition taken out of a textbook set")
    IMPORT = "curriculum.import_programme", _("Programme of textbooks imported")
