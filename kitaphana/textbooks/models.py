"""What only classes need to know: who uses a book of their own."""

from __future__ import annotations

from django.db import models

from kitaphana.curriculum.models import SetTitle
from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.people.models import Person


class OwnBook(models.Model):
    """A pupil learns from a book of their own: nothing is issued, and no need is counted."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    title = models.ForeignKey(SetTitle, on_delete=models.CASCADE, related_name="own_books")
    made_at = models.DateTimeField()

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "person", "title"], name="own_book_unique")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.title_id}"
