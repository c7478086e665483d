"""Reads of mailings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from kitaphana.core import clock
from kitaphana.core.access import Actor, Permission, Reach
from kitaphana.core.text.kazakh import fold
from kitaphana.mailings.enums import PLACES, RECIPIENT_KINDS, LetterKind
from kitaphana.mailings.errors import LetterNotFound
from kitaphana.mailings.models import Attachment, Letter, Receipt
from kitaphana.organizations.models import Organization, within

VIEW = Permission.ORGANIZATIONS_VIEW
SEND = Permission.LETTERS_SEND
_KEPT = Q(letter__withdrawal__isnull=True)
TABS = ("inbox", "guidance", "archive")


def own_paths(actor: Actor) -> list[str]:
    """The places one works at: those of one's roles, not what lies below them."""
    return sorted({grant.path for grant in actor.grants if VIEW in grant.permissions})


def own_receipts(actor: Actor) -> QuerySet[Receipt, Receipt]:
    """What came to the organisations one works at, with letter, sender and organisation."""
    return Receipt.objects.filter(organization__path__in=own_paths(actor)).select_related(
        "letter__sender", "letter__withdrawal", "organization"
    )


def _in_tab(tab: str) -> Q:
    if tab == "guidance":
        return Q(letter__kind=LetterKind.GUIDANCE) & _KEPT
    return Q(is_archived=tab == "archive")


def inbox(actor: Actor, tab: str, text: str = "") -> QuerySet[Receipt, Receipt]:
    """A tab of the inbox, what came up last on top; found by every word of the text in any spelling."""
    found = own_receipts(actor).filter(_in_tab(tab))
    for word in fold(text.replace("\x00", "")).split():
        found = found.filter(letter__search_text__contains=word)
    return found.order_by("-top_at", "-pk")


def unread(actor: Actor) -> int:
    """How many letters nobody of one's organisations has opened since they came up (one statement)."""
    return own_receipts(actor).filter(_KEPT, is_unread=True).count()


def unread_since(actor: Actor) -> tuple[int, date | None]:
    """How many letters are unread, and the day of the oldest (one statement)."""
    row: dict[str, Any] = (
        own_receipts(actor).filter(_KEPT, is_unread=True).aggregate(count=Count("pk"), oldest=Min("letter__sent_at"))
    )
    return row["count"], clock.day_of(row["oldest"]) if row["oldest"] else None


def tab_counts(actor: Actor) -> dict[str, int]:
    """Unread letters of the inbox, letters of the other tabs (one statement)."""
    counts: dict[str, int] = Receipt.objects.filter(organization__path__in=own_paths(actor)).aggregate(
        inbox=Count("pk", filter=_KEPT & Q(is_unread=True, is_archived=False)),
        guidance=Count("pk", filter=_in_tab("guidance")),
        archive=Count("pk", filter=_in_tab("archive")),
    )
    return counts


def sent(reach: Reach) -> QuerySet[Any, Any]:
    """What was sent from the places in reach, newest first, with how many have ``read`` and ``answered``."""
    found: QuerySet[Any, Any] = (
        Letter.objects.filter(within(reach, "sender__path"))
        .select_related("sender", "author", "withdrawal")
        .annotate(
            read=Count("receipts", filter=Q(receipts__read_at__isnull=False)),
            answered=Count("receipts", filter=Q(receipts__answered_at__isnull=False)),
        )
        .order_by("-pk")
    )
    return found


def sent_letter(pk: int, reach: Reach) -> Any:
    """A letter sent from a place in reach, with ``read`` and ``answered``.

    :raises LetterNotFound: there is none.
    """
    found = sent(reach).filter(pk=pk).first()
    if found is None:
        raise LetterNotFound
    return found


def outstanding(letter: Letter) -> Q:
    """The condition «this receipt still owes»: not read, or of a request not answered."""
    return Q(answered_at__isnull=True) if letter.wants_answer else Q(read_at__isnull=True)


