"""Choices of people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a user is at a node of the network and below it."""

    READER = "READER", _("Reader")
    LIBRARIAN = "LIBRARIAN", _("Librarian")
    DIRECTOR = "DIRECTOR", _("Director")
    METHODIST = "METHODIST", _("Methodist")
    DEPARTMENT = "DEPARTMENT", _("Education department")
    EXPERT = "EXPERT", _("Expert")
    MINISTRY = "MINISTRY", _("Ministry")
    ADMINISTRATOR = "ADMINISTRATOR", _("Administrator")


class Category(models.TextChoices):
    """Category of a reader; loan policies and the diary tell them apart."""

    PUPIL = "PUPIL", _("Pupil")
    TEACHER = "TEACHER", _("Teacher")
    STAFF = "STAFF", _("Staff member")
    PARENT = "PARENT", _("Parent")
    STUDENT = "STUDENT", _("Student")
    OTHER = "OTHER", _("Other reader")


class Sex(models.TextChoices):
    """As in the identity document."""

    FEMALE = "F", _("Female")
    MALE = "M", _("Male")


class LeavingReason(models.TextChoices):
    """Why a membership ended."""

    GRADUATED = "GRADUATED", _("Graduated")
    MOVED = "MOVED", _("Moved to another organisation")
    LEFT = "LEFT", _("Left")


class TeachingLanguage(models.TextChoices):
    """Language of instruction of a class (ISO 639-2)."""

    KAZAKH = "kaz", _("Kazakh")
    RUSSIAN = "rus", _("Russian")
    UYGHUR = "uig", _("Uyghur")
    UZBEK = "uzb", _("Uzbek")
    TAJIK = "tgk", _("Tajik")
    ENGLISH = "eng", _("English")


class Profile(models.TextChoices):
    """What the upper grades of a class are bent to; most classes have none and learn by the general programme."""

    NATURAL = "NATURAL", _("Natural sciences and mathematics")
    HUMANITIES = "HUMANITIES", _("Social sciences and humanities")
