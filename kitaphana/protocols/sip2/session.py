"""What a machine asks and what it is told: one object for each connection."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.contrib.auth.hashers import check_password
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kitaphana.catalog.models import Record
from kitaphana.circulation import errors, queries, services
from kitaphana.circulation.enums import NextAction
from kitaphana.circulation.models import Hold
from kitaphana.core import clock
from kitaphana.core.access import Actor, Grant, Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.ids import new_id
from kitaphana.core.text.scanner import decode_scan
from kitaphana.formats import sip2
from kitaphana.formats.sip2 import Message, SipError, flag
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Copy
from kitaphana.people.models import User
from kitaphana.protocols.sip2.models import Terminal

log = logging.getLogger(__name__)

_COMMANDS: Final = UUID("5f0c6d0e-6f3b-4f0e-9d6e-7b1f5c2d0a61")
"""Names of commands grow from here: the same message of the same machine is the same command."""
_LANGUAGES: Final = {"001": "en", "024": "en", "015": "ru"}
_SUPPORTED: Final = "YYYNYYYYYNYNNYYY"
"""BX: patron status, checkout, checkin, block patron, SC status, resend, login, patron information, end session,
fee paid, item information, item status update, patron enable, hold, renew, renew all."""
_MEDIA: Final = "001"  # book
_TIME_AT: Final = {"09": 1, "11": 2, "15": 1, "29": 2, "65": 0}
"""Where a message's own time begins in its fixed part."""
_CLOCKS_DIFFER: Final = timedelta(hours=26)
"""Clocks of machines may be of another zone; a day off they are broken."""
MOST_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class _Reader:
    """A reader as the machine needs them."""

    desk: queries.DeskReader
    is_pin_right: bool
    may_borrow: bool