def receipts(letter: Letter, only: str = "") -> QuerySet[Receipt, Receipt]:
    """The receipts of a letter in the order of the tree; ``only``: ``unread``, ``read``, ``answered`` or ``waiting``."""
    found = (
        Receipt.objects.filter(letter=letter)
        .select_related("organization", "read_by__person", "answered_by__person")
        .order_by("organization__path")
    )
    conditions = {
        "unread": Q(read_at__isnull=True),
        "read": Q(read_at__isnull=False),
        "answered": Q(answered_at__isnull=False),
        "waiting": outstanding(letter),
    }
    return found.filter(conditions[only]) if only in conditions else found


def attachment(pk: int, actor: Actor) -> Attachment:
    """A file of a letter that one's organisation got or sent.

    :raises LetterNotFound: there is none.
    """
    mine = Q(letter__receipts__organization__path__in=own_paths(actor)) | within(
        actor.reach(SEND), "letter__sender__path"
    )
    found = Attachment.objects.filter(mine, pk=pk).distinct().first()
    if found is None:
        raise LetterNotFound
    return found


# Who gets a letter


def senders(actor: Actor) -> list[Organization]:
    """The places one may send from, the widest first (one statement)."""
    paths = {grant.path for grant in actor.grants if SEND in grant.permissions}
    return list(Organization.objects.filter(path__in=paths).order_by("path"))


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is to get a letter: everything of some kinds below some places, and single organisations."""

    places: tuple[str, ...] = ()
    """Codes."""
    kinds: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def recipients(sender: Organization, choice: Choice) -> list[Organization]:
    """The organisations of a choice, in the order of the tree; codes out of reach are left out (two statements)."""
    below = Organization.objects.filter(path__startswith=sender.path, is_closed=False, kind__in=RECIPIENT_KINDS)
    wanted = Q(code__in=choice.codes)
    if choice.places and choice.kinds:
        here = Organization.objects.filter(path__startswith=sender.path, code__in=choice.places, kind__in=PLACES)
        for path in here.values_list("path", flat=True):
            wanted |= Q(path__startswith=path, kind__in=choice.kinds)
    return list(below.filter(wanted).exclude(pk=sender.pk).order_by("path"))


def branches_of(node: Organization) -> list[Organization]:
    """What stands right below a place and can get letters, or holds what can."""
    return list(
        Organization.objects.filter(
            path__startswith=node.path, depth=node.depth + 1, is_closed=False, kind__in=RECIPIENT_KINDS
        ).order_by("path")
    )


def by_codes(sender: Organization, codes: Iterable[str]) -> list[Organization]:
    """Single organisations below a sender."""
    wanted = list(codes)
    return recipients(sender, Choice(codes=tuple(wanted))) if wanted else []


# For the page of what waits


@dataclass(frozen=True, slots=True)
class Due:
    """How many, and since when or until when."""

    count: int
    oldest: date | None


def answers_due(actor: Actor) -> Due:
    """Requests to one's organisations that wait for an answer, with the nearest day (one statement)."""
    found: dict[str, Any] = (
        Receipt.objects.filter(
            _KEPT, organization__path__in=own_paths(actor), letter__kind=LetterKind.REQUEST, answered_at__isnull=True
        )
        .order_by()
        .aggregate(count=Count("pk"), oldest=Min("letter__answer_by"))
    )
    return Due(found["count"], found["oldest"])


def late(node: Organization, today: date, *, patience: date) -> QuerySet[Receipt, Receipt]:
    """Receipts below a node that owe: a request past its day without an answer, another letter not read since
    before ``patience``.
    """
    return Receipt.objects.filter(
        _KEPT,
        Q(letter__kind=LetterKind.REQUEST, letter__answer_by__lt=today, answered_at__isnull=True)
        | (~Q(letter__kind=LetterKind.REQUEST) & Q(read_at__isnull=True, letter__sent_at__date__lt=patience)),
        organization__path__startswith=node.path,
    ).exclude(organization=node.pk)
