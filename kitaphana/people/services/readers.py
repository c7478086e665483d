"""Commands on readers: register, change, re-register, let go, take back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kitaphana.core import audit, changes, clock, crypto
from kitaphana.core.access import Actor, Permission
from kitaphana.core.text.identifiers import birth_date_of_iin, iin_is_valid, masked, sex_of_iin
from kitaphana.core.text.kazakh import sort_key
from kitaphana.core.text.names import name_key
from kitaphana.core.text.scanner import looks_like_code
from kitaphana.organizations.models import Organization
from kitaphana.people import cards
from kitaphana.people.enums import Category, LeavingReason, Sex
from kitaphana.people.errors import (
    AlreadyReader,
    BadBirthDate,
    BadCard,
    BadIin,
    CardTaken,
    ClassElsewhere,
    HasLeft,
    HasNotLeft,
    IinOfAnother,
    NameMissing,
)
from kitaphana.people.models import Enrollment, Membership, Person, SchoolClass

OLDEST = 1900


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What is written about a person. An empty IIN means «not known» and never removes one that is stored."""

    surname: str
    given_name: str = ""
    patronymic: str = ""
    birth_date: date | None = None
    sex: str = ""
    phone: str = ""
    email: str = ""
    iin: str = ""

    def checked(self, *, today: date) -> PersonDetails:
        """The details tidied; day of birth and sex are taken from the IIN where they are missing.

        :raises NameMissing, BadIin, BadBirthDate: what is given can't be accepted.
        """
        texts: dict[str, Any] = {
            name: " ".join(getattr(self, name).split())
            for name in ("surname", "given_name", "patronymic", "phone", "email", "iin")
        }
        if not texts["surname"]:
            texts["surname"], texts["given_name"] = texts["given_name"], ""
        if not texts["surname"]:
            raise NameMissing()
        if texts["iin"] and not iin_is_valid(texts["iin"]):
            raise BadIin()
        born = self.birth_date or birth_date_of_iin(texts["iin"])
        if (born is not None and not OLDEST <= born.year <= today.year) or (born is not None and born > today):
            raise BadBirthDate()
        sex = self.sex or sex_of_iin(texts["iin"])
        return PersonDetails(**texts, birth_date=born, sex=sex if sex in Sex.values else "")


def plain_key(surname: str, given_name: str) -> str:
    """Key of surname and given name without the patronymic, which lists leave out as often as not."""
    return name_key(f"{surname} {given_name}")