class Session:
    """One connection. ``answer`` is called line after line; nothing is kept between connections."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.terminal: Terminal | None = None
        self.encoding = "utf-8"
        self.last = b""
        self.tries = 0
        self.is_over = False

    def answer(self, line: bytes) -> bytes:
        """The answer to a line, with its end."""
        try:
            message = sip2.parse(line, self.encoding)
        except SipError as error:
            if error.code == "unknown":
                log.info("SIP2 %s: unknown message %r", self.address, line[:2])
            return sip2.build(Message("96"))
        if message.code == "97":
            return self.last or sip2.build(Message("96"))
        language = _LANGUAGES.get(message.fixed[:3], "") if message.code in {"23", "63"} else ""
        chosen = language or (self.terminal.language if self.terminal else "kk")
        with translation.override(chosen):
            reply = self._reply(message)
        reply.sequence = message.sequence
        self.last = sip2.build(reply, self.encoding)
        return self.last

    def _reply(self, message: Message) -> Message:
        if message.code == "93":
            return self._login(message)
        if self.terminal is None:
            # Nobody is served before the machine has said who it is.
            self.is_over = message.code != "99"
            return self._status(is_online=False) if message.code == "99" else Message("94", "0")
        handler = self._handlers().get(message.code)
        if handler is None:
            return Message("96")
        return handler(message)

    def _handlers(self) -> dict[str, Callable[[Message], Message]]:
        return {
            "99": lambda message: self._status(is_online=True), "23": self._patron_status, "63": self._patron_information,
            "11": self._checkout, "09": self._checkin, "29": self._renew, "65": self._renew_all, "15": self._hold,
            "17": self._item, "19": self._item_update, "25": self._enable, "01": self._block, "35": self._end,
            "37": self._fee,
        }  # fmt: skip

    # The machine

    def _login(self, message: Message) -> Message:
        login, password = message.get("CN"), message.get("CO")
        found = Terminal.objects.select_related("library").filter(login=login, is_active=True).first()
        is_right = check_password(password, found.password) if found is not None else False
        if found is None or not is_right:
            self.tries += 1
            self.is_over = self.tries >= MOST_TRIES
            log.warning("SIP2 %s: login %r refused", self.address, login[:60])
            return Message("94", "0")
        Terminal.objects.filter(pk=found.pk).update(seen_at=clock.now())
        self.terminal, self.encoding = found, found.encoding
        return Message("94", "1")

    def _status(self, *, is_online: bool) -> Message:
        fixed = f"{flag(yes=is_online)}YYYNN100003{sip2.stamp(self._now())}2.00"
        if not is_online or self.terminal is None:
            return Message("98", fixed, [("AO", ""), ("BX", "N" * 16)])
        return Message("98", fixed, [*self._place(), ("AM", self.terminal.library.name), ("BX", _SUPPORTED)])

    # Common parts

    @property
    def here(self) -> Terminal:
        """The machine; every handler runs after its login."""
        assert self.terminal is not None
        return self.terminal

    def _now(self) -> datetime:
        return timezone.localtime(clock.now())

    def _place(self) -> list[tuple[str, str]]:
        return [("AO", self.here.library.code)]

    def _actor(self) -> Actor:
        library = self.here.library
        grant = Grant(library.path, frozenset({Permission.CIRCULATION_LEND}))
        return Actor(user_id=None, grants=(grant,), address=self.address, name=f"SIP2: {self.here.name}"[:200])

    def _command(self, message: Message, what: str = "") -> UUID:
        """The same for a message that is sent again, be it over a new connection: its own time is in its fixed part.

        A machine whose clock stands still, or that sends no time, gets a new id each time: for it nothing is told apart.
        """
        if not self._is_timed(message):
            return new_id()
        text = "|".join([str(self.here.pk), message.code, message.fixed, *(f"{k}{v}" for k, v in message.fields), what])
        return uuid5(_COMMANDS, text)

    def _is_timed(self, message: Message) -> bool:
        begin = _TIME_AT.get(message.code, 0)
        text = message.fixed[begin : begin + 18]
        try:
            told = datetime.strptime(text[:8] + text[12:], "%Y%m%d%H%M%S").replace(tzinfo=self._now().tzinfo)
        except ValueError:
            return False
        return abs(self._now() - told) < _CLOCKS_DIFFER

    def _reader(self, message: Message) -> _Reader | None:
        card = decode_scan(message.get("AA").replace("\x00", "")[:60])
        desk = queries.desk_reader(self.here.library, card, on=clock.today()) if card else None
        if desk is None:
            return None
        is_right = False
        if password := message.get("AD"):
            user = User.objects.filter(person=desk.person, is_active=True).first()
            is_right = user is not None and user.check_password(password)
        is_in = desk.membership.left_on is None and not desk.is_expired and not desk.overdue_count
        return _Reader(desk, is_right, may_borrow=is_in and not any(note.is_blocking for note in desk.notes))

    def _may_act(self, reader: _Reader | None) -> bool:
        return reader is not None and (reader.is_pin_right or not self.here.needs_pin)

    def _patron_flags(self, reader: _Reader | None) -> str:
        """The 14 letters of a patron's status: a Y is a privilege denied or something to look at."""
        if reader is None:
            return "YYYY" + " " * 10
        denied = "Y" if not reader.may_borrow else " "
        expired = "Y" if reader.desk.is_expired or reader.desk.membership.left_on is not None else " "
        overdue = "Y" if reader.desk.overdue_count else " "
        return f"{denied}{expired} {expired}" + "  " + overdue + " " * 7

    def _who(self, message: Message, reader: _Reader | None) -> list[tuple[str, str]]:
        name = reader.desk.person.full_name if reader is not None and self.here.shows_names else ""
        is_known = reader is not None and (reader.is_pin_right or not self.here.needs_pin)
        return [
            *self._place(), ("AA", message.get("AA")), ("AE", name), ("BL", flag(yes=is_known)),
            ("CQ", flag(yes=reader is not None and (reader.is_pin_right or (not message.get("AD") and not self.here.needs_pin)))),
        ]  # fmt: skip

    def _said(self, text: str) -> list[tuple[str, str]]:
        return [("AF", text)] if text else []

    def _why_not(self, reader: _Reader | None) -> str:
        if reader is None:
            return _("No reader of this library has this card.")
        if not self._may_act(reader):
            return _("The password is wrong.")
        return ""

    # Readers

    def _patron_status(self, message: Message) -> Message:
        reader = self._reader(message)
        fixed = f"{self._patron_flags(reader)}{message.fixed[:3]}{sip2.stamp(self._now())}"
        return Message("24", fixed, [*self._who(message, reader), *self._said(self._notice(reader))])

    def _notice(self, reader: _Reader | None) -> str:
        """What the reader should know first."""
        if why := self._why_not(reader):
            return why
        assert reader is not None  # _why_not has said so
        if reader.desk.membership.left_on is not None or reader.desk.is_expired:
            return str(errors.CardExpired(valid_until=errors.in_words(reader.desk.membership.valid_until)))
        if reader.desk.overdue_count:
            return _("Overdue books: %(count)s. Please return them.") % {"count": reader.desk.overdue_count}
        if reader.desk.ready:
            return _("Books are waiting for you on the hold shelf: %(count)s.") % {"count": len(reader.desk.ready)}
        return ""

    def _patron_information(self, message: Message) -> Message:
        reader = self._reader(message)
        loans = list(queries.open_loans(reader.desk.person, self.here.library)) if reader is not None else []
        overdue = [loan for loan in loans if loan.due_on < clock.today()]
        ready = reader.desk.ready if reader is not None else []
        waiting = reader.desk.waiting if reader is not None else []
        counts = "".join(
            f"{min(count, 9999):04d}" for count in (len(ready), len(overdue), len(loans), 0, 0, len(waiting))
        )
        fixed = f"{self._patron_flags(reader)}{message.fixed[:3]}{sip2.stamp(self._now())}{counts}"
        fields = self._who(message, reader)
        if reader is not None and self._may_act(reader):
            limit = sum(use.limit for use in reader.desk.uses)
            fields.append(("CB", f"{min(limit, 9999):04d}"))
            summary = message.fixed[21:31]
            lists = [
                ("AS", [self._held(hold) for hold in ready]), ("AT", [loan.copy.barcode for loan in overdue]),
                ("AU", [loan.copy.barcode for loan in loans]), ("AV", []), ("BU", []),
                ("CD", [self._held(hold) for hold in waiting]),
            ]  # fmt: skip
            for place, (name, items) in enumerate(lists):
                if summary[place : place + 1] == "Y":
                    fields += sip2.several(name, sip2.window(items, message.get("BP"), message.get("BQ")))
        return Message("64", fixed, [*fields, *self._said(self._notice(reader))])

    @staticmethod
    def _held(hold: Hold) -> str:
        return hold.copy.barcode if hold.copy is not None else hold.record.title[:200]

    def _end(self, message: Message) -> Message:
        return Message("36", f"Y{sip2.stamp(self._now())}", [*self._place(), ("AA", message.get("AA"))])

    def _enable(self, message: Message) -> Message:
        """We block nobody from a machine, so there is nobody to enable: the patron's state, as it is."""
        reader = self._reader(message)
        fixed = f"{self._patron_flags(reader)}000{sip2.stamp(self._now())}"
        return Message("26", fixed, self._who(message, reader))

    def _block(self, message: Message) -> Message:
        """A card that was left in the machine: noted in the log for the librarian, the reader is not blocked."""
        log.warning("SIP2 %s: block of a card asked: %s", self.here.name, sip2.clean(message.get("AL"))[:200])
        reader = self._reader(message)
        return Message("24", f"{self._patron_flags(reader)}000{sip2.stamp(self._now())}", self._who(message, reader))

    def _fee(self, message: Message) -> Message:
        """School libraries take no fees."""
        fields = [*self._place(), ("AA", message.get("AA")), *self._said(_("This library takes no payments."))]
        return Message("38", f"N{sip2.stamp(self._now())}", fields)

    # Books

    def _checkout(self, message: Message) -> Message:
        reader, barcode = self._reader(message), message.get("AB")
        if why := self._why_not(reader):
            return self._lent("12", message, "0NUN", "", None, why)
        assert reader is not None
        at = clock.now()
        card = reader.desk.membership.card_number
        try:
            loan = services.check_out(
                actor=self._actor(), library=self.here.library, card=card, barcode=barcode, at=at,
                command_id=self._command(message),
            )  # fmt: skip
        except errors.CopyOnLoanHere as refusal:
            if message.fixed[:1] != "Y":
                return self._lent("12", message, "0NUN", self._title_of(barcode), None, str(refusal))
            return self._renewed(message, "12", barcode, reader)
        except DomainError as refusal:
            return self._lent("12", message, "0NUN", self._title_of(barcode), None, str(refusal))
        return self._lent("12", message, "1NUY", loan.copy.record.title, loan.due_on, "")

    def _renewed(self, message: Message, code: str, barcode: str, reader: _Reader) -> Message:
        title = self._title_of(barcode)
        try:
            loan = queries.open_loan(self.here.library, decode_scan(barcode))
            if loan is None or loan.person_id != reader.desk.person.pk:
                raise errors.NotOnLoan(title=title)
            loan = services.renew(
                actor=self._actor(), library=self.here.library, loan=loan, at=clock.now(),
                command_id=self._command(message, "renew"),
            )  # fmt: skip
        except DomainError as refusal:
            return self._lent(code, message, "0NUN", title, None, str(refusal))
        return self._lent(code, message, "1YUN", title, loan.due_on, "")

    def _renew(self, message: Message) -> Message:
        reader = self._reader(message)
        if why := self._why_not(reader):
            return self._lent("30", message, "0NUN", "", None, why)
        assert reader is not None
        return self._renewed(message, "30", message.get("AB"), reader)

    def _lent(self, code: str, message: Message, letters: str, title: str, due: date | None, said: str) -> Message:
        fields = [
            *self._place(), ("AA", message.get("AA")), ("AB", message.get("AB")), ("AJ", title),
            ("AH", due.strftime("%d.%m.%Y") if due else ""), ("CK", _MEDIA), *self._said(said),
        ]  # fmt: skip
        return Message(code, f"{letters}{sip2.stamp(self._now())}", fields)

    def _renew_all(self, message: Message) -> Message:
        reader = self._reader(message)
        done: list[str] = []
        left: list[str] = []
        said = self._why_not(reader)
        if reader is not None and not said:
            for loan in queries.open_loans(reader.desk.person, self.here.library):
                try:
                    services.renew(
                        actor=self._actor(), library=self.here.library, loan=loan, at=clock.now(),
                        command_id=self._command(message, loan.copy.barcode),
                    )  # fmt: skip
                    done.append(loan.copy.barcode)
                except DomainError as refusal:
                    left.append(loan.copy.barcode)
                    said = said or str(refusal)
        ok = "1" if reader is not None and (done or not left) and not self._why_not(reader) else "0"
        fixed = f"{ok}{min(len(done), 9999):04d}{min(len(left), 9999):04d}{sip2.stamp(self._now())}"
        fields = [*self._place(), *sip2.several("BM", done), *sip2.several("BN", left), *self._said(said)]
        return Message("66", fixed, fields)

    def _checkin(self, message: Message) -> Message:
        barcode = message.get("AB")
        try:
            back = services.check_in(
                actor=self._actor(), library=self.here.library, barcode=barcode, at=clock.now(),
                command_id=self._command(message),
            )  # fmt: skip
        except DomainError as refusal:
            fields = [
                *self._place(),
                ("AB", barcode),
                ("AQ", ""),
                ("AJ", self._title_of(barcode)),
                *self._said(str(refusal)),
            ]
            return Message("10", f"0NUY{sip2.stamp(self._now())}", fields)
        is_kept = back.next_action == NextAction.HOLD_SHELF
        fields = [
            *self._place(), ("AB", back.copy.barcode), ("AQ", back.copy.shelf_mark.replace("\n", " ")),
            ("AJ", back.copy.record.title), ("CK", _MEDIA), *([("CV", "01")] if is_kept else []),
            *self._said(_("Somebody is waiting for this book: put it on the hold shelf.") if is_kept else ""),
        ]  # fmt: skip
        return Message("10", f"1YU{flag(yes=is_kept)}{sip2.stamp(self._now())}", fields)

    def _copy(self, barcode: str) -> Copy | None:
        code = decode_scan(barcode.replace("\x00", "")[:60])
        found = Copy.objects.filter(library=self.here.library, barcode=code).select_related("record", "library")
        return found.first() if code else None

    def _title_of(self, barcode: str) -> str:
        copy = self._copy(barcode)
        return copy.record.title if copy is not None else ""

    def _item(self, message: Message) -> Message:
        copy = self._copy(message.get("AB"))
        if copy is None:
            fields = [("AB", message.get("AB")), ("AJ", ""), *self._said(_("This library has no such book."))]
            return Message("18", f"010001{sip2.stamp(self._now())}", fields)
        place = queries.copy_place(copy)
        status = "03"
        due = ""
        if copy.state != CopyState.IN_FUND:
            status = "01"
        elif place.loan is not None:
            status, due = "04", place.loan.due_on.strftime("%d.%m.%Y")
        elif place.hold is not None:
            status = "08"
        waiting = Hold.objects.filter(library=self.here.library, record=copy.record_id, state__in=queries.OPEN_HOLDS)
        fields = [
            ("CF", str(waiting.count())), ("AH", due), ("AB", copy.barcode), ("AJ", copy.record.title),
            ("BG", self.here.library.code), ("CK", _MEDIA), ("AQ", copy.shelf_mark.replace("\n", " ")),
        ]  # fmt: skip
        return Message("18", f"{status}0001{sip2.stamp(self._now())}", fields)

    def _item_update(self, message: Message) -> Message:
        """Properties of an item live in our records; a machine does not change them."""
        fields = [("AB", message.get("AB")), ("AJ", self._title_of(message.get("AB")))]
        return Message("20", f"0{sip2.stamp(self._now())}", fields)

    def _hold(self, message: Message) -> Message:
        reader = self._reader(message)
        copy = self._copy(message.get("AB"))
        mode = message.fixed[:1]
        said = self._why_not(reader)
        queue, state = 0, "0N"
        record: Record | None = copy.record if copy is not None else None
        if not said and record is None:
            said = _("This library has no such book.")
        if not said and reader is not None and record is not None:
            try:
                queue = self._change_hold(message, mode, reader, record)
                state = "1N" if queue else "1Y"
            except DomainError as refusal:
                said = str(refusal)
        fields = [
            *([("BR", str(queue))] if queue else []), *self._place(), ("AA", message.get("AA")), ("AB", message.get("AB")),
            ("AJ", record.title if record is not None else ""), *self._said(said),
        ]  # fmt: skip
        return Message("16", f"{state}{sip2.stamp(self._now())}", fields)

    def _change_hold(self, message: Message, mode: str, reader: _Reader, record: Record) -> int:
        """Place (+) or cancel (-) a hold; returns the place in the queue, 0 where there is none."""
        library, at = self.here.library, clock.now()
        if mode == "-":
            mine = Hold.objects.filter(
                library=library, record=record, person=reader.desk.person, state__in=queries.OPEN_HOLDS
            ).first()
            if mine is None:
                raise errors.HoldEnded(title=record.title)
            services.cancel_hold(
                actor=self._actor(), library=library, hold=mine, at=at, command_id=self._command(message)
            )
            return 0
        if mode != "+":
            raise NotFound()
        hold = services.place_hold(
            actor=self._actor(), library=library, record=record, person=reader.desk.person, at=at,
            command_id=self._command(message),
        )  # fmt: skip
        ahead = Hold.objects.filter(
            library=library, record=record, state__in=queries.OPEN_HOLDS, placed_at__lt=hold.placed_at
        )
        return ahead.count() + 1
