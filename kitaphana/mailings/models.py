"""Letters, their attachments and one receipt for each organisation that got them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from kitaphana.mailings.enums import LetterKind
from kitaphana.organizations.models import Organization
from kitaphana.people.models import User


class Letter(models.Model):
    """What was sent. Never changed afterwards (triggers refuse); what is wrong is withdrawn and sent anew."""

    sender = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=LetterKind.choices)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    answer_by = models.DateField(null=True)
    """The last day for the answer to a request."""
    recipients = models.PositiveIntegerField()
    """How many organisations got it."""
    search_text = models.TextField()
    """Folded subject and text, by which it is found in any spelling."""
    sent_at = models.DateTimeField()

    if TYPE_CHECKING:
        sender_id: int
        withdrawal: Withdrawal

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=LetterKind.REQUEST, answer_by__isnull=False)
                | (~Q(kind=LetterKind.REQUEST) & Q(answer_by__isnull=True)),
                name="letter_answer_day",
            ),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(text=""), name="letter_not_empty"),
            models.CheckConstraint(condition=Q(recipients__gt=0), name="letter_recipients"),
        ]
        # The page of what an organisation sent, newest first.
        indexes: ClassVar = [models.Index(fields=["sender", "-id"], name="letter_sender")]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_withdrawn(self) -> bool:
        """Whether it no longer holds; ``select_related("withdrawal")`` spares a statement."""
        return hasattr(self, "withdrawal")

    @property
    def wants_answer(self) -> bool:
        """Whether an answer is asked for."""
        return self.kind == LetterKind.REQUEST


class Withdrawal(models.Model):
    """A letter that no longer holds, and why."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class Attachment(models.Model):
    """A file of a letter; its bytes lie in the data folder under their digest."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    stored = models.CharField(max_length=120)
    """Name in the storage: the SHA-256 of the bytes."""


class Receipt(models.Model):
    """A letter at one organisation: who opened it first and when, and its answer."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="receipts")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    top_at = models.DateTimeField()
    """When it came up in the inbox: the moment of sending, or of the last reminder."""
    is_unread = models.BooleanField(default=True)
    """Shown bold: not opened since it was sent or reminded of."""
    is_archived = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    """The first opening."""
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reminded_on = models.DateField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)

    if TYPE_CHECKING:
        letter_id: int
        organization_id: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "organization"], name="receipt_once"),
            models.CheckConstraint(condition=Q(is_unread=True) | Q(read_at__isnull=False), name="receipt_read"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="receipt_answer",
            ),
            models.CheckConstraint(
                condition=Q(reminders=0, reminded_on__isnull=True) | Q(reminders__gt=0, reminded_on__isnull=False),
                name="receipt_reminders",
            ),
        ]
        # The inbox of an organisation, what came last on top.
        indexes: ClassVar = [models.Index(fields=["organization", "is_archived", "-top_at"], name="receipt_inbox")]
