"""The libraries that are asked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Target(models.Model):
    """A catalogue of another library that answers by SRU or Z39.50."""

    class Kind(models.TextChoices):
        """How it is asked."""

        SRU = "SRU", "SRU"
        Z3950 = "Z3950", "Z39.50"

    class Dialect(models.TextChoices):
        """In which family of MARC it answers."""

        AUTO = "auto", _("By its content")
        MARC21 = "marc21", "MARC 21"
        UNIMARC = "unimarc", "UNIMARC, RUSMARC"

    name = models.CharField(_("Name"), max_length=120, unique=True)
    kind = models.CharField(_("Protocol"), max_length=6, choices=Kind.choices, default=Kind.SRU)
    address = models.CharField(
        _("Address"), max_length=300,
        help_text=_("SRU: the address with https. Z39.50: host:port/database."),
    )  # fmt: skip
    version = models.CharField(
        _("Version of SRU"), max_length=3, default="1.1", choices=[("1.1", "1.1"), ("1.2", "1.2"), ("2.0", "2.0")]
    )
    schema = models.CharField(_("Form of the records"), max_length=60, default="marcxml", blank=True)
    isbn_index = models.CharField(
        _("Index of the ISBN"), max_length=40, default="bath.isbn", blank=True,
        help_text=_("SRU: the name of the index; Z39.50: the number of the attribute (7)."),
    )  # fmt: skip
    any_index = models.CharField(
        _("Index of all words"), max_length=40, default="cql.anywhere", blank=True,
        help_text=_("SRU: the name of the index; Z39.50: the number of the attribute (1016)."),
    )  # fmt: skip
    dialect = models.CharField(_("Family of MARC"), max_length=8, choices=Dialect.choices, default=Dialect.AUTO)
    seconds = models.PositiveSmallIntegerField(_("Wait at most, seconds"), default=8)
    position = models.PositiveSmallIntegerField(_("Place in the row"), default=0)
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(seconds__gte=1, seconds__lte=30), name="copycat_target_seconds")
        ]

    def __str__(self) -> str:
        return self.name
