"""Refusals of the curriculum."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Conflict, Invalid, NotFound


class BadSet(Invalid):
    """Grade or year are out of their bounds."""

    code = "curriculum.bad_set"
    message = _("There can be no set for grade %(grade)s of the school year %(school_year)s.")
    advice = _("Grades go from 0 to 12.")


class SetExists(Conflict):
    """The node has a set of that grade, language, profile and year."""

    code = "curriculum.set_exists"
    message = _("There is such a set already.")
    advice = _("Open it in the list and change it.")


class SetApproved(Conflict):
    """An approved set is closed."""

    code = "curriculum.set_approved"
    message = _("The set is approved and closed for changes.")
    advice = _("Open it for changes first.")


class EmptySet(Conflict):
    """Nothing is in the set."""

    code = "curriculum.empty_set"
    message = _("The set has no subjects yet.")
    advice = _("Add the subjects, then approve.")


class SetInUse(Conflict):
    """Another set was copied from it."""

    code = "curriculum.set_in_use"
    message = _("Another set was copied from this one.")
    advice = _("Delete the copy first, or leave this one as it is.")


class NothingToCopy(Conflict):
    """The year has no sets, or the next one has all of them."""

    code = "curriculum.nothing_to_copy"
    message = _("There is nothing to copy: last year has no sets here, or this year has all of them.")
    advice = _("Make a set or load the programme from a file.")


class BadTitle(Invalid):
    """A line without a subject, or with an impossible number of copies."""

    code = "curriculum.bad_title"
    message = _("A line needs a subject and from 0 to 20 copies per pupil and per teacher.")
    advice = _("Correct the line and send it again.")


class TitleExists(Conflict):
    """The set has the subject and part."""

    code = "curriculum.title_exists"
    message = _("The set has «%(name)s» already.")
    advice = _("Several editions of one textbook belong into one line; for a second textbook write the part.")


class EditionExists(Conflict):
    """The line has the edition."""

    code = "curriculum.edition_exists"
    message = _("«%(title)s» is in the line already.")


class UnknownRecord(NotFound):
    """No such edition in the catalogue."""

    code = "curriculum.unknown_record"
    message = _("There is no such edition in the catalogue.")
    advice = _("Describe it in the catalogue first.")


class NoSubjectColumn(Invalid):
    """The file has no header that we understand."""

    code = "curriculum.no_subject_column"
    message = _("No columns with the grade, the language and the subject were found.")
    advice = _("Name the columns in the first row: grade, language, subject; the model file shows how.")


class BadWork(Invalid):
    """A work without a title or subject, or with an impossible grade, term or norm."""

    code = "curriculum.bad_work"
    message = _("A work needs a title, a subject, a grade from 0 to 12 and from 1 to 50 pupils per copy.")
    advice = _("Correct it and send it again.")


class WorkExists(Conflict):
    """The grade reads the work in the subject already."""

    code = "curriculum.work_exists"
    message = _("«%(name)s» is in the reading list of this grade and subject already.")
    advice = _("Open it in the list and change it.")


class WorkHasEdition(Conflict):
    """The work has the edition."""

    code = "curriculum.work_has_edition"
    message = _("«%(title)s» belongs to the work already.")


class NoTitleColumn(Invalid):
    """The file has no header that we understand."""

    code = "curriculum.no_title_column"
    message = _("No columns with the grade, the language and the title of the work were found.")
    advice = _("Name the columns in the first row: grade, language, title; the model file shows how.")
