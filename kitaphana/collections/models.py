"""Lists of books and saved searches."""

from __future__ import annotations

from django.db import models

from kitaphana.catalog.models import Record
from kitaphana.collections.enums import Every
from kitaphana.organizations.models import Organization


class BookList(models.Model):
    """Editions in an order somebody chose. ``library``: it is published in that library's name, not in a person's."""

    user_id = models.BigIntegerField()
    library = models.ForeignKey(Organization, on_delete=models.CASCADE, null=True, related_name="+")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    token = models.CharField(max_length=32, unique=True)
    """The unguessable part of its address."""
    is_shared = models.BooleanField(default=False)
    """Whether the address works for others."""
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-changed_at"], name="book_list_owner"),
            models.Index(
                fields=["library", "-changed_at"], condition=models.Q(is_shared=True), name="book_list_library"
            ),
        ]
        constraints = [models.CheckConstraint(condition=~models.Q(title=""), name="book_list_has_title")]

    def __str__(self) -> str:
        return self.title


class BookListItem(models.Model):
    """An edition in a list; ``place`` counts from 1 without gaps."""

    book_list = models.ForeignKey(BookList, on_delete=models.CASCADE, related_name="items")
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book_list", "record"], name="book_list_item_once")]
        ordering = ["place", "pk"]


class SavedSearch(models.Model):
    """A search that somebody wants to be told about."""

    user_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    query = models.CharField(max_length=1000)
    """Words and filters as they stand in the address of the results."""
    every = models.CharField(max_length=6, choices=Every.choices, default=Every.DAY)
    made_at = models.DateTimeField()
    looked_at = models.DateTimeField()
    """Records added before are known to the program: they are no news."""
    found = models.JSONField(default=list)
    """Records that came since the person last looked, newest first."""
    found_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "query"], name="saved_search_once")]
        indexes = [models.Index(fields=["every", "looked_at"], name="saved_search_due")]

    def __str__(self) -> str:
        return self.name
