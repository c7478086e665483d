"""The programme, its targets, what people entered, evidence, and what was counted in years gone by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from kitaphana.organizations.models import Organization
from kitaphana.roadmap.enums import Counting, Unit

FIRST_YEAR, LAST_YEAR = 2015, 2060
"""Years the roadmap may speak of."""


def _in_language(thing: models.Model, field: str) -> str:
    return str(getattr(thing, f"{field}_{get_language()}", "") or getattr(thing, f"{field}_kk"))


def _years(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name=name)


class Direction(models.Model):
    """A section of the board."""

    code = models.CharField(max_length=8, unique=True)
    position = models.PositiveSmallIntegerField()
    name_kk = models.CharField(max_length=300)
    name_ru = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return _in_language(self, "name")


class Measure(models.Model):
    """A measure of the roadmap: what is counted, in what, by whom it is answered for."""

    direction = models.ForeignKey(Direction, on_delete=models.PROTECT, related_name="measures")
    code = models.SlugField(max_length=8, unique=True)
    position = models.PositiveSmallIntegerField()
    name_kk = models.CharField(max_length=300)
    name_ru = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    owner_kk = models.CharField(max_length=300)
    owner_ru = models.CharField(max_length=300)
    owner_en = models.CharField(max_length=300)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    counting = models.CharField(max_length=8, choices=Counting.choices)
    formula = models.CharField(max_length=30, blank=True)
    """Key in ``formulas.FORMULAS``; empty: people enter the value with its evidence."""
    is_less_better = models.BooleanField(default=False)

    class Meta:
        ordering = ("direction__position", "position")

    if TYPE_CHECKING:
        direction_id: int

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return _in_language(self, "name")

    @property
    def owner(self) -> str:
        """Who answers for it, in the language in force."""
        return _in_language(self, "owner")


class Target(models.Model):
    """What a node is to reach in a year; the nodes below without a target of their own are held to it too."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="targets")
    node = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField(max_length=300, blank=True)
    """Where the number stands."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "node", "year"], name="roadmap_target_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="roadmap_target_not_negative"),
            _years("roadmap_target_year"),
        ]

    if TYPE_CHECKING:
        measure_id: int
        node_id: int

    def __str__(self) -> str:
        return f"{self.year}: {self.value}"


class TargetChange(models.Model):
    """A target set or changed: who, when, why, from what to what. Only added, never changed."""

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="changes")
    old = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    """Null: there was none before."""
    new = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class Evidence(models.Model):
    """A paper or a page that proves a value or a step. Withdrawn ones stay, struck out."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="evidence")
    node = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    link = models.URLField(max_length=500, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    stored = models.CharField(max_length=120, blank=True)
    """Name in the storage: the SHA-256 of the bytes; empty: there is no file."""
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            _years("roadmap_evidence_year"),
            models.CheckConstraint(condition=~Q(text=""), name="roadmap_evidence_says"),
        ]
        indexes = [models.Index(fields=["node", "year"], name="roadmap_evidence_node")]

    if TYPE_CHECKING:
        measure_id: int
        node_id: int

    def __str__(self) -> str:
        return self.text


class EnteredValue(models.Model):
    """What people say a value is, with its evidence. Only added: the newest of a node and year holds."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="entered")
    node = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="values")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            _years("roadmap_entered_year"),
            models.CheckConstraint(condition=Q(value__gte=0), name="roadmap_entered_not_negative"),
        ]
        indexes = [models.Index(fields=["node", "measure", "year"], name="roadmap_entered_node")]

    if TYPE_CHECKING:
        measure_id: int
        node_id: int

    def __str__(self) -> str:
        return f"{self.year}: {self.value}"


class YearValue(models.Model):
    """What a formula gave for a node at the end of a year. The running year is counted anew at each look and
    kept here by night, so that its last value stays when the year is over."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="kept")
    node = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    numerator = models.DecimalField(max_digits=18, decimal_places=2)
    denominator = models.DecimalField(max_digits=18, decimal_places=2)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "measure", "year"], name="roadmap_year_once"),
            _years("roadmap_kept_year"),
            models.CheckConstraint(condition=Q(denominator__gte=0), name="roadmap_kept_denominator"),
        ]

    if TYPE_CHECKING:
        measure_id: int
        node_id: int

    def __str__(self) -> str:
        return f"{self.year}: {self.numerator} / {self.denominator}"


class LightRule(models.Model):
    """From how many per cent of its target a value is green and amber; without a measure it holds for all others."""

    measure = models.OneToOneField(Measure, on_delete=models.CASCADE, null=True, related_name="light_rule")
    green_from = models.DecimalField(max_digits=5, decimal_places=2)
    amber_from = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Case(models.When(measure__isnull=True, then=1)),
                name="roadmap_one_general_rule",
            ),
            models.CheckConstraint(
                condition=Q(amber_from__gt=0, amber_from__lte=F("green_from"), green_from__lte=200),
                name="roadmap_rule_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.green_from} / {self.amber_from}"