def same_name(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether two names (surname, given name, patronymic) may be of one person: spellings apart, the parts
    agree.
    """
    if plain_key(*one[:2]) != plain_key(*other[:2]):
        return False
    return not one[2] or not other[2] or name_key(one[2]) == name_key(other[2])


def may_be_same_person(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether an equal IIN is believed: surname or given name agrees (surnames change, slips of the pen
    happen).
    """
    return name_key(one[0]) == name_key(other[0]) or name_key(one[1]) == name_key(other[1])


def fill_person(person: Person, details: PersonDetails) -> list[str]:
    """Put checked details into a person (not saved); the names of the columns that changed."""
    wanted: dict[str, Any] = {
        field.name: getattr(details, field.name) for field in fields(PersonDetails) if field.name != "iin"
    }
    full = " ".join(part for part in (details.surname, details.given_name, details.patronymic) if part)
    changed = [name for name, value in wanted.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, wanted[name])
    if not person.name_key or {"surname", "given_name", "patronymic"} & set(changed):
        person.name_key = name_key(full)[:320]
        person.sort_key = sort_key(full)[:640]
        changed += ["name_key", "sort_key"]
    if details.iin:
        index = crypto.blind_index(details.iin)
        if person.iin_index != index:
            person.iin_encrypted, person.iin_index = crypto.encrypt(details.iin), index
            changed += ["iin_encrypted", "iin_index"]
    return changed


def iin_of(person: Person) -> str:
    """The IIN masked for showing, or an empty text."""
    return masked(crypto.decrypt(person.iin_encrypted)) if person.iin_encrypted else ""


def _facts(person: Person, names: list[str]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name in names:
        if name in {"name_key", "sort_key", "iin_encrypted"}:
            continue
        value = getattr(person, name)
        if name == "iin_index":
            facts["iin"] = iin_of(person)
        else:
            facts[name] = value.isoformat() if isinstance(value, date) else value
    return facts


def _known_person(library: Organization, details: PersonDetails) -> Person | None:
    """The person meant by the details: by IIN anywhere, by name and day of birth among this library's
    readers.

    Namesakes born on one day exist in a country of millions, so outside the library only the IIN is believed.
    """
    mine = (details.surname, details.given_name, details.patronymic)
    if details.iin:
        found = Person.objects.select_for_update().filter(iin_index=crypto.blind_index(details.iin)).first()
        if found is not None:
            if not may_be_same_person(mine, (found.surname, found.given_name, found.patronymic)):
                raise IinOfAnother()
            return found
    if details.birth_date is None:
        return None
    candidates = Person.objects.select_for_update().filter(birth_date=details.birth_date, memberships__library=library)
    for person in candidates:
        if details.iin and person.iin_index:
            continue
        if same_name(mine, (person.surname, person.given_name, person.patronymic)):
            return person
    return None


def _checked_card(library: Organization, number: str, *, but: Membership | None = None) -> str:
    if not looks_like_code(number) or len(number) > 20:
        raise BadCard(card=number)
    taken = Membership.objects.filter(library=library, card_number=number)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    if taken.exists():
        raise CardTaken(card=number)
    return number


def _require_class_of(library: Organization, school_class: SchoolClass | None) -> None:
    if school_class is not None and school_class.library_id != library.pk:
        raise ClassElsewhere()


@transaction.atomic
def register_reader(
    *,
    actor: Actor,
    library: Organization,
    person: PersonDetails,
    category: Category,
    school_class: SchoolClass | None = None,
    card_number: str = "",
    at: datetime,
    command_id: UUID | None = None,
) -> Membership:
    """Make somebody a reader of the library and give a card (a fresh number where none is given).

    A person whom the network knows by the IIN, or this library by name and day of birth, is not made twice;
    somebody
    who had left comes back with the old card.

    :raises AlreadyReader: the person is a reader here.
    :raises NameMissing, BadIin, BadBirthDate, IinOfAnother, CardTaken, BadCard, ClassElsewhere: can't be
    accepted.
    """
    actor.require(Permission.PEOPLE_EDIT, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return _by_id(repeat.object_id)
    on = clock.day_of(at)
    details = person.checked(today=on)
    _require_class_of(library, school_class)
    known = _known_person(library, details)
    membership = None
    if known is not None:
        membership = Membership.objects.select_for_update().filter(library=library, person=known).first()
        if membership is not None and membership.left_on is None:
            raise AlreadyReader(name=known.full_name, card=membership.card_number)
    human = known or Person(name_key="", sort_key="")
    # What the network knows already is completed, not emptied.
    kept = details if known is None else _completed(known, details)
    fill_person(human, kept)
    human.save()
    if card_number:
        number = _checked_card(library, card_number, but=membership)
    else:
        number = membership.card_number if membership is not None else cards.take(library)[0]
    if membership is None:
        membership = Membership(library=library, person=human, registered_on=on)
    membership.category, membership.card_number = category, number
    membership.school_class, membership.valid_until = school_class, cards.valid_until(on)
    membership.left_on, membership.left_reason = None, ""
    membership.save()
    if school_class is not None:
        Enrollment.objects.create(membership=membership, school_class=school_class, from_on=on)
    audit.record(
        actor,
        "people.reader_registered",
        membership,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={
            "person": human.pk,
            "card": number,
            "category": category,
            "class": school_class and school_class.name,
        },
    )
    changes.note("people.membership", [membership.pk])
    return membership


def _completed(person: Person, details: PersonDetails) -> PersonDetails:
    values = {field.name: getattr(details, field.name) for field in fields(PersonDetails)}
    for name in ("patronymic", "birth_date", "sex", "phone", "email"):
        values[name] = values[name] or getattr(person, name)
    return PersonDetails(**values)


@transaction.atomic
def update_reader(
    *,
    actor: Actor,
    membership: Membership,
    person: PersonDetails,
    category: Category,
    card_number: str,
    at: datetime,
    command_id: UUID | None = None,
) -> Membership:
    """Change what is written about a reader, the category or the card. The class has its own command.

    :raises NameMissing, BadIin, BadBirthDate, IinOfAnother, CardTaken, BadCard: can't be accepted.
    """
    library = membership.library
    actor.require(Permission.PEOPLE_EDIT, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return _by_id(repeat.object_id)
    membership = _locked(membership)
    human = Person.objects.select_for_update().get(pk=membership.person_id)
    details = person.checked(today=clock.day_of(at))
    if details.iin and Person.objects.filter(iin_index=crypto.blind_index(details.iin)).exclude(pk=human.pk).exists():
        raise IinOfAnother()
    number = _checked_card(library, card_number, but=membership)
    earlier = Person.objects.get(pk=human.pk)
    changed = fill_person(human, details)
    before, after = _facts(earlier, changed), _facts(human, changed)
    for name, value in (("category", str(category)), ("card_number", number)):
        if getattr(membership, name) != value:
            before[name], after[name] = getattr(membership, name), value
            setattr(membership, name, value)
    if not after:
        return membership
    if changed:
        human.save(update_fields=changed)
    membership.save(update_fields=["category", "card_number"])
    membership.person = human
    audit.record(
        actor,
        "people.reader_changed",
        membership,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        before=before,
        after=after,
    )
    changes.note("people.membership", [membership.pk])
    return membership


def _by_id(pk: int | None) -> Membership:
    found: Membership = Membership.objects.select_related("person").get(pk=pk)
    return found


def _locked(membership: Membership) -> Membership:
    locked: Membership = Membership.objects.select_for_update().get(pk=membership.pk)
    return locked


def _require_here(membership: Membership) -> None:
    if membership.left_on is not None:
        raise HasLeft(name=membership.person.full_name)


@transaction.atomic
def change_class(
    *,
    actor: Actor,
    membership: Membership,
    school_class: SchoolClass | None,
    at: datetime,
    command_id: UUID | None = None,
) -> Membership:
    """Move a reader to another class (None: to none); the history keeps the earlier one.

    :raises ClassElsewhere: the class is of another school.
    :raises HasLeft: the reader has left.
    """
    actor.require(Permission.PEOPLE_EDIT, membership.library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Membership.objects.get(pk=repeat.object_id)
    membership = _locked(membership)
    _require_here(membership)
    _require_class_of(membership.library, school_class)
    if membership.school_class_id == (school_class.pk if school_class else None):
        return membership
    before = membership.school_class
    on = clock.day_of(at)
    membership.enrollments.filter(until_on__isnull=True).update(until_on=on)
    membership.school_class = school_class
    membership.save(update_fields=["school_class"])
    if school_class is not None:
        Enrollment.objects.create(membership=membership, school_class=school_class, from_on=on)
    audit.record(
        actor,
        "people.class_changed",
        membership,
        at=at,
        library_id=membership.library_id,
        command_id=command_id,
        before={"class": before and before.name},
        after={"class": school_class and school_class.name},
    )
    changes.note("people.membership", [membership.pk])
    return membership


@transaction.atomic
def re_register(
    *,
    actor: Actor,
    library: Organization,
    memberships: list[int],
    at: datetime,
    command_id: UUID | None = None,
) -> int:
    """Prolong the cards of readers of a library (ids) to the end of the next term; how many were prolonged.

    Those who left and those whose cards already serve that long stay as they are.
    """
    actor.require(Permission.PEOPLE_EDIT, library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return int((repeat.after or {}).get("number", 0))
    until = cards.valid_until(clock.day_of(at))
    due = list(
        Membership.objects.select_for_update()
        .filter(library=library, pk__in=memberships, left_on__isnull=True, valid_until__lt=until)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    Membership.objects.filter(pk__in=due).update(valid_until=until)
    audit.record(
        actor,
        "people.re_registered",
        library,
        at=at,
        library_id=library.pk,
        command_id=command_id,
        after={"number": len(due), "valid_until": until.isoformat(), "memberships": due},
    )
    changes.note("people.membership", due)
    return len(due)


@transaction.atomic
def leave(
    *,
    actor: Actor,
    membership: Membership,
    reason: LeavingReason,
    at: datetime,
    command_id: UUID | None = None,
) -> Membership:
    """End a membership. Loans and history stay; the last class stays shown, its enrolment is closed.

    :raises HasLeft: the reader has left already.
    """
    actor.require(Permission.PEOPLE_EDIT, membership.library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Membership.objects.get(pk=repeat.object_id)
    membership = _locked(membership)
    _require_here(membership)
    on = clock.day_of(at)
    membership.left_on, membership.left_reason = on, reason
    membership.save(update_fields=["left_on", "left_reason"])
    membership.enrollments.filter(until_on__isnull=True).update(until_on=on)
    audit.record(
        actor,
        "people.reader_left",
        membership,
        at=at,
        library_id=membership.library_id,
        command_id=command_id,
        after={"reason": reason, "on": on.isoformat()},
    )
    changes.note("people.membership", [membership.pk])
    return membership


@transaction.atomic
def return_reader(
    *,
    actor: Actor,
    membership: Membership,
    school_class: SchoolClass | None = None,
    at: datetime,
    command_id: UUID | None = None,
) -> Membership:
    """Take a reader back who had left, with the same card, into a class or none.

    :raises HasNotLeft: the reader is here.
    :raises ClassElsewhere: the class is of another school.
    """
    actor.require(Permission.PEOPLE_EDIT, membership.library.path)
    if (repeat := audit.repeated(command_id)) is not None:
        return Membership.objects.get(pk=repeat.object_id)
    membership = _locked(membership)
    if membership.left_on is None:
        raise HasNotLeft(name=membership.person.full_name)
    _require_class_of(membership.library, school_class)
    on = clock.day_of(at)
    before = {"left_on": membership.left_on.isoformat(), "left_reason": membership.left_reason}
    membership.left_on, membership.left_reason = None, ""
    membership.school_class, membership.valid_until = school_class, cards.valid_until(on)
    membership.save(update_fields=["left_on", "left_reason", "school_class", "valid_until"])
    if school_class is not None:
        Enrollment.objects.create(membership=membership, school_class=school_class, from_on=on)
    audit.record(
        actor,
        "people.reader_returned",
        membership,
        at=at,
        library_id=membership.library_id,
        command_id=command_id,
        before=before,
        after={"class": school_class and school_class.name},
    )
    changes.note("people.membership", [membership.pk])
    return membership


@transaction.atomic
def note_export(*, actor: Actor, library: Organization, number: int, at: datetime) -> None:
    """Note in the journal that the data of readers was taken out of the system."""
    actor.require(Permission.PEOPLE_IMPORT, library.path)
    audit.record(actor, "people.readers_exported", library, at=at, library_id=library.pk, after={"number": number})


@transaction.atomic
def set_history(*, actor: Actor, person: Person, keeps: bool, at: datetime, command_id: UUID | None = None) -> Person:
    """Whether what a person returns stays linked to them. Only the person decides (or the installation's administrator).

    Switching it off forgets nothing by itself: ``circulation.services.forget_history`` does.
    """
    if actor.person_id != person.pk or not actor.may_somewhere(Permission.OWN_ACCOUNT):
        actor.require(Permission.INSTALLATION, "")
    if audit.repeated(command_id) is not None:
        return Person.objects.get(pk=person.pk)
    before = person.keeps_history
    person.keeps_history = keeps
    person.save(update_fields=["keeps_history"])
    audit.record(
        actor, "people.history_set", person, at=at, library_id=None, command_id=command_id,
        before={"keeps_history": before}, after={"keeps_history": keeps},
    )  # fmt: skip
    return person
