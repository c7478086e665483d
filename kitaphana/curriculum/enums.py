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


class Term(models.IntegerChoices):
    """Quarter of the school year in which a work is read."""

    YEAR = 0, pgettext_lazy("term", "Whole year")
    FIRST = 1, pgettext_lazy("term", "Term 1")
    SECOND = 2, pgettext_lazy("term", "Term 2")
    THIRD = 3, pgettext_lazy("term", "Term 3")
    FOURTH = 4, pgettext_lazy("term", "Term 4")


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
    ADD_WORK = "curriculum.add_work", _("Work added to the reading list")
    CHANGE_WORK = "curriculum.change_work", _("Work of the reading list changed")
    REMOVE_WORK = "curriculum.remove_work", _("Work taken out of the reading list")
    COPY_WORK = "curriculum.copy_work", _("Work of the reading list taken over by a school")
    ADD_WORK_EDITION = "curriculum.add_work_edition", _("Edition added to a work of the reading list")
    REMOVE_WORK_EDITION = "curriculum.remove_work_edition", _("Edition taken out of a work of the reading list")
    MATCH_WORKS = "curriculum.match_works", _("Editions looked for in the catalogue for the reading list")
    IMPORT_WORKS = "curriculum.import_works", _("Reading list imported")
