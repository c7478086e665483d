"""Choices of submissions, and the route they take."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitaphana.organizations.enums import OrganizationKind


class Kind(models.TextChoices):
    """What is submitted."""

    ANNUAL = "ANNUAL", _("Annual report")
    NEDB = "NEDB", _("Data set of the national education database")


class State(models.TextChoices):
    """Where a submission is."""

    DIRECTOR = "DIRECTOR", pgettext_lazy("submission", "With the director")
    DISTRICT = "DISTRICT", pgettext_lazy("submission", "In the district")
    REGION = "REGION", pgettext_lazy("submission", "In the region")
    ACCEPTED = "ACCEPTED", pgettext_lazy("submission", "Accepted")
    RETURNED = "RETURNED", pgettext_lazy("submission", "Returned")


class Move(models.TextChoices):
    """What is done with it."""

    SEND = "SEND", pgettext_lazy("submission", "Sent to the director")
    SIGN = "SIGN", pgettext_lazy("submission", "Signed by the director")
    ACCEPT = "ACCEPT", pgettext_lazy("submission", "Accepted by the level")
    RETURN = "RETURN", pgettext_lazy("submission", "Returned with a comment")


TRANSITIONS: Final[dict[tuple[State, Move], State]] = {
    (State.DIRECTOR, Move.SIGN): State.DISTRICT,
    (State.DIRECTOR, Move.RETURN): State.RETURNED,
    (State.DISTRICT, Move.ACCEPT): State.REGION,
    (State.DISTRICT, Move.RETURN): State.RETURNED,
    (State.REGION, Move.ACCEPT): State.ACCEPTED,
    (State.REGION, Move.RETURN): State.RETURNED,
}
"""What follows; a level that an organisation has not is passed over. What was returned comes again as the next version."""
UNDECIDED: Final = (State.DIRECTOR, State.DISTRICT, State.REGION)
"""On its way: no other version may be sent meanwhile. An accepted report may be corrected by a later version."""
LEVELS: Final[dict[State, OrganizationKind]] = {
    State.DISTRICT: OrganizationKind.DISTRICT,
    State.REGION: OrganizationKind.REGION,
}
"""Whose node decides in a state."""
REACHED: Final[dict[str, tuple[State, ...]]] = {
    OrganizationKind.DISTRICT: (State.REGION, State.ACCEPTED),
    OrganizationKind.REGION: (State.ACCEPTED,),
    OrganizationKind.COUNTRY: (State.ACCEPTED,),
}
"""States in which a submission counts for the consolidated report of a node: the node itself has accepted it."""


class Severity(models.TextChoices):
    """How bad a finding is."""

    ERROR = "ERROR", pgettext_lazy("finding", "Error")
    WARNING = "WARNING", pgettext_lazy("finding", "Warning")


class Action(models.TextChoices):
    """What the journal says was done."""

    SEND = "submissions.send", _("Report sent to the director")
    SIGN = "submissions.sign", _("Report signed by the director")
    ACCEPT = "submissions.accept", _("Report accepted")
    RETURN = "submissions.return", _("Report returned")
    DEADLINE = "submissions.deadline", _("Deadline of reports set")
    CONSOLIDATE = "submissions.consolidate", _("Consolidated report signed")
