"""Stocktakings, what each of them expects, and every scan."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from kitaphana.fund.enums import FundType
from kitaphana.fund.models import Act, Copy, Stock
from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.stocktaking.enums import Occasion, Outcome, Result


class Stocktaking(models.Model):
    """A check of one fund of a library, whole or in one place. Numbered without gaps per library and year.

    What is expected is fixed when it begins (``Line``). The figures of the result are fixed when it is closed and
    add up to ``expected``.
    """

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    fund = models.CharField(max_length=10, choices=FundType.choices)
    location = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The branch or room that is checked; null: the whole library."""
    number = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    """Calendar year of ``started_on``, within which stocktakings are numbered."""
    occasion = models.CharField(max_length=10, choices=Occasion.choices, default=Occasion.PLANNED)
    grounds = models.CharField(max_length=500, blank=True)
    """The order by which it is held."""
    commission = models.JSONField(default=list)
    """Chair first, then the members: objects ``{"name": …, "position": …}``."""
    started_on = models.DateField()
    started_at = models.DateTimeField()
    started_by_id = models.BigIntegerField(null=True)
    expected = models.PositiveIntegerField()
    """Copies in the fund when it began."""
    closed_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_id = models.BigIntegerField(null=True)
    found = models.PositiveIntegerField(null=True)
    on_loan = models.PositiveIntegerField(null=True)
    returned = models.PositiveIntegerField(null=True)
    """Not scanned, but handed in at the desk while the stocktaking ran."""
    withdrawn = models.PositiveIntegerField(null=True)
    """Not scanned, and out of the fund before the end."""
    missing = models.PositiveIntegerField(null=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "year", "number"], name="stocktaking_number_unique"),
            models.UniqueConstraint(
                fields=["library", "fund"],
                condition=Q(closed_at__isnull=True, location__isnull=True),
                name="stocktaking_one_open_whole",
            ),
            models.UniqueConstraint(
                fields=["library", "fund", "location"],
                condition=Q(closed_at__isnull=True),
                name="stocktaking_one_open_place",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_on__isnull=True, missing__isnull=True)
                | Q(
                    closed_at__gte=F("started_at"),
                    closed_on__isnull=False,
                    expected=F("found") + F("on_loan") + F("returned") + F("withdrawn") + F("missing"),
                ),
                name="stocktaking_result_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"

    @property
    def key(self) -> str:
        """The id as text: under it a browser keeps what was scanned and not sent yet."""
        return str(self.pk)


class Scan(models.Model):
    """One scanned code. Nothing is removed or changed, only taken back (``undone_at``) or, when an earlier scan of
    the same book is taken back, no longer a double.

    Scans that arrive after the end are kept too: they tell what turned up in the search.
    """

    stocktaking = models.ForeignKey(Stocktaking, on_delete=models.PROTECT, related_name="scans")
    copy = models.ForeignKey(Copy, on_delete=models.PROTECT, null=True, related_name="+")
    barcode = models.CharField(max_length=60)
    """What the scanner meant, as it was read."""
    outcome = models.CharField(max_length=11, choices=Outcome.choices)
    is_double = models.BooleanField(default=False)
    """The same code was scanned before, and that scan still counts."""
    is_late = models.BooleanField(default=False)
    """It arrived after the end, in the search for what is missing; the result does not count it."""
    location = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    shelf = models.CharField(max_length=60, blank=True)
    """Where it stood, as the person named the shelf."""
    note = models.CharField(max_length=300, blank=True)
    """Why it is misplaced."""
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    command_id = models.UUIDField(unique=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by_id = models.BigIntegerField(null=True)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, null=True, related_name="+")
    """The act by which a surplus book was received."""

    class Meta:
        constraints = [
            # Two people with the same book: one scan counts, the other is a double.
            models.UniqueConstraint(
                fields=["stocktaking", "barcode"],
                condition=Q(is_double=False, undone_at__isnull=True),
                name="scan_counts_once",
            ),
        ]
        indexes = [
            # Progress: one pass over the index.
            models.Index(
                fields=["stocktaking", "is_double", "outcome"],
                condition=Q(undone_at__isnull=True, is_late=False),
                name="scan_progress",
            ),
            # The last scans, and those of one code.
            models.Index(fields=["stocktaking", "-id"], condition=Q(undone_at__isnull=True), name="scan_last"),
        ]

    def __str__(self) -> str:
        return f"{self.barcode}: {self.outcome}"


class Line(models.Model):
    """A copy that a stocktaking expects: what was in the fund when it began."""

    stocktaking = models.ForeignKey(Stocktaking, on_delete=models.PROTECT, related_name="lines")
    copy = models.ForeignKey(Copy, on_delete=models.PROTECT, related_name="+")
    scan = models.OneToOneField(Scan, on_delete=models.PROTECT, null=True, related_name="line")
    """The scan by which it was found; null: not yet."""
    result = models.CharField(max_length=9, choices=Result.choices, blank=True)
    """Empty until the stocktaking is closed, then fixed."""
    turned_up_at = models.DateTimeField(null=True, blank=True)
    """A missing copy was scanned after the end."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stocktaking", "copy"], name="stocktaking_line_unique"),
            models.CheckConstraint(
                condition=Q(turned_up_at__isnull=True) | Q(result=Result.MISSING), name="stocktaking_line_turned_up"
            ),
        ]
        indexes = [
            # How many are found: counted on the index alone.
            models.Index(fields=["stocktaking"], condition=Q(scan__isnull=False), name="stocktaking_line_found"),
            models.Index(fields=["stocktaking", "copy"], condition=Q(scan__isnull=True), name="stocktaking_line_left"),
            models.Index(fields=["stocktaking", "result"], condition=~Q(result=""), name="stocktaking_line_result"),
        ]

    def __str__(self) -> str:
        return f"{self.copy_id}: {self.result}"


class StockCount(models.Model):
    """A title kept by count, as it was counted on the shelf. Counting anew replaces the number."""

    stocktaking = models.ForeignKey(Stocktaking, on_delete=models.PROTECT, related_name="counts")
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="+")
    counted = models.PositiveIntegerField()
    expected = models.PositiveIntegerField()
    """In the fund and in nobody's hands at the moment of counting: lending goes on meanwhile."""
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, null=True, related_name="+")
    """The act by which the difference went into the books."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stocktaking", "stock"], name="stock_count_unique")]

    def __str__(self) -> str:
        return f"{self.stock_id}: {self.counted} / {self.expected}"

    @property
    def difference(self) -> int:
        """Counted less expected: negative is missing, positive is surplus."""
        return self.counted - self.expected
