"""The tree of organisations and their calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from kitaphana.core.access import Reach
from kitaphana.organizations.enums import OrganizationKind


def within(reach: Reach, field: str = "path") -> Q:
    """The condition «this row's node lies in the reach»; ``field`` names the path column."""
    condition = Q(pk__in=[]) if not reach.prefixes else Q()
    for prefix in reach.prefixes:
        if prefix == "":
            return Q()
        condition |= Q(**{f"{field}__startswith": prefix})
    return condition


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows that belong to a library (``library`` foreign key)."""

    def within(self, reach: Reach) -> Self:
        """Only the rows of libraries inside the reach."""
        return self.filter(within(reach, "library__path"))


class OrganizationQuerySet(MP_NodeQuerySet):
    """Nodes of the tree."""

    def within(self, reach: Reach) -> Self:
        """Only the nodes inside the reach."""
        return cast("Self", self.filter(within(reach)))

    def libraries(self) -> Self:
        """Only the nodes that own a fund."""
        return cast("Self", self.filter(is_library=True))


class OrganizationManager(MP_NodeManager.from_queryset(OrganizationQuerySet)):  # type: ignore[misc]  # made at run time
    """Treebeard's manager names its own queryset; ours shall be asked."""

    def get_queryset(self) -> OrganizationQuerySet:
        """All nodes in the order of the tree."""
        return cast("OrganizationQuerySet", OrganizationQuerySet(self.model, using=self._db).order_by("path"))


class Organization(MP_Node):
    """A node of the network. ``path`` is the materialised path: 4 characters a level, subtree = prefix."""

    kind = models.CharField(max_length=12, choices=OrganizationKind.choices)
    code = models.CharField(max_length=20, unique=True)
    """Short code that people and commands use, for example ``AST-025``."""
    name_kk = models.CharField(max_length=300)
    name_ru = models.CharField(max_length=300, blank=True)
    name_en = models.CharField(max_length=300, blank=True)
    bin = models.CharField(max_length=12, blank=True)
    kato = models.CharField(max_length=9, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    is_library = models.BooleanField(default=False)
    barcode_prefix = models.PositiveIntegerField(null=True, unique=True)
    """Number of the library inside its barcodes and card numbers, given when it becomes a library."""
    weekly_closed = models.CharField(max_length=7, null=True)
    """Closed weekdays as digits 1 (Monday) … 7 (Sunday); null: as the node above."""
    is_closed = models.BooleanField(default=False)
    """The organisation no longer works; it stays for its history."""

    node_order_by: list[str] = []

    objects = OrganizationManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bin"],
                condition=~Q(bin="") & ~Q(kind__in=["BRANCH", "ROOM"]),
                name="organization_bin_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    if TYPE_CHECKING:
        path: str
        depth: int

    @property
    def name(self) -> str:
        """The name in the language in force, else in Kazakh."""
        return str(getattr(self, f"name_{get_language()}", "") or self.name_kk)


class ClosedDay(models.Model):
    """A day on which a node and all below it are closed (holiday, sanitary day)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="closed_days")
    on = models.DateField()
    name_kk = models.CharField(max_length=200)
    name_ru = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "on"], name="closed_day_unique")]

    @property
    def name(self) -> str:
        """The name in the language in force, else in Kazakh."""
        return str(getattr(self, f"name_{get_language()}", "") or self.name_kk)
