"""Persons, memberships, classes, users and roles."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from kitaphana.core.text.names import PersonName
from kitaphana.organizations.models import Organization, OwnedQuerySet
from kitaphana.people.enums import Category, LeavingReason, Profile, Role, Sex, TeachingLanguage


class Person(models.Model):
    """A human being. The least that a library needs: no address, and the IIN only encrypted, if at all."""

    surname = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100, blank=True)
    patronymic = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    iin_encrypted = models.BinaryField(null=True)
    iin_index = models.CharField(max_length=64, null=True, unique=True)
    """Blind index of the IIN, by which an import recognises a person."""
    name_key = models.CharField(max_length=320, db_index=True)
    """Folded name, by which people are found (``core.text.names.name_key``)."""
    sort_key = models.CharField(max_length=640)
    """Name in Kazakh alphabetical order (``core.text.kazakh.sort_key``)."""
    keeps_history = models.BooleanField(default=True)
    """Whether returned loans stay linked to the person; the reader can switch it off."""

    def __str__(self) -> str:
        return self.full_name

    @property
    def name(self) -> PersonName:
        """The parts of the name."""
        return PersonName(self.surname, self.given_name, self.patronymic)

    @property
    def full_name(self) -> str:
        """Surname, given name and patronymic, as on a card."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


class SchoolClass(models.Model):
    """A class of one school year: 7 «А», taught in Kazakh."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    """The school (the node that owns the library)."""
    school_year = models.PositiveSmallIntegerField()
    """Calendar year in which the school year began."""
    grade = models.PositiveSmallIntegerField()
    """0 (preschool class) … 12; a college's course."""
    letter = models.CharField(max_length=10, blank=True)
    language = models.CharField(max_length=3, choices=TeachingLanguage.choices, default=TeachingLanguage.KAZAKH)
    profile = models.CharField(max_length=10, choices=Profile.choices, blank=True)
    """Empty: the general programme."""
    teacher = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "school_year", "grade", "letter"], name="school_class_unique"),
            models.CheckConstraint(condition=Q(grade__lte=12), name="school_class_grade"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Grade and letter as they are spoken: 7 «А»."""
        return f"{self.grade} «{self.letter}»" if self.letter else str(self.grade)


class Membership(models.Model):
    """A person as a reader of one library."""

    library = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    category = models.CharField(max_length=10, choices=Category.choices)
    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.PROTECT, null=True, blank=True, related_name="members"
    )
    """The class of the present year; the history is in ``Enrollment``."""
    card_number = models.CharField(max_length=20)
    registered_on = models.DateField()
    valid_until = models.DateField()
    """The card serves until this day; then it is re-registered (model rules of Order 827)."""
    left_on = models.DateField(null=True, blank=True)
    left_reason = models.CharField(max_length=10, choices=LeavingReason.choices, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "card_number"], name="membership_card_unique"),
            models.UniqueConstraint(fields=["library", "person"], name="membership_person_unique"),
        ]
        indexes = [
            models.Index(fields=["library", "category", "left_on"], name="membership_library"),
            models.Index(fields=["card_number"], name="membership_card"),
        ]

    def __str__(self) -> str:
        return f"{self.card_number} {self.person}"


class Enrollment(models.Model):
    """Which class a reader was in, from when to when. History belongs to the person, not to the class."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="enrollments")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="enrollments")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(until_on__isnull=True), name="enrollment_one_open"
            ),
        ]


class UserManager(BaseUserManager["User"]):
    """Makes accounts."""

    def create_user(self, login: str, password: str | None = None, **fields: object) -> User:
        """A new account with a hashed password (none: it can't be signed in to until one is set)."""
        user = self.model(login=self.model.normalize_username(login), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account that signs in."""

    login = models.CharField(max_length=80, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="user")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    """The password was printed or told by somebody else: the next sign-in asks for a new one."""
    made_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.login


class RoleAssignment(models.Model):
    """A role of a user at a node; it reaches the whole subtree."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=14, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization", "role"], name="role_assignment_unique")]


class ApiToken(models.Model):
    """A key for programs; only its digest is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token, hexadecimal."""
    made_at = models.DateTimeField()
    used_on = models.DateField(null=True)
    """The last day it was used; not the moment, to spare a write per request."""
