"""The machines that may speak to us."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kitaphana.organizations.models import Organization, OwnedQuerySet


class Terminal(models.Model):
    """A self-check machine or a gate of a library, with its own login."""

    class Encoding(models.TextChoices):
        """How a machine writes its letters; UTF-8 alone has the Kazakh ones."""

        UTF8 = "utf-8", "UTF-8"
        CP1251 = "cp1251", "Windows-1251"

    class Language(models.TextChoices):
        """In which language it shows messages when it does not say itself."""

        KAZAKH = "kk", _("Kazakh")
        RUSSIAN = "ru", _("Russian")
        ENGLISH = "en", _("English")

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Where it stands"), max_length=100)
    login = models.CharField(_("Login of the machine"), max_length=60, unique=True)
    password = models.CharField(max_length=200)
    """Hashed as passwords of people are."""
    encoding = models.CharField(_("Encoding"), max_length=10, choices=Encoding.choices, default=Encoding.UTF8)
    language = models.CharField(
        _("Language of messages"), max_length=2, choices=Language.choices, default=Language.KAZAKH
    )
    needs_pin = models.BooleanField(
        _("Ask readers for their password"), default=False,
        help_text=_("Without it the card alone is enough, as at the desk."),
    )  # fmt: skip
    shows_names = models.BooleanField(_("Show the reader's name"), default=True)
    is_active = models.BooleanField(_("In use"), default=True)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    objects = OwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
