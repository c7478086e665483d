"""Where records are harvested, and what each harvest brought."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kitaphana.catalog.models import ImportRun
from kitaphana.organizations.models import Organization


class HarvestSource(models.Model):
    """An OAI-PMH server and how far it has been read."""

    class Prefix(models.TextChoices):
        """Forms that we can read; what servers call them differs."""

        MARC21 = "marc21", "marc21"
        MARCXML = "marcxml", "marcxml"
        UNIMARC = "unimarc", "unimarc"
        RUSMARC = "rusmarc", "rusmarc"

    name = models.CharField(_("Name"), max_length=200, unique=True)
    address = models.URLField(_("Address of the server"), max_length=500)
    prefix = models.CharField(_("Form of the records"), max_length=20, choices=Prefix.choices, default=Prefix.MARC21)
    set_spec = models.CharField(_("Set"), max_length=200, blank=True)
    library = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("For the library")
    )
    every_hours = models.PositiveSmallIntegerField(_("Every how many hours"), default=24)
    is_active = models.BooleanField(_("Harvest on schedule"), default=True)
    since = models.CharField(max_length=20, blank=True)
    """Datestamp (UTC) from which the next harvest asks; empty: everything."""
    token = models.TextField(blank=True)
    """Where a harvest broke off: the next one goes on from there, if the server still knows it."""
    started = models.CharField(max_length=20, blank=True)
    """The server's time when the harvest that broke off began."""
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(every_hours__gte=1), name="harvest_source_every_hours"),
        ]

    def __str__(self) -> str:
        return self.name


class HarvestRun(models.Model):
    """One harvest: how many records came, how many the server says are deleted, what went wrong."""

    source = models.ForeignKey(HarvestSource, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    read = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    """Why it broke off; empty: it came to the end."""
    report = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["source", "-id"], name="harvest_run_newest")]
