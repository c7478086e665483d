"""Choices of the network."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganizationKind(models.TextChoices):
    """What a node of the tree is."""

    COUNTRY = "COUNTRY", _("Country")
    REGION = "REGION", _("Region")
    DISTRICT = "DISTRICT", _("District")
    SCHOOL = "SCHOOL", _("School")
    KINDERGARTEN = "KINDERGARTEN", _("Kindergarten")
    COLLEGE = "COLLEGE", _("College")
    UNIVERSITY = "UNIVERSITY", _("University")
    CENTER = "CENTER", _("Methodical centre")
    BRANCH = "BRANCH", _("Branch")
    ROOM = "ROOM", _("Room")


ALLOWED_PARENTS: dict[OrganizationKind, frozenset[OrganizationKind | None]] = {
    OrganizationKind.COUNTRY: frozenset({None}),
    OrganizationKind.REGION: frozenset({OrganizationKind.COUNTRY}),
    OrganizationKind.DISTRICT: frozenset({OrganizationKind.REGION}),
    **{
        kind: frozenset({OrganizationKind.COUNTRY, OrganizationKind.REGION, OrganizationKind.DISTRICT})
        for kind in (
            OrganizationKind.SCHOOL,
            OrganizationKind.KINDERGARTEN,
            OrganizationKind.COLLEGE,
            OrganizationKind.UNIVERSITY,
            OrganizationKind.CENTER,
        )
    },
    OrganizationKind.BRANCH: frozenset(
        {
            OrganizationKind.SCHOOL,
            OrganizationKind.KINDERGARTEN,
            OrganizationKind.COLLEGE,
            OrganizationKind.UNIVERSITY,
            OrganizationKind.CENTER,
        }
    ),
    OrganizationKind.ROOM: frozenset(
        {
            OrganizationKind.SCHOOL,
            OrganizationKind.KINDERGARTEN,
            OrganizationKind.COLLEGE,
            OrganizationKind.UNIVERSITY,
            OrganizationKind.CENTER,
            OrganizationKind.BRANCH,
        }
    ),
}
"""Under which kinds a node of a kind may stand."""
