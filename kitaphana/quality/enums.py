"""Choices of the quality of the catalogue."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Rule(models.TextChoices):
    """What a record lacks, or has wrong."""

    NO_AUTHOR = "NO_AUTHOR", _("No author")
    NO_YEAR = "NO_YEAR", _("No year")
    NO_PUBLISHER = "NO_PUBLISHER", _("No publisher")
    NO_LANGUAGE = "NO_LANGUAGE", _("No language")
    NO_ISBN = "NO_ISBN", _("No ISBN")
    WRONG_ISBN = "WRONG_ISBN", _("ISBN with a wrong check digit")
    NO_SUBJECT = "NO_SUBJECT", _("No subject")
    NO_CLASS = "NO_CLASS", _("No UDC and no BBK")
    NO_SUMMARY = "NO_SUMMARY", _("No annotation")
    NO_AGE = "NO_AGE", _("No age of readers")
    NO_GRADE = "NO_GRADE", _("Textbook without a grade")
    NO_COVER = "NO_COVER", _("No cover")
    CAPITALS = "CAPITALS", _("Title in capitals only")


class Likeness(models.TextChoices):
    """Why two records may be one edition."""

    ISBN = "ISBN", _("The same ISBN")
    TITLE = "TITLE", _("The same title, author and year")


class PairState(models.TextChoices):
    """What became of a pair."""

    OPEN = "OPEN", pgettext_lazy("pair of records", "To look at")
    DIFFERENT = "DIFFERENT", _("Different editions")


class BatchState(models.TextChoices):
    """How far a batch change is."""

    PREVIEW = "PREVIEW", _("Preview")
    RUNNING = "RUNNING", pgettext_lazy("batch", "Under way")
    DONE = "DONE", pgettext_lazy("batch", "Done")
    UNDONE = "UNDONE", _("Taken back")


class Operation(models.TextChoices):
    """What a batch change does to each record."""

    REPLACE = "REPLACE", _("Replace a text in a subfield")
    SET = "SET", _("Set a subfield where it is missing")
    ADD_FIELD = "ADD_FIELD", _("Add a field")
    DELETE_FIELD = "DELETE_FIELD", _("Delete a field")
