"""Figures of every node of the tree, month by month: derived, made anew from the records at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from kitaphana.indicators.enums import Measure
from kitaphana.organizations.models import Organization


class Rollup(models.Model):
    """A measure of a node in a month: of a library what its records say, of a node above the sum of its libraries.

    What happens is counted by the month; what is there stands as it was when the month ended (this month: now). Readers
    who came are counted by the year and kept under January. A row that would be nought is not kept.
    """

    node = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    measure = models.CharField(max_length=20, choices=Measure.choices)
    month = models.DateField()
    """Its first day."""
    value = models.BigIntegerField()
    """A number, or tiyn."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "month", "measure"], name="indicators_rollup_once")]

    if TYPE_CHECKING:
        node_id: int

    def __str__(self) -> str:
        return f"{self.node_id} {self.month} {self.measure}: {self.value}"
