"""Choices of the catalogue."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecordKind(models.TextChoices):
    """What an edition is; decides its fund and the columns of the summary book."""

    BOOK = "BOOK", _("Book")
    TEXTBOOK = "TEXTBOOK", _("Textbook")
    BROCHURE = "BROCHURE", _("Brochure")
    PERIODICAL = "PERIODICAL", _("Periodical")
    MAP = "MAP", _("Map")
    MUSIC = "MUSIC", _("Sheet music")
    AUDIO = "AUDIO", _("Audio")
    VIDEO = "VIDEO", _("Video")
    ELECTRONIC = "ELECTRONIC", _("Electronic edition")
    KIT = "KIT", _("Kit")
    ARTICLE = "ARTICLE", pgettext_lazy("kind of edition", "Article")
    OTHER = "OTHER", _("Other")


class Outcome(models.TextChoices):
    """What became of one record of an imported file."""

    IMPORTED = "IMPORTED", _("Imported")
    UPDATED = "UPDATED", _("Updated")
    MERGED = "MERGED", _("Merged")
    REJECTED = "REJECTED", _("Rejected")


class HeadingRole(models.TextChoices):
    """What a name or subject is to a record."""

    AUTHOR = "AUTHOR", _("Author")
    SUBJECT = "SUBJECT", pgettext_lazy("heading", "Subject")
    SERIES = "SERIES", _("Series")


class ProposalState(models.TextChoices):
    """How a proposed change stands."""

    OPEN = "OPEN", pgettext_lazy("proposal", "Waits")
    ACCEPTED = "ACCEPTED", pgettext_lazy("proposal", "Accepted")
    RETURNED = "RETURNED", pgettext_lazy("proposal", "Returned")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("proposal", "Withdrawn")
