"""Commands of mailings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from kitaphana.core import audit, clock
from kitaphana.core.access import Actor, Permission
from kitaphana.core.text.kazakh import fold
from kitaphana.mailings import attachments, queries
from kitaphana.mailings.enums import Action, LetterKind
from kitaphana.mailings.errors import (
    AnsweredAlready,
    BadAnswerDay,
    EmptyAnswer,
    EmptyLetter,
    ForeignRecipient,
    LetterNotFound,
    NoAnswerWanted,
    NoRecipients,
    ReasonMissing,
    ReminderTooSoon,
    Withdrawn,
)
from kitaphana.mailings.models import Attachment, Letter, Receipt, Withdrawal
from kitaphana.organizations.models import Organization

BATCH = 2000
LONGEST = 20_000
"""Characters of a letter or an answer."""


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


@transaction.atomic
def send_letter(
    *,
    actor: Actor,
    sender: Organization,
    recipients: Sequence[Organization],
    kind: LetterKind,
    subject: str,
    text: str,
    at: datetime,
    answer_by: date | None = None,
    files: Sequence[attachments.File] = (),
    command_id: UUID | None = None,
) -> Letter:
    """Send a letter: a receipt for each organisation, however many, in a fixed number of commands.

    ``answer_by``: the last day for the answer, only of a request.

    :raises NoRecipients: nobody is chosen.
    :raises ForeignRecipient: somebody is not below the sender.
    :raises EmptyLetter: subject or text is missing.
    :raises BadAnswerDay: a request without a day to come, or a day without a request.
    :raises BadAttachment: a file that is not passed on.
    """
    actor.require(Permission.LETTERS_SEND, sender.path)
    if (first := audit.repeated(command_id)) is not None:
        return Letter.objects.get(pk=first.object_id)
    chosen = {one.pk: one for one in recipients}
    if not chosen:
        raise NoRecipients
    if any(not one.path.startswith(sender.path) or one.pk == sender.pk for one in chosen.values()):
        raise ForeignRecipient
    subject, text = " ".join(_clean(subject).split())[:200], _clean(text)[:LONGEST]
    if not subject or not text:
        raise EmptyLetter
    if (kind == LetterKind.REQUEST) != (answer_by is not None) or (answer_by and answer_by < clock.day_of(at)):
        raise BadAnswerDay
    kept = attachments.keep(list(files))
    letter = Letter.objects.create(
        sender=sender,
        author_id=actor.user_id,
        kind=kind,
        subject=subject,
        text=text,
        answer_by=answer_by,
        recipients=len(chosen),
        search_text=fold(f"{subject}\n{text}"),
        sent_at=at,
    )
    Attachment.objects.bulk_create(
        Attachment(letter=letter, name=one.name, media_type=one.media_type, size=one.size, stored=one.stored)
        for one in kept
    )
    Receipt.objects.bulk_create(
        (Receipt(letter=letter, organization=one, top_at=at) for one in chosen.values()), batch_size=BATCH
    )
    audit.record(
        actor, Action.SEND, letter, at=at, library_id=sender.pk, command_id=command_id,
        after={"kind": letter.kind, "recipients": letter.recipients, "files": len(kept)},
    )  # fmt: skip
    return letter


def _locked(actor: Actor, pk: int) -> Receipt:
    """A receipt of an organisation the actor works at, locked."""
    found = queries.own_receipts(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise LetterNotFound
    return found


@transaction.atomic
def open_letter(*, actor: Actor, receipt_id: int, at: datetime) -> Receipt:
    """Note that a letter was opened; the first reader and moment stay for good.

    :raises LetterNotFound: it did not come to an organisation the actor works at.
    """
    receipt = _locked(actor, receipt_id)
    if receipt.is_unread:
        receipt.is_unread = False
        if receipt.read_at is None:
            receipt.read_at, receipt.read_by_id = at, actor.user_id
        receipt.save(update_fields=["is_unread", "read_at", "read_by"])
    return receipt


@transaction.atomic
def archive(*, actor: Actor, receipt_id: int, is_archived: bool = True) -> Receipt:
    """Put a letter that was opened into the archive, or back.

    :raises LetterNotFound: it did not come to an organisation the actor works at.
    """
    receipt = _locked(actor, receipt_id)
    receipt.is_archived = is_archived
    receipt.save(update_fields=["is_archived"])
    return receipt


@transaction.atomic
def answer(*, actor: Actor, receipt_id: int, text: str, at: datetime, command_id: UUID | None = None) -> Receipt:
    """Answer a request for one's organisation, once.

    :raises LetterNotFound: it did not come to an organisation the actor works at.
    :raises NoAnswerWanted, Withdrawn, AnsweredAlready, EmptyAnswer: an answer is not taken.
    """
    if (first := audit.repeated(command_id)) is not None:
        receipt = queries.own_receipts(actor).filter(pk=first.object_id).first()
        if receipt is None:
            raise LetterNotFound
        return receipt
    receipt = _locked(actor, receipt_id)
    if not receipt.letter.wants_answer:
        raise NoAnswerWanted
    if receipt.letter.is_withdrawn:
        raise Withdrawn
    if receipt.answered_at is not None:
        raise AnsweredAlready
    if not (text := _clean(text)[:LONGEST]):
        raise EmptyAnswer
    receipt.answer, receipt.answered_at, receipt.answered_by_id = text, at, actor.user_id
    if receipt.read_at is None:
        receipt.read_at, receipt.read_by_id = at, actor.user_id
    receipt.is_unread = False
    receipt.save(update_fields=["answer", "answered_at", "answered_by", "read_at", "read_by", "is_unread"])
    audit.record(
        actor, Action.ANSWER, receipt, at=at, library_id=receipt.organization_id, command_id=command_id,
        after={"letter": receipt.letter_id},
    )  # fmt: skip
    return receipt


def _own(actor: Actor, letter: Letter) -> Letter:
    """The letter, locked, where the actor may send from its place."""
    actor.require(Permission.LETTERS_SEND, letter.sender.path)
    locked = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if Withdrawal.objects.filter(letter=locked).exists():
        raise Withdrawn
    return locked


@transaction.atomic
def remind(*, actor: Actor, letter: Letter, at: datetime, command_id: UUID | None = None) -> int:
    """Bring a letter up again where it is not read, or not answered; returns at how many organisations.

    An organisation is reminded at most once a day.

    :raises ReminderTooSoon: nobody is left to be reminded today.
    :raises Withdrawn: the letter no longer holds.
    """
    actor.require(Permission.LETTERS_SEND, letter.sender.path)
    if (first := audit.repeated(command_id)) is not None:
        return int((first.after or {}).get("organizations", 0))
    _own(actor, letter)
    today = clock.day_of(at)
    waiting = Receipt.objects.filter(queries.outstanding(letter), letter=letter)
    # Who was reminded, or got the letter itself, on this very day has had it on top today.
    count = waiting.filter(Q(reminded_on__isnull=True) | Q(reminded_on__lt=today)).update(
        is_unread=True, is_archived=False, top_at=at, reminded_on=today, reminders=F("reminders") + 1
    )
    if not count:
        raise ReminderTooSoon
    audit.record(
        actor, Action.REMIND, letter, at=at, library_id=letter.sender_id, command_id=command_id,
        after={"organizations": count},
    )  # fmt: skip
    return count


@transaction.atomic
def withdraw(*, actor: Actor, letter: Letter, reason: str, at: datetime, command_id: UUID | None = None) -> Withdrawal:
    """Say that a letter no longer holds; it stays readable with the reason.

    :raises ReasonMissing: no reason is given.
    :raises Withdrawn: it was withdrawn before.
    """
    actor.require(Permission.LETTERS_SEND, letter.sender.path)
    if (first := audit.repeated(command_id)) is not None:
        return Withdrawal.objects.get(letter_id=first.object_id)
    _own(actor, letter)
    if not (reason := " ".join(_clean(reason).split())[:500]):
        raise ReasonMissing
    done = Withdrawal.objects.create(letter=letter, reason=reason, by_id=actor.user_id, at=at)
    audit.record(
        actor, Action.WITHDRAW, letter, at=at, library_id=letter.sender_id, command_id=command_id,
        after={"reason": reason},
    )  # fmt: skip
    return done
