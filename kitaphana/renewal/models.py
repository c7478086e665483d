"""Coverage of the core lists, added up by library, and the plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kitaphana.core.money import TengeField
from kitaphana.corelist.models import CoreList, Version
from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.people.models import User


class Coverage(models.Model):
    """How far a library holds a version of a list. Derived: ``coverage.count`` makes it anew.

    The single titles (24 million for a country) are not stored: ``coverage.sheet`` derives those of a library or a
    district in a fixed number of statements.
    """

    library = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    titles = models.PositiveIntegerField()
    """Titles that somebody of the library needs."""
    covered = models.PositiveIntegerField()
    """Of these, held in the needed number."""
    needed = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    """Copies of needed titles in the fund."""
    provided = models.PositiveIntegerField()
    """Σ min(held, needed): a surplus of one title never hides the shortage of another."""
    missing = models.PositiveIntegerField()
    cost = TengeField()
    """What the missing copies cost at the latest known prices, tenge."""
    counted_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "version"], name="coverage_once"),
            models.CheckConstraint(condition=Q(needed=F("provided") + F("missing")), name="coverage_adds_up"),
            models.CheckConstraint(condition=Q(covered__lte=F("titles")), name="coverage_titles"),
        ]
        indexes = [models.Index(fields=["version", "library"], name="coverage_version")]


class Plan(models.Model):
    """The purchases of some years that lead a library or a district to full coverage of a list. A new plan takes the
    place of the old one, which stays for comparison; years that are over are carried over as they were planned."""

    node = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    core_list = models.ForeignKey(CoreList, on_delete=models.PROTECT, related_name="+")
    first_year = models.PositiveSmallIntegerField()
    """Calendar year of the first purchases."""
    budgets = models.JSONField()
    """The money of each year in tenge as text, null where it is not limited; its length is the number of years."""
    needed = models.PositiveIntegerField()
    provided = models.PositiveIntegerField()
    """Σ min(held, needed) when the plan was made."""
    is_current = models.BooleanField(default=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["node", "core_list"], condition=Q(is_current=True), name="renewal_plan_one_current"
            ),
            models.CheckConstraint(condition=Q(provided__lte=F("needed")), name="renewal_plan_provided"),
        ]

    if TYPE_CHECKING:
        core_list_id: int
        version_id: int
        node_id: int

    @property
    def years(self) -> range:
        """The calendar years it speaks of."""
        return range(self.first_year, self.first_year + len(self.budgets))


class PlanPart(models.Model):
    """What a plan buys for one library in one year."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="parts")
    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    copies = models.PositiveIntegerField()
    """To be bought."""
    received = models.PositiveIntegerField(default=0)
    """Came in this year before the plan was made; they count for the year's step."""
    amount = TengeField()
    lines = models.JSONField()
    """``[[entry id, copies, price in tenge as text], …]`` in the order of the list: one row here instead of a row a
    title keeps a plan of 60 schools × 3,000 titles at 300 rows."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "library", "year"], name="renewal_part_once")]
        indexes = [models.Index(fields=["library", "year"], name="renewal_part_library")]

    if TYPE_CHECKING:
        library_id: int
