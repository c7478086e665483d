"""Rule packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kitaphana.organizations.models import Organization
from kitaphana.people.models import User


class RulePack(models.Model):
    """One version of the rules of one act, valid from a day on, for a node of the tree and everything below it.

    A version in force never changes (triggers refuse it); a correction is a new version. What the parameters are is
    described in ``parameters.py``. The packs shipped with the program hold for everybody (``services.install_packs``).
    """

    subject = models.CharField(max_length=40)
    """What the pack governs, for example ``fund`` (books of account) or ``lending``."""
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Where it holds; null: everywhere (shipped with the program). The nearest node above a library decides."""
    act = models.CharField(max_length=300)
    """The act, as it is cited."""
    version = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    """The last day, where it was ended without a successor; then the packs above hold again."""
    parameters = models.JSONField()
    is_draft = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    """Why this version was made."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "version"], condition=Q(organization__isnull=True), name="rule_pack_unique"
            ),
            models.UniqueConstraint(
                fields=["organization", "subject", "version"],
                condition=Q(organization__isnull=False),
                name="rule_pack_unique_at_node",
            ),
            models.UniqueConstraint(
                fields=["organization", "subject"], condition=Q(is_draft=True), name="rule_pack_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="rule_pack_period"
            ),
        ]

    if TYPE_CHECKING:
        organization_id: int | None

    def __str__(self) -> str:
        return f"{self.subject} {self.version}"
