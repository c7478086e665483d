"""Authority records and the forms under which they are found."""

from __future__ import annotations

from django.db import models

from kitaphana.authorities.enums import Form, Kind


class Authority(models.Model):
    """An agreed heading. ``marc`` is the truth; the other columns and the forms are extracted by ``services``."""

    control_number = models.CharField(max_length=100, unique=True)
    """MARC 001: ``KA`` and ten digits, or the number it came with. Records point to it in $0."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    marc = models.TextField()
    """The record as compact MARC-in-JSON."""
    heading = models.TextField()
    dates = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    sort_heading = models.CharField(max_length=250)
    """Heading in Kazakh alphabetical order, shortened."""
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    """The authority that took its place; its number leads on to that one."""

    class Meta:
        indexes = [models.Index(fields=["kind", "sort_heading", "id"], name="authority_order")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(removed_at__isnull=False),
                name="authority_merged_is_removed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.heading} ({self.dates})" if self.dates else self.heading


class HeadingForm(models.Model):
    """A form that leads to an authority: the heading itself or a variant, under its key (``keys.key_of``)."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="forms")
    text = models.TextField()
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    form = models.CharField(max_length=10, choices=Form.choices)
    is_heading = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["kind", "key"], name="authority_form_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["authority"], condition=models.Q(is_heading=True), name="authority_one_heading"
            )
        ]


class AuthoritySource(models.Model):
    """Under which number an agency's file names an authority."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="sources")
    agency = models.CharField(max_length=60)
    control_number = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "control_number"], name="authority_source_unique")]


class AuthorityVersion(models.Model):
    """An authority as it was before a change."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    marc = models.TextField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "version"], name="authority_version_unique")]
