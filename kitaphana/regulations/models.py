"""Rule packs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class RulePack(models.Model):
    """One version of the rules of one act, valid from a day on.

    ``parameters`` is described in ``regulations/packs/README.md``; packs shipped with the program are loaded by
    ``services.install_packs``.
    """

    subject = models.CharField(max_length=40)
    """What the pack governs, for example ``fund`` (books of account) or ``lending``."""
    act = models.CharField(max_length=300)
    """The act, as it is cited."""
    version = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    parameters = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "version"], name="rule_pack_unique"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="rule_pack_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.version}"
